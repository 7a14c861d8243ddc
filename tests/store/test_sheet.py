"""Answers have a most of rows and bytes, counted exactly whatever they say."""

import pyoxigraph as ox
import pytest

from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.protocol import AnswerTooLargeError, QueryRefusedError, Question
from metropolis_kg.store.recipe import Limits
from metropolis_kg.store.results import RESULT_FORMATS
from metropolis_kg.store.sheet import SMALL, Sheet

BASE = "http://base.example/"
CONFUSING = ["},{", "}},{", "<result>", "a\nb", "\r\n", '"', '","', "\t", ",", "\\n", ""]
STORE = EmbeddedStore(ox.Store(), {}, BASE)


def rows(count: int) -> str:
    """Return a query with so many rows, whose values look like the ends of rows."""
    values = " ".join(f"({ox.Literal(CONFUSING[n % len(CONFUSING)])} {n} UNDEF)" for n in range(count))
    return f"SELECT * WHERE {{ VALUES (?a ?b ?c) {{ {values} }} }}"


def written(query: str, media_type: str, limits: Limits) -> Sheet:
    """Return the finished sheet with the answer to ``query``."""
    sheet = Sheet(media_type, limits)
    STORE.write(Question(query, media_type), sheet)
    sheet.finish()
    return sheet


@pytest.mark.parametrize("media_type", RESULT_FORMATS)
@pytest.mark.parametrize("limit", [1, 22, 100])
def test_exactly_as_many_rows_as_the_limit_are_answered_and_no_more(media_type: str, limit: int) -> None:
    whole = written(rows(limit), media_type, Limits(rows=limit))
    assert whole.read() == STORE.query(rows(limit), media_type)
    with pytest.raises(AnswerTooLargeError, match=f"more than {limit} rows"):
        written(rows(limit + 1), media_type, Limits(rows=limit))


@pytest.mark.parametrize("media_type", RESULT_FORMATS)
def test_rows_without_any_value_count_as_well(media_type: str) -> None:
    empty = f"SELECT ?a WHERE {{ VALUES ?b {{ {'1 ' * 50} }} }}"
    assert written(empty, media_type, Limits(rows=50)).size
    with pytest.raises(AnswerTooLargeError):
        written(empty, media_type, Limits(rows=49))


def test_triples_count_as_rows() -> None:
    construct = f"CONSTRUCT {{ <a:a> <a:b> ?b }} WHERE {{ VALUES ?b {{ {' '.join(map(str, range(30)))} }} }}"
    assert written(construct, "application/n-triples", Limits(rows=30)).read().count(b"\n") == 30
    with pytest.raises(AnswerTooLargeError):
        written(construct, "application/n-triples", Limits(rows=29))


def test_an_answer_that_grows_beyond_its_bytes_is_stopped_while_it_is_written() -> None:
    endless = f"SELECT * WHERE {{ {' '.join(f'VALUES ?v{n} {{ 1 2 3 4 5 6 7 8 9 10 }}' for n in range(12))} }}"
    with pytest.raises(AnswerTooLargeError, match="more than 1 megabytes"):
        written(endless, "text/csv", Limits(megabytes=1))


def test_rows_with_a_value_of_any_length_are_counted() -> None:
    query = f"SELECT * WHERE {{ VALUES (?a ?b) {{ ('{'x' * 200_000}\\n\\n\\n\\n' 1) (1 2) }} }}"
    assert written(query, "text/csv", Limits(rows=2)).size > 200_000
    with pytest.raises(AnswerTooLargeError):
        written(query, "text/csv", Limits(rows=1))


@pytest.mark.parametrize("character", ["\\u0001", "\\u001F", "\\uFFFE"])
def test_an_answer_that_xml_has_no_characters_for_is_refused(character: str) -> None:
    query = f"SELECT ('{character}' AS ?a) WHERE {{}}"
    assert written(query, "text/csv", Limits()).size
    with pytest.raises(QueryRefusedError, match="XML"):
        written(query, "application/sparql-results+xml", Limits())


def test_such_a_character_is_found_between_two_pieces_of_an_answer() -> None:
    sheet = Sheet("application/sparql-results+xml", Limits())
    sheet.write(b"<literal>\xef\xbf")
    with pytest.raises(QueryRefusedError, match="XML"):
        sheet.write(b"\xbe</literal>")


@pytest.mark.parametrize("size", [0, SMALL - 1, SMALL, SMALL + 1, 1 << 20])
def test_what_is_written_is_read_again_however_large(size: int) -> None:
    with Sheet("application/octet-stream", Limits()) as sheet:
        for _ in range(4):
            sheet.write(b"x" * (size // 4))
        sheet.write(b"end")
        assert sheet.read() == b"x" * (size // 4 * 4) + b"end"
        assert bool(sheet.descriptors) == (sheet.size > SMALL)
