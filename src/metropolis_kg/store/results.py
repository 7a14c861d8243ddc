"""Answers as bytes: the syntaxes in which a store writes them, whoever computed them."""

from collections.abc import Mapping

import pyoxigraph as ox

from metropolis_kg.store.protocol import N_TRIPLES, RESULTS_JSON, QueryRefusedError

RESULT_FORMATS = {
    RESULTS_JSON: ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
"""Media type → syntax for SELECT and ASK."""

GRAPH_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}
"""Media type → syntax for CONSTRUCT and DESCRIBE."""


def result_format(media_type: str) -> ox.QueryResultsFormat:
    """Return the syntax for the answer to SELECT and ASK. Raises QueryRefusedError for any other media type."""
    if media_type not in RESULT_FORMATS:
        raise QueryRefusedError(f"SELECT and ASK do not answer in {media_type}, but in {', '.join(RESULT_FORMATS)}.")
    return RESULT_FORMATS[media_type]


def graph_format(media_type: str) -> ox.RdfFormat:
    """Return the syntax for the answer to CONSTRUCT and DESCRIBE. Raises QueryRefusedError for any other media type."""
    if media_type not in GRAPH_FORMATS:
        known = ", ".join(GRAPH_FORMATS)
        raise QueryRefusedError(f"CONSTRUCT and DESCRIBE do not answer in {media_type}, but in {known}.")
    return GRAPH_FORMATS[media_type]


def write_graph(ntriples: bytes, media_type: str, prefixes: Mapping[str, str]) -> bytes:
    """Return the graph that ``ntriples`` states, written in ``media_type`` with those of ``prefixes`` that it uses.

    Raises QueryRefusedError for a media type that is no RDF syntax here.
    """
    syntax = graph_format(media_type)
    if media_type == N_TRIPLES:
        return ntriples
    used = {name: space for name, space in prefixes.items() if f"<{space}".encode() in ntriples}
    triples = (quad.triple for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES))
    return ox.serialize(triples, format=syntax, prefixes=used) or b""
