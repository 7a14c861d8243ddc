"""Which claims of a page rest on which words of its source.

Claims are named as stewards know them: by their short name, their label and the place where they were written.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.checking import derive
from metropolis_kg.curation.quotations import Values, quote_of, values_of
from metropolis_kg.curation.sources import Places
from metropolis_kg.model.dataset import Dataset, NamedGraph
from metropolis_kg.model.evidence import Quote
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import RDF, RDFS, shorten

_TYPE, _LABEL = ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{RDFS}label")

Line = tuple[Path, int | None]
"""A file and, where it is known, a line of it, counted from 1."""


@dataclass(frozen=True)
class Claim:
    """A claim as a steward knows it."""

    name: str
    labels: Mapping[str, str]
    """Label by language."""

    place: Line


@dataclass(frozen=True)
class Citation:
    """A piece of evidence: the words of the source, and the claims that rest on them."""

    name: str
    quote: Quote | None
    """None where only a note says what the source says."""

    claims: tuple[Claim, ...]
    place: Line
    """File and line of the quote."""


@dataclass(frozen=True)
class Page:
    """A source with the evidence taken from it: the content of one file."""

    name: str
    """That of the file, without its ending."""

    digests: tuple[str, ...]
    """SHA-256 of its text, where that is given."""

    language: str
    """Of its quotes, as a tag."""

    citations: tuple[Citation, ...]
    """In the order of their positions in the source, those without a position last."""

    claims: tuple[Claim, ...]
    """All claims that the file makes, in the order of its lines."""

    @property
    def quoted(self) -> list[tuple[Citation, Quote]]:
        """The citations that have a quote, each with it."""
        return [(each, each.quote) for each in self.citations if each.quote]

    def text(self, texts: Mapping[str, str]) -> str | None:
        """Return the page's text, of ``texts`` by SHA-256; none where it is not among them."""
        return next((texts[digest] for digest in self.digests if digest in texts), None)


class Pages:
    """The pages of a dataset, by the names of their files."""

    def __init__(self, dataset: Dataset, content: Content) -> None:
        self._dataset, self._places, self._mkg = dataset, Places(dataset, content), dataset.prefixes["mkg"]
        self._store = derive(dataset, content)
        self._values = {Path(graph.path).stem: (graph, values_of(graph)) for graph in dataset.graphs}
        self._resting: dict[Term, list[tuple[NamedGraph, Term]]] = defaultdict(list)
        for graph, values in self._values.values():
            for subject, about in values.items():
                for evidence in about.get(self._term("evidence"), ()):
                    self._resting[evidence].append((graph, subject))

    def names(self) -> list[str]:
        """Return the names of all files that hold evidence, or whose source gives the SHA-256 of its text."""
        return [
            name for name, (graph, each) in self._values.items() if self._evidence(each) or self._digests(graph, each)
        ]

    def all(self) -> list[Page]:
        """Return every page."""
        return [self.page(name) for name in self.names()]

    def page(self, name: str) -> Page:
        """Return the page of that name. Raises KeyError where no file has it."""
        return self._page(name, *self._values[name])

    def by_digest(self, sha256: str) -> Page | None:
        """Return the page whose source gives that SHA-256, if there is one."""
        found = (name for name in self.names() if sha256 in self._digests(*self._values[name]))
        return next((self.page(name) for name in found), None)

    def _page(self, name: str, graph: NamedGraph, values: Values) -> Page:
        evidence = self._evidence(values)
        citations = [self._citation(graph, each, values) for each in evidence]
        return Page(
            name,
            digests=self._digests(graph, values),
            language=self._language(evidence, values),
            citations=tuple(sorted(citations, key=_position)),
            claims=tuple(self._claims(graph, values)),
        )

    def _evidence(self, values: Values) -> list[Term]:
        return [each for each, about in values.items() if self._term("Evidence") in about.get(_TYPE, [])]

    def _digests(self, graph: NamedGraph, values: Values) -> tuple[str, ...]:
        sources = values[graph.name][self._term("source")]
        return tuple(term.value for each in sources for term in values[each][self._term("sha256")])

    def _language(self, evidence: list[Term], values: Values) -> str:
        quotes = (quote for each in evidence for quote in values[each][self._term("quote")])
        return next((quote.language for quote in quotes if isinstance(quote, ox.Literal) and quote.language), "de")

    def _citation(self, graph: NamedGraph, evidence: Term, values: Values) -> Citation:
        about, predicate = values[evidence], self._term("quote")
        written = about[predicate]
        claims = [self._claim(resting, claim) for resting, claim in self._resting[evidence]]
        place = self._line(graph, evidence, *([predicate, written[0]] if written else []))
        return Citation(self._short(evidence), quote_of(about, self._mkg) if written else None, tuple(claims), place)

    def _claims(self, graph: NamedGraph, values: Values) -> list[Claim]:
        kind = self._term("Claim")
        claims = [self._claim(graph, each) for each, about in values.items() if about[_TYPE] and self._is(each, kind)]
        return sorted(claims, key=lambda claim: claim.place[1] or 0)

    def _is(self, thing: Term, kind: ox.NamedNode) -> bool:
        return any(self._store.quads_for_pattern(thing, _TYPE, kind))  # type: ignore[arg-type] # a subject is no literal

    def _claim(self, graph: NamedGraph, claim: Term) -> Claim:
        found = (quad.object for quad in self._store.quads_for_pattern(claim, _LABEL, None))  # type: ignore[arg-type] # a subject is no literal
        labels = {label.language or "": label.value for label in found if isinstance(label, ox.Literal)}
        return Claim(self._short(claim), labels, self._line(graph, claim))

    def _line(self, graph: NamedGraph, *statement: Term) -> Line:
        return self._places.of(graph, *statement)[:2]

    def _short(self, term: Term) -> str:
        return shorten(term.value, self._dataset.prefixes)

    def _term(self, name: str) -> ox.NamedNode:
        return ox.NamedNode(self._mkg + name)


def _position(citation: Citation) -> tuple[bool, int]:
    start = citation.quote.start if citation.quote else None
    return start is None, start or 0
