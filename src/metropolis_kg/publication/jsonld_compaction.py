"""Compaction (JSON-LD 1.1 API section 5.2) of the node objects that we shape, by a context of the kind that we publish.

Three things are as no algorithm of the specification has them, and mean the same. IRIs of things stay whole, so that
they can be followed without the context. A key has always an array for its value or never does, however many values
there are: the terms of the context say which, and what has no term has an array. So the alias of ``@type`` stands for
classes alone, and not for the datatype of a literal, of which there is one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from metropolis_kg.errors import MetropolisError

Node = dict[str, Any]


@dataclass(frozen=True)
class Term:
    """A key of a context for the values of a property."""

    key: str
    kind: str | None
    """``@language`` for a language map, ``@id`` for IRIs, a datatype; none for values of any kind."""

    many: bool
    """Whether the value is always an array; in a language map, that in each language."""

    def fits(self, value: Node) -> bool:
        """Return whether the term can carry this value (JSON-LD 1.1 API section 6.2, inverse context)."""
        if self.kind is None:
            return True
        if self.kind == "@id":
            return "@value" not in value
        return "@language" in value if self.kind == "@language" else value.get("@type") == self.kind


class ConfusedPrefixError(MetropolisError):
    """An IRI has a prefix of the context for its scheme, and would be taken for a prefixed name; carries the prefix."""

    def __init__(self, prefix: str, iri: str) -> None:
        self.prefix = prefix
        super().__init__(f"The IRI {iri} would be read as a name with the prefix {prefix}: of the context.")


class Compaction:
    """Compacts expanded node objects by one context."""

    def __init__(self, context: Mapping[str, Any], but: Iterable[str] = ()) -> None:
        """``context`` has one term a property, and for keywords aliases; the prefixes in ``but`` are not to be used."""
        self._vocab: str = context["@vocab"]
        self._taken = frozenset(context)
        self.prefixes = prefixes_in(context)
        self._usable = {name: space for name, space in self.prefixes.items() if name not in set(but)}
        self.terms = dict(self._terms_in(context))
        self.bare = frozenset(iri for iri, term in self.terms.items() if term.kind == "@id")
        """IRIs of the properties whose values are written as IRIs alone."""

        self._aliases = {iri: key for key, iri in _meanings(context).items() if iri.startswith("@")}
        self._places = {key: place for place, key in enumerate(context)}
        self.name = lru_cache(maxsize=4096)(self._name)

    def node(self, expanded: Node) -> Node:
        """Return a node object compacted: keys in the order of the context, own classes first.

        Raises ConfusedPrefixError.
        """
        node: Node = {}
        for name, values in expanded.items():
            if name[0] != "@":
                self._put(node, name, values)
            elif name == "@id":
                node[self._aliases[name]] = self._whole(values)
            elif name == "@type":
                node[self._aliases[name]] = sorted(map(self.name, values), key=_has_prefix)
            elif name == "@reverse":
                node[self._aliases[name]] = {self._reversed(key): self.nodes(each) for key, each in values.items()}
            else:
                node[self._aliases[name]] = self.nodes(values)
        return self.in_order(node)

    def nodes(self, expanded: Iterable[Node]) -> list[Node]:
        """Return node objects compacted."""
        return [self.node(each) for each in expanded]

    def key(self, iri: str) -> str:
        """Return the key of a property: its term, else its name."""
        term = self.terms.get(iri)
        return term.key if term else self.name(iri)

    def in_order(self, node: Node) -> Node:
        """Return ``node`` with its keys in the order of the context, those that it does not have last."""
        return dict(sorted(node.items(), key=self._place))

    def _place(self, item: tuple[str, Any]) -> int:
        return self._places.get(item[0], len(self._places))

    def _reversed(self, iri: str) -> str:
        term = self.terms.get(iri)
        return term.key if term and term.kind in (None, "@id") else self.name(iri)

    def _put(self, node: Node, iri: str, values: Iterable[Node]) -> None:
        term = self.terms.get(iri)
        for value in values:
            if not term or not term.fits(value):
                _append(node, self.name(iri), self._value(value, None), many=True)
            elif term.kind == "@language":
                _append(node.setdefault(term.key, {}), value["@language"], value["@value"], many=term.many)
            else:
                _append(node, term.key, self._value(value, term.kind), many=term.many)

    def _value(self, value: Node, kind: str | None) -> Any:
        """Return a value compacted, for a term of this kind (JSON-LD 1.1 API section 6.3)."""
        if "@value" not in value:
            return self._whole(value["@id"]) if kind == "@id" and len(value) == 1 else self.node(value)
        if "@language" in value:
            return value
        datatype = value.get("@type")
        if datatype is None or datatype == kind:
            return value["@value"]
        return {"@type": self.name(datatype), "@value": value["@value"]}

    def _name(self, iri: str) -> str:
        """Return the IRI of a property or class relative to the vocabulary, else by a prefix, else whole."""
        local = iri[len(self._vocab) :] if iri.startswith(self._vocab) else ""
        if local and local[0] != "@" and ":" not in local and local not in self._taken:
            return local
        names = [
            f"{prefix}:{iri[len(space) :]}"
            for prefix, space in self._usable.items()
            if iri.startswith(space) and len(iri) > len(space) and not iri.startswith("//", len(space))
        ]
        return min(names, key=lambda name: (len(name), name)) if names else self._whole(iri)

    def _whole(self, iri: str) -> str:
        """Return an IRI as it is (JSON-LD 1.1 API section 6.2, IRI confused with prefix)."""
        if not iri.startswith("http"):
            scheme, _, rest = iri.partition(":")
            if scheme in self._usable and not rest.startswith("//"):
                raise ConfusedPrefixError(scheme, iri)
        return iri

    @staticmethod
    def _terms_in(context: Mapping[str, Any]) -> Iterable[tuple[str, Term]]:
        for key, iri in _meanings(context).items():
            definition = context[key] if isinstance(context[key], dict) else {}
            container = definition.get("@container", [])
            containers = container if isinstance(container, list) else [container]
            kind = "@language" if "@language" in containers else definition.get("@type")
            whole = expanded_name(kind, context) if kind and kind[0] != "@" else kind
            yield iri, Term(key, whole, "@set" in containers)


def prefixes_in(context: Mapping[str, Any]) -> dict[str, str]:
    """Return the entries of a context that are prefixes (JSON-LD 1.1 API section 4.2.2, prefix flag)."""
    return {
        key: iri
        for key, iri in context.items()
        if isinstance(iri, str) and key[0] != "@" and iri[0] != "@" and iri[-1] in ":/?#[]@"
    }


def expanded_name(name: str, context: Mapping[str, Any]) -> str:
    """Return the IRI that a prefixed name in a context stands for."""
    prefix, _, local = name.partition(":")
    space = prefixes_in(context).get(prefix)
    return space + local if space and not local.startswith("//") else name


def _meanings(context: Mapping[str, Any]) -> dict[str, str]:
    """Return key → IRI or keyword of every entry of a context that is no prefix."""
    prefixes = prefixes_in(context)
    return {
        key: expanded_name(value if isinstance(value, str) else value["@id"], context)
        for key, value in context.items()
        if key[0] != "@" and key not in prefixes
    }


def _has_prefix(name: str) -> bool:
    """Return whether a class is not of the vocabulary; those that are lead."""
    return ":" in name


def _append(into: Node, key: str, value: Any, *, many: bool) -> None:
    there = into.get(key)
    if isinstance(there, list):
        there.append(value)
    elif key in into:
        into[key] = [there, value]
    else:
        into[key] = [value] if many else value
