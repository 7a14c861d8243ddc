"""Stored queries as RDF (SHACL-SPARQL ``sh:SPARQLExecutable``), in the form that query editors read as examples."""

import json
from collections.abc import Iterator, Mapping, Sequence

import pyoxigraph as ox

from metropolis_kg.model.query_header import LANGUAGES, without_header
from metropolis_kg.publication.media_types import JSON_LD, N_TRIPLES, Syntax
from metropolis_kg.publication.stored_queries import StoredQuery
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import Bindings, Term
from metropolis_kg.store.query_text import tokens, with_bindings
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.results import write_triples

_FORMS = {
    "SELECT": ("sh:SPARQLSelectExecutable", "sh:select"),
    "ASK": ("sh:SPARQLAskExecutable", "sh:ask"),
    "CONSTRUCT": ("sh:SPARQLConstructExecutable", "sh:construct"),
}
"""Form of a query → its class and the property that holds its text (SHACL section 5.2); SHACL has none for DESCRIBE."""


def runnable(query: StoredQuery, bindings: Bindings, prefixes: Mapping[str, str]) -> str:
    """Return the SPARQL of ``query`` with its arguments bound and those of ``prefixes`` declared that it uses.

    It can be sent to any endpoint that has the data.
    """
    text = with_bindings(without_header(query.text), bindings).strip() + "\n"
    names = {token.text.partition(":")[0] for token in tokens(text) if token.kind == "name" and ":" in token.text}
    return "".join(f"PREFIX {name}: <{prefixes[name]}>\n" for name in sorted(names & prefixes.keys())) + text


def executables(release: OpenRelease, queries: Sequence[StoredQuery]) -> list[ox.Triple]:
    """Return what is said of ``queries`` as executables, each named by its address and bound to its defaults.

    As editors expect it: ``rdfs:comment`` says what the query answers, ``schema:target`` is the endpoint.
    """
    return [triple for query in queries if query.form in _FORMS for triple in _executable(release, query)]


def write_executables(release: OpenRelease, queries: Sequence[StoredQuery], syntax: Syntax) -> bytes:
    """Return the executables written in ``syntax``; JSON-LD is compacted with the prefixes it uses as its context."""
    triples = executables(release, queries)
    if syntax != JSON_LD:
        return write_triples(triples, syntax.media_type, release.prefixes)
    from pyld import jsonld  # a quarter of a second to import

    expanded = jsonld.from_rdf(write_triples(triples, N_TRIPLES.media_type, {}).decode())
    compacted = jsonld.compact(expanded, {name: release.prefixes[name] for name in ("rdfs", "schema", "sh")})
    return (json.dumps(compacted, ensure_ascii=False, indent=2) + "\n").encode()


def _executable(release: OpenRelease, query: StoredQuery) -> Iterator[ox.Triple]:
    kind, text = _FORMS[query.form]
    bindings = query.terms({}, release.prefixes, release.base)
    said: list[tuple[str, Term]] = [
        ("rdf:type", _node(release, "sh:SPARQLExecutable")),
        ("rdf:type", _node(release, kind)),
        *[("rdfs:label", ox.Literal(query.titles[code], language=code)) for code in LANGUAGES],
        *[("rdfs:comment", ox.Literal(_comment(query, code), language=code)) for code in LANGUAGES],
        *[("schema:keywords", ox.Literal(_subject(query, code), language=code)) for code in LANGUAGES],
        ("schema:target", ox.NamedNode(release.iri("sparql"))),
        ("sh:prefixes", ox.NamedNode(release.iri("prefixes"))),
        (text, ox.Literal(runnable(query, bindings, release.prefixes))),
    ]
    subject = ox.NamedNode(release.iri(f"query/{query.name}"))
    for name, value in said:
        yield ox.Triple(subject, _node(release, name), value)


def _comment(query: StoredQuery, language: str) -> str:
    return f"{query.titles[language]} {query.descriptions.get(language, '')}".rstrip()


def _subject(query: StoredQuery, language: str) -> str:
    return Words(language)[f"subject_{query.subject}"]


def _node(release: OpenRelease, name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(release.prefixes[prefix] + local)
