"""Does every quote stand in its source, where it says it does?

The texts of the sources are not part of the content; a steward who has them names their folder.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.bulk.blocks import FaultList
from metropolis_kg.curation.bulk.sought import Sought
from metropolis_kg.curation.diagnostics import Diagnostic, of_error
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.sources import Places
from metropolis_kg.errors import ContentError, MissingContentError
from metropolis_kg.model import evidence
from metropolis_kg.model.dataset import BulkSource, Dataset, NamedGraph
from metropolis_kg.model.identifiers import Term

Said = Mapping[ox.NamedNode, list[Term]]
"""Property → values."""
Values = Mapping[Term, Said]


def read_texts(folder: Path) -> dict[str, str]:
    """Return the texts in ``folder`` by the SHA-256 of their bytes: UTF-8, else Windows-1252, as tables may be.

    Raises MissingContentError.
    """
    if not folder.is_dir():
        raise MissingContentError(
            f"{folder} is no folder; name the one that holds the texts of the sources (--sources DIR)"
        )
    contents = [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]
    return {evidence.digest(content): _decoded(content) for content in contents}


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    return content.decode("utf-8", "replace")


@dataclass(frozen=True)
class Comparison:
    """The quotes of a dataset, compared with the texts of their sources."""

    faults: list[ContentError]
    """Quotes that do not stand in their source as they say, by file and line."""

    compared: int
    """Number of quotes compared with a text."""

    without_text: list[str]
    """IRIs of sources that give a SHA-256 of which no text was found; empty where there were no texts at all."""

    was_asked: bool = False
    """Whether texts were there to compare with."""

    in_bulk: tuple[Diagnostic, ...] = ()
    """The same as ``faults`` of bulk sources, whose lines are still to be found."""


def compare(dataset: Dataset, content: Content, texts: Mapping[str, str], store: ox.Store | None = None) -> Comparison:
    """Return what comes of comparing every quote whose source gives a SHA-256 that is among ``texts``.

    ``store`` holds what the bulk sources say, where there are such.
    """
    if not texts:
        return Comparison([], 0, [])
    quotations = _Quotations(dataset, content, texts)
    faults = [fault for graph in dataset.graphs for fault in quotations.faults_of(graph)]
    in_bulk = [found for source in dataset.bulk if store for found in quotations.faults_in(source, store)]
    return Comparison(faults, quotations.compared, quotations.without_text, was_asked=True, in_bulk=tuple(in_bulk))


class _Quotations:
    def __init__(self, dataset: Dataset, content: Content, texts: Mapping[str, str]) -> None:
        self._texts, self._places, self._namespace = texts, Places(dataset, content), dataset.prefixes["mkg"]
        self._content = content
        self.compared = 0
        self.without_text: list[str] = []

    def faults_of(self, graph: NamedGraph) -> list[ContentError]:
        values = values_of(graph)
        text = self._text_of(graph.name, lambda each: values.get(each, {}))
        if text is None:
            return []
        quoting = [(subject, about) for subject, about in values.items() if self._quote(about).exact]
        self.compared += len(quoting)
        checked = ((subject, about, self._wrong(about, text)) for subject, about in quoting)
        return [self._fault(graph, subject, about, wrong) for subject, about, wrong in checked if wrong]

    def _wrong(self, about: Said, text: str) -> evidence.QuoteFault | None:
        """Return what is wrong with a quote; a row of a table that stands at its position needs nothing around it."""
        quote = self._quote(about)
        if self._term("row") in about and quote.start is not None and text.startswith(quote.exact, quote.start):
            return None
        return evidence.fault(quote, text)

    def faults_in(self, source: BulkSource, store: ox.Store) -> Iterator[Diagnostic]:
        """Yield the faults in a bulk source, the first ones of each kind, asking for one graph after the other."""
        found = FaultList(self._content.relative(source.path))
        for name in sorted(source.graphs, key=str):
            said = partial(_asked, store, name)
            text = self._text_of(name, said)
            for quad in store.quads_for_pattern(None, self._term("quote"), None, name) if text is not None else ():
                self.compared += 1
                wrong = self._wrong(said(quad.subject), text or "")  # type: ignore[arg-type] # no triple terms
                error = found.add(wrong.code, **wrong.facts) if wrong else None
                if error:
                    sought = Sought(source.path, name, *quad.triple)
                    yield replace(of_error(error), sought=sought)
        yield from map(of_error, found.more())

    def _text_of(self, graph: ox.NamedNode, said: Callable[[Term], Said]) -> str | None:
        sources = said(graph).get(self._term("source"), [])
        for digest in (term for source in sources for term in said(source).get(self._term("sha256"), [])):
            if isinstance(digest, ox.Literal):
                if digest.value in self._texts:
                    return self._texts[digest.value]
                self.without_text.append(sources[0].value)
        return None

    def _quote(self, about: Said) -> evidence.Quote:
        return quote_of(about, self._namespace)

    def _fault(self, graph: NamedGraph, subject: Term, about: Said, wrong: evidence.QuoteFault) -> ContentError:
        predicate = self._term("quote")
        return fault(wrong.code, *self._places.of(graph, subject, predicate, about[predicate][0]), **wrong.facts)

    def _term(self, name: str) -> ox.NamedNode:
        return ox.NamedNode(self._namespace + name)


def quote_of(about: Said, namespace: str) -> evidence.Quote:
    """Return the quote of a piece of evidence, given what is said about it; empty words where it has none.

    ``namespace`` is that of the vocabulary.
    """

    def text(name: str) -> str:
        return next((term.value for term in about.get(ox.NamedNode(namespace + name), [])), "")

    start = text("startsAt")
    position = int(start) if start.isdecimal() else None
    return evidence.Quote(text("quote"), position, text("quotePrefix"), text("quoteSuffix"))


def values_of(graph: NamedGraph) -> Values:
    """Return what ``graph`` says: subject → predicate → values."""
    values: dict[Term, dict[ox.NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value, _ in graph.quads:
        values[subject][predicate].append(value)
    return values


def _asked(store: ox.Store, graph: ox.NamedNode, subject: Term) -> Said:
    """Return what ``graph`` says of ``subject`` in a store: property → values."""
    values: dict[ox.NamedNode, list[Term]] = defaultdict(list)
    if not isinstance(subject, ox.Literal):
        for quad in store.quads_for_pattern(subject, None, None, graph):
            values[quad.predicate].append(quad.object)  # type: ignore[arg-type] # no triple terms
    return values
