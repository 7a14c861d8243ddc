"""Popolo: memberships are claims with a pointer as evidence, or reported; things are linked or made."""

import json
from pathlib import Path
from typing import Any

import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.imports.importing import Imported, Order, take
from metropolis_kg.errors import ContentError
from tables_to_read import description, put, reasons, statements

ADA = {"id": "p1", "name": "Ada Muster", "identifiers": [{"scheme": "wikidata", "identifier": "Q1234"}]}
MICHAEL = {"id": "p2", "name": "Michael Müller", "email": "x@example.org"}
METROPOLIS, CITY = {"id": "o1", "name": "Metropolis"}, {"id": "o2", "name": "Musterstadt"}


def popolo(content: Content, folder: Path, document: object, **said: object) -> Imported:
    text = document if isinstance(document, str) else json.dumps(document)
    return take(Order(put(folder, text, description("council.json") | said, "council.json")), content)


def document(*memberships: dict[str, Any], **lists: Any) -> dict[str, Any]:
    return {"persons": [ADA, MICHAEL], "organizations": [METROPOLIS, CITY], "memberships": [*memberships], **lists}


def member(person: str = "p1", organisation: str = "o1", **said: object) -> dict[str, Any]:
    return {"person_id": person, "organization_id": organisation, "role": "Mitglied", **said}


def test_a_membership_becomes_a_tenure_with_its_pointer_as_evidence(content: Content, tmp_path: Path) -> None:
    found = popolo(content, tmp_path, document(member(start_date="2012-05", end_date="2014-01-31")))
    name = "council-ada-muster-metropolis-mitglied-2012-05"
    assert statements(found) >= {
        f"<id/tenure/{name}> <http://www.w3.org/ns/org#member> <id/person/ada-muster>",
        f'<id/tenure/{name}> <ns#when> "2012-05/2014-01-31"^^<http://id.loc.gov/datatypes/edtf/EDTF>',
        f'<id/evidence/{name}> <ns#pointer> "/memberships/0"',
        "<id/person/ada-muster> <http://www.w3.org/2002/07/owl#sameAs> <http://www.wikidata.org/entity/Q1234>",
    }
    account = found.account
    assert (account.rows, account.claims, account.things) == (1, 1, 2), "Michael Müller and Metropolis are known"
    assert account.untold == {"persons.email": 1}


WRONG = [
    (member("p9"), ("row-reference-unknown", "person_id")),
    (member(organisation="o9"), ("row-reference-unknown", "organization_id")),
    ({"organization_id": "o1", "role": "Mitglied"}, ("row-cell-missing", "person_id")),
    ({"person_id": "p1", "organization_id": "o1"}, ("row-role-missing", "role")),
    (member(role="Kapitän"), ("row-name-unknown", "role")),
    (member(start_date="2012-13"), ("row-time-meant-both", "start_date")),
    (member(start_date="2016", end_date="2012"), ("row-time-reversed", "end_date")),
    (member(start_date=["2012"]), ("row-no-text", "start_date")),
    (member(role="Mit\0glied"), ("row-control-character", "role")),
    (member(), ("row-key-twice", None)),
    (member(id="m2"), ("row-same-claim", None)),
]


@pytest.mark.parametrize(("wrong", "why"), WRONG, ids=range(len(WRONG)))
def test_a_membership_that_cannot_be_taken_is_reported_by_its_pointer(
    wrong: dict[str, Any], why: tuple[str, str | None], content: Content, tmp_path: Path
) -> None:
    found = popolo(content, tmp_path, document(member(), wrong))
    assert reasons(found) == {"/memberships/1": [why]}
    assert found.account.rows == found.account.claims + len(found.account.reported)
    assert "/memberships/1" in str(*found.account.reported[0].as_errors(tmp_path))


def test_posts_are_named_with_their_organisation_and_bring_their_role(content: Content, tmp_path: Path) -> None:
    posts = [{"id": each, "label": "Vorsitz", "organization_id": each, "role": "Präsident"} for each in ("o1", "o2")]
    holdings = [{"person_id": "p1", "post_id": each, "start_date": "2012"} for each in ("o1", "o2")]
    found = popolo(content, tmp_path, document(*holdings, posts=posts))
    said = statements(found)
    assert found.account.claims == 2
    assert '<id/post/vorsitz-musterstadt> <http://xmlns.com/foaf/0.1/name> "Vorsitz, Musterstadt"@de' in said
    assert "<id/post/vorsitz-metropolis> <http://www.w3.org/ns/org#postIn> <id/organisation/metropolis>" in said
    assert sum("<ns#PostHolding>" in each for each in said) == 2


def test_memberships_within_persons_and_organisations_are_read_too(content: Content, tmp_path: Path) -> None:
    ada = ADA | {"memberships": [{"organization_id": "o2", "role": "Mitglied"}]}
    city = CITY | {"memberships": [{"person_id": "p2", "role": "Mitglied"}, {"person_id": "p8", "role": "Mitglied"}]}
    found = popolo(content, tmp_path, {"persons": [ada, MICHAEL], "organizations": [METROPOLIS, city]})
    assert (found.account.rows, found.account.claims) == (3, 2)
    assert [*reasons(found)] == ["/organizations/1/memberships/1"]


def test_a_thing_that_cannot_be_taken_is_reported_and_so_is_what_refers_to_it(content: Content, tmp_path: Path) -> None:
    found = popolo(content, tmp_path, document(member("p3"), persons=[ADA, {"id": "p3"}, ADA]))
    assert [(each.number, each.problems[0].code) for each in found.account.others] == [
        ("/persons/1", "row-cell-missing"), ("/persons/2", "row-key-twice"),
    ]  # fmt: skip
    assert reasons(found) == {"/memberships/0": [("row-reference-not-taken", "person_id")]}


@pytest.mark.parametrize("identifiers", [["Q1234"], "Q1234", {"scheme": "wikidata"}])
def test_identifiers_that_are_no_list_of_objects_are_reported(
    identifiers: object, content: Content, tmp_path: Path
) -> None:
    found = popolo(content, tmp_path, document(persons=[ADA | {"identifiers": identifiers}]))
    assert [(each.number, each.problems[0].code) for each in found.account.others] == [("/persons/0", "row-no-objects")]


def test_lists_that_are_null_are_as_good_as_none(content: Content, tmp_path: Path) -> None:
    told = json.dumps({"persons": [ADA | {"memberships": None}], "organizations": [], "posts": None})
    found = popolo(content, tmp_path, told)
    assert (found.account.things, found.account.rows, found.account.others) == (1, 0, [])


def test_a_role_that_holds_where_none_is_named_can_be_given(content: Content, tmp_path: Path) -> None:
    membership = {"person_id": "p1", "organization_id": "o1"}
    found = popolo(content, tmp_path, document(membership), **{"org:role": {"@id": "role:member"}})
    assert found.account.claims == 1


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"memberships": {}}',
        '{"persons": [1]}',
        '{"persons": [{"memberships": {"role": "chair"}}]}',
        '{"organizations": [{"posts": ["chair"]}]}',
        "[]",
        "{",
    ],
)
def test_what_is_no_popolo_is_refused_with_words(text: str, content: Content, tmp_path: Path) -> None:
    with pytest.raises(ContentError) as raised:
        popolo(content, tmp_path, text)
    assert raised.value.code in ("popolo-form", "mapping-no-object", "mapping-not-json")
