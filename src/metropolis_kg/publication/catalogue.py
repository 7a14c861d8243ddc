"""What a service says about itself in RDF."""

import pyoxigraph as ox

from metropolis_kg.publication.media_types import GRAPHS, RESULTS
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.results import GRAPH_FORMATS, RESULT_FORMATS


def service_description(release: OpenRelease) -> list[ox.Triple]:
    """Return the description of the SPARQL endpoint (SPARQL 1.1 Service Description sections 3 and 4)."""
    service = ox.NamedNode(release.iri("sparql"))

    def term(name: str) -> ox.NamedNode:
        prefix, _, local = name.partition(":")
        return ox.NamedNode(release.prefixes[prefix] + local)

    formats = [RESULT_FORMATS[syntax.media_type].iri for syntax in RESULTS]
    formats += [GRAPH_FORMATS[syntax.media_type].iri for syntax in GRAPHS]
    said = [
        ("rdf:type", term("sd:Service")),
        ("sd:endpoint", service),
        ("sd:supportedLanguage", term("sd:SPARQL11Query")),
        ("sd:feature", term("sd:UnionDefaultGraph")),
        ("sd:defaultDataset", ox.NamedNode(release.iri("dataset"))),
        *[("sd:resultFormat", ox.NamedNode(iri)) for iri in formats],
    ]
    return [ox.Triple(service, term(name), value) for name, value in said]
