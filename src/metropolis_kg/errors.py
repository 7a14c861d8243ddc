"""What can go wrong, as sentences about the world. No HTTP, no exit codes: the doors present them."""

from collections.abc import Mapping, Sequence
from pathlib import Path


class MetropolisError(Exception):
    """Base of every error this program raises on purpose; ``str()`` is a complete sentence for the user."""


class ContentError(MetropolisError):
    """A file of the content cannot be used; carries the place.

    ``path`` is the file, ``line`` and ``column`` (in characters) count from 1 where known. ``reason`` says in English
    what is wrong and how to mend it, ``messages`` the same by language. ``code`` names the kind of fault; ``""`` for
    one that only those who write shapes, rules and queries can meet. ``related`` are other places that it is about.
    """

    def __init__(
        self,
        reason: str,
        path: Path | None = None,
        line: int | None = None,
        *,
        column: int | None = None,
        code: str = "",
        messages: Mapping[str, str] | None = None,
        related: Sequence[tuple[Path, int | None]] = (),
    ) -> None:
        self.reason, self.path, self.line, self.column, self.code = reason, path, line, column, code
        self.messages: Mapping[str, str] = messages or {"en": reason}
        self.related = tuple(related)
        place = ":".join(str(part) for part in (path, line) if part is not None)
        super().__init__(f"{place}: {reason}" if place else reason)

    def within(self, path: Path) -> "ContentError":
        """Return the same fault with the file named as ``path``."""
        about = {"column": self.column, "code": self.code, "messages": self.messages, "related": self.related}
        return ContentError(self.reason, path, self.line, **about)  # type: ignore[arg-type] # each by its name


class ContentErrors(MetropolisError):
    """Several content errors found in one reading, each with its place."""

    def __init__(self, errors: list[ContentError]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))


class MissingContentError(MetropolisError):
    """A folder of the content, or the content as a whole, is not where it was looked for."""


class SettingError(MetropolisError):
    """A setting has a value that cannot be used; the message gives name, value and the form expected."""


class ReleaseError(MetropolisError):
    """A release cannot be written, found, read or switched to."""


class NotReadyError(MetropolisError):
    """A server should be sent no requests: it is about to stop, or does not serve yet what is asked for."""


class HistoryUnreadableError(ReleaseError):
    """The journal of publications is damaged, so that nothing can be told of earlier ones."""
