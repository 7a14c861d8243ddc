"""Minting and reading IRIs: slugs, ``/id/`` and ``/doc/`` paths, canonical base and deployed base."""

import re
import unicodedata
from dataclasses import dataclass

import pyoxigraph as ox

from metropolis_kg.model.namespaces import CANONICAL_BASE, XSD

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ANY_URI = ox.NamedNode(f"{XSD}anyURI")
_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_WHOLE = {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o"}
"""Letters that are no letter with a mark, so that Unicode does not take them apart."""
_LETTERS = str.maketrans(_GERMAN | _WHOLE)

Term = ox.NamedNode | ox.BlankNode | ox.Literal


def slugify(name: str) -> str:
    """Return the slug minted from ``name``: ASCII, lower case, words joined by ``-``.

    Raises ValueError where nothing of the name is left.

    >>> slugify("Michael Müller"), slugify("São Paulo"), slugify("Groß- und Megastädte"), slugify("Łódź")
    ('michael-mueller', 'sao-paulo', 'gross-und-megastaedte', 'lodz')
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).lower().translate(_LETTERS))
    slug = "-".join(re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode()))
    if not slug:
        raise ValueError(f"{name!r} has no letter or digit a slug could be made of")
    return slug


@dataclass(frozen=True)
class Rebase:
    """Maps terms from the canonical base to the deployed one, term by term; strings that are no IRIs stay as they are.

    ``xsd:anyURI`` literals count as IRIs. Mapping a term twice is harmless unless the deployed base lies under the
    canonical one.
    """

    base: str

    def iri(self, iri: str) -> str:
        """Return the deployed IRI for ``iri``, which is returned unchanged outside the canonical base."""
        return self.base + iri[len(CANONICAL_BASE) :] if iri.startswith(CANONICAL_BASE) else iri

    def canonical(self, iri: str) -> str:
        """Return the canonical IRI for a deployed one: the inverse of ``iri``."""
        return CANONICAL_BASE + iri[len(self.base) :] if iri.startswith(self.base) else iri

    def canonical_term(self, term: Term) -> Term:
        """Return the term that stands in the files for a deployed one: the inverse of ``term``."""
        if isinstance(term, ox.NamedNode):
            return ox.NamedNode(self.canonical(term.value))
        if isinstance(term, ox.Literal) and term.datatype == _ANY_URI:
            return ox.Literal(self.canonical(term.value), datatype=_ANY_URI)
        return term

    def named_node(self, node: ox.NamedNode) -> ox.NamedNode:
        """Return ``node`` under the deployed base."""
        return ox.NamedNode(self.iri(node.value))

    def literal(self, literal: ox.Literal) -> ox.Literal:
        """Return ``literal``, mapped where it is an ``xsd:anyURI`` or its datatype is one of ours."""
        if literal.datatype == _ANY_URI:
            return ox.Literal(self.iri(literal.value), datatype=_ANY_URI)
        if literal.datatype.value.startswith(CANONICAL_BASE):
            return ox.Literal(literal.value, datatype=self.named_node(literal.datatype))
        return literal

    def term(self, term: Term) -> Term:
        """Return any term under the deployed base."""
        if isinstance(term, ox.NamedNode):
            return self.named_node(term)
        return self.literal(term) if isinstance(term, ox.Literal) else term


def rebase_prefixes(prefixes: dict[str, str], rebase: Rebase) -> dict[str, str]:
    """Return ``prefixes`` with own namespaces under the deployed base."""
    return {name: rebase.iri(namespace) for name, namespace in prefixes.items()}


def document_path(thing_path: str) -> str:
    """Return the path of the document about a thing.

    >>> document_path("id/person/michael-mueller")
    'doc/person/michael-mueller'
    """
    return "doc/" + thing_path.removeprefix("id/")


def canonical_path(path: str) -> str | None:
    """Return ``path`` with each part as a slug would be minted from it, without empty parts; none where that fails.

    >>> canonical_path("Person/Michael Müller/"), canonical_path("place//berlin"), canonical_path("place/…")
    ('person/michael-mueller', 'place/berlin', None)
    """
    try:
        return "/".join(slugify(part) for part in path.split("/") if part) or None
    except ValueError:
        return None
