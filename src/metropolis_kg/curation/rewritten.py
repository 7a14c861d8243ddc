"""Literals that a store keeps otherwise than they were written, so that what was written can be judged.

Oxigraph keeps numbers, dates and booleans by their value: ``01`` comes back as ``1``, an ``xsd:byte`` as an
``xsd:integer``. To SHACL these differ.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import pyoxigraph as ox

from metropolis_kg.curation.steps import End, Triple
from metropolis_kg.model.namespaces import XSD

_STRING = ox.NamedNode(f"{XSD}string")
_VALUE = ox.NamedNode("urn:value")


class Rewritten:
    """The statements among those written whose literals a store keeps otherwise; false where there are none."""

    def __init__(self, quads: Iterable[ox.Quad] = ()) -> None:
        statements = [quad.triple for quad in quads]
        forms = stored_forms(triple.object for triple in statements)
        concerned = forms.keys() | set(forms.values())
        self._written: dict[ox.Triple, set[ox.Triple]] = {}
        for triple in statements if forms else ():
            if triple.object in concerned:
                kept = ox.Triple(triple.subject, triple.predicate, forms.get(triple.object, triple.object))
                self._written.setdefault(kept, set()).add(triple)

    def __bool__(self) -> bool:
        return bool(self._written)

    def restored(self, triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
        """Yield ``triples`` of a store as they were written."""
        for triple in triples:
            yield from self._written.get(triple, (triple,))

    @cached_property
    def statements(self) -> set[Triple]:
        """The statements concerned, as written and as kept."""
        both = {*self._written, *(triple for written in self._written.values() for triple in written)}
        return {(triple.subject, triple.predicate, triple.object) for triple in both}


def kept(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Return ``quads`` as a store keeps them."""
    written = set(quads)
    forms = stored_forms(quad.object for quad in written)
    changed = {quad for quad in written if quad.object in forms}
    as_kept = {ox.Quad(quad.subject, quad.predicate, forms[quad.object], quad.graph_name) for quad in changed}
    return (written - changed) | as_kept


def stored_forms(terms: Iterable[End]) -> Mapping[End, End]:
    """Return what a store gives back for each typed literal among ``terms`` that it keeps otherwise."""
    numbered = {ox.NamedNode(f"urn:{number}"): each for number, each in enumerate(set(filter(_is_typed, terms)))}
    store = ox.Store()
    store.extend(ox.Quad(name, _VALUE, literal) for name, literal in numbered.items())
    kept = ((literal, next(store.quads_for_pattern(name, None, None)).object) for name, literal in numbered.items())
    return {written: stored for written, stored in kept if stored != written}


def _is_typed(term: End) -> bool:
    return isinstance(term, ox.Literal) and not term.language and term.datatype != _STRING
