"""JSON-LD: the published context, and a description as one tree rooted at its thing.

The tree is shaped here, the way a frame would: what belongs to a claim (time, evidence, rule) is embedded in it, and
its sources in the document; every other thing is a stub with its label. PyLD compacts it. Nothing is ever loaded from
the network.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import pyoxigraph as ox

from metropolis_kg.model.namespaces import XSD
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.media_types import Profile
from metropolis_kg.store.protocol import Term
from metropolis_kg.store.release import OpenRelease

Node = dict[str, Any]

_EMBEDDED = (
    "foaf:isPrimaryTopicOf", "dct:source", "schema:subjectOf", "time:hasTime", "time:hasBeginning",
    "time:hasEnd", "mkg:evidence", "mkg:rule", "oa:hasTarget", "oa:hasSelector",
)  # fmt: skip
"""Properties whose values are embedded with all that is said of them; elsewhere they are stubs."""

_OF_THINGS = {"eucountry", "eulang", "eurole", "wd"}
"""Prefixes that shorten IRIs of things; those stay whole, so that they can be followed."""


@lru_cache(maxsize=4)
def context_of(release: OpenRelease) -> dict[str, Any]:
    """Return the context under which documents of ``release`` are published.

    Keys are those of ``context.json``; own terms are written by their local names (``@vocab``), others by the declared
    prefixes. The prefixes of things are left out: some of their names (``role``, ``event``) are keys here.
    """
    own = release.prefixes["mkg"]
    keys = (files(__package__) / "context.json").read_text(encoding="utf-8").replace('"mkg:', f'"{own}')
    spaces = {name: space for name, space in release.prefixes.items() if not space.startswith(release.base)}
    spaces = {name: space for name, space in spaces.items() if name not in _OF_THINGS}
    return {"@version": 1.1, "@vocab": own, **spaces, **json.loads(keys)}


def context_document(release: OpenRelease) -> bytes:
    """Return the context as the JSON-LD document that is published."""
    return _json({"@context": context_of(release)})


def context_version(release: OpenRelease) -> str:
    """Return the version of the context: it changes exactly when a key or a namespace does."""
    return sha256(context_document(release)).hexdigest()[:12]


def context_path(release: OpenRelease) -> str:
    """Return the path below the base of the context in its present version, which never changes."""
    return f"context/{context_version(release)}.jsonld"


def write_jsonld(description: Description, release: OpenRelease, profile: Profile | None = None) -> bytes:
    """Return the description as JSON-LD 1.1 in the form that ``profile`` names.

    Without one it is compacted and framed: a tree rooted at its thing, with the context by its IRI.
    """
    return _json(_FORMS[profile.name if profile else "framed"](description, release))


def _framed(description: Description, release: OpenRelease) -> Node:
    return _with_context(release, _leading(_compacted(_Tree(description).expanded(), release)))


def _expanded(description: Description, release: OpenRelease) -> list[Node]:
    """Return the tree without a context (JSON-LD 1.1 section 5.1)."""
    return [_Tree(description).expanded()]


def _flattened(description: Description, release: OpenRelease) -> Node:
    """Return the nodes side by side, each with all that is said of it (JSON-LD 1.1 section 5.3)."""
    from pyld import jsonld

    flat = jsonld.flatten(_expanded(description, release), None, {"documentLoader": _refuse})
    return _with_context(release, _compacted(flat, release))


_FORMS: dict[str, Callable[[Description, OpenRelease], object]] = {
    "compacted": _framed,
    "expanded": _expanded,
    "flattened": _flattened,
    "framed": _framed,
}
"""What writes each of ``media_types.PROFILES``."""


def _compacted(expanded: object, release: OpenRelease) -> Node:
    from pyld import jsonld  # a quarter of a second to import

    compacted: Node = jsonld.compact(
        expanded, {"@context": context_of(release)}, {"documentLoader": _refuse, "compactArrays": True}
    )
    compacted.pop("@context", None)
    return compacted


def _with_context(release: OpenRelease, compacted: Node) -> Node:
    return {"@context": release.iri(context_path(release)), **compacted}


class _Tree:
    """A description as one expanded node object (JSON-LD 1.1 section 9.4)."""

    def __init__(self, description: Description) -> None:
        self._description = description
        self._embedded = {description.iri(name) for name in _EMBEDDED}
        self._label = description.iri("rdfs:label")
        self._type = description.iri("rdf:type")
        self._told: set[str] = set()
        self._named: set[str] = set()

    def expanded(self) -> Node:
        """Return the tree. What the thing does not lead to is appended in ``@reverse`` and ``@included``."""
        thing = self._description.thing
        root = self._told_node(thing)
        reverse: dict[str, list[Node]] = {}
        for predicate, subject in self._description.incoming():
            if subject not in self._told:
                reverse.setdefault(predicate, []).append(self._stub(subject))
        if reverse:
            root["@reverse"] = reverse
        included = [self._told_node(subject) for subject in self._untold(reverse)]
        included += [self._told_node(subject) for subject in self._unnamed()]
        return root | ({"@included": included} if included else {})

    def _told_node(self, subject: str) -> Node:
        self._told.add(subject)
        node: Node = {"@id": subject}
        for predicate, values in self._description.properties(subject).items():
            if predicate == self._type:
                node["@type"] = [value.value for value in values]
            else:
                node[predicate] = [self._value(value, predicate in self._embedded) for value in values]
        return node

    def _value(self, value: Term, embedded: bool) -> Node:
        if isinstance(value, ox.Literal):
            return _literal(value)
        if embedded and value.value != self._description.thing:
            return self._told_node(value.value)
        return self._stub(value.value)

    def _stub(self, iri: str) -> Node:
        self._named.add(iri)
        labels = self._description.properties(iri).get(self._label, []) if iri != self._description.thing else []
        named: Node = {self._label: [self._value(label, embedded=False) for label in labels]} if labels else {}
        return {"@id": iri} | named

    def _untold(self, reverse: Mapping[str, list[Node]]) -> list[str]:
        """Return the subjects not in the tree of which more is said than a label and a link to the thing."""
        linked = {node["@id"] for nodes in reverse.values() for node in nodes}
        return [
            subject
            for subject in self._subjects()
            if subject not in self._told
            and any(
                predicate != self._label and not (subject in linked and predicate in reverse)
                for predicate in self._description.properties(subject)
            )
        ]

    def _unnamed(self) -> list[str]:
        """Return the subjects that have only a label and occur as types alone, where JSON-LD has no place for it."""
        return [subject for subject in self._subjects() if subject not in self._told | self._named]

    def _subjects(self) -> list[str]:
        return list(dict.fromkeys(str(triple.subject)[1:-1] for triple in self._description.triples))


def _literal(value: ox.Literal) -> Node:
    if value.language:
        return {"@value": value.value, "@language": value.language}
    datatype = value.datatype.value
    if datatype == f"{XSD}string":
        return {"@value": value.value}
    if datatype == f"{XSD}boolean" and value.value in ("true", "false"):
        return {"@value": value.value == "true"}
    if datatype == f"{XSD}integer" and value.value == str(_integer(value.value)):
        return {"@value": int(value.value)}
    return {"@value": value.value, "@type": datatype}


def _integer(text: str) -> int | None:
    """Return the integer that JSON carries without loss (RFC 8259 section 6); none for any other text."""
    return int(text) if len(text) < 16 and text.removeprefix("-").isdecimal() else None


def _leading(node: Node) -> Node:
    """Return ``node`` with what it is before what is said of it, and its claims and what points to it at the end."""
    first = [key for key in ("id", "type", "label", "document") if key in node]
    last = [key for key in ("claims", "@reverse", "@included") if key in node]
    middle = [key for key in node if key not in (*first, *last)]
    return {key: node[key] for key in (*first, *middle, *last)}


def _refuse(url: str, options: object = None) -> Any:
    raise ValueError(f"no document is loaded while serving, not even {url}")


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
