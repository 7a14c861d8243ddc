"""The search index that a build writes: what is in it, and what is not."""

import sqlite3
from pathlib import Path

import pytest

from metropolis_kg.curation.release import Release
from metropolis_kg.curation.search_index import write_search_index
from metropolis_kg.model.dataset import THINGS
from metropolis_kg.store.search_file import SEARCH
from metropolis_kg.store.search_index import SearchIndex

BASE = "https://example.org/"
PREFIXES = {
    "mkg": f"{BASE}ns#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "skos": "http://www.w3.org/2004/02/skos/core#",
}  # fmt: skip
STATEMENTS = r"""
<https://example.org/id/a> <http://www.w3.org/2000/01/rdf-schema#label> "A \"quoted\"\nname \\"@de <https://example.org/graph/g> .
<https://example.org/id/a> <http://www.w3.org/2000/01/rdf-schema#label> "A \"quoted\"\nname \\"@de <https://example.org/graph/h> .
<https://example.org/id/a> <http://www.w3.org/2004/02/skos/core#altLabel> "plain" <https://example.org/graph/g> .
<https://example.org/id/a> <http://www.w3.org/2002/07/owl#sameAs> <http://www.wikidata.org/entity/Q1> <https://example.org/graph/g> .
<https://example.org/id/a> <https://example.org/ns#when> "2018~"^^<http://id.loc.gov/datatypes/edtf/EDTF> <https://example.org/graph/g> .
<https://example.org/id/a#time> <http://www.w3.org/2000/01/rdf-schema#label> "a part"@en <https://example.org/graph/g> .
<https://example.org/id/b> <https://example.org/ns#member> <https://example.org/id/a> <https://example.org/graph/g> .
<https://example.org/id/b> <http://www.w3.org/2000/01/rdf-schema#label> "gone"@en <https://example.org/graph/g> .
<https://example.org/id/b> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/ns#RetiredThing> <https://example.org/graph/g> .
<https://example.org/ns#T> <http://www.w3.org/2000/01/rdf-schema#label> "a term"@en <https://example.org/graph/g> .
<http://elsewhere.example/c> <http://www.w3.org/2000/01/rdf-schema#label> "of others"@en <https://example.org/graph/g> .
""".lstrip()  # noqa: E501 - N-Quads have a statement on a line


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    folder = tmp_path_factory.mktemp("index")
    dataset = folder / "dataset.nq"
    dataset.write_text("".join(sorted(STATEMENTS.splitlines(keepends=True))), encoding="utf-8")
    write_search_index(dataset, folder / SEARCH, PREFIXES, BASE)
    return SearchIndex(folder / SEARCH)


def test_names_identifiers_and_times_of_a_thing_are_kept_as_they_are_written(index: SearchIndex) -> None:
    found = index.entry(f"{BASE}id/a")
    assert found
    assert found.labels == {"de": 'A "quoted"\nname \\', "": "plain"}
    assert found.codes == ("http://www.wikidata.org/entity/Q1", "Q1")
    assert (found.when, found.links) == ("2018~", 1)


def test_statements_that_point_to_a_thing_are_counted_wherever_they_stand(tmp_path: Path) -> None:
    names = ("a", "a-b", "a/b", "b")
    lines = [f'<{BASE}id/{name}> <{PREFIXES["rdfs"]}label> "{name}"@en <{BASE}graph/g> .\n' for name in names]
    links = {"a": 3, "a-b": 0, "a/b": 1, "b": 2}
    for name, number in links.items():
        lines += [f"<{BASE}id/z{each}> <{BASE}ns#of> <{BASE}id/{name}> <{BASE}graph/g> .\n" for each in range(number)]
    lines += [f"<{BASE}id/b> <{PREFIXES['owl']}sameAs> <{BASE}id/a> <{BASE}graph/g> .\n"]
    (tmp_path / "dataset.nq").write_text("".join(sorted(lines)))
    write_search_index(tmp_path / "dataset.nq", tmp_path / SEARCH, PREFIXES, BASE)
    entries = map(SearchIndex(tmp_path / SEARCH).entry, (f"{BASE}id/{name}" for name in names))
    assert [entry.links for entry in entries if entry] == list(links.values())


def test_terms_are_found_and_parts_retired_things_and_what_is_elsewhere_are_not(index: SearchIndex) -> None:
    assert index.entry(f"{BASE}ns#T")
    assert not any(map(index.entry, (f"{BASE}id/a#time", f"{BASE}id/b", "http://elsewhere.example/c")))


def test_every_thing_that_has_a_document_is_in_the_index_of_a_release(release: Release) -> None:
    index = SearchIndex(release.path / SEARCH)
    base = release.manifest["base"]
    paths = (release.path / THINGS).read_text(encoding="utf-8").split()
    assert not [path for path in paths if path.startswith("id/") and not index.entry(base + path)]


def test_the_index_is_read_without_a_right_to_write_and_leaves_nothing_behind(release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / SEARCH).write_bytes((release.path / SEARCH).read_bytes())
    (folder / SEARCH).chmod(0o444)
    folder.chmod(0o555)
    assert SearchIndex(folder / SEARCH).kinds["people"]
    assert [path.name for path in folder.iterdir()] == [SEARCH]
    folder.chmod(0o755)


def test_a_build_leaves_nothing_of_its_making_in_the_release(release: Release) -> None:
    assert not [path.name for path in release.path.iterdir() if path.name in ("raw.nq", "building")]
    with sqlite3.connect(f"file:{release.path / SEARCH}?mode=ro", uri=True) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
