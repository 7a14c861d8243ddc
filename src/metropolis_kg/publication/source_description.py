"""What a source is, in words; which named graphs hold its claims; what these add to things besides claims."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from metropolis_kg.publication.claim_view import window_days
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.reading import Fact, Reader, Value
from metropolis_kg.store.protocol import Term

_FACTS = ("dct:publisher", "schema:url", "dct:language", "mkg:sha256")
MOST_ADDED = 200
"""Statements that a source adds to things, of which its page tells; ``source-about.rq`` asks for one more."""

_GRAPH_FACTS = ("dct:license", "dct:rightsHolder", "schema:creditText")
_GRAPH_KINDS = {"mkg:PageGraph": "sources_page_graph", "mkg:EnrichmentGraph": "sources_enrichment_graph"}


@dataclass(frozen=True)
class DescribedSource:
    """A source, in words."""

    iri: str
    title: Value
    kind: str
    """``page``, ``outside`` or ``research``."""

    facts: list[Fact]
    notes: list[Value]


@dataclass(frozen=True)
class GraphView:
    """A named graph that holds what a source says."""

    iri: str
    title: Value
    kind: str | None
    """Key of its kind in ``words.toml``."""

    facts: list[Fact]


@dataclass(frozen=True)
class Added:
    """What a source says of a thing without making a claim of it."""

    thing: Value
    fact: Fact


@dataclass(frozen=True)
class Additions:
    """What a source adds to things, and whether there is more than that."""

    added: Sequence[Added] = ()
    is_more: bool = False


def described_source(reader: Reader) -> DescribedSource:
    """Return what the source of the reader's description is."""
    said, source = reader.description, reader.description.thing
    return DescribedSource(
        source,
        reader.label(source),
        kind_of(said, source),
        [_window(reader), *reader.facts_of(source, _FACTS)],
        reader.best(said.literals(source, "mkg:note")),
    )


def graphs_of(said: Description, source: str) -> list[str]:
    """Return the IRIs of the named graphs that hold what ``source`` says."""
    node, leads = ox.NamedNode(source), said.iri("mkg:source")
    found = (each.subject for each in said.triples if each.predicate.value == leads and each.object == node)
    return sorted({graph.value for graph in found if isinstance(graph, ox.NamedNode)})


def kind_of(said: Description, source: str) -> str:
    """Return the kind of a source: a ``page`` read by the editors, their own ``research``, else one ``outside``."""
    graphs = graphs_of(said, source)
    if any(said.is_a(graph, "mkg:PageGraph") for graph in graphs):
        return "page"
    holders = {holder for graph in graphs for holder in said.things(graph, "dct:rightsHolder")}
    return "research" if holders & set(said.things(source, "dct:publisher")) else "outside"


def graph_views(reader: Reader) -> list[GraphView]:
    """Return the named graphs that hold what the source of the reader's description says."""
    said = reader.description
    return [
        GraphView(
            graph,
            reader.value(ox.NamedNode(graph)),
            next((words for name, words in _GRAPH_KINDS.items() if said.is_a(graph, name)), None),
            reader.facts_of(graph, _GRAPH_FACTS),
        )
        for graph in graphs_of(said, said.thing)
    ]


def window(reader: Reader, source: str) -> str | None:
    """Return in words when a source was as it is quoted; none where that is not known."""
    days = window_days(reader, source)
    return reader.words["sources_between"].format(*days) if len(days) == 2 else next(iter(days), None)


def _window(reader: Reader) -> Fact:
    said, source = reader.description, reader.description.thing
    text, basis = window(reader, source), said.literals(source, "mkg:windowBasis")
    values = [Value(text or reader.words["sources_no_window"]), *reader.best(basis)]
    return Fact(reader.words["sources_window"], values)


def additions_of(reader: Reader) -> Additions:
    """Return what a source's graphs add to things, in the order of these.

    The reader's description is what ``source-about.rq`` answers.
    """
    said = reader.description
    apart = {said.thing, *graphs_of(said, said.thing)}
    label = said.iri("rdfs:label")
    found: dict[tuple[str, str], list[Term]] = {}
    for triple in said.triples:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if not (isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal)):
            continue
        if subject.value not in apart and predicate != label:
            found.setdefault((subject.value, predicate), []).append(value)
    added = [
        Added(reader.value(ox.NamedNode(thing)), reader.fact(predicate, values))
        for (thing, predicate), values in found.items()
    ]
    added.sort(key=lambda each: (each.thing.text.casefold(), each.fact.name))
    return Additions(added, sum(map(len, found.values())) > MOST_ADDED)
