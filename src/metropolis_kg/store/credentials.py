"""Who asks a server that wants to know: user and password, from a file that nobody else has to read."""

from dataclasses import dataclass, field
from pathlib import Path

from metropolis_kg.errors import SettingError


@dataclass(frozen=True)
class Credentials:
    """Who asks; the password is in no representation."""

    user: str
    password: str = field(repr=False)

    @classmethod
    def from_file(cls, path: Path) -> "Credentials":
        """Return what ``path`` says, a line ``user:password``. Raises SettingError, which does not repeat it."""
        try:
            user, colon, password = path.read_text(encoding="utf-8").strip().partition(":")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"The credentials in {path} cannot be read: {error}.") from error
        if not (user and colon and password) or "\n" in user + password:
            raise SettingError(f"{path} should hold one line user:password, the credentials.")
        return cls(user, password)
