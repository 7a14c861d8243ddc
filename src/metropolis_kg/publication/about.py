"""What the page about this site takes from the data: who makes them, how they may be used, whom to write to."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from metropolis_kg.publication.description import Description, UnknownThingError, describe
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.reading import Fact, Links, Reader, Value
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease

_MAKERS = ("dct:publisher", "dct:creator", "dct:language", "dct:accrualPeriodicity", "dct:spatial", "dct:temporal")
_REUSE = ("dct:license", "dct:rightsHolder", "schema:creditText", "dct:accessRights")
_CONTACT = ("dcat:contactPoint", "foaf:mbox", "schema:email", "foaf:homepage", "dcat:landingPage")


@dataclass(frozen=True)
class About:
    """What the data say of themselves; each part is empty where they do not say it."""

    title: Value
    lead: list[Value]
    makers: list[Fact]
    reuse: list[Fact]
    contact: list[Fact]
    publisher: str | None


def about_of(release: OpenRelease, queries: Path, names: Names, links: Links, words: Words) -> About:
    """Return what ``release`` says of its dataset, in the language of ``words``. Raises what the store raises."""
    said = _described(release, queries)
    reader, dataset = Reader(said, names, links, words), said.thing
    publishers = said.things(dataset, "dct:publisher")
    return About(
        title=reader.label(dataset),
        lead=reader.best(said.literals(dataset, "dct:description")),
        makers=_facts(reader, _MAKERS),
        reuse=_facts(reader, _REUSE),
        contact=_facts(reader, _CONTACT),
        publisher=reader.label(publishers[0]).text if publishers else None,
    )


def _described(release: OpenRelease, queries: Path) -> Description:
    dataset = release.iri("dataset")
    try:
        return describe(release, queries, dataset)
    except UnknownThingError:
        return Description(dataset, (), release.prefixes)


def _facts(reader: Reader, properties: Sequence[str]) -> list[Fact]:
    """Return those of ``properties`` that the dataset has; one whose prefix the release does not know it has not."""
    said = reader.description
    return reader.facts_of(said.thing, [name for name in properties if name.partition(":")[0] in said.prefixes])
