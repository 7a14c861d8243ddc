"""On which line of a JSON-LD text a statement stands: that of the value, else of the key, else of the ``@id``.

Keys and compact IRIs are led back to IRIs by all contexts in the text together, whichever part each is for; so a line
may be missing or that of a namesake, and nothing else depends on it.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from metropolis_kg.curation.json_text import JsonObject, JsonText, Member
from metropolis_kg.curation.lines import LineIndex, Span
from metropolis_kg.model.namespaces import RDF


def json_index(text: str, full: str, quads: list[ox.Quad]) -> LineIndex:
    """Return where the ``quads`` that the JSON-LD ``text`` states stand in it; ``full`` has its contexts filled in."""
    read = JsonText(text)
    places, index = _Places(read, full), LineIndex()
    for quad in quads:
        if span := places.span(quad):
            index.add(quad, span)
    for subject, objects in places.described.items():
        index.subjects[f"<{subject}>"] = read.span(*objects[0][1:])
    return index


class _Places:
    def __init__(self, read: JsonText, full: str) -> None:
        self._read = read
        self._terms: defaultdict[str, set[str]] = defaultdict(set)
        self._vocabularies: set[str] = set()
        for context in _contexts(json.loads(full)):
            self._learn(context)
        self._known: dict[str, set[str]] = {}
        self.described = self._described()

    def span(self, quad: ox.Quad) -> Span | None:
        """Return where the value of a statement stands, else its key; none where neither is found."""
        if not isinstance(quad.subject, ox.NamedNode):
            return None
        for described, *_ in self.described.get(quad.subject.value, ()):
            for member in described.members:
                if quad.predicate.value in self._iris(member.key):
                    value = self._value(member, quad.object)
                    return self._read.span(*(value or (member.start, member.key_end)))
        return None

    def _learn(self, context: dict[str, Any]) -> None:
        for term, meaning in context.items():
            iri = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if isinstance(iri, str):
                (self._vocabularies.add if term == "@vocab" else self._terms[term].add)(iri)

    def _iris(self, name: str) -> set[str]:
        """Return every IRI that a key or a compact IRI may stand for."""
        if name not in self._known:
            self._known[name] = self._meant(name)
        return self._known[name]

    def _meant(self, name: str) -> set[str]:
        if name == "@type" or "@type" in self._terms.get(name, ()):
            return {f"{RDF}type"}
        meant = {full for iri in self._terms.get(name, ()) for full in (iri, *self._prefixed(iri))}
        return meant | {name} | set(self._prefixed(name)) | {space + name for space in self._vocabularies}

    def _prefixed(self, name: str) -> Iterator[str]:
        prefix, colon, local = name.partition(":")
        if colon:
            yield from (space + local for space in self._terms.get(prefix, ()))

    def _described(self) -> dict[str, list[tuple[JsonObject, int, int]]]:
        """Return IRI → the objects that describe it, each with the offsets of its ``@id``."""
        found: defaultdict[str, list[tuple[JsonObject, int, int]]] = defaultdict(list)
        for string in self._read.strings:
            if string.owner >= 0 and (string.key == "@id" or "@id" in self._terms.get(string.key, ())):
                for iri in (string.text, *self._prefixed(string.text)):
                    found[iri].append((self._read.objects[string.owner], string.start, string.end))
        for objects in found.values():
            objects.sort(key=lambda each: (len(each[0].members) < 2, each[1]))
        return found

    def _value(self, member: Member, value: object) -> tuple[int, int] | None:
        """Return the offsets of ``value`` where it is a string within the value of ``member``."""
        if not isinstance(value, ox.Literal | ox.NamedNode):
            return None
        places = (self._by_iri if isinstance(value, ox.NamedNode) else self._by_text).get(value.value, [])
        first = bisect_right(places, member.start, key=lambda place: place[0])
        return places[first] if first < len(places) and places[first][0] < member.end else None

    @cached_property
    def _by_text(self) -> dict[str, list[tuple[int, int]]]:
        """Where each string stands, as offsets in ascending order."""
        found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for string in self._read.strings:
            found[string.text].append((string.start, string.end))
        return found

    @cached_property
    def _by_iri(self) -> dict[str, list[tuple[int, int]]]:
        """Where the strings stand that may stand for an IRI."""
        found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for string in self._read.strings:
            for iri in self._iris(string.text):
                found[iri].append((string.start, string.end))
        return found


def _contexts(document: Any) -> Iterator[dict[str, Any]]:
    """Yield every context in a document, those of terms within it included."""
    waiting = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield from _dicts(part.get("@context"))
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _dicts(context: Any) -> Iterable[dict[str, Any]]:
    return [each for each in (context if isinstance(context, list) else [context]) if isinstance(each, dict)]
