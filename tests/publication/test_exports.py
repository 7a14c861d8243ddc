"""What is published, as Popolo, as a table of tenures, and in schema.org: the same every time, and nothing made up."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.imports.importing import Order, take
from metropolis_kg.publication.exports.popolo import EXTRA, Popolo
from metropolis_kg.publication.exports.reading import Reader, Tenure
from metropolis_kg.publication.exports.schema_org import as_schema_org
from metropolis_kg.publication.exports.tenures import COLUMNS, as_csv, metadata
from metropolis_kg.store.release import OpenRelease

WHEN = ox.NamedNode("https://w3id.org/metropolis-kg/ns#when")


@pytest.fixture(scope="module")
def reader(opened: OpenRelease, content: Content) -> Reader:
    return Reader(opened, content.queries)


@pytest.fixture(scope="module")
def table(reader: Reader) -> list[dict[str, str]]:
    """The table of tenures as a reader of CSV has it."""
    text = b"".join(as_csv(reader, "en")).decode()
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(scope="module")
def popolo(reader: Reader) -> tuple[dict[str, Any], Counter[str]]:
    """The Popolo document with German names, and what it cannot say."""
    writing = Popolo(reader, "de")
    return json.loads(b"".join(writing.written())), writing.losses


def by_id(document: Mapping[str, Any], slug: str) -> dict[str, Any]:
    [found] = [each for each in document["memberships"] if each["id"].endswith(f"/{slug}")]
    return dict(found)


# ---- the table ----


def test_every_tenure_is_in_the_table_with_each_piece_of_its_evidence(
    table: list[dict[str, str]], reader: Reader
) -> None:
    assert list(table[0]) == list(COLUMNS)
    assert {row["tenure"] for row in table} == set(reader.of_class("org:Membership"))
    keys = [(row["tenure"], row["evidence"]) for row in table]
    assert keys == sorted(set(keys))


def test_a_line_has_names_bounds_certainty_quote_and_source(table: list[dict[str, str]]) -> None:
    [row] = [each for each in table if each["tenure"].endswith("/governing-mayor-interim-president-2017")]
    told = ("member_name", "role_name", "edtf", "start_earliest", "start_latest", "end_earliest", "end_latest")
    assert [row[name] for name in told] == [
        "Governing Mayor of Berlin", "interim president", "2017-11/2018-08", "2017-11-01", "2017-11-30", "2018-08-01",
        "2018-08-31",
    ]  # fmt: skip
    assert (row["certainty"], row["quote_language"]) == ("bounded", "de")
    assert row["quote"] == "zuvor seit November 2017 Interimspräsident"
    assert row["source_name"] == "Metropolis (page on berlin.de)"


@pytest.mark.parametrize(
    ("bounds", "certainty"),
    [
        (("2001-06-16", "2001-06-16", "2014-12-11", "2014-12-11"), "exact"),
        (("2001-01-01", "2001-12-31", "2014-12-11", "2014-12-11"), "bounded"),
        (("2001-01-01", "2001-12-31", "", ""), "last known"),
        (("", "", "2015-12-01", "2015-12-31"), "start unknown"),
        (("", "2018-08-24", "2018-08-24", ""), "attested"),
        (("", "", "", ""), "undated"),
    ],
)
def test_how_well_a_time_is_known_follows_from_its_bounds(bounds: tuple[str, ...], certainty: str) -> None:
    assert Tenure("", "", "", "", "", "", "", bounds, "", "", ()).certainty == certainty


def test_the_metadata_describes_each_column_by_its_term(reader: Reader, opened: OpenRelease) -> None:
    said = json.loads(metadata(reader, "tenures.csv"))
    columns = {each["name"]: each for each in said["tableSchema"]["columns"]}
    assert (said["url"], list(columns)) == ("tenures.csv", list(COLUMNS))
    assert columns["start_latest"]["propertyUrl"] == f"{opened.prefixes['mkg']}startLatest"
    assert columns["start_latest"]["datatype"] == "date"
    assert all(
        {text["@language"] for text in each["dc:description"] if text["@value"]} == {"de", "en"}
        for each in columns.values()
    )


# ---- Popolo ----


def test_popolo_has_a_date_only_where_the_source_has_one(popolo: tuple[dict[str, Any], Counter[str]]) -> None:
    document, losses = popolo
    dated = by_id(document, "governing-mayor-president-2018")
    assert (dated["start_date"], dated["end_date"]) == ("2018-08", "2020-11")
    goes_on = by_id(document, "land-berlin-member")
    assert goes_on["start_date"] == "1991"
    assert "end_date" not in goes_on
    assert goes_on[EXTRA]["edtf"] == "1991/.."
    attested = by_id(document, "mueller-interim-president")
    assert attested.keys() & {"start_date", "end_date"} == set()
    assert attested[EXTRA] | {"member": ""} == {
        "startLatest": "2018-08-24", "endEarliest": "2018-08-24", "certainty": "attested", "member": "",
    }  # fmt: skip
    assert losses["bounds without a date"] == 2
    assert losses["goes on, or last known"] == 3


def test_no_date_is_made_more_certain_than_it_is(reader: Reader) -> None:
    writing = Popolo(reader, "en")
    bounds = ("2014-01-01", "2014-12-31", "2016-01-01", "2016-12-31")
    assert writing._dates(Tenure("", "", "", "", "", "", "2014~/2016", bounds, "", "", ())) == {"end_date": "2016"}
    assert writing.losses == {"uncertain or approximate date": 1}


def test_who_is_no_person_is_told_so_and_counted(popolo: tuple[dict[str, Any], Counter[str]]) -> None:
    document, losses = popolo
    office = by_id(document, "governing-mayor-president-2018")
    assert "person_id" not in office
    assert office["member"]["name"] == "Regierender Bürgermeister von Berlin"
    without_person = [each for each in document["memberships"] if "person_id" not in each]
    assert losses["member is a post"] + losses["member is an organisation"] == len(without_person) > 0


def test_whatever_a_membership_refers_to_is_in_the_document(popolo: tuple[dict[str, Any], Counter[str]]) -> None:
    document, _ = popolo
    known = {kind: {each["id"] for each in document[kind]} for kind in ("persons", "organizations", "posts")}
    for each in document["memberships"]:
        assert each["organization_id"] in known["organizations"]
        assert each.get("person_id") in {None, *known["persons"]}
        assert each.get("post_id") in {None, *known["posts"]}
        assert all(link["url"].startswith("http") for link in each["sources"])


def test_equal_releases_give_equal_bytes(reader: Reader) -> None:
    assert b"".join(Popolo(reader, "en").written()) == b"".join(Popolo(reader, "en").written())
    assert b"".join(as_csv(reader, "de")) == b"".join(as_csv(reader, "de"))


DESCRIPTION = {
    "@context": ["http://www.w3.org/ns/csvw", {"@language": "de"}],
    "url": "export.json",
    "dc:title": [{"@value": "Ausfuhr", "@language": "de"}, {"@value": "Export", "@language": "en"}],
    "schema:url": {"@id": "https://example.org/export.json"},
    "dc:language": {"@id": "eulang:DEU"},
    "dc:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
    "dc:rightsHolder": {"@id": "organisation:metropolis-kg-maintainers"},
    "schema:creditText": [{"@value": "Ausfuhr", "@language": "de"}, {"@value": "Export", "@language": "en"}],
    "mkg:observedNotBefore": "2026-11-01",
    "mkg:observedNotAfter": "2026-11-26",
    "mkg:windowBasis": [{"@value": "Datum", "@language": "de"}, {"@value": "Date", "@language": "en"}],
}


def test_what_is_exported_can_be_imported_again(
    popolo: tuple[dict[str, Any], Counter[str]], content: Content, tmp_path: Path
) -> None:
    document, _ = popolo
    file = tmp_path / "export.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    file.with_name("export.json-metadata.json").write_text(json.dumps(DESCRIPTION), encoding="utf-8")
    found = take(Order(file, output=tmp_path / "again.nq"), content)
    reasons = Counter(problem.code for each in found.account.reported for problem in each.problems)
    without_person = sum("person_id" not in each for each in document["memberships"])
    assert reasons == {"row-cell-missing": without_person}
    assert found.account.claims == len(document["memberships"]) - without_person
    found.write()
    quads = ox.parse(path=tmp_path / "again.nq", format=ox.RdfFormat.N_QUADS)
    times = Counter(quad.object.value for quad in quads if quad.predicate == WHEN)
    assert times == Counter(_time(each) for each in document["memberships"] if "person_id" in each and _time(each))


def _time(membership: Mapping[str, Any]) -> str:
    dates = membership.get("start_date", ""), membership.get("end_date", "")
    return "/".join(dates) if any(dates) else ""


# ---- schema.org ----


def test_all_of_schema_org_is_one_document_with_every_thing(reader: Reader) -> None:
    document = json.loads(b"".join(as_schema_org(reader)))
    assert document["@context"] == "https://schema.org"
    roots = [each["@id"] for each in document["@graph"]]
    assert roots == reader.everything()
    assert len(roots) > 200
    assert not any("@context" in each for each in document["@graph"])
