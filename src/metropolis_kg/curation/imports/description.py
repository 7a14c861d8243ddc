"""What a mapping says of its source and graph: the common properties of CSVW, as statements.

CSVW (Metadata Vocabulary for Tabular Data, section 5.8) lets any property of a vocabulary stand beside its own, written
as JSON-LD.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyoxigraph as ox

from metropolis_kg.model.namespaces import XSD

_OF_GRAPH = ("dct:title", "dct:license", "dct:rightsHolder", "schema:creditText")
_OF_SOURCE = (
    "dct:title", "schema:url", "dct:language", "dct:publisher", "mkg:observedNotBefore", "mkg:observedNotAfter",
    "mkg:windowBasis", "mkg:note",
)  # fmt: skip
TEXTS = ("dct:title", "schema:creditText", "mkg:windowBasis", "mkg:note")
THINGS = ("dct:license", "dct:rightsHolder", "schema:url", "dct:language", "dct:publisher")
DAYS = ("mkg:observedNotBefore", "mkg:observedNotAfter")
REQUIRED = ("dct:title", "dct:license", "dct:rightsHolder", "schema:creditText", "schema:url", "dct:language", *DAYS,
            "mkg:windowBasis")  # fmt: skip
KNOWN = (*TEXTS, *THINGS, *DAYS)
_LANGUAGES = ("de", "en")
_SAME = {"dc": "dct", "dcterms": "dct"}
"""Prefixes that CSVW knows for what is called otherwise here (RDFa Core Initial Context)."""

Value = ox.NamedNode | ox.Literal


@dataclass(frozen=True)
class Description:
    """What is said of the source and of its graph: prefixed names of properties, and their values."""

    said: Mapping[str, tuple[Value, ...]]

    def of(self, name: str) -> "Description":
        """Return the description of another source of that file name, which is told apart by its title."""
        titles = (each for each in self.said["dct:title"] if isinstance(each, ox.Literal))
        named = tuple(ox.Literal(f"{each.value} ({name})", language=each.language) for each in titles)
        return Description({**self.said, "dct:title": named})

    def of_graph(self) -> Iterator[tuple[str, Value]]:
        """Yield what is said of the graph."""
        return ((name, value) for name in _OF_GRAPH for value in self.said.get(name, ()))

    def of_source(self) -> Iterator[tuple[str, Value]]:
        """Yield what is said of the source."""
        return ((name, value) for name in _OF_SOURCE for value in self.said.get(name, ()))

    @property
    def known_from(self) -> date:
        """The first day on which the source can have been written."""
        return date.fromisoformat(self.said["mkg:observedNotBefore"][0].value)


def canonical(name: str) -> str:
    """Return a prefixed name with the prefix that it has here."""
    prefix, colon, local = name.partition(":")
    return f"{_SAME.get(prefix, prefix)}{colon}{local}"


def read_value(name: str, value: Any, prefixes: Mapping[str, str]) -> tuple[Value, ...]:
    """Return the values of a common property. Raises ValueError, which says in English what is wanted."""
    if name in TEXTS:
        return _texts(value)
    if name in THINGS:
        return tuple(_thing(each, prefixes) for each in (value if isinstance(value, list) else [value]))
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError('"2026-11-26", a day that there is') from error
    return (ox.Literal(day.isoformat(), datatype=ox.NamedNode(f"{XSD}date")),)


def _texts(value: Any) -> tuple[Value, ...]:
    values = {each["@language"]: each["@value"] for each in value} if _is_texts(value) else value
    if not isinstance(values, dict) or set(values) != set(_LANGUAGES) or not all(map(_is_text, values.values())):
        raise ValueError('[{"@value": "…", "@language": "de"}, {"@value": "…", "@language": "en"}]')
    return tuple(ox.Literal(values[lang], language=lang) for lang in _LANGUAGES)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and {*each} == {"@value", "@language"} and isinstance(each["@language"], str)
        for each in value
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _thing(value: Any, prefixes: Mapping[str, str]) -> Value:
    name = value.get("@id") if isinstance(value, dict) else None
    if not isinstance(name, str):
        raise ValueError('{"@id": "…"}')
    prefix, colon, local = name.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        return ox.NamedNode(prefixes[prefix] + local)
    if not colon or not local.startswith("//"):
        raise ValueError('{"@id": "https://…"}')
    return ox.NamedNode(name)
