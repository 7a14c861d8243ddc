"""What our own queries answer is read as the store means it."""

from pathlib import Path

from metropolis_kg.publication.own_queries import lean_rows
from metropolis_kg.store.release import OpenRelease


def test_rows_are_read_whatever_signs_stand_in_an_iri(opened: OpenRelease, tmp_path: Path) -> None:
    query = tmp_path / "query.rq"
    query.write_text(
        'SELECT ?a ?b ?c { VALUES (?a ?b ?c) { (<urn:a,b> "2018-03-15"^^xsd:date true) (<urn:%22> UNDEF "x") } }',
        encoding="utf-8",
    )
    assert lean_rows(opened, query) == [["urn:a,b", "2018-03-15", "true"], ["urn:%22", "", "x"]]
