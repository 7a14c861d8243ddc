"""Blocks of canonical N-Quads under the deployed base: by replacing bytes, or by terms where a text may be meant."""

import re

import pyoxigraph as ox

from metropolis_kg.model.identifiers import Rebase
from metropolis_kg.model.namespaces import CANONICAL_BASE

_OWN = f"<{CANONICAL_BASE}".encode()
_QUOTED = re.compile(rb'"[^"\n]*' + re.escape(_OWN) + rb'[^"\n]*"')
"""A text with one of our IRIs in angle brackets in it, which stays as it is."""
_ADDRESS = f'"{CANONICAL_BASE}'.encode()
"""How an ``xsd:anyURI`` of ours begins, which counts as an IRI."""


class BlockRebase:
    """Maps blocks from the canonical base to the deployed one, as ``model.identifiers.Rebase`` does with terms."""

    def __init__(self, base: str) -> None:
        self._rebase, self._deployed = Rebase(base), f"<{base}".encode()

    def __call__(self, statements: bytes) -> bytes:
        """Return canonical N-Quads under the deployed base."""
        if self._rebase.base == CANONICAL_BASE:
            return statements
        if _ADDRESS in statements or _QUOTED.search(statements):
            mapped = (self._quad(quad) for quad in ox.parse(statements, format=ox.RdfFormat.N_QUADS, lenient=True))
            return ox.serialize(mapped, format=ox.RdfFormat.N_QUADS) or b""
        return statements.replace(_OWN, self._deployed)

    def _quad(self, quad: ox.Quad) -> ox.Quad:
        subject, predicate, value, graph = map(self._rebase.term, quad)
        return ox.Quad(subject, predicate, value, graph)  # type: ignore[arg-type] # mapping keeps the kind of a term
