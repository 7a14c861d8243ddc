"""What the terms of the vocabularies are called: readable names for properties and classes, one query a release."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.publication.own_queries import kept_by_release, rows
from metropolis_kg.store.protocol import NO_BINDINGS, Bindings
from metropolis_kg.store.release import OpenRelease


@dataclass(frozen=True)
class Names:
    """IRI of a term → language → label."""

    labels: Mapping[str, Mapping[str, str]]

    def name(self, iri: str, language: str) -> str:
        """Return what the term is called in ``language``, else in another, else its local name taken apart.

        >>> Names({}).name("https://schema.org/containedInPlace", "en")
        'contained in place'
        """
        labels = self.labels.get(iri)
        if labels:
            return labels.get(language) or next(iter(labels.values()))
        return self._apart(iri)

    def fallback(self, iri: str, language: str) -> str | None:
        """Return the language in which ``name`` has to say it; none where that is ``language``, or none at all.

        >>> names = Names({"a": {"de": "Rolle"}, "b": {"": "Rio"}})
        >>> names.fallback("a", "en"), names.fallback("a", "de"), names.fallback("b", "en")
        ('de', None, None)
        """
        labels = self.labels.get(iri)
        return None if not labels or language in labels else next(iter(labels)) or None

    @staticmethod
    def _apart(iri: str) -> str:
        local = re.split(r"[/#:]", iri.rstrip("/#"))[-1]
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local).lower() if local else iri


@kept_by_release(1, of_stores=True)
def names_of(release: OpenRelease, queries: Path) -> Names:
    """Return the names in the vocabulary graphs of ``release``; asked once for each. Raises what the store raises."""
    return _names(release, queries / "description" / "names.rq", NO_BINDINGS)


def names_for(release: OpenRelease, queries: Path, iris: Sequence[str]) -> Names:
    """Return what the things ``iris`` are called, with one query. Raises what the store raises."""
    if not iris:
        return Names({})
    things = [ox.NamedNode(iri) for iri in iris]
    return _names(release, queries / "description" / "labels.rq", {"thing": things})


def _names(release: OpenRelease, path: Path, bindings: Bindings) -> Names:
    labels: dict[str, dict[str, str]] = {}
    for row in rows(release, path, bindings):
        label = row["label"]
        labels.setdefault(row["term"]["value"], {})[label.get("xml:lang", "")] = label["value"]
    return Names(labels)
