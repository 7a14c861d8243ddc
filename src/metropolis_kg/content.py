"""Where ontology/, data/, shapes/ and queries/ are: a checkout, or the installed wheel, which carries them."""

from dataclasses import dataclass
from pathlib import Path

from metropolis_kg.errors import ContentError, MissingContentError

_CARRIED = "_content"
FOLDERS = ("ontology", "data", "shapes", "queries")


@dataclass(frozen=True)
class Content:
    """The four folders of content under one root."""

    root: Path

    @property
    def ontology(self) -> Path:
        """Vocabulary, concept schemes and prefixes, as Turtle files."""
        return self.root / "ontology"

    @property
    def data(self) -> Path:
        """``dataset.ttl``, ``pages/`` and ``enrichment/``: one source, one file, one named graph."""
        return self.root / "data"

    @property
    def shapes(self) -> Path:
        """SHACL shapes, one Turtle file a class."""
        return self.root / "shapes"

    @property
    def queries(self) -> Path:
        """SPARQL: ``rules/``, ``examples/``, ``competency/`` and what the program itself asks."""
        return self.root / "queries"

    @property
    def prefixes_file(self) -> Path:
        """The one file that declares prefixes (``sh:declare``)."""
        return self.ontology / "prefixes.ttl"

    @property
    def is_installed(self) -> bool:
        """Whether this is what the installed wheel carries, which nobody edits."""
        return self.root.name == _CARRIED

    def relative(self, path: Path) -> Path:
        """Return ``path`` as a steward knows it: relative to the root where it lies below it."""
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path


def find_content(root: Path | None = None) -> Content:
    """Return the content under ``root``; without it, that of this checkout or of the installed wheel.

    Raises MissingContentError naming the first folder that is missing.
    """
    content = Content(root.resolve() if root else _own_root())
    for folder in FOLDERS:
        if not (content.root / folder).is_dir():
            raise MissingContentError(
                f"{content.root} has no folder {folder}/; content needs {', '.join(f'{name}/' for name in FOLDERS)}. "
                "Name another place with --root DIR."
            )
    return content


def read_text(path: Path) -> str:
    """Return the text of a file of the content, which is UTF-8. Raises ContentError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ContentError(f"the file cannot be read: {error.strerror}", path) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ContentError("the file is not UTF-8; save it as UTF-8", path, line) from error


def _own_root() -> Path:
    package = Path(__file__).resolve().parent
    carried = package / _CARRIED
    return carried if carried.is_dir() else package.parent.parent
