"""Stored queries: headers, parameters, arguments."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.errors import ContentError
from metropolis_kg.publication.stored_queries import (
    SUBJECTS,
    TYPES,
    ArgumentError,
    StoredQueries,
    StoredQuery,
    UnknownQueryError,
    read_query,
    read_thing,
)
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import Term
from metropolis_kg.store.release import OpenRelease

BASE = "http://localhost:8000/"
PREFIXES = {"person": f"{BASE}id/person/", "wd": "http://www.wikidata.org/entity/"}
TITLES = '#+ title.en = "T"\n#+ title.de = "T"\n'
DESCRIPTIONS = '#+ description.en = "D"\n#+ description.de = "D"\n'
LABELS = '#+ label.en = "L"\n#+ label.de = "L"\n'
AT = TITLES + '#+ [parameters.at]\n#+ type = "date"\n' + LABELS
WHO = TITLES + '#+ [parameters.who]\n#+ type = "thing"\n' + LABELS
EVERY_TYPE = (
    TITLES + "".join(f'#+ [parameters.{each}]\n#+ type = "{each}"\n{LABELS}' for each in TYPES) + "ASK WHERE {}"
)


def query_of(text: str, folder: Path) -> Path:
    """Write a query file."""
    path = folder / "example.rq"
    path.write_text(text, encoding="utf-8")
    return path


def read(text: str, folder: Path) -> StoredQuery:
    """Return the stored query with this text."""
    return read_query(query_of(text, folder), PREFIXES)


def bound(value: str, kind: str, folder: Path) -> Term:
    """Return the term that an argument becomes."""
    return read(EVERY_TYPE, folder).terms({kind: value}, PREFIXES, BASE)[kind]


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("date", "2018-03-15", '"2018-03-15"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("thing", "person/ada", f"<{BASE}id/person/ada>"),
        ("thing", "person:ada", f"<{BASE}id/person/ada>"),
        ("thing", "wd:Q64", "<http://www.wikidata.org/entity/Q64>"),
        ("thing", "http://example.org/x", "<http://example.org/x>"),
        ("text", '"} DROP ALL #', '"\\"} DROP ALL #"'),
        ("text", "a\nb\\c", '"a\\nb\\\\c"'),
        ("integer", "-141", '"-141"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("language", "de-AT", '"de-at"'),
    ],
)
def test_an_argument_becomes_a_term_of_its_type(kind: str, value: str, term: str, tmp_path: Path) -> None:
    assert str(bound(value, kind, tmp_path)) == term


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "15.3.2018"), ("date", "2018-13-01"), ("date", "２０１８-03-15"),
        ("thing", "ada"), ("thing", "http://a/ b"), ("thing", "http://a/> ?s"), ("thing", "unknown:x"),
        ("thing", "person:a b"), ("thing", "javascript:alert(1)"), ("thing", "person/../x"),
        ("integer", "1.5"), ("integer", "1e3"), ("integer", "9" * 19), ("integer", "٣"), ("integer", "1)"),
        ("language", "d"), ("language", "de en"), ("language", "de'"), ("language", "de\n"),
    ],
)  # fmt: skip
def test_a_wrong_argument_names_its_parameter_and_the_form_expected(kind: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError) as caught:
        bound(value, kind, tmp_path)
    assert caught.value.parameter == kind
    assert caught.value.expected in str(caught.value)


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ('#+ title.en = "T"', "title.de"),
        (TITLES + "#+ nix = 1", "unknown key nix"),
        (TITLES + '#+ description.en = "only English"', "description.de"),
        (TITLES + '#+ [parameters.at]\n#+ type = "day"', "needs a type"),
        (TITLES + '#+ [parameters.at]\n#+ type = "date"', 'parameter at needs "#\\+ label.de"'),
        (TITLES + '#+ [parameters.at]\n#+ type = "date"\n#+ label.de = "L"', "label.en"),
        (TITLES + '#+ [parameters.at]\n#+ type = "date"\n#+ nix = 1', "unknown key nix"),
        (TITLES + '#+ [parameters.format]\n#+ type = "text"', "cannot be called format"),
        (AT + '#+ default = "yesterday"', 'parameter at: "yesterday" is not a day such as 2018-03-15'),
        (AT + '#+ class = "person:x"', "has a class, but is no thing"),
        (AT + '#+ allowed = "2018-03-15"', "allowed is a list"),
        (AT + "#+ allowed = []", "allowed is a list"),
        (AT + '#+ allowed = ["2018-03-15", "2018"]', '"2018" is not a day such as 2018-03-15'),
        (AT + '#+ allowed = ["2018-03-15"]\n#+ default = "2018-03-16"', '"2018-03-16" is not one of 2018-03-15'),
        (WHO + '#+ class = "Person"', 'the class "Person" is no prefixed name'),
        (WHO + '#+ class = ["wd:Q5", "unknown:Person"]', 'the class "unknown:Person" is no prefixed name'),
        (WHO + '#+ default = "somebody"', '"somebody" is not a thing that the data know'),
        (TITLES + "#+ title", "not TOML"),
    ],
)
def test_a_wrong_header_is_an_error_that_names_file_and_fault(header: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=fault) as caught:
        read(f"{header}\nASK WHERE {{}}", tmp_path)
    assert caught.value.path == tmp_path / "example.rq"


def test_a_file_that_is_not_utf8_and_a_folder_are_errors_that_name_them(tmp_path: Path) -> None:
    (tmp_path / "latin.rq").write_bytes(f"{TITLES}# Müller\nASK WHERE {{}}".encode("latin-1"))
    (tmp_path / "folder.rq").mkdir()
    for name, fault in (
        ("latin.rq", ":3: the file is not UTF-8"),
        ("folder.rq", ": the file cannot be read: Is a directory"),
    ):
        with pytest.raises(ContentError, match=f"{name}{fault}"):
            read_query(tmp_path / name, PREFIXES)


def test_a_stored_query_keeps_the_limits_of_every_query(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"example\.rq: The query has 201 brackets"):
        read(f"{TITLES}ASK WHERE {'{' * 201}{'}' * 201}", tmp_path)


def test_an_update_is_no_stored_query(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="read only"):
        read(f"{TITLES}INSERT DATA {{}}", tmp_path)


def test_the_queries_of_the_content_are_read_in_order_and_found_by_name(content: Content) -> None:
    queries = StoredQueries(content)
    assert queries.all()[0].folder == "examples"
    assert queries.find("who-led").parameters["at"].default
    with pytest.raises(UnknownQueryError):
        queries.find("nix")


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (TITLES + DESCRIPTIONS, 'needs "#\\+ subject", one of offices, time'),
        (TITLES + DESCRIPTIONS + '#+ subject = "sports"', 'needs "#\\+ subject"'),
        (TITLES + '#+ subject = "time"', "description.de"),
    ],
)
def test_an_example_has_a_subject_and_a_description(header: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    with pytest.raises(ContentError, match=fault):
        read(f"{header}\nASK WHERE {{}}", tmp_path / "examples")


def test_every_subject_has_a_heading_and_every_query_is_under_one(content: Content) -> None:
    queries = StoredQueries(content)
    grouped = queries.by_subject()
    assert sorted(query.name for group in grouped.values() for query in group) == sorted(
        query.name for query in queries.all()
    )
    assert {*SUBJECTS, "competency"} == set(grouped)
    for subject in grouped:
        assert Words("de")[f"subject_{subject}"] != Words("en")[f"subject_{subject}"]


def test_only_what_is_allowed_is_an_argument(tmp_path: Path) -> None:
    query = read(f'{AT}#+ allowed = ["2018-03-15", "2018-03-16"]\nASK WHERE {{}}', tmp_path)
    assert query.terms({"at": "2018-03-16"}, PREFIXES, BASE)
    with pytest.raises(ArgumentError, match=r"expected is one of 2018-03-15, 2018-03-16\.$"):
        query.terms({"at": "2018-03-17"}, PREFIXES, BASE)


def test_an_allowed_thing_may_be_written_in_any_way(tmp_path: Path) -> None:
    query = read(f'{WHO}#+ allowed = ["person/ada"]\nASK WHERE {{}}', tmp_path)
    for value in ("person/ada", "person:ada", f"{BASE}id/person/ada"):
        assert query.terms({"who": value}, PREFIXES, BASE) == {"who": ox.NamedNode(f"{BASE}id/person/ada")}


@pytest.mark.parametrize(
    "value",
    ["person/nobody", "place/berlin", "wd:Q64", "http://example.org/x", "mkg:Person", "tenure:land-berlin-member"],
)
def test_a_thing_that_the_data_do_not_know_as_such_is_refused(
    value: str, content: Content, opened: OpenRelease
) -> None:
    with pytest.raises(ArgumentError, match="expected is a thing that the data know as foaf:Agent") as caught:
        StoredQueries(content).find("roles-of").bindings({"thing": value}, opened)
    assert (caught.value.parameter, caught.value.value) == ("thing", value)


def test_a_thing_of_no_particular_class_must_be_known_too(content: Content, opened: OpenRelease) -> None:
    query = StoredQueries(content).find("03-roles-in-order")
    assert query.bindings({"holder": "place/berlin"}, opened)
    with pytest.raises(ArgumentError, match="a thing that the data know, such as"):
        query.bindings({"holder": "place/nowhere"}, opened)


def test_a_thing_of_either_of_two_classes_fits(content: Content, opened: OpenRelease) -> None:
    query = StoredQueries(content).find("state-at")
    for thing in ("person/michael-mueller", "event/hlpf-2018", "founding/metropolis"):
        assert query.bindings({"thing": thing}, opened)


def test_every_default_and_every_allowed_thing_is_known_to_the_data(content: Content, opened: OpenRelease) -> None:
    values = [
        (query, name, value)
        for query in StoredQueries(content).all()
        for name, parameter in query.parameters.items()
        for value in {parameter.default or "", *parameter.allowed} - {""}
    ]
    assert len(values) > 100
    for query, name, value in values:
        assert query.bindings({name: value}, opened)


def test_an_example_about_any_organisation_does_not_speak_of_the_default_one(content: Content) -> None:
    for query in StoredQueries(content).all():
        if query.folder == "examples" and "organisation" in query.parameters:
            said = [*query.titles.values(), *query.descriptions.values()]
            assert not [text for text in said if "Metropolis" in text], query.name


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_parameter_says_what_it_expects(content: Content, language: str) -> None:
    for query in StoredQueries(content).all():
        for parameter in query.parameters.values():
            assert not set("{}") & set(parameter.expected_in(language))


def test_a_thing_is_named_by_kind_and_slug_prefix_or_iri() -> None:
    assert read_thing("person/ada", PREFIXES, BASE) == read_thing("person:ada", PREFIXES, BASE)
    with pytest.raises(ValueError, match="ada"):
        read_thing("ada", PREFIXES, BASE)
