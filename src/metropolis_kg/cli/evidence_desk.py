"""What the commands about evidence work on: pages, the texts of their sources, words a steward gives."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

import click

from metropolis_kg.cli.reporting import language
from metropolis_kg.content import find_content
from metropolis_kg.curation.citations import Page, Pages
from metropolis_kg.curation.quotations import compare, read_texts
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.errors import ContentError, MetropolisError
from metropolis_kg.model.evidence import digest
from metropolis_kg.settings import Settings


class EvidenceError(MetropolisError):
    """A question about evidence cannot be answered."""


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Return what the commands say, by key and language."""
    return tomllib.loads((files(__package__) / "evidence.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Say:
    """What the commands say, in one language."""

    language: str

    def __call__(self, key: str, **facts: object) -> str:
        """Return the sentence ``key`` with the facts filled in."""
        return sentences()[key][self.language].format(**facts)

    def label(self, labels: Mapping[str, str]) -> str:
        """Return the label or message in this language, else in any; empty where there is none."""
        return labels.get(self.language) or next(iter(labels.values()), "")


@dataclass(frozen=True)
class Document:
    """A text, where it came from, and the page whose source it is, if any."""

    name: str
    text: str
    sha256: str
    page: Page | None = None


@dataclass(frozen=True)
class Unchecked:
    """A page whose quotes cannot be checked."""

    page: Page
    has_digest: bool


@dataclass(frozen=True)
class Checked:
    """What came of holding all quotes against their texts."""

    faults: list[ContentError]
    count: int
    unchecked: list[Unchecked]


class Desk:
    """The content, and the texts of the sources."""

    def __init__(self, settings: Settings, sources: Path | None, lang: str | None) -> None:
        self.say = Say(language(lang))
        self._folder = sources or settings.sources
        self._content = find_content(settings.root)
        self._dataset = read_dataset(self._content)
        self._texts = read_texts(self._folder) if self._folder else {}

    @cached_property
    def _pages(self) -> Pages:
        return Pages(self._dataset, self._content)

    def checked(self, name: str | None) -> Checked:
        """Return what comes of checking the quotes of a page, or of all. Raises EvidenceError without any texts."""
        if not self._texts:
            raise EvidenceError(self.say("no-texts"))
        pages = [self._named(name)] if name else self._pages.all()
        graphs = [graph for graph in self._dataset.graphs if graph.path.stem in {page.name for page in pages}]
        comparison = compare(replace(self._dataset, graphs=graphs), self._content, self._texts)
        silent = [page for page in pages if page.quoted and page.text(self._texts) is None]
        return Checked(comparison.faults, comparison.compared, [Unchecked(page, bool(page.digests)) for page in silent])

    def page(self, name: str | None) -> Page:
        """Return the page of that name; without one, the only page whose text is known by its SHA-256.

        Raises EvidenceError where there is none of that name, or several to choose from.
        """
        if name:
            return self._named(name)
        known = [page for page in self._pages.all() if page.digests]
        if len(known) != 1:
            raise EvidenceError(self.say("which-page", pages=", ".join(page.name for page in known)))
        return known[0]

    def _named(self, name: str) -> Page:
        if name not in self._pages.names():
            raise EvidenceError(self.say("no-page", page=name, pages=", ".join(self._pages.names())))
        return self._pages.page(name)

    def text_of(self, page: Page) -> str | None:
        """Return the text of a page's source, if it is in the folder."""
        return page.text(self._texts)

    def needed_text_of(self, page: Page) -> str:
        """Return the text of a page's source. Raises EvidenceError saying why it is not there."""
        text = self.text_of(page)
        if text is not None:
            return text
        if not page.digests:
            raise EvidenceError(self.say("no-digest-of-page", page=page.name))
        if not self._folder:
            raise EvidenceError(self.say("no-texts"))
        raise EvidenceError(self.say("no-text-of-page", page=page.name, folder=self._folder, digest=page.digests[0]))

    def read(self, path: Path) -> Document:
        """Return the text in a file, and the page whose source it is. Raises EvidenceError."""
        try:
            content = path.read_bytes()
            text = content.decode("utf-8")
        except OSError as error:
            raise EvidenceError(self.say("unreadable", path=path, reason=error.strerror)) from error
        except UnicodeDecodeError as error:
            raise EvidenceError(self.say("not-utf-8", path=path)) from error
        sha256 = digest(content)
        return Document(str(path), text, sha256, self._pages.by_digest(sha256))

    def document(self, source: str) -> Document:
        """Return the text that ``source`` names, a file or a page. Raises EvidenceError."""
        if Path(source).is_file():
            return self.read(Path(source))
        if source not in self._pages.names():
            raise EvidenceError(self.say("no-source", source=source, pages=", ".join(self._pages.names())))
        page = self._named(source)
        text = self.needed_text_of(page)
        return Document(page.name, text, digest(text.encode("utf-8")), page)

    def sought(self, words: str | None, file: Path | None) -> str:
        """Return the words that a steward gave, without the line break after them. Raises EvidenceError."""
        if file:
            words = self.read(file).text
        elif words == "-":
            with click.open_file("-", encoding="utf-8") as stream:
                words = str(stream.read())
        if words is None:
            raise EvidenceError(self.say("no-words"))
        words = words.strip("\r\n")
        if not any(character.isalnum() for character in words):
            raise EvidenceError(self.say("empty-words"))
        return words
