"""Reading a query by its words: what hides in comments, strings, IRIs and names is not a word."""

import re
import time

import pyoxigraph as ox
import pytest

from metropolis_kg.store.protocol import QueryMalformedError
from metropolis_kg.store.query_text import dataset_clause, first_keyword, position, tokens, with_bindings


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
    ("query", "default", "named"),
    [
        ("SELECT * FROM <http://a/> WHERE {}", ["http://a/"], []),
        ("SELECT * from named ex:b from ex:c WHERE {}", ["http://example.org/c"], ["http://example.org/b"]),
        ("BASE <http://b/x> PREFIX ex: <y#> ASK FROM ex:a FROM <../c> {}", ["http://b/y#a", "http://b/c"], []),
        ('SELECT * WHERE { ?from <http://a/FROM> "FROM", ex:from, "x"@from } # FROM ex:a', [], []),
        ("SELECT * WHERE { FILTER(?a < ?b) } # FROM <x>", [], []),
        ("SELECT (1<2&&0.5<RAND()&&2>1 AS ?x) FROM ex:a {}", ["http://example.org/a"], []),
        (
            "SELECT * FROM <http://a/\\u0062> FROM <http://a/?> FROM <http://a/../#> {}",
            ["http://a/b", "http://a/?", "http://a/../#"],
            [],
        ),
        ("PREFIX p: <http://a/\\u0070#> ASK FROM p:x {}", ["http://a/p#x"], []),
        (
            "ASK FROM ex:Mu\u0308nchen FROM ex:a·b FROM <http://ex℀mple.org/g> {}",
            ["http://example.org/Mu\u0308nchen", "http://example.org/a·b", "http://ex℀mple.org/g"],
            [],
        ),
        ("SELECT * WHERE { ?s ?p '''it's ' FROM''' , \"\"\"a \"\" FROM\"\"\" }", [], []),
    ],
)
def test_a_dataset_is_named_by_the_word_from_alone(query: str, default: list[str], named: list[str]) -> None:
    assert dataset_clause(query, {"ex": "http://example.org/"}, "") == (default, named)


def test_a_dataset_named_by_an_unknown_prefix_is_malformed_there() -> None:
    with pytest.raises(QueryMalformedError, match="line 2, column 6"):
        dataset_clause("SELECT *\nFROM other:a {}", {}, "")


def test_a_dataset_named_by_what_is_no_iri_is_malformed_there() -> None:
    with pytest.raises(QueryMalformedError, match="line 1, column 10: “<//\\[bad/>” is no IRI"):
        dataset_clause("ASK FROM <//[bad/> {}", {}, "http://a/")


@pytest.mark.parametrize(
    "expression",
    [
        "1<'>'",
        "?x<'>'",
        "'a'<'>'",
        "'a'@en<'>'",
        "true<'>'",
        "ex:a<'>'",
        "<http://a/><'>'",
        "?xu\u0308<'>'",
        "ex:a\\'<'>'",
        "EXISTS {}<'>'",
        "STR(?o)<'>'",
        "ex:f((1),2<'>')",
        "<<( ?s <#p> ?o )>><'>'",
        "?x = <#b> && 1<'>'",
    ],
)
@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?s ?p ?o FILTER(EXPR) }",
        "ASK { ?s ?p (1 2) FILTER ex:f(EXPR) }",
        "SELECT ?s (EXPR AS ?z) {} ORDER BY ?s (EXPR) HAVING (EXPR) (EXPR)",
        "ASK { { SELECT ?s (EXPR AS ?z) { ?s ?p ?o } GROUP BY ?s (EXPR AS ?y) } BIND(EXPR AS ?x) }",
        "ASK { FILTER(?s IN (1, EXPR)) }",
    ],
)
def test_after_an_operand_less_than_is_no_iri(query: str, expression: str) -> None:
    text = query.replace("EXPR", expression)
    pieces = list(tokens(text))
    assert ["'>'"] * text.count("<'>'") == [each.text for each in pieces if each.text == "'>'"]
    assert sum(each.is_doubtful for each in pieces) >= text.count("<'>'")


@pytest.mark.parametrize(
    "query",
    [
        "BASE <http://a/> PREFIX : <#> ASK { ?s <#b>|<c'd> 'x' ; <#e> <o'f> FILTER(?x < '>' && <#a> = ?x) }",
        "ASK { VALUES (?a ?b) { (<http://a/o'b#c> <http://a/#>) (1 <http://a/'>) } FILTER(?a IN (<#a>, <'b>)) }",
        "ASK { VALUES (?s ?o) { (<#a> <#b>) (UNDEF <#c>) (1 <mailto:o'brien@b.c>) } ?s ?p (<#a> <#b> 'x' <#c>) }",
        "ASK { <<( <#a> <#b> <#c> )>> ?p ?o FILTER(?x > <#b>) ?s a (<a> <#b>) ; (<a>|<#b>) (<#c>) }",
        "SELECT (COUNT(DISTINCT <#b>) AS ?n) { { SELECT * { ?s ?p (1 <#b>) } } ?s ?p ('x' <#b>) }",
    ],
)
def test_iris_in_every_usual_place_are_iris(query: str) -> None:
    pieces = list(tokens(query))
    assert "".join(piece.text for piece in pieces if piece.kind == "iri") == "".join(
        re.findall(r"<[^ <]+?>(?!')", query)
    )


def test_what_may_be_a_long_string_without_end_or_two_short_ones_is_doubtful() -> None:
    pieces = list(tokens("SELECT * { VALUES ?x { '''#(' } SERVICE <http://a.org/> {} }"))
    assert [piece.text for piece in pieces if piece.is_doubtful] == ["'''#(' } SERVICE <http://a.org/> {} }"]


@pytest.mark.parametrize("quote", ["'", '"', "'''", '"""'])
def test_a_string_that_does_not_end_goes_on_to_the_end_of_its_line_or_of_the_text(quote: str) -> None:
    last = "\n ASK" if len(quote) == 1 else " \n ASK"
    texts = [piece.text for piece in tokens(f"1 {quote}SELECT \\{quote}{last}")]
    assert texts == (
        ["1", f"{quote}SELECT \\{quote}", "ASK"] if len(quote) == 1 else ["1", f"{quote}SELECT \\{quote}{last}"]
    )


def test_a_term_goes_into_the_outermost_group_and_not_into_a_look_alike() -> None:
    query = 'SELECT ?where # WHERE {\nWHERE { ?s <http://a/WHERE{> "WHERE {" }'
    bound = with_bindings(query, {"at": ox.Literal("x")})
    assert bound == 'SELECT ?where # WHERE {\nWHERE { VALUES ?at { "x" } ?s <http://a/WHERE{> "WHERE {" }'


def test_a_query_without_a_place_for_its_parameter_is_refused() -> None:
    with pytest.raises(QueryMalformedError, match="WHERE"):
        with_bindings("ASK { FILTER(?at = 1) }", {"at": ox.Literal(1)})


@pytest.mark.alone
def test_quadratic_input_is_read_in_no_time() -> None:
    for piece in (
        r'\"""',
        r"\'''",
        '"""',
        '"""a',
        '"\\',
        "'\\",
        '"""\\"',
        "<",
        "<a",
        "'a\"",
        "\\",
        "a-",
        "a.b-",
        "a:",
        "?",
        "1.",
        "#",
        "@a-",
    ):
        started = time.monotonic()
        for _ in tokens(piece * 20_000):
            pass
        assert time.monotonic() - started < 1, f"20,000 times {piece} takes too long"


def test_places_are_counted_from_one() -> None:
    assert position("ab\ncd", 0) == (1, 1)
    assert position("ab\ncd", 4) == (2, 2)
