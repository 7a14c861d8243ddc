"""Rows of tables: each a claim with its evidence, or reported with its column, its reason and what would be right."""

import copy
from pathlib import Path
from typing import Any

import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.imports.account_text import as_csv
from metropolis_kg.curation.imports.importing import Order, take
from metropolis_kg.curation.imports.mapping import REASON
from metropolis_kg.errors import ContentError
from tables_to_read import COLUMNS, HEADER, imported, mapping, put, reasons, statements

GOOD = "Metropolis;Ada Muster;Q1234;Präsident;ca. 2012;Mai 2016"


def test_a_row_becomes_a_claim_with_its_row_as_evidence(content: Content, tmp_path: Path) -> None:
    found = imported(content, tmp_path, GOOD)
    name = "memberships-metropolis-ada-muster-praesident-ca-2012"
    assert statements(found) >= {
        f"<id/tenure/{name}> <http://www.w3.org/ns/org#member> <id/person/ada-muster>",
        f"<id/tenure/{name}> <http://www.w3.org/ns/org#organization> <id/organisation/metropolis>",
        f"<id/tenure/{name}> <http://www.w3.org/ns/org#role> <id/role/president>",
        f'<id/tenure/{name}> <ns#when> "2012~/2016-05"^^<http://id.loc.gov/datatypes/edtf/EDTF>',
        f"<id/tenure/{name}> <ns#evidence> <id/evidence/{name}>",
        f'<id/evidence/{name}> <ns#quote> "{GOOD}"@de',
        f'<id/evidence/{name}> <ns#row> "2"^^<http://www.w3.org/2001/XMLSchema#integer>',
        f'<id/evidence/{name}> <ns#startsAt> "{len(HEADER) + 1}"^^<http://www.w3.org/2001/XMLSchema#integer>',
        "<id/person/ada-muster> <http://www.w3.org/2002/07/owl#sameAs> <http://www.wikidata.org/entity/Q1234>",
    }
    account = found.account
    assert (account.rows, account.claims, account.things, account.reported) == (1, 1, 1, [])


BAD = {
    "Metropolis;Ada;;Präsident;2012": [("row-cells", None)],
    "Metropolis;Ada;;Präsident;2012;2016;": [("row-cells", None)],
    "": [("row-blank", None)],
    ";;;;;": [("row-cell-missing", "Netzwerk"), ("row-cell-missing", "Person"), ("row-cell-missing", "Rolle")],
    "Metropolis;Ada;;Präsident;2016;2012": [("row-time-reversed", "bis")],
    "Metropolis;Ada;;Präsident;2012-13-01;": [("row-time-no-month", "von")],
    "Metropolis;Ada;;Präsident;2012;ES ": [("row-stray-blank", "bis")],
    "Metropolis;Ada;;Präsident;2012-2016 - X;07": [("row-time-meant-both", "von")],
    "Metropolis;Ada;;Präsident;2027;heute": [("row-time-after-source", "von")],
    "Metropolls;Ada;;Präsident;2012;": [("row-name-unknown-close", "Netzwerk")],
    "Kein Netz;Ada;;Kapitän;2012;": [("row-name-unknown", "Netzwerk"), ("row-name-unknown", "Rolle")],
    "World Bank;Ada;;Präsident;2012;": [("row-name-unknown-close", "Netzwerk")],
    "place:berlin;Ada;;Präsident;2012;": [("row-wrong-class", "Netzwerk")],
    "Metropolis;北京;;Präsident;2012;": [("row-name-without-letters", "Person")],
    "Metropolis;michael  müller;;Präsident;2012;": [("row-stray-blank", "Person")],
    "Metropolis;Michael Mueller;;Präsident;2012;": [("row-name-taken", "Person")],
    "Metropolis;Ada\0;;Präsident;2012;": [("row-control-character", "Person")],
    f"Metropolis;{'x' * 501};;Präsident;2012;": [("row-cell-too-long", "Person")],
    "Metropolis;Ada;Q;Präsident;2012;": [("row-identifier", "Wikidata")],
    'Metropolis;"Ada"x;;Präsident;2012;': [("row-quote", None)],
}


@pytest.mark.parametrize("row", BAD, ids=range(len(BAD)))
def test_a_row_that_cannot_be_taken_is_reported_and_its_neighbours_are_taken(
    row: str, content: Content, tmp_path: Path
) -> None:
    found = imported(content, tmp_path, GOOD, row, "Metropolis;Bea Muster;;Mitglied;;")
    assert reasons(found) == {3: BAD[row]}
    assert (found.account.rows, found.account.claims) == (3, 2)
    assert found.account.rows == found.account.claims + len(found.account.reported)


def test_a_row_is_reported_with_everything_that_is_wrong_with_it(content: Content, tmp_path: Path) -> None:
    (reported,) = imported(content, tmp_path, "Metropolis;Ada;;Kapitän;2016;2012").account.reported
    assert [each.code for each in reported.problems] == ["row-name-unknown", "row-time-reversed"]
    assert reported.problems[1].right == "2012/2016"
    assert "Zeile 2, Spalte „bis“" in [*reported.as_errors(tmp_path)][1].messages["de"]


def test_keys_and_claims_that_stand_twice_are_reported_at_the_second(content: Content, tmp_path: Path) -> None:
    found = imported(
        content, tmp_path, GOOD, GOOD, GOOD.replace("Mai 2016", "2017"), GOOD.replace("Ada Muster", "Ada-Muster"),
        "Metropolis;Bea;;Mitglied;2012;", "Metropolis;Bea;;Mitglied;2012-01;", "Metropolis;Cee;;Mitglied;2012;2013",
        "Metropolis;Cee;;Mitglied;1.1.2012;2013", "Metropolis;Cee;;Mitglied;01.01.2012;2013",
    )  # fmt: skip
    assert {row: each[0][0] for row, each in reasons(found).items()} == {
        3: "row-key-twice", 4: "row-key-twice", 5: "row-key-alike", 10: "row-same-claim",
    }  # fmt: skip
    assert "2" in found.account.reported[0].problems[0].text("de")


def test_the_names_of_claims_follow_their_key_and_not_their_row(content: Content, tmp_path: Path) -> None:
    rows = [f"Metropolis;Person {number};;Mitglied;{1990 + number};" for number in range(20)]
    first = imported(content, tmp_path, *rows)
    rows.reverse()
    second = imported(content, tmp_path, "Metropolis;Neu;;Mitglied;1950;", *rows)

    def claims(found: Any) -> set[str]:
        return {
            each
            for each in statements(found)
            if "/ns#row" not in each and "startsAt" not in each and "#row" not in each
        }

    assert claims(first) < claims(second)
    assert {each for each in statements(first) if "#row>" in each} != {
        each for each in statements(second) if "#row>" in each
    }


def test_an_identifier_says_more_than_a_name_and_contradictions_are_reported(
    content: Content, tmp_path: Path
) -> None:  # fmt: skip
    rows = [
        GOOD,
        "Metropolis;A. Muster;Q1234;Mitglied;2017;",
        "Metropolis;Michael Müller;Q1234;Mitglied;2018;",
        "Metropolis;Ada Muster;Q99;Mitglied;2019;",
        "Metropolis;Barbara Berninger;Q77;Mitglied;2019;",
        "Metropolis;person:ada-muster;;Mitglied;2020;2021",
    ]
    found = imported(content, tmp_path, *rows)
    assert {row: each[0] for row, each in reasons(found).items()} == {
        4: ("row-name-otherwise", "Person"), 5: ("row-name-taken", "Person"),
    }  # fmt: skip
    said = " ".join(statements(found))
    assert said.count("org#member> <id/person/ada-muster>") == 3
    assert (
        "<id/person/barbara-berninger> <http://www.w3.org/2002/07/owl#sameAs> <http://www.wikidata.org/entity/Q77>"
        in said
    )


def test_a_name_of_two_things_is_never_guessed(content: Content, workspace: Path, tmp_path: Path) -> None:
    path, skos = workspace / "data/enrichment/ror.ttl", "http://www.w3.org/2004/02/skos/core#"
    names = "".join(f'organisation:{each} <{skos}altLabel> "Bank"@de .\n' for each in ("giz", "world-bank"))
    path.write_text(path.read_text(encoding="utf-8") + names, encoding="utf-8")
    found = imported(Content(workspace), tmp_path, "Bank;Ada;;Mitglied;2012;")
    assert reasons(found) == {2: [("row-name-ambiguous", "Netzwerk")]}
    assert "organisation:giz, organisation:world-bank" in found.account.reported[0].problems[0].text("en")


def test_a_row_that_is_not_taken_makes_nothing_known(content: Content, tmp_path: Path) -> None:
    found = imported(content, tmp_path, "Metropolis;Ada Neu;;Kapitän;2012;", "Metropolis;Ada Neu;;Mitglied;2012;")
    assert found.account.things == 1
    assert any("person/ada-neu" in each and "foaf/0.1/name" in each for each in statements(found))


# ---- What the mapping can say ----


def with_column(name: str, **keys: object) -> list[dict[str, Any]]:
    columns = copy.deepcopy(COLUMNS)
    next(each for each in columns if each["name"] == name).update(keys)
    return columns


def test_a_column_kept_back_is_published_nowhere(content: Content, tmp_path: Path) -> None:
    columns = with_column("qid", suppressOutput=True)
    found = imported(content, tmp_path, "Metropolis;Ada;geheim;Mitglied;2012;", mapped=mapping(columns))
    assert found.account.claims == 1
    assert "geheim" not in " ".join(map(str, found.quads))
    note = next(each for each in statements(found) if "#note>" in each and each.endswith("@de"))
    assert "Zeile 2: Netzwerk „Metropolis“; Person „Ada“; Rolle „Mitglied“; von „2012“" in note


def test_defaults_nulls_formats_and_blanks_are_as_the_mapping_says(content: Content, tmp_path: Path) -> None:
    columns = with_column("end", default="..", null=["", "?"])
    next(each for each in columns if each["name"] == "start")["datatype"] = {"base": "date", "format": "d/M/yyyy"}
    mapped = mapping(columns, trim=True, skipBlankRows=True)
    found = imported(
        content,
        tmp_path,
        " Metropolis ;Ada;;Mitglied;2/1/2012;",
        "",
        "Metropolis;Bea;;Mitglied;3/1/2012;?",
        mapped=mapped,
    )
    times = sorted(each.split('"')[1] for each in statements(found) if "#when>" in each)
    assert times == ["2012-01-02/..", "2012-01-03/"]
    assert (found.account.rows, found.account.skipped) == (2, 1)


def test_constants_partnerships_counts_and_posts_are_claims_too(content: Content, tmp_path: Path) -> None:
    def kind(name: str) -> dict[str, object]:
        return {"name": "kind", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": name}

    partners = [
        {"name": "one", "virtual": True, "propertyUrl": "mkg:partner", "valueUrl": "organisation:metropolis"},
        {"name": "other", "titles": "Partner", "propertyUrl": "mkg:partner"},
        {"name": "when", "titles": "Zeit", "propertyUrl": "mkg:when"}, kind("mkg:Partnership"),
    ]  # fmt: skip
    path = put(tmp_path, "Partner;Zeit\nGIZ;2012-2016\nMetropolis;2012\n", mapping(partners, ["other"]), "partners.csv")
    found = take(Order(path), content)
    assert reasons(found) == {3: [("row-same-partner", "Partner")]}
    assert sum("ns#partner>" in each for each in statements(found)) == 2
    counts = [
        {"name": "of", "titles": "Netz", "propertyUrl": "mkg:countOf"},
        {"name": "unit", "virtual": True, "propertyUrl": "mkg:countUnit", "valueUrl": "topic:member-cities"},
        {"name": "number", "titles": "Zahl", "propertyUrl": "schema:value"}, kind("mkg:MemberCount"),
    ]  # fmt: skip
    path = put(tmp_path, "Netz;Zahl\nMetropolis;138\nEUROCITIES;1.200\n", mapping(counts, ["of"]), "counts.csv")
    assert reasons(take(Order(path), content)) == {3: [("row-number", "Zahl")]}
    holding = [*COLUMNS[:2], *COLUMNS[3:6], {"name": "post", "titles": "Amt", "propertyUrl": "mkg:post"},
               kind("mkg:PostHolding")]  # fmt: skip
    office = "Regierender Bürgermeister"
    row = f"Land Berlin;Michael Müller;{office};2014-12-11;2021-12-21;{office} von Berlin"
    path = put(tmp_path, f"Netzwerk;Person;Rolle;von;bis;Amt\n{row}\n", mapping(holding), "posts.csv")
    assert take(Order(path), content).account.claims == 1


# ---- Tables of which nothing can be taken ----

UNUSABLE = {
    "": "table-empty",
    "Netzwerk;Person;Wikidata;Rolle;von\n": "table-column-missing",
    f"{HEADER};Telefon\n": "table-column-undescribed",
    f"{HEADER};von\n": "table-header-twice",
    HEADER.replace(";", ","): "table-delimiter",
    HEADER.replace("Rolle", "Rolle "): "table-title-blank",
}


@pytest.mark.parametrize(("text", "code"), UNUSABLE.items(), ids=UNUSABLE.values())
def test_a_table_that_does_not_fit_its_mapping_is_refused_with_words(
    text: str, code: str, content: Content, tmp_path: Path
) -> None:
    with pytest.raises(ContentError) as raised:
        take(Order(put(tmp_path, text)), content)
    assert raised.value.code == code


def test_rows_above_the_header_are_skipped_and_counted(content: Content, tmp_path: Path) -> None:
    path = put(tmp_path, f"Stand: 2026\n;\n{HEADER}\n{GOOD}\nx\n", mapping(skipRows=2))
    found = take(Order(path), content)
    assert reasons(found) == {5: [("row-cells", None)]}


def test_rows_mended_in_the_file_of_rejected_rows_are_taken_and_the_others_are_not(
    content: Content, tmp_path: Path
) -> None:
    first = imported(
        content, tmp_path, "Metropolis;Ada;;Mitglied;07;", "Metropolis;Bea;;Mitglied", "Netz;Cee;;Mitglied;2012;"
    )
    rejected = as_csv(first.account, "de", first.delimiter)
    assert rejected.splitlines()[0].endswith(REASON)
    path = put(tmp_path, rejected.replace("Ada;;Mitglied;07", "Ada;;Mitglied;2007"), name="mended.csv")
    second = take(Order(path), content)
    assert reasons(second) == {3: [("row-cells", None)], 4: [("row-name-unknown", "Netzwerk")]}
    assert second.account.claims == 1
    again = as_csv(second.account, "de", second.delimiter)
    assert [line.split(";")[:4] for line in again.splitlines()] == [
        line.split(";")[:4] for line in rejected.splitlines() if "Ada" not in line
    ]
