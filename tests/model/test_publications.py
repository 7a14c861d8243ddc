"""Publications: what readers have seen, which of them have a thing, when a thing went."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from metropolis_kg.model.publications import (
    Publication,
    having,
    next_time,
    of_one_base,
    removal,
    until,
)

START = datetime(2026, 11, 25, 12, tzinfo=UTC)


def publication(number: int, digest: str, *, base: str = "http://x/", **changed: tuple[str, ...]) -> Publication:
    return Publication(number, digest, START + timedelta(hours=number), base, **changed)


FIRST = publication(1, "aa", created=("id/a", "id/b"))
SECOND = publication(2, "bb", created=("id/c",), updated=("id/a",), removed=("id/b",))
BACK = publication(3, "aa", created=("id/b",), updated=("id/a",), removed=("id/c",))
ALL = (FIRST, SECOND, BACK)


@pytest.mark.parametrize(
    ("digest", "seen"), [("aa", ALL), ("bb", (FIRST, SECOND)), (None, ALL), ("what nobody noted", ALL)]
)
def test_what_was_noted_but_never_published_is_not_seen(digest: str | None, seen: tuple[Publication, ...]) -> None:
    assert until(ALL, digest) == seen


def test_another_base_starts_anew() -> None:
    moved, later = publication(4, "cc", base="http://y/"), publication(5, "dd", base="http://y/")
    assert of_one_base((*ALL, moved, later)) == (moved, later)
    assert of_one_base(ALL) == ALL
    assert of_one_base(()) == ()


@pytest.mark.parametrize(
    ("thing", "found"), [("id/a", ALL), ("id/b", (FIRST, BACK)), ("id/c", (SECOND,)), ("id/d", ())]
)
def test_a_thing_is_in_the_publications_that_have_it(thing: str, found: tuple[Publication, ...]) -> None:
    assert having(ALL, thing) == found


def test_a_thing_that_is_gone_was_last_in_one_publication_and_missing_from_the_next() -> None:
    gone = removal(ALL, "id/c")
    assert gone is not None
    assert (gone.last, gone.gone) == (SECOND, BACK)
    assert [removal(ALL, thing) for thing in ("id/a", "id/b", "id/d")] == [None] * 3
    assert removal((), "id/a") is None


def test_times_are_in_utc_to_the_second_and_increase_even_where_the_clock_does_not() -> None:
    berlin = datetime(2026, 11, 25, 20, 0, 0, 999, tzinfo=timezone(timedelta(hours=1)))
    assert next_time(berlin, None).isoformat() == "2026-11-25T19:00:00+00:00"
    assert next_time(berlin, FIRST).isoformat() == "2026-11-25T19:00:00+00:00"
    assert next_time(FIRST.published, FIRST) == FIRST.published + timedelta(seconds=1)
    assert next_time(START, BACK) == BACK.published + timedelta(seconds=1)
