"""Things that are no more: what stewards say became of them, and the tombstones that stand in their place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.model.publications import Removal
from metropolis_kg.publication.description import Description, UnknownThingError, ordered
from metropolis_kg.publication.mementos import Memento
from metropolis_kg.publication.own_queries import kept_by_release, rows
from metropolis_kg.publication.statements import Said, term, triples
from metropolis_kg.store.release import OpenRelease

Texts = Mapping[str, str]
"""Language → text."""


@dataclass(frozen=True)
class Retirement:
    """What stewards say of a thing that is no more."""

    thing: str
    replacement: str | None = None
    """The thing that takes its place: the last one, where that was replaced too; none where it was removed."""

    notes: Texts = field(default_factory=dict)
    """Why it was removed."""

    labels: Texts = field(default_factory=dict)
    """What it was called."""


class RetiredThingError(UnknownThingError):
    """A thing is no more; carries what became of it."""

    def __init__(self, retirement: Retirement) -> None:
        super().__init__(retirement.thing)
        self.retirement = retirement
        self.args = (f"{retirement.thing} is no more.",)


def refuse_retired(release: OpenRelease, queries: Path, iri: str) -> None:
    """Raise RetiredThingError where ``release`` says that the thing ``iri`` is no more, and what the store raises."""
    known = _retirements(release, queries)
    if iri in known:
        raise RetiredThingError(known[iri])


@kept_by_release(4)
def _retirements(release: OpenRelease, queries: Path) -> Mapping[str, Retirement]:
    """Return every retirement by its thing."""
    found = rows(release, queries / "description" / "retired.rq")
    steps = {row["thing"]["value"]: row["replacement"]["value"] for row in found if "replacement" in row}
    notes: dict[str, dict[str, dict[str, str]]] = {}
    for row in found:
        texts = notes.setdefault(row["thing"]["value"], {"note": {}, "label": {}})
        for name in texts.keys() & row.keys():
            texts[name][row[name].get("xml:lang", "")] = row[name]["value"]
    return {
        thing: Retirement(thing, _end(thing, steps), *(dict(sorted(said[name].items())) for name in ("note", "label")))
        for thing, said in notes.items()
    }


def _end(thing: str, steps: Mapping[str, str]) -> str | None:
    """Return where the replacements lead from ``thing``; none where it has none or they go round in a circle."""
    passed = [thing]
    while passed[-1] in steps:
        following = steps[passed[-1]]
        if following in passed:
            return None
        passed.append(following)
    return passed[-1] if len(passed) > 1 else None


@dataclass(frozen=True)
class Tombstone:
    """What stands where the document about a thing was."""

    retirement: Retirement
    document: str
    """IRI of the document."""

    removal: Removal | None = None
    """When it went; none where it was never published, or that is not known."""

    last: Memento | None = None
    """The document as it was published last; none where that is not kept."""

    def description(self, release: OpenRelease) -> Description:
        """Return what it says as RDF: the thing is an ``mkg:RetiredThing``, invalidated (PROV-O) when it went."""
        thing, document = ox.NamedNode(self.retirement.thing), ox.NamedNode(self.document)
        said: list[Said] = [
            (thing, "rdf:type", term(release, "mkg:RetiredThing")),
            (thing, "foaf:isPrimaryTopicOf", document),
            (document, "rdf:type", term(release, "foaf:Document")),
            (document, "foaf:primaryTopic", thing),
            (document, "void:inDataset", ox.NamedNode(release.iri("dataset"))),
        ]
        for name, texts in (("mkg:note", self.retirement.notes), ("rdfs:label", self.retirement.labels)):
            said += [(thing, name, _literal(text, language)) for language, text in texts.items()]
        if self.removal:
            moment = ox.Literal(self.removal.gone.published.isoformat(), datatype=term(release, "xsd:dateTime"))
            said.append((thing, "prov:invalidatedAtTime", moment))
        if self.last:
            said.append((document, "dct:hasVersion", ox.NamedNode(self.last.iri)))
        return Description(thing.value, tuple(ordered(triples(release, said), thing.value)), release.prefixes)


def _literal(text: str, language: str) -> ox.Literal:
    return ox.Literal(text, language=language) if language else ox.Literal(text)
