"""Canonical N-Quads, held against another implementation of RDFC-1.0 (PyLD's URDNA2015, the same algorithm)."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld

from metropolis_kg.curation.canonical import canonical_lines, digest, without_graph, write_canonical

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


def written(folder: Path, *nquads: bytes) -> bytes:
    raw = [folder / f"raw-{number}.nq" for number in range(len(nquads))]
    for path, text in zip(raw, nquads, strict=True):
        path.write_bytes(text)
    write_canonical(raw, folder / "dataset.nq")
    assert [path.name for path in folder.iterdir()] == ["dataset.nq"]
    return (folder / "dataset.nq").read_bytes()


@pytest.mark.parametrize("nquads", [GROUND, BLANK, GROUND + BLANK])
def test_the_digest_is_that_of_an_independent_implementation(nquads: bytes, tmp_path: Path) -> None:
    assert digest([written(tmp_path, nquads)]) == sha256(oracle(nquads).encode()).hexdigest()


def test_a_dataset_may_come_in_files_of_which_the_last_line_has_no_end(tmp_path: Path) -> None:
    half = GROUND.index(b'<http://x/a> <http://x/p> "5')
    assert written(tmp_path, GROUND[:half].rstrip(b"\n"), GROUND[half:], GROUND[half:], b"") == oracle(GROUND).encode()


def test_names_and_order_of_blank_nodes_do_not_matter() -> None:
    renamed = b"".join(reversed(BLANK.replace(b"_:one", b"_:zz").replace(b"_:two", b"_:a").splitlines(keepends=True)))
    assert canonical_lines(renamed) == canonical_lines(BLANK)


def test_a_different_word_gives_a_different_digest(tmp_path: Path) -> None:
    whole = digest([written(tmp_path, GROUND)])
    assert whole != digest([written(tmp_path, GROUND.replace(b"blank", b"clank"))])


def test_the_digest_of_a_graph_is_that_of_its_triples() -> None:
    triples = b'<http://x/a> <http://x/p> "in <http://x/g> .\\n" .\n<http://x/a> <http://x/p> "a" .\n'
    quads = triples.replace(b'" .\n', b'" <http://x/g> .\n')
    assert without_graph(quads, "http://x/g") == triples
