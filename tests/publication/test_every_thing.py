"""Every thing of the release: its document is one graph, in each format and in each form of JSON-LD."""

import json

import pyoxigraph as ox
from pyld import jsonld

from every_thing import document_of, things
from graphs import canonical, with_context
from metropolis_kg.content import Content
from metropolis_kg.publication.catalogue import with_catalogue
from metropolis_kg.publication.description import describe
from metropolis_kg.publication.documents import with_document, write
from metropolis_kg.publication.jsonld_context import context_of
from metropolis_kg.publication.media_types import GRAPHS, JSON_LD, PROFILES
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.results import GRAPH_FORMATS

FORMATS = [syntax for syntax in GRAPHS if syntax is not JSON_LD]
FORMS = (None, *PROFILES)


def test_e16_every_thing_is_the_same_graph_in_every_format_and_form(opened: OpenRelease, content: Content) -> None:
    """JSON-LD is read by Oxigraph; the form sent without a profile by PyLD as well."""
    told, context = things(opened), context_of(opened)
    for thing in told:
        description = describe(opened, content.queries, thing)
        if thing == opened.iri("dataset"):
            description = with_catalogue(description, opened, content.queries)
        description = with_document(description, opened, document_of(opened, thing))
        expected = canonical(description.triples)
        assert len(expected) > 5
        for syntax in FORMATS:
            body = write(description, opened, syntax)
            assert canonical(ox.parse(body, format=GRAPH_FORMATS[syntax.media_type])) == expected, (thing, syntax.name)
        for profile in FORMS:
            document = with_context(write(description, opened, JSON_LD, profile), context)
            read = ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD)
            assert canonical(read) == expected, (thing, profile)
            if profile is None:
                nquads = jsonld.to_rdf(document, {"format": "application/n-quads"})
                assert canonical(ox.parse(nquads, format=ox.RdfFormat.N_QUADS)) == expected, thing
    assert len(told) > 280
    print(f"{len(told)} things, {len(FORMATS)} formats, {len(FORMS)} forms of JSON-LD")  # noqa: T201 - wanted
