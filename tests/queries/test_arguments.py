"""Row Q14: an argument is a term, whatever it is made of; on our own store and on a SPARQL server."""

import json
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engines import Ask
from metropolis_kg.publication.executables import runnable
from metropolis_kg.publication.stored_queries import ArgumentError, StoredQuery, read_query
from metropolis_kg.store.protocol import RESULTS_JSON
from metropolis_kg.store.query_text import tokens
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.remote import RemoteStore

ECHO = """\
#+ title.en = "Echo"
#+ title.de = "Echo"
#+ [parameters.text]
#+ type = "text"
#+ label.en = "text"
#+ label.de = "Text"
SELECT ?text (STRLEN(?text) AS ?length) ?within WHERE {
  OPTIONAL { VALUES ?within { "a" } }
}"""

SPARQL = [
    '"', "'", '"""', "\\", "\\u0022", "\\U00000022", "\\u005C", "}", "{", ">", "<", "#", "\n", "\r", "\0", "?text",
    "@de", "^^", "SERVICE <http://127.0.0.1:1/> {}", "UNDEF", "VALUES ?text { UNDEF }", "WHERE {", "#+", "é", "😀",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    st.lists(st.sampled_from(SPARQL), min_size=1, max_size=8).map("".join),
)
MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> StoredQuery:
    """A stored query that answers with its argument."""
    path = tmp_path_factory.mktemp("queries") / "echo.rq"
    path.write_text(ECHO, encoding="utf-8")
    return read_query(path, {})


def rows(results: bytes) -> list[dict[str, Any]]:
    """Return the rows of SPARQL results JSON."""
    return list(json.loads(results)["results"]["bindings"])


def expected(text: str) -> list[dict[str, Any]]:
    """Return the one row that has ``text`` as it is, and its length in code points."""
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    length = {"type": "literal", "value": str(len(text)), "datatype": integer}
    return [{"text": {"type": "literal", "value": text}, "length": length, "within": {"type": "literal", "value": "a"}}]


@MANY
@given(TEXTS)
@example("> } SERVICE <http://127.0.0.1:1/> {")
@example("x" * 10_000)
def test_q14_any_text_comes_back_as_it_was_given(echo: StoredQuery, opened: OpenRelease, text: str) -> None:
    answer = opened.service.query(echo.text, RESULTS_JSON, bindings=echo.bindings({"text": text}, opened))
    assert rows(answer) == expected(text)


@settings(MANY, max_examples=60)
@given(TEXTS)
def test_q14_a_sparql_server_sees_the_same_text(
    echo: StoredQuery, opened: OpenRelease, endpoint: str, text: str
) -> None:
    remote = RemoteStore(endpoint, opened.prefixes, opened.base)
    answer = remote.query(echo.text, RESULTS_JSON, bindings=echo.bindings({"text": text}, opened))
    assert rows(answer) == expected(text)


@MANY
@given(TEXTS)
def test_q14_in_the_text_that_is_shown_an_argument_is_one_string(
    echo: StoredQuery, opened: OpenRelease, text: str
) -> None:
    shown = runnable(echo, echo.bindings({"text": text}, opened), opened.prefixes)
    strings = [token.text for token in tokens(shown) if token.kind == "string"]
    assert strings == [str(ox.Literal(text)), '"a"']
    assert [token.text for token in tokens(shown) if token.kind == "word"].count("SERVICE") == 0


@settings(MANY, max_examples=100)
@given(st.one_of(TEXTS, st.sampled_from(["präs", "KOPRÄSIDENT", "in", "“", "Müller", "."])))
def test_q14_the_quotes_found_are_those_that_contain_the_text(ask: Ask, opened: OpenRelease, text: str) -> None:
    every = {row[1].value for row in ask("claims-of-source").rows} | {"derzeit Interimspräsident"}
    found = {row[0].value for row in ask("quotes-with", text=text).rows}
    assert found == {quote for quote in every if text.lower() in quote.lower()}


@settings(MANY, max_examples=100)
@given(st.text(min_size=1), st.sampled_from(["thing", "at", "lang"]))
def test_q14_any_other_argument_is_a_term_or_an_argument_error(ask: Ask, text: str, parameter: str) -> None:
    refused = (parameter, text)
    try:
        ask("state-at", **{parameter: text})
    except ArgumentError as error:
        refused = (error.parameter, error.value)
    assert refused == (parameter, text)
