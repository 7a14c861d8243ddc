"""What can go wrong, as sentences about the world. No HTTP, no exit codes: the doors present them."""

from pathlib import Path


class MetropolisError(Exception):
    """Base of every error this program raises on purpose; ``str()`` is a complete sentence for the user."""


class ContentError(MetropolisError):
    """A file of the content cannot be used; carries the place.

    ``path`` is the file, ``line`` the 1-based line where known, ``reason`` what is wrong and how to mend it.
    """

    def __init__(self, reason: str, path: Path | None = None, line: int | None = None) -> None:
        self.reason, self.path, self.line = reason, path, line
        place = ":".join(str(part) for part in (path, line) if part is not None)
        super().__init__(f"{place}: {reason}" if place else reason)


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


class HistoryUnreadableError(ReleaseError):
    """The journal of publications is damaged, so that nothing can be told of earlier ones."""
