"""A description as expanded JSON-LD: one tree rooted at its thing, or all nodes side by side.

The tree is what a frame would make of it: what belongs to a claim (time, evidence, rule) is embedded in it, and its
sources in the document; every other thing is a stub with its label.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from metropolis_kg.model.namespaces import RDF, RDFS, XSD
from metropolis_kg.publication.description import Description

Node = dict[str, Any]
Value = str | Node
"""An IRI or the name of a blank node; a literal as a value object."""

Index = dict[str, dict[str, list[Value]]]
"""Subject → property → values."""

_EMBEDDED = (
    "foaf:isPrimaryTopicOf", "dct:source", "schema:subjectOf", "time:hasTime", "time:hasBeginning",
    "time:hasEnd", "mkg:evidence", "mkg:rule", "oa:hasTarget", "oa:hasSelector", "hydra:view",
)  # fmt: skip
"""Properties whose values are embedded with all that is said of them; elsewhere they are stubs."""

_TYPE, _LABEL = f"{RDF}type", f"{RDFS}label"


def embedded_by(prefixes: Mapping[str, str]) -> frozenset[str]:
    """Return the IRIs of the properties whose values are embedded with all that is said of them."""
    parts = [name.partition(":") for name in _EMBEDDED]
    return frozenset(prefixes[prefix] + local for prefix, _, local in parts if prefix in prefixes)


def tree_of(description: Description, bare: Collection[str]) -> Node:
    """Return the tree as an expanded node object (JSON-LD 1.1 section 9.4).

    What the thing does not lead to is appended in ``@reverse`` and ``@included``. The values of the properties ``bare``
    are IRIs and nothing else, even where there is more to be said of them.
    """
    return _Tree(description, bare).expanded()


def nodes_of(description: Description) -> list[Node]:
    """Return every subject as an expanded node object with all that is said of it (JSON-LD 1.1 section 5.3)."""
    return [_node(subject, said, _leaf) for subject, said in _index(description).items()]


class _Tree:
    def __init__(self, description: Description, bare: Collection[str]) -> None:
        self._thing, self._bare = description.thing, bare
        self._embedded = embedded_by(description.prefixes)
        self._index = _index(description)
        self._above: list[str] = []
        self._told: set[str] = set()
        self._named: set[str] = set()

    def expanded(self) -> Node:
        root = self._telling(self._thing)
        incoming = [(predicate, subject) for predicate, subject in self._incoming() if subject not in self._told]
        if incoming:
            reverse: dict[str, list[Node]] = {}
            for predicate, subject in incoming:
                reverse.setdefault(predicate, []).append(self._stub(subject))
            root["@reverse"] = reverse
        included = list(self._included(set(incoming)))
        return root | ({"@included": included} if included else {})

    def _incoming(self) -> Iterator[tuple[str, str]]:
        """Yield property and subject of every triple that points to the thing."""
        for subject, said in self._index.items():
            for predicate, values in said.items():
                if self._thing in values:
                    yield predicate, subject

    def _included(self, linked: Collection[tuple[str, str]]) -> Iterator[Node]:
        """Yield what the tree does not have so far: parts after what they may be embedded in, mere labels last."""
        told = [said[predicate] for said in self._index.values() for predicate in self._embedded & said.keys()]
        parts = {value for values in told for value in values if isinstance(value, str)}
        for subject in sorted(self._index, key=lambda each: (self._index[each].keys() == {_LABEL}, each in parts)):
            if subject not in self._told and self._is_left(subject, linked):
                yield self._telling(subject)

    def _is_left(self, subject: str, linked: Collection[tuple[str, str]]) -> bool:
        """Return whether more is said of ``subject`` than its label, where it was named, and its links to the thing."""
        for predicate, values in self._index[subject].items():
            labels = predicate == _LABEL and subject in self._named
            links = (predicate, subject) in linked
            if not all(links and value == self._thing if isinstance(value, str) else labels for value in values):
                return True
        return False

    def _telling(self, subject: str) -> Node:
        self._told.add(subject)
        self._above.append(subject)
        node = _node(subject, self._index.get(subject, {}), self._value)
        self._above.pop()
        return node

    def _value(self, predicate: str, value: Value) -> Node:
        if not isinstance(value, str):
            return value
        if predicate in self._bare:
            return {"@id": value}
        if predicate in self._embedded and value not in self._above:
            return self._telling(value)
        return self._stub(value)

    def _stub(self, iri: str) -> Node:
        if iri == self._thing:
            return {"@id": iri}
        self._named.add(iri)
        labels = [label for label in self._index.get(iri, {}).get(_LABEL, ()) if not isinstance(label, str)]
        return {"@id": iri, _LABEL: labels} if labels else {"@id": iri}


def _index(description: Description) -> Index:
    index: Index = {}
    for subject, predicate, value in description.triples:
        if not isinstance(subject, ox.Triple) and not isinstance(value, ox.Triple):
            written = _literal(value) if isinstance(value, ox.Literal) else _id(value)
            index.setdefault(_id(subject), {}).setdefault(predicate.value, []).append(written)
    return index


def _id(node: ox.NamedNode | ox.BlankNode) -> str:
    return node.value if isinstance(node, ox.NamedNode) else f"_:{node.value}"


def _node(subject: str, said: Mapping[str, list[Value]], written: Callable[[str, Value], Node]) -> Node:
    """Return a node object with each value as ``written`` writes it."""
    node: Node = {"@id": subject}
    for predicate, values in said.items():
        if predicate == _TYPE:
            types = [value for value in values if isinstance(value, str)]
            node |= {"@type": types} if types else {}
            values = [value for value in values if not isinstance(value, str)]
        if values:
            node[predicate] = [written(predicate, value) for value in values]
    return node


def _leaf(_: str, value: Value) -> Node:
    return {"@id": value} if isinstance(value, str) else value


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
