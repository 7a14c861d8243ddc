"""Popolo JSON (persons, organizations, posts, memberships): each membership a claim with its evidence, or reported.

Posts are named with their organisation, since many are called alike. What nothing is made of is counted by its field.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.imports.description import Description, Value
from metropolis_kg.curation.imports.mapping_file import Checked, read_document
from metropolis_kg.curation.imports.popolo_entities import LISTS, Entities, Entry, entries_of, lists_of
from metropolis_kg.curation.imports.problems import Account, Reported, RowProblem
from metropolis_kg.curation.imports.records import snapshot
from metropolis_kg.curation.imports.rows import collected
from metropolis_kg.curation.imports.statements import Graph, Said, time
from metropolis_kg.curation.imports.things import Link, Things, Wanted
from metropolis_kg.curation.imports.times import goes_on_from_after, joined, read_side
from metropolis_kg.curation.imports.values import placed
from metropolis_kg.model.identifiers import slugify

_OWN_KEYS = ("@context", "@type", "url", "org:role")
_ROLE_EXAMPLE = '{"@id": "role:member"}'
_NOTE = {"de": ("Eintrag {pointer}: ", "{name} „{value}“"), "en": ("Entry {pointer}: ", "{name} “{value}”")}


@dataclass(frozen=True)
class PopoloDescription:
    """What is said of the source beside it."""

    path: Path
    lang: str
    description: Description
    role: str | None
    """The role of memberships that name none, as a prefixed name; without it these are reported."""


def read_popolo_description(path: Path, prefixes: Mapping[str, str]) -> PopoloDescription:
    """Return what the file beside the source says of it. Raises ContentError."""
    checked, document = Checked(path, prefixes), read_document(path)
    role = document.get("org:role")
    if role is not None and not (isinstance(role, dict) and str(role.get("@id", "")).startswith("role:")):
        raise checked.wrong("org:role", _ROLE_EXAMPLE)
    description = checked.description(document, _OWN_KEYS)
    return PopoloDescription(path, checked.language(document), description, role["@id"] if role else None)


@dataclass
class _Claim:
    """A membership as far as it was read."""

    kind: str = "mkg:Tenure"
    said: list[tuple[str, Value]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    key: list[str] = field(default_factory=list)


class Popolo:
    """A Popolo document to import."""

    def __init__(self, path: Path, described: PopoloDescription, things: Things, slug: str) -> None:
        """``slug`` names the graph; ``things`` are those known, and grow. Raises ContentError."""
        self._path, self._described, self._things = path, described, things
        things.lang = described.lang
        self.digest = snapshot(path, "utf-8")
        self._document = read_document(path)
        self.graph, self.account = Graph(slug, things.prefixes), Account(path)
        for name, found in lists_of(self._document):
            if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
                raise fault("popolo-form", path, name=name)
        if not any(name in self._document for name in LISTS):
            raise fault("popolo-form", path, name="memberships")
        self._entities = Entities(self._document, things)
        self._keys: dict[str, str] = {}
        self._claims: dict[frozenset[tuple[str, str]], str] = {}

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the statements: graph and source, things, memberships. What comes of each goes into ``account``."""
        yield from self.graph.head(self._described.description, [("mkg:sha256", ox.Literal(self.digest))])
        for kind in ("persons", "organizations", "posts"):
            for entry in entries_of(self._document, kind):
                yield from self.graph.quads(self._thing(kind, entry))
        for entry in entries_of(self._document, "memberships"):
            yield from self._membership(entry)
        untold = Counter({f"{name}": len(value) for name, value in self._document.items()
                          if name not in LISTS and isinstance(value, list)})  # fmt: skip
        self.account.untold = dict(untold + self._entities.untold)

    def _thing(self, kind: str, entry: Entry) -> list[Said]:
        try:
            link = self._entities.link(kind, entry)
        except RowProblem as problem:
            self.account.others.append(Reported(entry.pointer, None, (problem,)))
            return []
        self.account.things += link.is_new
        return [(link.iri, name, value) for name, value in link.said]

    def _membership(self, entry: Entry) -> Iterator[ox.Quad]:
        self.account.rows += 1
        claim, problems = _Claim(), list[RowProblem]()
        for step in (self._parties, self._role, self._when):
            with collected(problems):
                step(entry, claim)
        slug = ""
        if not problems:
            with collected(problems):
                slug = self._slug(entry, claim)
        if problems:
            self.account.reported.append(Reported(entry.pointer, None, tuple(problems)))
            return
        self._entities.count_untold("memberships", entry)
        self.account.claims += 1
        yield from self.graph.quads(self._said(entry, claim, slug))

    def _parties(self, entry: Entry, claim: _Claim) -> None:
        person = self._entities.of(entry, "person_id", "persons")
        post = self._entities.of(entry, "post_id", "posts", required=False)
        organisation = self._entities.of(entry, "organization_id", "organizations", required=post is None)
        if organisation is None and post is not None:
            organisation = self._entities.organisation_of(post)
        claim.said += [
            ("org:member", ox.NamedNode(person or "")),
            ("org:organization", ox.NamedNode(organisation or "")),
        ]
        claim.key += [self._local(person), self._local(organisation)]
        if post is not None:
            claim.kind = "mkg:PostHolding"
            claim.said.append(("mkg:post", ox.NamedNode(post)))

    def _local(self, iri: str | None) -> str:
        return (iri or "").rpartition("/")[2]

    def _role(self, entry: Entry, claim: _Claim) -> None:
        text = entry.text("role") or self._entities.role_of(entry)
        if not text and self._described.role is None:
            raise RowProblem("row-role-missing", "role")
        wanted = Wanted(text or self._described.role or "", "org:Role")
        claim.said.append(("org:role", ox.NamedNode(self._things.link(wanted, "role").iri)))
        claim.key.append(text)

    def _when(self, entry: Entry, claim: _Claim) -> None:
        sides = ["", ""]
        for number, name in enumerate(("start_date", "end_date")):
            if text := entry.text(name):
                sides[number] = placed(name, partial(read_side, text, None, is_end=bool(number)))
        claim.key.append(entry.text("start_date"))
        if sides[0] or sides[1] not in ("", ".."):
            when = placed("end_date", partial(joined, *sides))
            self._require_before_source(when, entry)
            claim.said.append(("mkg:when", time(when)))

    def _require_before_source(self, when: str, entry: Entry) -> None:
        known_from = self._described.description.known_from
        if goes_on_from_after(when, known_from):
            raise RowProblem(
                "row-time-after-source", "start_date", entry.text("start_date"), day=known_from.isoformat()
            )

    def _slug(self, entry: Entry, claim: _Claim) -> str:
        text = entry.text("id") or " ".join(claim.key)
        slug = f"{self.graph.slug}-{slugify(text)}"
        if slug in self._keys:
            raise RowProblem("row-key-twice", None, text, other=self._keys[slug], columns="id")
        same = frozenset((name, str(value)) for name, value in claim.said if name != "mkg:post")
        if same in self._claims:
            raise RowProblem("row-same-claim", None, text, other=self._claims[same])
        self._keys[slug] = self._claims[same] = entry.pointer
        return slug

    def _said(self, entry: Entry, claim: _Claim, slug: str) -> list[Said]:
        iri, evidence = self.graph.iri(f"tenure:{slug}"), self.graph.iri(f"evidence:{slug}")
        return [
            (iri, "rdf:type", self.graph.term(claim.kind)),
            *((iri, name, value) for name, value in claim.said),
            (iri, "mkg:evidence", self.graph.node(evidence)),
            (evidence, "rdf:type", self.graph.term("mkg:Evidence")),
            *((evidence, "mkg:note", ox.Literal(text, language=lang)) for lang, text in self._notes(entry)),
            (evidence, "mkg:pointer", ox.Literal(entry.pointer)),
        ]

    def _notes(self, entry: Entry) -> Iterator[tuple[str, str]]:
        told = self._entities.told(entry)
        for lang, (lead, each) in _NOTE.items():
            parts = "; ".join(each.format(name=name, value=value) for name, value in told)
            yield lang, lead.format(pointer=entry.pointer) + parts
