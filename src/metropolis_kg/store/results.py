"""Answers as bytes: the syntaxes in which a store writes them, whoever computed them."""

import re
from collections.abc import Mapping, Sequence
from xml.parsers import expat

import pyoxigraph as ox

from metropolis_kg.store.protocol import N_TRIPLES, RESULTS_JSON, RESULTS_XML, QueryRefusedError

RESULT_FORMATS = {
    RESULTS_JSON: ox.QueryResultsFormat.JSON,
    RESULTS_XML: ox.QueryResultsFormat.XML,
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
    """Return the graph that ``ntriples`` states, written in ``media_type``; see ``write_triples``."""
    if media_type == N_TRIPLES:
        return ntriples
    triples = [quad.triple for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES, lenient=True)]
    return write_triples(triples, media_type, prefixes)


def write_triples(triples: Sequence[ox.Triple], media_type: str, prefixes: Mapping[str, str]) -> bytes:
    """Return ``triples``, in their order, written in ``media_type`` with those of ``prefixes`` that they use.

    The same triples in the same order give the same bytes, in every process. Raises QueryRefusedError for a media type
    that is no RDF syntax here, and for triples that it has no way to write, such as a property in RDF/XML whose IRI
    does not end in a name (RDF 1.1 XML Syntax section 5.1).
    """
    syntax = graph_format(media_type)
    spaces = set(_SPACE.findall(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""))
    used = {name: space for name, space in prefixes.items() if space.encode() in spaces}
    try:
        written = ox.serialize(triples, format=syntax, prefixes=used) or b""
        if syntax == ox.RdfFormat.RDF_XML:
            expat.ParserCreate(namespace_separator=" ").Parse(written, True)
    except (OSError, ValueError, expat.ExpatError) as error:
        raise QueryRefusedError(f"The answer cannot be written in {media_type}: {error}. Ask for another.") from error
    return _TIDY.get(syntax, bytes)(written)


def write_quads(quads: Sequence[ox.Quad], media_type: str, prefixes: Mapping[str, str]) -> bytes:
    """Return ``quads``, in their order, written in ``media_type``, a syntax that has graphs.

    As with ``write_triples``, prefixes are those in use, and the bytes are the same in every process.
    """
    spaces = set(_SPACE.findall(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""))
    used = {name: space for name, space in prefixes.items() if space.encode() in spaces}
    written = ox.serialize(quads, format=graph_format(media_type), prefixes=used) or b""
    lines = written.split(b"\n")
    declared = sorted(line for line in lines if line.startswith(b"@prefix "))
    return b"\n".join([*declared, *lines[len(declared) :]])


_SPACE = re.compile(rb"<([^<> ]*[/#])")
"""What can be a namespace of an IRI in N-Triples: all up to its last slash or hash."""


def _tidy_turtle(written: bytes) -> bytes:
    """Sort the prefixes, which Oxigraph writes in any order, and set a blank line before each subject."""
    lines = written.split(b"\n")
    prefixes = sorted(line for line in lines if line.startswith(b"@prefix "))
    spaced = [b"\n" + line if line[:1].strip() else line for line in lines[len(prefixes) :]]
    return b"\n".join(prefixes + spaced).lstrip(b"\n")


def _tidy_xml(written: bytes) -> bytes:
    """Sort the namespaces of the root element, which Oxigraph writes in any order."""
    root = re.compile(rb"<rdf:RDF([^>]*)>")
    return root.sub(lambda match: b"<rdf:RDF " + b" ".join(sorted(match[1].split())) + b">", written, count=1)


_TIDY = {ox.RdfFormat.TURTLE: _tidy_turtle, ox.RdfFormat.TRIG: _tidy_turtle, ox.RdfFormat.RDF_XML: _tidy_xml}
