"""Everything a release has a document about."""

import json

from metropolis_kg.model.identifiers import document_path
from metropolis_kg.publication.media_types import RESULTS_JSON
from metropolis_kg.store.release import OpenRelease

_THINGS = """SELECT DISTINCT ?thing WHERE {
  ?thing rdfs:label ?label .
  FILTER(STRSTARTS(STR(?thing), STR(<>)) && !CONTAINS(STR(?thing), "#"))
} ORDER BY ?thing"""


def things(release: OpenRelease) -> list[str]:
    """Return the IRIs of all things of the release that have a name, in order; its vocabulary is one of them."""
    rows = json.loads(release.service.query(_THINGS, RESULTS_JSON.media_type))["results"]["bindings"]
    return [*(row["thing"]["value"] for row in rows), release.prefixes["mkg"]]


def document_of(release: OpenRelease, thing: str) -> str:
    """Return the IRI of the document about a thing."""
    return release.iri(document_path(thing.removeprefix(release.base).removesuffix("#")))
