"""Reading a query by its words: what hides in comments, strings, IRIs and names is not a word."""

import pyoxigraph as ox
import pytest

from metropolis_kg.store.protocol import QueryMalformedError
from metropolis_kg.store.query_text import first_keyword, names_its_dataset, position, tokens, with_bindings


@pytest.mark.parametrize(
    ("query", "keyword"),
    [
        ("select * where {}", "SELECT"),
        ("# CONSTRUCT\nASK{}", "ASK"),
        ("PREFIX select: <http://a/ask#> DESCRIBE select:it", "DESCRIBE"),
        ("BASE <http://a/#construct> CONSTRUCT WHERE {}", "CONSTRUCT"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE"),
        ("", None),
    ],
)
def test_the_form_is_the_first_word_after_the_prologue(query: str, keyword: str | None) -> None:
    token = first_keyword(query)
    assert (token and token.text) == keyword


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("SELECT * FROM <http://a/> WHERE {}", True),
        ("SELECT * from named <http://a/> WHERE {}", True),
        ('SELECT * WHERE { ?from <http://a/FROM> "FROM", a:from, "x"@from } # FROM', False),
        ("SELECT * WHERE { FILTER(?a < ?b) } # FROM <x>", False),
        ("SELECT * WHERE { ?s ?p '''it's ' FROM''' , \"\"\"a \"\" FROM\"\"\" }", False),
    ],
)
def test_a_dataset_is_named_by_the_word_from_alone(query: str, named: bool) -> None:
    assert names_its_dataset(query) is named


def test_a_term_goes_into_the_outermost_group_and_not_into_a_look_alike() -> None:
    query = 'SELECT ?where # WHERE {\nWHERE { ?s <http://a/WHERE{> "WHERE {" }'
    bound = with_bindings(query, {"at": ox.Literal("x")})
    assert bound == 'SELECT ?where # WHERE {\nWHERE { VALUES (?at) {("x")} ?s <http://a/WHERE{> "WHERE {" }'


def test_a_query_without_a_place_for_its_parameter_is_refused() -> None:
    with pytest.raises(QueryMalformedError, match="WHERE"):
        with_bindings("ASK { FILTER(?at = 1) }", {"at": ox.Literal(1)})


def test_quadratic_input_is_read_in_no_time() -> None:
    assert sum(1 for _ in tokens('"""' * 20_000 + "<" * 20_000 + "\\" * 20_000)) > 0


def test_places_are_counted_from_one() -> None:
    assert position("ab\ncd", 0) == (1, 1)
    assert position("ab\ncd", 4) == (2, 2)
