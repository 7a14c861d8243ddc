"""Stored queries: headers, parameters, arguments."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.errors import ContentError
from metropolis_kg.model.namespaces import read_prefixes
from metropolis_kg.publication.stored_queries import (
    ArgumentError,
    StoredQueries,
    UnknownQueryError,
    read_query,
    read_thing,
)
from metropolis_kg.store.protocol import Term
from metropolis_kg.store.release import OpenRelease

BASE = "http://localhost:8000/"
PREFIXES = {"person": f"{BASE}id/person/", "wd": "http://www.wikidata.org/entity/"}
TITLES = '#+ title.en = "T"\n#+ title.de = "T"\n'
TYPES = ("date", "thing", "text", "integer", "language")
EVERY_TYPE = TITLES + "".join(f'#+ [parameters.{each}]\n#+ type = "{each}"\n' for each in TYPES) + "ASK WHERE {}"


def query_of(text: str, folder: Path) -> Path:
    """Write a query file."""
    path = folder / "example.rq"
    path.write_text(text, encoding="utf-8")
    return path


def bound(value: str, kind: str, folder: Path) -> Term:
    """Return the term that an argument becomes."""
    release = OpenRelease(service=None, base=BASE, prefixes=PREFIXES)  # type: ignore[arg-type] # nothing is asked
    terms = read_query(query_of(EVERY_TYPE, folder)).bindings({kind: value}, release)
    return terms[kind]


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
        (TITLES + '#+ [parameters.at]\n#+ type = "day"', "needs a type"),
        (TITLES + '#+ [parameters.at]\n#+ type = "date"\n#+ nix = 1', "unknown key nix"),
        (TITLES + '#+ [parameters.format]\n#+ type = "text"', "cannot be called format"),
        (TITLES + "#+ title", "not TOML"),
    ],
)
def test_a_wrong_header_is_an_error_that_names_file_and_fault(header: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=fault) as caught:
        read_query(query_of(f"{header}\nASK WHERE {{}}", tmp_path))
    assert caught.value.path == tmp_path / "example.rq"


def test_a_file_that_is_not_utf8_and_a_folder_are_errors_that_name_them(tmp_path: Path) -> None:
    (tmp_path / "latin.rq").write_bytes(f"{TITLES}# Müller\nASK WHERE {{}}".encode("latin-1"))
    (tmp_path / "folder.rq").mkdir()
    for name, fault in (
        ("latin.rq", ":3: the file is not UTF-8"),
        ("folder.rq", ": the file cannot be read: Is a directory"),
    ):
        with pytest.raises(ContentError, match=f"{name}{fault}"):
            read_query(tmp_path / name)


def test_a_stored_query_keeps_the_limits_of_every_query(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"example\.rq: The query has 201 brackets"):
        read_query(query_of(f"{TITLES}ASK WHERE {'{' * 201}{'}' * 201}", tmp_path))


def test_an_update_is_no_stored_query(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="read only"):
        read_query(query_of(f"{TITLES}INSERT DATA {{}}", tmp_path))


def test_the_queries_of_the_content_are_read_in_order_and_found_by_name(content: Content) -> None:
    queries = StoredQueries(content)
    assert queries.all()[0].folder == "examples"
    assert queries.find("who-led").parameters["at"].default
    with pytest.raises(UnknownQueryError):
        queries.find("nix")


def test_every_default_is_a_valid_argument(content: Content) -> None:
    prefixes = read_prefixes(content.prefixes_file)
    parameters = [each for query in StoredQueries(content).all() for each in query.parameters.values()]
    defaults = [each.term(each.default, prefixes, BASE) for each in parameters if each.default]
    assert len(defaults) > 20
    assert any(isinstance(term, ox.NamedNode) for term in defaults)


def test_a_thing_is_named_by_kind_and_slug_prefix_or_iri() -> None:
    assert read_thing("person/ada", PREFIXES, BASE) == read_thing("person:ada", PREFIXES, BASE)
    with pytest.raises(ValueError, match="ada"):
        read_thing("ada", PREFIXES, BASE)
