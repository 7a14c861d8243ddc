"""Every setting, in one frozen dataclass. Nothing else reads the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from metropolis_kg.errors import SettingError

PREFIX = "METROPOLIS_KG_"
DEFAULT_BASE = "http://localhost:8000/"


@dataclass(frozen=True)
class Settings:
    """What a deployment decides. ``from_environ`` reads it from ``METROPOLIS_KG_<NAME IN CAPITALS>``."""

    root: Path | None = None
    """Folder that holds ontology/, data/, shapes/ and queries/; none: the checkout or the installed wheel."""

    var: Path = Path("var")
    """Folder of the releases and of the link to the current one."""

    base_iri: str = DEFAULT_BASE
    """Absolute IRI under which this deployment publishes; ``build`` maps the canonical base to it."""

    store: str | None = None
    """URL of a remote SPARQL 1.1 query endpoint to serve from; none: the release's own embedded store."""

    sources: Path | None = None
    """Folder with the texts of the source pages, against which quotes are checked; none: they are not checked."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings in ``environ``. Raises SettingError with name, value and form."""
        given = {name: environ[f"{PREFIX}{name.upper()}"] for name in NAMES if environ.get(f"{PREFIX}{name.upper()}")}
        return cls(
            root=_path(given.get("root")),
            var=Path(given.get("var", "var")),
            base_iri=absolute_iri(f"{PREFIX}BASE_IRI", given.get("base_iri", DEFAULT_BASE)),
            store=absolute_iri(f"{PREFIX}STORE", given["store"], folder=False) if "store" in given else None,
            sources=_path(given.get("sources")),
        )


NAMES = tuple(Settings.__dataclass_fields__)


def absolute_iri(name: str, value: str, *, folder: bool = True) -> str:
    """Return ``value`` if it is an absolute http(s) IRI (RFC 3986 section 4.3), else raise SettingError.

    ``name`` is what the user calls the value. ``folder`` demands the closing slash that a base IRI has.
    """
    parts = urlsplit(value)
    bare = not (parts.query or parts.fragment) and not any(character in value for character in ' <>"{}|\\^`')
    if parts.scheme in ("http", "https") and _has_host(parts) and bare and (value.endswith("/") or not folder):
        return value
    form = "https://example.org/kg/ (with a closing slash)" if folder else "https://example.org/sparql"
    raise SettingError(f"{name} is {value!r}; expected an absolute http or https IRI such as {form}.")


def _has_host(parts: SplitResult) -> bool:
    try:
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _path(value: str | None) -> Path | None:
    return Path(value) if value else None
