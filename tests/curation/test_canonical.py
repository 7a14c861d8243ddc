"""Canonical N-Quads, held against another implementation of RDFC-1.0 (PyLD's URDNA2015, the same algorithm)."""

from hashlib import sha256
from typing import Any

import pytest
from pyld import jsonld

from metropolis_kg.curation.canonical import by_graph, canonical_lines, digest, document

GROUND = b"""<http://x/b> <http://x/p> "a\\tb \\"c\\" \\\\ \xc3\xa4 \xf0\x9f\x98\x80" <http://x/g> .
<http://x/a> <http://x/p> "a"@de <http://x/g> .
<http://x/a> <http://x/p> "a" <http://x/g> .
<http://x/a> <http://x/p> "a" <http://x/g> .
<http://x/a> <http://x/p> "5"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger> <http://x/h> .
<http://x/a> <http://x/p> "a blank _:b0 in words" <http://x/h> .
"""
BLANK = b"""_:one <http://x/p> _:two <http://x/g> .
_:two <http://x/p> _:three <http://x/g> .
_:three <http://x/p> _:one <http://x/g> .
_:one <http://x/q> "x" <http://x/g> .
"""


def oracle(nquads: bytes) -> str:
    options: dict[str, Any] = {
        "inputFormat": "application/n-quads", "algorithm": "URDNA2015", "format": "application/n-quads",
    }  # fmt: skip
    return str(jsonld.normalize(nquads.decode(), options))


@pytest.mark.parametrize("nquads", [GROUND, BLANK, GROUND + BLANK])
def test_the_digest_is_that_of_an_independent_implementation(nquads: bytes) -> None:
    assert digest(document(canonical_lines(nquads))) == sha256(oracle(nquads).encode()).hexdigest()


def test_names_and_order_of_blank_nodes_do_not_matter() -> None:
    renamed = b"".join(reversed(BLANK.replace(b"_:one", b"_:zz").replace(b"_:two", b"_:a").splitlines(keepends=True)))
    assert canonical_lines(renamed) == canonical_lines(BLANK)


def test_a_different_word_gives_a_different_digest() -> None:
    other = GROUND.replace(b"blank", b"clank")
    assert digest(document(canonical_lines(GROUND))) != digest(document(canonical_lines(other)))


def test_graphs_are_taken_apart_into_sorted_triples() -> None:
    graphs = by_graph(canonical_lines(GROUND))
    assert list(graphs) == ["http://x/g", "http://x/h"]
    assert graphs["http://x/g"][:2] == [b'<http://x/a> <http://x/p> "a" .', b'<http://x/a> <http://x/p> "a"@de .']
    assert all(triples == canonical_lines(b"\n".join(triples)) for triples in graphs.values())
