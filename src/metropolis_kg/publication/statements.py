"""Statements that the program makes about a release, by prefixed names."""

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from metropolis_kg.store.release import OpenRelease

Said = tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]
"""Subject, prefixed name of the property, object."""

_LATER = {
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "spdx": "http://spdx.org/rdf/terms#",
}
"""Prefixes that releases built by older programs lack."""


def triples(release: OpenRelease, said: Iterable[Said]) -> list[ox.Triple]:
    """Return the statements as triples."""
    return [ox.Triple(subject, term(release, name), value) for subject, name, value in said]


def term(release: OpenRelease, name: str) -> ox.NamedNode:
    """Return the term that a prefixed name stands for."""
    prefix, _, local = name.partition(":")
    return ox.NamedNode((release.prefixes.get(prefix) or _LATER[prefix]) + local)


def in_words(subject: ox.NamedNode, name: str, words: Mapping[str, str]) -> Iterator[Said]:
    """Say a text in several languages, given by language."""
    for language, text in words.items():
        yield subject, name, ox.Literal(text, language=language)
