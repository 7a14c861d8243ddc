"""schema.org: the profile of documents that search engines and generic consumers understand.

Three queries map what the release says (``queries/description/schema-org*.rq``): a thing's own statements, the claims
it occurs in, and class, name and date of everything these name. ``docs/schema-org.md`` says what becomes what.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.model.namespaces import XSD
from metropolis_kg.publication.description import Description, UnknownThingError, is_known, ordered
from metropolis_kg.publication.dumps import data_path, dumps_of
from metropolis_kg.publication.media_types import N_TRIPLES
from metropolis_kg.store.protocol import Bindings, Term
from metropolis_kg.store.release import OpenRelease

CONTEXT = "https://schema.org"
"""The context of the JSON-LD, written as consumers look for it; nothing is ever loaded from there."""

_ADDRESSES = ("url", "sameAs", "license", "contentUrl")
"""Properties whose values are plain addresses; the context of schema.org reads their strings as IRIs."""

_NAMING = ("name", "address")
"""Properties that are repeated wherever a thing is mentioned."""

_FIRST = ("name", "roleName", "startDate", "endDate")
"""Properties that a reader looks for first; the others follow in alphabetical order."""

Node = dict[str, Any]


def in_schema_org(release: OpenRelease, queries: Path, iri: str, document: str) -> Description:
    """Return what schema.org can say of the thing ``iri``, and of ``document`` (an IRI), which is about it.

    ``queries`` is the folder of that name in the content. Raises UnknownThingError and what the store raises.
    """
    if not is_known(release, queries, iri):
        raise UnknownThingError(iri)
    mapping, thing, page = _Mapping(release, queries), ox.NamedNode(iri), ox.NamedNode(document)
    said = mapping.triples("schema-org", {"thing": thing, "document": page})
    said |= mapping.triples("schema-org-claims", {"thing": thing})
    said |= mapping.names(said)
    said |= set(mapping.files(thing))
    told = {triple.predicate for triple in said if triple.subject == thing}
    if mapping.term("rdf:type") not in told:
        said.add(ox.Triple(thing, mapping.term("rdf:type"), mapping.term("schema:Thing")))
    if mapping.term("schema:url") not in told:
        said.add(ox.Triple(thing, mapping.term("schema:url"), page))
    if release.created:
        said.add(ox.Triple(page, mapping.term("schema:dateModified"), ox.Literal(release.created)))
    return Description(iri, tuple(ordered(said, iri)), release.prefixes)


class _Mapping:
    """The queries that map what a release says."""

    def __init__(self, release: OpenRelease, queries: Path) -> None:
        self._release, self._folder = release, queries / "description"

    def triples(self, name: str, bindings: Bindings) -> set[ox.Triple]:
        query = read_text(self._folder / f"{name}.rq")
        answer = self._release.service.query(query, N_TRIPLES.media_type, bindings=bindings)
        return {quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)}

    def names(self, said: set[ox.Triple]) -> set[ox.Triple]:
        """Return class, name and date of the things in ``said``, and of the places of events that these bring."""
        found: set[ox.Triple] = set()
        named: set[ox.NamedNode] = set()
        while unnamed := {*self._things(said | found)} - named:
            found |= self.triples("schema-org-names", {"thing": sorted(unnamed, key=str)})
            named |= unnamed
        return found

    def files(self, thing: ox.NamedNode) -> Iterator[ox.Triple]:
        """Yield the files of the release where the thing is its dataset."""
        release = self._release
        if thing.value != release.iri("dataset") or not release.digest:
            return
        for dump in dumps_of(release.manifest):
            node = ox.NamedNode(f"{release.iri(data_path(release.digest))}#{dump.key}")
            address = ox.NamedNode(release.iri(data_path(release.digest, dump.name)))
            yield ox.Triple(thing, self.term("schema:distribution"), node)
            yield ox.Triple(node, self.term("rdf:type"), self.term("schema:DataDownload"))
            yield ox.Triple(node, self.term("schema:contentUrl"), address)
            for name, text in (
                ("name", dump.name),
                ("encodingFormat", dump.media_type),
                ("contentSize", f"{dump.bytes} B"),
                ("sha256", dump.sha256),
            ):
                yield ox.Triple(node, self.term(f"schema:{name}"), ox.Literal(text))

    def term(self, name: str) -> ox.NamedNode:
        prefix, _, local = name.partition(":")
        return ox.NamedNode(self._release.prefixes[prefix] + local)

    def _things(self, said: set[ox.Triple]) -> Iterator[ox.NamedNode]:
        other = {self.term("rdf:type"), *(self.term(f"schema:{name}") for name in _ADDRESSES)}
        for subject, predicate, value in said:
            if isinstance(subject, ox.NamedNode):
                yield subject
            if isinstance(value, ox.NamedNode) and predicate not in other:
                yield value


def structured_data(description: Description, language: str | None = None) -> Node:
    """Return a description ``in_schema_org`` as one JSON-LD tree, rooted at its thing, with the keys of schema.org.

    What leads to the thing and is not led to by it stands in ``@reverse`` (JSON-LD 1.1 section 4.8). Texts are given
    with their languages. With ``language`` those in it are plain strings instead, and where there is one, those in
    other languages are left out: as a page in that language needs it.
    """
    return {"@context": CONTEXT, **_Tree(description, language).root()}


def write_schema_org(description: Description) -> bytes:
    """Return a description ``in_schema_org`` as JSON-LD."""
    return orjson.dumps(structured_data(description), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


class _Tree:
    """A description in schema.org as nested nodes; each thing is told once."""

    def __init__(self, description: Description, language: str | None) -> None:
        self._description, self._language = description, language
        self._space, self._type = description.prefixes["schema"], description.iri("rdf:type")
        self._naming = {self._type, *(description.iri(f"schema:{name}") for name in _NAMING)}
        self._told: set[str] = set()
        self._leading: dict[str, list[tuple[str, str]]] = {}
        for subject, predicate, value in description.triples:
            if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode):
                self._leading.setdefault(value.value, []).append((predicate.value, subject.value))

    def root(self) -> Node:
        """Return the node of the thing that is described."""
        return self._node(self._description.thing) | self._reverse(self._description.thing)

    def _node(self, iri: str, but: tuple[str, str] | None = None) -> Node:
        """Return what is said of a thing, ``but`` for one property and value, which is said already.

        What was told before is no more than named again.
        """
        properties = self._description.properties(iri)
        if iri in self._told:
            properties = {key: values for key, values in properties.items() if key in self._naming}
        self._told.add(iri)
        node: Node = {"@id": iri}
        if classes := properties.get(self._type):
            node["@type"] = _one_or_all([each.value.removeprefix(self._space) for each in classes])
        for predicate, values in sorted(properties.items(), key=self._place):
            if predicate != self._type and (left := [each for each in values if (predicate, each.value) != but]):
                key = predicate.removeprefix(self._space)
                node[key] = _one_or_all([self._value(key, each) for each in self._chosen(left)])
        return node

    def _place(self, item: tuple[str, object]) -> tuple[int, str]:
        key = item[0].removeprefix(self._space)
        return _FIRST.index(key) if key in _FIRST else len(_FIRST), key

    def _reverse(self, iri: str) -> Node:
        """Return what leads to a thing and is told nowhere yet."""
        leading: dict[str, list[Node]] = {}
        for predicate, subject in self._leading.get(iri, []):
            if subject not in self._told:
                node = self._node(subject, but=(predicate, iri)) | self._reverse(subject)
                leading.setdefault(predicate.removeprefix(self._space), []).append(node)
        return {"@reverse": {key: _one_or_all(nodes) for key, nodes in leading.items()}} if leading else {}

    def _chosen(self, values: Sequence[Term]) -> Sequence[Term]:
        """Return the values in the language wanted, and those in none; where there are no such ones, all."""
        if not self._language:
            return values
        return [each for each in values if _language(each) in (None, self._language)] or values

    def _value(self, key: str, value: Term) -> Node | str | bool | int:
        if isinstance(value, ox.Literal):
            return self._literal(value)
        return value.value if key in _ADDRESSES else self._node(value.value)

    def _literal(self, value: ox.Literal) -> Node | str | bool | int:
        if value.language and value.language != self._language:
            return {"@language": value.language, "@value": value.value}
        if value.datatype.value == f"{XSD}boolean":
            return value.value == "true"
        return int(value.value) if value.datatype.value == f"{XSD}integer" else value.value


def _language(value: Term) -> str | None:
    return value.language if isinstance(value, ox.Literal) else None


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
