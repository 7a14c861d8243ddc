"""A query that an engine cannot bear is refused; comments, strings and IRIs are no reason."""

import time
from contextlib import suppress

import pytest

from metropolis_kg.store.protocol import QueryRefusedError, QueryService
from metropolis_kg.store.query_limits import LONGEST, refuse_excess

KINDS = {
    "{": lambda n: f"ASK {'{' * n}{'}' * n}",
    "(": lambda n: f"ASK {{ FILTER{'(' * (n - 1)}1{')' * (n - 1)} }}",
    "[": lambda n: f"ASK {{ {'[ ex:p ' * (n - 1)}1{']' * (n - 1)} ex:p 1 }}",
    "mixed": lambda n: f"ASK {{ {'FILTER EXISTS {' * (n - 1)}{'}' * (n - 1)} }}",
    "function": lambda n: f"ASK {{ FILTER({'STR(' * (n - 2)}1{')' * (n - 2)}) }}",
    "less than": lambda n: f"ASK {{ FILTER(1<{'(' * (n - 2)}1{')' * (n - 2)}&&3>0) }}",
    "!": lambda n: f"ASK {{ FILTER({'!' * n}1) }}",
    "! and a blank": lambda n: f"ASK {{ FILTER({'! ' * n}1) }}",
    "UNION": lambda n: f"ASK {{ {'{} union ' * n} {{}} }}",
    "OPTIONAL": lambda n: f"ASK {{ {'OPTIONAL{}' * n} }}",
    "MINUS": lambda n: f"ASK {{ {'MINUS{}' * n} }}",
    "EXISTS": lambda n: f"ASK {{ FILTER(1=1 {'&& EXISTS{}' * n}) }}",
    "AS": lambda n: f"ASK {{ {''.join(f'BIND(1 AS ?x{number})' for number in range(n))} }}",
    "||": lambda n: f"ASK {{ FILTER(1=1{' || 1=2' * n}) }}",
    "&&": lambda n: f"ASK {{ FILTER(1=1{'&&1=1' * n}) }}",
    "+": lambda n: f"ASK {{ FILTER(1{'+1' * n}) }}",
    "-": lambda n: f"ASK {{ FILTER(1{' - 1' * n}) }}",
    "*": lambda n: f"ASK {{ FILTER(1{' * 1' * n}) }}",
    "/": lambda n: f"ASK {{ ?s <a:a>{'/<a:a>' * n} ?o }}",
    "|": lambda n: f"ASK {{ ?s <a:a>{'|<a:a>' * n} ?o }}",
    "^": lambda n: f"ASK {{ VALUES ?o {{ 1 }} ?s (^<a:a>{'|^<a:a>' * (n - 1)}) ?o }}",
}
"""What can be said too often, and a query that says it so many times."""


@pytest.mark.parametrize("kind", KINDS)
def test_two_hundred_are_answered_and_more_are_refused(service: QueryService, kind: str) -> None:
    fitting = KINDS[kind](200)
    refuse_excess(fitting)
    assert service.query(fitting, "text/csv") in (b"true", b"false")
    with pytest.raises(QueryRefusedError, match=r"has 201 .*; at most 200 are taken. Ask for it in several"):
        refuse_excess(KINDS[kind](201))
    with pytest.raises(QueryRefusedError, match="at most"):
        refuse_excess(KINDS[kind](4000))


@pytest.mark.parametrize(
    "query",
    [
        "ASK {} # " + "{(! UNION || " * 4000,
        "ASK { FILTER('" + "{(! UNION || +" * 4000 + '\' = """' + "[!^\n" * 4000 + '""") }',
        "ASK { ?s <http://example.org/UNION" + "/+*-(a!)" * 20 + "> ?o }",
        "ASK { VALUES ?x {" + " <http://example.org/a_(b)/c-d/e>" * 2000 + "} }",
        "ASK { VALUES ?x {" + " '1991'^^xsd:gYear" * 2000 + "} }",
        "ASK { FILTER(" + "?a != 1 || " * 200 + "true) }",
        "ASK { ?s ex:a-b-c-d ?union, ex:UNION " + ", ex:e-f-g" * 2000 + "}",
    ],
)
def test_what_only_looks_like_it_is_not_counted(query: str) -> None:
    refuse_excess(query)


@pytest.mark.parametrize(
    "query",
    [
        "ASK {" + "{ ?s <a:)))))))> ?o " * 201 + "}" * 202,
        "ASK {" + "{ ?s <a\\u0041)))))))> ?o " * 201 + "}" * 202,
        "ASK {" + "\\u007B" * 201 + "}" * 202,
    ],
)
def test_depth_hides_neither_behind_iris_nor_behind_escapes(query: str) -> None:
    with pytest.raises(QueryRefusedError, match=r"20[12] brackets within each other"):
        refuse_excess(query)


def test_a_long_text_and_a_long_iri_are_refused() -> None:
    with pytest.raises(QueryRefusedError, match="100,007 characters; at most 100,000"):
        refuse_excess("ASK {} " + " " * LONGEST)
    with pytest.raises(QueryRefusedError, match="2,011 characters in one IRI; at most 2,000"):
        refuse_excess("ASK { ?s <http://a/" + "/1" * 1000 + "> ?o }")


def test_what_follows_less_than_is_counted_though_it_looks_like_an_iri() -> None:
    with pytest.raises(QueryRefusedError, match="1,000 times “/”"):
        refuse_excess("ASK { FILTER(1<1" + "/1" * 1000 + "&&2>1) }")
    with pytest.raises(QueryRefusedError, match="3,001 brackets"):
        refuse_excess("ASK { FILTER(1<'>') " + "{" * 3000 + "}" * 3000 + " FILTER('' != '') }")


def test_asking_many_endpoints_is_refused() -> None:
    with pytest.raises(QueryRefusedError, match="11 times “SERVICE”; at most 10"):
        refuse_excess("ASK {" + "SERVICE <http://a/> {}" * 11 + "}")


@pytest.mark.alone
def test_the_longest_query_is_counted_in_no_time() -> None:
    for piece in ("<", "<(", "{", "a:", "'", "!", "\\u0041"):
        started = time.monotonic()
        with suppress(QueryRefusedError):
            refuse_excess((piece * LONGEST)[:LONGEST])
        assert time.monotonic() - started < 2, f"{piece} again and again takes too long"
