"""The dataset introduced to a program that knows nothing of it: what it is, and things to begin with."""

from dataclasses import dataclass
from pathlib import Path

from metropolis_kg.model.identifiers import document_path
from metropolis_kg.publication.description import Description, describe
from metropolis_kg.store.release import OpenRelease

_LANGUAGE = "en"


@dataclass(frozen=True)
class Introduction:
    """In English: what programs read, they read in one language."""

    title: str
    description: str
    examples: list[tuple[str, str]]
    """What each thing is called, and the path below the base of the document about it."""


def introduction(release: OpenRelease, queries: Path) -> Introduction:
    """Return what the data say of the dataset. Raises UnknownThingError and what the store raises."""
    said = describe(release, queries, release.iri("dataset"))
    examples = [
        (_text(said, thing, "rdfs:label"), document_path(thing.removeprefix(release.base)))
        for thing in said.things(said.thing, "void:exampleResource")
        if thing.startswith(release.iri("id/"))
    ]
    return Introduction(_text(said, said.thing, "dct:title"), _text(said, said.thing, "dct:description"), examples)


def _text(said: Description, thing: str, name: str) -> str:
    """Return a text in English, else in another language, else the IRI; on one line."""
    texts = {text.language: text.value for text in said.literals(thing, name)}
    return " ".join((texts.get(_LANGUAGE) or next(iter(texts.values()), thing)).split())
