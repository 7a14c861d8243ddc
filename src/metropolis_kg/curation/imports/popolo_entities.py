"""The persons, organizations and posts of a Popolo document: linked to what is known, or made."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from metropolis_kg.curation.imports.description import Value
from metropolis_kg.curation.imports.problems import RowProblem
from metropolis_kg.curation.imports.rows import SAME_AS
from metropolis_kg.curation.imports.things import LANGUAGES, Link, Things, Wanted
from metropolis_kg.curation.imports.values import checked
from metropolis_kg.model.registers import REGISTERS

LISTS = ("persons", "organizations", "posts", "memberships")
"""The lists of a document that are read (Popolo specification)."""

_NESTED = {"persons": "person_id", "organizations": "organization_id", "posts": "post_id"}
_MADE = {"persons": "mkg:Person", "organizations": "org:Organization", "posts": "mkg:Office"}
_OF = {"persons": "foaf:Person", "organizations": "org:Organization", "posts": "org:Post"}
_READ = {
    "persons": {"id", "name", "identifiers", "memberships"},
    "organizations": {"id", "name", "identifiers", "memberships", "posts"},
    "posts": {"id", "label", "role", "organization_id", "memberships"},
    "memberships": {"id", "person_id", "organization_id", "post_id", "role", "start_date", "end_date"},
}


@dataclass(frozen=True)
class Entry:
    """One object of a document, and where it stands."""

    pointer: str
    """RFC 6901."""

    said: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a field as text; nothing where it has none. Raises RowProblem where it is no text."""
        value = self.said.get(name)
        if value is None:
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise RowProblem("row-no-text", name, str(value))
        return checked(name, value, value)


def lists_of(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what stands where lists of objects belong, each with its name, or its pointer within another object.

    What stands within the objects of a list comes after the list itself. A null is as good as nothing.
    """
    for name in LISTS:
        yield name, _given(document, name)
    for outer in _NESTED:
        for number, whole in enumerate(document.get(outer) or []):
            for kind in sorted(_READ[outer].intersection(LISTS)):
                yield f"/{outer}/{number}/{kind}", _given(whole, kind)


def _given(said: Mapping[str, Any], name: str) -> Any:
    return [] if said.get(name) is None else said[name]


def entries_of(document: Mapping[str, Any], kind: str) -> Iterator[Entry]:
    """Yield the objects of a kind: those of its list, and those that stand within others, with what that implies."""
    for number, said in enumerate(document.get(kind) or []):
        yield Entry(f"/{kind}/{number}", said)
    for outer, reference in _NESTED.items():
        for number, whole in enumerate(document.get(outer) or []):
            for at, said in enumerate((whole.get(kind) or []) if kind in _READ[outer] else []):
                yield Entry(f"/{outer}/{number}/{kind}/{at}", {reference: whole.get("id")} | said)


class Entities:
    """What the ids of a document stand for."""

    def __init__(self, document: Mapping[str, Any], things: Things) -> None:
        self._things, self.untold = things, Counter[str]()
        self._entries: dict[tuple[str, str], Entry] = {}
        self._linked: dict[tuple[str, str], str] = {}
        self._in: dict[str, str] = {}
        for kind in _MADE:
            for entry in entries_of(document, kind):
                self._entries.setdefault((kind, str(entry.said.get("id"))), entry)

    def link(self, kind: str, entry: Entry) -> Link:
        """Return the thing that an entry stands for, and make it known. Raises RowProblem."""
        number = entry.text("id")
        if not number:
            raise RowProblem("row-id-missing", "id")
        if (kind, number) in self._linked:
            raise RowProblem("row-key-twice", "id", number, other=self._entries[kind, number].pointer, columns="id")
        name = "label" if kind == "posts" else "name"
        if not entry.text(name):
            raise RowProblem("row-cell-missing", name)
        link = self._post(entry) if kind == "posts" else self._linked_by_name(kind, entry)
        self._things.keep(link)
        self._linked[kind, number] = link.iri
        self.count_untold(kind, entry)
        return link

    def _linked_by_name(self, kind: str, entry: Entry) -> Link:
        identifiers = tuple(identifiers_of(entry))
        return self._things.link(Wanted(entry.text("name"), _OF[kind], _MADE[kind], identifiers), "name")

    def _post(self, entry: Entry) -> Link:
        organisation = self.of(entry, "organization_id", "organizations") or ""
        within = self._entries["organizations", str(entry.said.get("organization_id"))]
        name = f"{entry.text('label')}, {within.text('name')}"
        link = self._things.link(Wanted(name, "org:Post", _MADE["posts"]), "label")
        self._in[link.iri] = organisation
        if not link.is_new:
            return link
        said: list[tuple[str, Value]] = [("foaf:name", ox.Literal(name, language=lang)) for lang in LANGUAGES]
        return Link(link.iri, (*link.said, *said, ("org:postIn", ox.NamedNode(organisation))), is_new=True)

    def of(self, entry: Entry, field: str, kind: str, *, required: bool = True) -> str | None:
        """Return the thing that a field refers to. Raises RowProblem where it is missing or refers to nothing."""
        number = entry.text(field)
        if not number and not required:
            return None
        if not number:
            raise RowProblem("row-cell-missing", field)
        if (kind, number) in self._linked:
            return self._linked[kind, number]
        known = (kind, number) in self._entries
        code = "row-reference-not-taken" if known else "row-reference-unknown"
        where = self._entries[kind, number].pointer if known else kind
        raise RowProblem(code, field, number, where=where)

    def organisation_of(self, post: str) -> str:
        """Return the organisation of a post."""
        return self._in[post]

    def role_of(self, entry: Entry) -> str:
        """Return the role that comes with the post of a membership; nothing where none does."""
        post = self._entries.get(("posts", str(entry.said.get("post_id"))))
        return post.text("role") if post else ""

    def count_untold(self, kind: str, entry: Entry) -> None:
        """Count the fields of which nothing is made."""
        fields = (name for name, value in entry.said.items() if name not in _READ[kind] and value not in (None, "", []))
        self.untold.update(f"{kind}.{name}" for name in fields)

    def told(self, entry: Entry) -> list[tuple[str, str]]:
        """Return the fields of a membership of which something was made, with the names of what they refer to."""
        found = []
        for field, kind in (("person_id", "persons"), ("organization_id", "organizations"), ("post_id", "posts")):
            other = self._entries.get((kind, str(entry.said.get(field))))
            if other and entry.said.get(field) is not None:
                found.append((field.removesuffix("_id"), other.text("label" if kind == "posts" else "name")))
        fields = ((name, entry.text(name)) for name in ("role", "start_date", "end_date"))
        return [*found, *((name, text) for name, text in fields if text)]


def identifiers_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield the identifiers of an entry: those of registers that are known as their IRIs. Raises RowProblem."""
    found = entry.said.get("identifiers") or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise RowProblem("row-no-objects", "identifiers", str(found))
    for each in found:
        scheme, value = (Entry("", each).text(name) for name in ("scheme", "identifier"))
        form = REGISTERS.get(scheme.lower())
        if form is None:
            yield "schema:identifier", f"{scheme}:{value}" if scheme else value
            continue
        iri = value if value.startswith("http") else form.format(value)
        if not SAME_AS.fullmatch(iri):
            raise RowProblem("row-identifier", "identifiers", value, iri=iri)
        yield "owl:sameAs", iri
