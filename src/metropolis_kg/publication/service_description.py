"""What the SPARQL endpoint says about itself in RDF."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from metropolis_kg.publication.media_types import GRAPHS, JSON_LD, RESULTS
from metropolis_kg.publication.own_queries import kept_by_release, rows
from metropolis_kg.publication.statements import Said, in_words, term, triples
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.results import GRAPH_FORMATS, RESULT_FORMATS

_SIMPLE_ENTAILMENT = "http://www.w3.org/ns/entailment/Simple"
FORMATS = {syntax: RESULT_FORMATS[syntax.media_type].iri for syntax in RESULTS} | {
    syntax: GRAPH_FORMATS[syntax.media_type].iri for syntax in GRAPHS
}
FORMATS[JSON_LD] = "http://www.w3.org/ns/formats/JSON-LD"  # pyoxigraph has an IRI that the W3C does not

_TITLE = {
    "de": "SPARQL-Endpunkt",
    "en": "SPARQL endpoint",
}
_SERVICE = {
    "de": "Beantwortet Anfragen in SPARQL 1.1; Änderungen nimmt er nicht an. Fragt eine Anfrage nach keinem bestimmten "
    "Graphen, so gilt sie der Vereinigung aller benannten Graphen: Diese ist der Standardgraph.",
    "en": "Answers queries in SPARQL 1.1; updates are not taken. A query that names no graph is about the union of all "
    "named graphs: this union is the default graph.",
}
_UNION = {
    "de": "Der Standardgraph: die Vereinigung aller benannten Graphen.",
    "en": "The default graph: the union of all named graphs.",
}


def service_description(release: OpenRelease, queries: Path, *, federated: bool) -> list[ox.Triple]:
    """Return the description of the SPARQL endpoint (SPARQL 1.1 Service Description sections 3 and 4).

    It lists the named graphs with their numbers of triples. A remote store, whose graphs may change at any time, is
    described without them. ``queries`` is the folder of that name in the content, ``federated`` says whether there are
    endpoints that SERVICE may name. Raises what the store raises.
    """
    graphs = _sizes(release, queries) if release.digest else {}
    said = [*_service(release, federated), *_dataset(release)]
    for iri, size in graphs.items():
        said += _graph(release, iri, size)
    return triples(release, said)


def _service(release: OpenRelease, federated: bool) -> Iterator[Said]:
    service = ox.NamedNode(release.iri("sparql"))
    yield service, "rdf:type", term(release, "sd:Service")
    yield from in_words(service, "rdfs:label", _TITLE)
    yield from in_words(service, "rdfs:comment", _SERVICE)
    yield service, "sd:endpoint", service
    yield service, "sd:supportedLanguage", term(release, "sd:SPARQL11Query")
    yield service, "sd:feature", term(release, "sd:UnionDefaultGraph")
    if federated:
        yield service, "sd:feature", term(release, "sd:BasicFederatedQuery")
    yield service, "sd:defaultEntailmentRegime", ox.NamedNode(_SIMPLE_ENTAILMENT)
    for iri in FORMATS.values():
        yield service, "sd:resultFormat", ox.NamedNode(iri)
    yield service, "sd:defaultDataset", ox.NamedNode(release.iri("dataset"))


def _dataset(release: OpenRelease) -> Iterator[Said]:
    dataset, union = ox.NamedNode(release.iri("dataset")), ox.NamedNode(release.iri("graph-store?default"))
    yield dataset, "rdf:type", term(release, "sd:Dataset")
    yield dataset, "sd:defaultGraph", union
    yield union, "rdf:type", term(release, "sd:Graph")
    yield from in_words(union, "rdfs:comment", _UNION)


def _graph(release: OpenRelease, iri: str, size: int) -> Iterator[Said]:
    """Say that there is a graph of this name, and where the Graph Store Protocol has its statements."""
    name = ox.NamedNode(iri)
    graph = ox.NamedNode(release.iri(f"graph-store?graph={quote(iri, safe='')}"))
    yield ox.NamedNode(release.iri("dataset")), "sd:namedGraph", name
    yield name, "rdf:type", term(release, "sd:NamedGraph")
    yield name, "sd:name", name
    yield name, "sd:graph", graph
    yield graph, "rdf:type", term(release, "sd:Graph")
    yield graph, "void:triples", ox.Literal(size)


def _sizes(release: OpenRelease, queries: Path) -> Mapping[str, int]:
    """Return graph → number of its triples: as the manifest of a release says, else as the store counts."""
    noted = release.manifest.get("graphs") if release.digest else None
    return {iri: int(said["quads"]) for iri, said in noted.items()} if noted else _counted(release, queries)


@kept_by_release(4)
def _counted(release: OpenRelease, queries: Path) -> Mapping[str, int]:
    found = rows(release, queries / "description" / "graphs.rq")
    return {row["graph"]["value"]: int(row["triples"]["value"]) for row in found}
