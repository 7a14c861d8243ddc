"""A table as a source of a build: its rows as blocks of statements, and what is known when it is read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.bulk.blocks import Block, FaultList
from metropolis_kg.curation.bulk.kinds import STREAMED, TABLES, source_name, suffix_of
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.imports.mapping import mapping_of
from metropolis_kg.curation.imports.mapping_file import read_mapping
from metropolis_kg.curation.imports.problems import Reported
from metropolis_kg.curation.imports.tables import Table
from metropolis_kg.curation.imports.things import Things
from metropolis_kg.curation.sources import bulk_files, graph_name, read_dataset
from metropolis_kg.errors import ContentError
from metropolis_kg.model.dataset import Dataset
from metropolis_kg.model.identifiers import Rebase
from metropolis_kg.model.namespaces import CANONICAL_BASE, RDF, RDFS, read_prefixes

_BLOCK = 20_000
"""Statements of a block, at least."""

_TELLING = ("skos:prefLabel", "skos:altLabel", "foaf:name", "dct:title", "owl:sameAs", "schema:identifier")
"""What tells things apart, beside their class."""


class KnownThings:
    """The things of all that was read before a table, under the canonical base."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes, self.things = prefixes, Things(prefixes)
        terms = [f"{RDF}type", f"{RDFS}subClassOf", *map(self.things.iri, _TELLING)]
        self._telling = tuple(f"> <{term}> ".encode() for term in terms)

    @classmethod
    def of(cls, dataset: Dataset, content: Content) -> "KnownThings":
        """Return those of ``dataset``, which may be under another base."""
        known, rebase = cls(read_prefixes(content.prefixes_file)), Rebase(dataset.base)
        known.things.add_all(_under_canonical(dataset.quads(), rebase))
        return known

    def add(self, statements: bytes) -> None:
        """Add canonical N-Quads under the canonical base."""
        lines = [line for line in statements.split(b"\n") if any(term in line for term in self._telling)]
        self.things.add_all(ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_QUADS))


def _under_canonical(quads: Iterable[ox.Quad], rebase: Rebase) -> Iterator[ox.Quad]:
    def named(term: object) -> object:
        return ox.NamedNode(rebase.canonical(term.value)) if isinstance(term, ox.NamedNode) else term

    return (ox.Quad(*map(named, quad)) for quad in quads)  # type: ignore[arg-type] # mapping keeps the kind of a term


def known_things(content: Content, but: str) -> KnownThings:
    """Return the things of all that ``content`` has, without those of the graph ``but``.

    Raises ContentErrors where Turtle cannot be read, and ContentError where a bulk source cannot.
    """
    dataset = read_dataset(content)
    others = [graph for graph in dataset.graphs if source_name(graph.path) != but]
    known = KnownThings.of(replace(dataset, graphs=others), content)
    for path in bulk_files(content):
        if source_name(path) == but:
            continue
        if suffix_of(path) in TABLES:
            for _ in read_table(path, content.relative(path), FaultList(path), known):
                pass
        else:
            for block in STREAMED[suffix_of(path) or ""](path, graph_name(path, CANONICAL_BASE), FaultList(path)):
                known.add(block.statements)
    return known


def read_table(path: Path, place: Path, found: FaultList, known: KnownThings) -> Iterator[Block]:
    """Yield the statements of a table, which is called ``place``; rows that are not taken are noted with their lines.

    Raises ContentError where the table or its mapping cannot be used.
    """
    mapping_path = mapping_of(path)
    if not mapping_path.is_file():
        raise fault("table-without-mapping", path, 1, meant=mapping_path.name)
    try:
        mapping = read_mapping(mapping_path, known.prefixes)
        table = Table(path, mapping, known.things, path.name.removesuffix(path.suffix))
    except ContentError as error:
        raise error.within(mapping_of(place)) if error.path == mapping_path else error from error
    yield from _blocks(table, place, found)


def _blocks(table: Table, place: Path, found: FaultList) -> Iterator[Block]:
    quads, lines = list[ox.Quad](), list[int]()
    told = 0
    for line, said in table.parts():
        new = list(said)
        quads += new
        lines += [line] * len(new)
        for reported in table.account.reported[told:]:
            _note(reported, place, found)
        told = len(table.account.reported)
        if len(quads) >= _BLOCK:
            yield _block(quads, lines)
            quads, lines = [], []
    yield _block(quads, lines)


def _note(reported: Reported, place: Path, found: FaultList) -> None:
    for error in reported.as_errors(place):
        found.note(error)


def _block(quads: list[ox.Quad], lines: list[int]) -> Block:
    return Block(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"", lines)
