"""The things that the content knows: found by name, and whether an IRI is taken."""

from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.drafts.words import DraftError
from metropolis_kg.curation.sources import Places
from metropolis_kg.model.dataset import Dataset, NamedGraph
from metropolis_kg.model.namespaces import RDF, RDFS, expand, shorten

_NAMES = ("skos:prefLabel", "foaf:name", "dct:title", "rdfs:label", "skos:altLabel")
_SUGGESTED = 3


class KnownThings:
    """Everything that ``dataset`` says something about."""

    def __init__(self, dataset: Dataset, content: Content) -> None:
        self.dataset, self._places = dataset, Places(dataset, content)
        self.prefixes = dataset.prefixes
        self._labels: dict[str, list[ox.Literal]] = defaultdict(list)
        self._classes: dict[str, set[str]] = defaultdict(set)
        self._above: dict[str, set[str]] = defaultdict(set)
        self._read()

    def _read(self) -> None:
        naming, subclass = {self.iri(name) for name in _NAMES}, f"{RDFS}subClassOf"
        in_scheme = self.iri("skos:inScheme")
        for quad in self.dataset.quads():
            subject, predicate, value = quad.subject, quad.predicate.value, quad.object
            if not isinstance(subject, ox.NamedNode):
                continue
            if predicate in naming and isinstance(value, ox.Literal):
                self._labels[subject.value].append(value)
            elif predicate == f"{RDF}type" and isinstance(value, ox.NamedNode):
                self._classes[subject.value].add(value.value)
            elif predicate == subclass and isinstance(value, ox.NamedNode):
                self._above[subject.value].add(value.value)
            elif predicate == in_scheme and isinstance(value, ox.NamedNode):
                self._classes[subject.value].add(value.value)

    def iri(self, name: str) -> str:
        """Return the IRI of a prefixed name."""
        return expand(name, self.prefixes)

    def name(self, iri: str) -> str:
        """Return the prefixed name of an IRI, or the IRI in angle brackets."""
        return shorten(iri, self.prefixes)

    def label(self, iri: str, lang: str) -> str:
        """Return what a thing is called in a language, else in another, else its prefixed name."""
        labels = self._labels.get(iri, [])
        return next((each.value for each in (*_in(labels, lang), *labels)), self.name(iri))

    def of(self, kind: str) -> list[str]:
        """Return the IRIs of the things of a class or below it, or in a concept scheme, given its prefixed name."""
        wanted = self.iri(kind)
        return sorted(thing for thing, classes in self._classes.items() if wanted in self._with_above(classes))

    def find(self, text: str, kind: str) -> str:
        """Return the IRI of the thing of a class that ``text`` names: by a name in any language, or by its IRI.

        Raises DraftError, which says what may have been meant.
        """
        things = self.of(kind)
        named = [iri for iri in things if text in self._written(iri)] or self._called(text, things)
        if len(named) == 1:
            return named[0]
        if named:
            raise DraftError("ambiguous", text=text, names=", ".join(map(self.name, named)))
        close = self._close(text, things)
        raise DraftError("unknown_close" if close else "unknown", text=text, names=", ".join(close))

    def place(self, iri: str) -> str | None:
        """Return where something is said about a thing, as file and line; none where nothing is."""
        thing = ox.NamedNode(iri)
        telling = (graph for graph in self.dataset.graphs if any(quad.subject == thing for quad in graph.quads))
        graph = next(telling, None)
        path, line, _ = self._places.of(graph, thing) if graph else (None, None, None)
        return ":".join(str(part) for part in (path, line) if part is not None) or None

    def require_free(self, iri: str) -> None:
        """Raise DraftError where an IRI is in use, or was and is retired."""
        place = self.place(iri)
        if place:
            is_retired = self.iri("mkg:RetiredThing") in self._classes[iri]
            raise DraftError("retired" if is_retired else "taken", name=self.name(iri), place=place)

    def graphs(self) -> dict[str, NamedGraph]:
        """Return the graphs with a source, by the name of their file without extension: pages first."""
        sourced = [each for each in self.dataset.graphs if self.values(each, each.name.value, "mkg:source")]
        return {each.path.stem: each for each in sorted(sourced, key=lambda each: _rank(each.path))}

    def values(self, graph: NamedGraph, iri: str, predicate: str) -> list[ox.NamedNode | ox.Literal]:
        """Return the values that a graph gives a thing for a predicate, given its prefixed name."""
        sought = self.iri(predicate)
        return [
            quad.object
            for quad in graph.quads
            if quad.predicate.value == sought
            and isinstance(quad.subject, ox.NamedNode)
            and quad.subject.value == iri
            and isinstance(quad.object, ox.NamedNode | ox.Literal)
        ]

    def _with_above(self, classes: Iterable[str]) -> set[str]:
        found, to_see = set[str](), list(classes)
        while to_see:
            each = to_see.pop()
            if each not in found:
                found.add(each)
                to_see += self._above[each]
        return found

    def _written(self, iri: str) -> set[str]:
        name = self.name(iri)
        return {iri, name, name.replace(":", "/"), name.partition(":")[2]}

    def _called(self, text: str, things: list[str]) -> list[str]:
        folded = text.casefold()
        return [iri for iri in things if any(each.value.casefold() == folded for each in self._labels[iri])]

    def _close(self, text: str, things: list[str]) -> list[str]:
        by_word = {word.casefold(): iri for iri in things for word in self._words(iri)}
        matches = get_close_matches(text.casefold(), by_word, n=_SUGGESTED)
        return list(dict.fromkeys(self.name(by_word[each]) for each in matches))

    def _words(self, iri: str) -> list[str]:
        return [*(each.value for each in self._labels[iri]), *self._written(iri)]


def _in(labels: list[ox.Literal], lang: str) -> list[ox.Literal]:
    return [label for label in labels if label.language == lang]


def _rank(path: Path) -> tuple[bool, str]:
    return path.parent.name != "pages", path.stem
