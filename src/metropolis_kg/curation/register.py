"""The register of a dataset, from one pass over its statements in canonical order: those of one subject together."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby
from pathlib import Path

from metropolis_kg.curation.progress import SILENT, Share, part
from metropolis_kg.curation.search_index import read_term
from metropolis_kg.model.bounds import TIMES
from metropolis_kg.model.claims import ALL_KINDS
from metropolis_kg.store.register_file import GatheredRows, written_register
from metropolis_kg.store.sorted_lines import file_blocks

Statement = tuple[bytes, bytes, bytes]
"""Predicate, object and graph, as N-Quads writes them."""

_ROLES = {
    "rdf:type": "type",
    "rdfs:subClassOf": "above",
    "time:hasTime": "time",
    "mkg:evidence": "evidence",
    "mkg:rule": "rule",
    "mkg:quote": "quote",
    "mkg:startsAt": "start",
    "mkg:conflictsWith": "conflict",
    "mkg:source": "source",
    "prov:hadPrimarySource": "primary source",
    "dct:publisher": "publisher",
    "dct:rightsHolder": "holder",
} | {f"mkg:{name}": name for name in TIMES}

_POSITION = re.compile(r"\+?\d{1,15}", re.ASCII)
_TABLES = {"source": "graphs", "holder": "holders", "publisher": "publishers", "above": "above"}
"""What is gathered as it is said: role → table."""


def write_register(
    dataset: Path, path: Path, prefixes: Mapping[str, str], base: str, share: Share = SILENT.share
) -> None:
    """Write to ``path`` the register of the canonical, sorted N-Quads in ``dataset``. Raises OSError.

    ``share`` is told how much is done.
    """
    lines = chain.from_iterable(file_blocks(dataset, part(share, 0, 0.7)))
    with written_register(path, f"{prefixes['mkg']}Claim") as rows:
        reading = SubjectReading(rows, prefixes, base)
        for subject, statements in by_subject(lines):
            reading.add(subject, statements)
        reading.end()


def by_subject(lines: Iterable[bytes]) -> Iterator[tuple[bytes, list[Statement]]]:
    """Yield each subject of sorted N-Quads with its statements."""
    parts = (line.split(b" ", 2) for line in lines)
    for subject, together in groupby(parts, key=lambda part: part[0]):
        yield subject, [(predicate, *_object_and_graph(rest)) for _, predicate, rest in together]


def _object_and_graph(rest: bytes) -> tuple[bytes, bytes]:
    value, graph, _ = rest.rsplit(b" ", 2)
    return value, graph


class SubjectReading:
    """Reads what is said of one subject after the other, in any order, and gathers what a register is made of."""

    def __init__(self, rows: GatheredRows, prefixes: Mapping[str, str], base: str) -> None:
        """``prefixes`` are those of the vocabulary, ``base`` that of things."""
        self._add = rows.add
        self._roles = {_term(prefixes, name): role for name, role in _ROLES.items()}
        self._kinds = {_term(prefixes, f"mkg:{name}"): number for number, name in enumerate(ALL_KINDS)}
        self._type, self._example = _term(prefixes, "rdf:type"), _term(prefixes, "void:exampleResource")
        self._source, self._page_graph = _term(prefixes, "mkg:Source"), _term(prefixes, "mkg:PageGraph")
        self._ours = tuple(f"<{base}{folder}/".encode() for folder in ("id", "graph"))
        self._properties: dict[bytes, int] = {}
        self._classes: Counter[tuple[bytes, bytes]] = Counter()
        self._stated: Counter[bytes] = Counter()

    def add(self, subject: bytes, statements: Iterable[Statement]) -> None:
        """Take what is said of ``subject``."""
        if not subject.startswith(b"<"):
            return
        iri, is_ours = subject[1:-1].decode(), self._is_ours(subject)
        said: dict[str, list[tuple[bytes, bytes]]] = {}
        links: dict[tuple[bytes, bytes], None] = {}
        for predicate, value, graph in statements:
            role = self._roles.get(predicate)
            if role is not None:
                said.setdefault(role, []).append((value, graph))
            if value.startswith(b"<") and (is_ours or value.startswith(self._ours)):
                links[predicate, value] = None
        self._gather_links(iri, links, is_ours=is_ours)
        if said:
            self._gather_claim(iri, said)
            self._gather_evidence(iri, said)
            self._gather_source(iri, said)

    def end(self) -> None:
        """Gather what was counted."""
        for (graph, class_), number in self._classes.items():
            self._add("kinds", _iri(graph), _iri(class_), number)
        for graph, number in self._stated.items():
            self._add("stated", _iri(graph), number)

    def _is_ours(self, term: bytes) -> bool:
        """Tell whether there is a document about what ``term`` names."""
        return term.startswith(self._ours) and b"#" not in term

    def _gather_links(self, iri: str, links: Iterable[tuple[bytes, bytes]], *, is_ours: bool) -> None:
        for predicate, value in links:
            points, pointed = is_ours and predicate != self._type, predicate != self._example and self._is_ours(value)
            if points or pointed:
                self._add("links", iri, self._property(predicate), _iri(value), points, pointed)

    def _property(self, predicate: bytes) -> int:
        if predicate not in self._properties:
            self._properties[predicate] = len(self._properties)
            self._add("properties", self._properties[predicate], _iri(predicate))
        return self._properties[predicate]

    def _gather_claim(self, iri: str, said: Mapping[str, list[tuple[bytes, bytes]]]) -> None:
        classes = said.get("type", [])
        kinds = [self._kinds[value] for value, _ in classes if value in self._kinds]
        if kinds:
            time = next((_iri(value) for value, _ in reversed(said.get("time", []))), None)
            self._add("claims", iri, min(kinds), time)
            self._classes.update((graph, value) for value, graph in classes)
            for value, _ in said.get("primary source", ()):
                self._add("primary_sources", iri, _iri(value))
        if any(name in said for name in TIMES):
            self._add("times", iri, *(read_term(said[name][-1][0])[0] if name in said else None for name in TIMES))
        self._stated.update({graph for role in ("evidence", "rule") for _, graph in said.get(role, ())})

    def _gather_evidence(self, iri: str, said: Mapping[str, list[tuple[bytes, bytes]]]) -> None:
        for value, graph in said.get("evidence", ()):
            self._add("resting", _iri(graph), iri, _iri(value))
        for value, graph in said.get("quote", ()):
            self._add("quotes", _iri(graph), iri, len(read_term(value)[0]))
        for value, graph in said.get("start", ()):
            if (start := _position(value)) is not None:
                self._add("starts", _iri(graph), iri, start)
        for value, graph in said.get("conflict", ()):
            self._add("conflicts", _iri(graph), iri, _iri(value))

    def _gather_source(self, iri: str, said: Mapping[str, list[tuple[bytes, bytes]]]) -> None:
        classes = {value for value, _ in said.get("type", ())}
        if self._source in classes:
            self._add("sources", iri)
        if self._page_graph in classes:
            self._add("page_graphs", iri)
        for role, table in _TABLES.items():
            for value, _ in said.get(role, ()):
                self._add(table, iri, _iri(value))


def _term(prefixes: Mapping[str, str], name: str) -> bytes:
    prefix, _, local = name.partition(":")
    return f"<{prefixes.get(prefix, '')}{local}>".encode()


def _iri(term: bytes) -> str:
    return term[1:-1].decode()


def _position(term: bytes) -> int | None:
    """Return where in a text something begins; none where that is no position, which only the shapes will tell."""
    text, _ = read_term(term)
    return int(text) if _POSITION.fullmatch(text) else None
