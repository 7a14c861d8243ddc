"""FAIR Signposting (signposting.org/FAIR): the typed links that lead machines from a document to what belongs to it.

Level 1 sends them in ``Link`` and repeats them in the head of the page; level 2 gathers them in a link set (RFC 9264).
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from metropolis_kg.content import read_text
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.documents import page_of
from metropolis_kg.publication.dumps import data_path, dumps_of
from metropolis_kg.publication.json_schema import schema_path
from metropolis_kg.publication.link_values import link_value
from metropolis_kg.publication.media_types import (
    COMPACTED,
    FRAMED,
    GRAPHS,
    HTML,
    JSON_LD,
    JSON_SCHEMA,
    SCHEMA_ORG,
    Profile,
    Syntax,
)
from metropolis_kg.store.release import OpenRelease

LINKSET_JSON = Syntax("json", "application/linkset+json", "Link set (JSON)", ("application/json",))
LINKSET = Syntax("txt", "application/linkset", "Link set", ("text/plain",))
LINKSETS = (LINKSET_JSON, LINKSET)
"""What a link set is written in (RFC 9264 sections 4.1 and 4.2); the first is the default."""

_CLASS = re.compile(r'\((\w+:\w+) "(\d) (\w+)"\)')


@dataclass(frozen=True)
class Address:
    """Where a document is: ``doc/<name>`` and the fields that say which part of it, with their question mark."""

    release: OpenRelease
    name: str
    fields: str = ""
    all_pages: str = ""
    """The same fields without the number of the page."""

    @property
    def landing(self) -> str:
        """The IRI that is negotiated."""
        return self.release.iri(f"doc/{self.name}{self.fields}")

    def written_in(self, syntax: Syntax) -> str:
        """Return the IRI of the document in one syntax."""
        return self.release.iri(f"doc/{self.name}.{syntax.extension}{self.fields}")

    def linkset(self, syntax: Syntax) -> str:
        """Return the IRI of its link set in one syntax."""
        return self.release.iri(f"linkset/{self.name}.{syntax.extension}{self.fields}")


@dataclass(frozen=True)
class Link:
    """A typed link from ``anchor`` (RFC 8288 section 2)."""

    anchor: str
    rel: str
    href: str
    type: str | None = None
    profile: str | None = None

    @property
    def attributes(self) -> dict[str, str]:
        """The target attributes that it has."""
        given = {"type": self.type, "profile": self.profile}
        return {name: value for name, value in given.items() if value}

    def header(self) -> str:
        """Return it as a value of the header field Link, from what the response represents (RFC 8288 section 3)."""
        return link_value(self.href, self.rel, **self.attributes)


def landing_links(description: Description, address: Address, queries: Path) -> list[Link]:
    """Return the links of the document itself, in whichever syntax it is sent (FAIR Signposting, landing page).

    ``queries`` is the folder of that name in the content, which knows what classes are in schema.org.
    """
    here = address.landing
    kind = f"https://schema.org/{_class_of(description, queries)}"
    return [
        Link(here, "cite-as", description.thing),
        Link(here, "type", "https://schema.org/AboutPage"),
        Link(here, "type", kind),
        *described_by(address, here),
        *_of_dataset(description, address, here),
        *_linksets(address, here),
        *_other_pages(description, address),
    ]


def format_links(
    description: Description, address: Address, syntax: Syntax, profile: Profile | None = None
) -> list[Link]:
    """Return the links of the document in one RDF syntax at an address of its own (metadata resource)."""
    here = address.written_in(syntax)
    return [
        Link(here, "cite-as", description.thing),
        Link(here, "describes", address.landing, HTML.media_type),
        *_of_keys(address, here, syntax, profile),
        *_of_dataset(description, address, here),
        *_linksets(address, here),
    ]


def _of_keys(address: Address, here: str, syntax: Syntax, profile: Profile | None) -> Iterator[Link]:
    """Return the link to the JSON Schema of the keys that compacted JSON-LD has."""
    if syntax is JSON_LD and profile in (None, COMPACTED, FRAMED):
        yield Link(here, "describedby", address.release.iri(schema_path()), JSON_SCHEMA.media_type)


def described_by(address: Address, here: str) -> list[Link]:
    """Return the links from ``here`` to the document in each RDF syntax, and in schema.org where it comes whole."""
    links = [Link(here, "describedby", address.written_in(syntax), syntax.media_type) for syntax in GRAPHS]
    if not address.fields:
        schema = f"{address.written_in(JSON_LD)}?profile={SCHEMA_ORG.name}"
        links.append(Link(here, "describedby", schema, JSON_LD.media_type, SCHEMA_ORG.iri))
    return links


def all_links(description: Description, address: Address, queries: Path) -> list[Link]:
    """Return what the link set of the document holds: its links, and those of each of its RDF syntaxes."""
    links = landing_links(description, address, queries)
    for syntax in GRAPHS:
        links += format_links(description, address, syntax)
    return links


def write_linkset(links: Iterable[Link], syntax: Syntax) -> bytes:
    """Return ``links`` in ``syntax``, one of ``LINKSETS``."""
    if syntax is LINKSET:
        return (",\n".join(f'{link.header()}; anchor="{link.anchor}"' for link in links) + "\n").encode()
    contexts: dict[str, dict[str, list[dict[str, str]]]] = {}
    for link in links:
        targets = contexts.setdefault(link.anchor, {}).setdefault(link.rel, [])
        targets.append({"href": link.href, **link.attributes})
    linkset = [{"anchor": anchor, **relations} for anchor, relations in contexts.items()]
    return (json.dumps({"linkset": linkset}, indent=2, ensure_ascii=False) + "\n").encode()


def _of_dataset(description: Description, address: Address, here: str) -> Iterator[Link]:
    release = address.release
    dataset = release.iri("dataset")
    for licence in description.things(dataset, "dct:license"):
        yield Link(here, "license", licence)
    if description.thing != dataset:
        yield Link(here, "collection", dataset)
    elif release.digest:
        for dump in dumps_of(release.manifest):
            yield Link(here, "item", release.iri(data_path(release.digest, dump.name)), dump.media_type)


def _linksets(address: Address, here: str) -> list[Link]:
    return [Link(here, "linkset", address.linkset(syntax), syntax.media_type) for syntax in LINKSETS]


def _other_pages(description: Description, address: Address) -> Iterator[Link]:
    document = address.release.iri(f"doc/{address.name}{address.all_pages}")
    for name, number in description.part.others.items() if description.part and description.part.pages > 1 else ():
        rel = "prev" if name == "previous" else name  # as HTML and RFC 8288 call it
        yield Link(address.landing, rel, document if number == 1 else page_of(document, number))


def _class_of(description: Description, queries: Path) -> str:
    """Return the class that the thing has in schema.org; the most telling of several."""
    if description.values(description.thing, "mkg:quote"):
        return "Quotation"
    table = _classes(queries / "description" / "schema-org-names.rq")
    ranked = [table[name] for name in table if description.is_a(description.thing, name)]
    return min(ranked)[1] if ranked else "Thing"


@lru_cache(maxsize=4)
def _classes(path: Path) -> dict[str, tuple[str, str]]:
    """Return prefixed name of a class → its rank, where the lowest counts, and its class in schema.org."""
    return {name: (rank, known) for name, rank, known in _CLASS.findall(read_text(path))}
