"""How certain a query calls a tenure on a day, held against the same computed in Python, on every day that matters."""

from collections.abc import Iterator
from datetime import date, timedelta

import pyoxigraph as ox
import pytest

from engines import Ask, read_answer
from metropolis_kg.model.bounds import Bounds
from metropolis_kg.store.protocol import RESULTS_JSON
from metropolis_kg.store.release import OpenRelease

BOUNDS = """SELECT ?tenure ?startEarliest ?startLatest ?endEarliest ?endLatest ?attestedUntil WHERE {
  ?tenure a mkg:Tenure .
  OPTIONAL { ?tenure time:hasTime/mkg:startEarliest ?startEarliest }
  OPTIONAL { ?tenure time:hasTime/mkg:startLatest ?startLatest }
  OPTIONAL { ?tenure time:hasTime/mkg:endEarliest ?endEarliest }
  OPTIONAL { ?tenure time:hasTime/mkg:endLatest ?endLatest }
  OPTIONAL { ?tenure time:hasTime/mkg:attestedUntil ?attestedUntil }
}"""
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def tenures(opened: OpenRelease) -> dict[str, Bounds]:
    """Every tenure of the release, with its bounds."""
    rows = read_answer(opened.service.query(BOUNDS, RESULTS_JSON)).rows
    return {tenure.value: Bounds(*(_day(cell.value) for cell in days)) for tenure, *days in rows}


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def certainty(bounds: Bounds, day: date) -> str:
    """Return the word for a tenure on a day; empty where it is excluded or nothing is known."""
    certain, last_known = bounds.certain(), bounds.last_known()
    if certain and certain[0] <= day <= certain[1]:
        return "certain"
    if any(first <= day <= last for first, last in bounds.possible()):
        return "possible"
    return "last known" if last_known and last_known < day else ""


def days_that_matter(tenures: dict[str, Bounds]) -> Iterator[date]:
    """Yield every bound, the days before and after it, and days far from any."""
    known = {day for bounds in tenures.values() for day in vars(bounds).values() if day}
    around = {day + step for day in known for step in (-DAY, 0 * DAY, DAY)}
    yield from sorted(around | {date(1900, 1, 1), date(2050, 1, 1)})


def test_what_was_so_on_a_day_is_what_the_bounds_say(tenures: dict[str, Bounds], ask: Ask, opened: OpenRelease) -> None:
    things = ("organisation/metropolis", "organisation/land-berlin", "organisation/referat-internationales")
    for day in days_that_matter(tenures):
        answers = (ask("state-at", thing=thing, at=day.isoformat()) for thing in things)
        said = {row[3].value: row[0].value for answer in answers for row in answer.rows if "/tenure/" in row[3].value}
        expected = {tenure: certainty(bounds, day) for tenure, bounds in tenures.items()}
        assert said == {tenure: word for tenure, word in expected.items() if word}, day


def test_the_stretches_of_a_tenure_cover_the_days_that_the_bounds_say(tenures: dict[str, Bounds], ask: Ask) -> None:
    for tenure, bounds in tenures.items():
        rows = [[cell.value for cell in row] for row in ask("07-certainty-over-time", tenure=tenure).rows]
        for day in days_that_matter(tenures):
            assert [row[0] for row in rows if _within(day.isoformat(), *row[1:])] == (
                [certainty(bounds, day)] if certainty(bounds, day) else []
            ), (tenure, day)


def _within(day: str, first: str, after: str, last: str, before: str) -> bool:
    return (first <= day if first else after < day) and (not last or day <= last) and (not before or day < before)


HELD = "SELECT ?holder ?role WHERE { ?claim org:member ?holder ; org:role ?role }"


def test_a_gap_lies_between_days_that_are_certain(ask: Ask, opened: OpenRelease) -> None:
    organisation = {"organisation": "organisation/metropolis"}
    rows = [[cell.value for cell in row] for row in ask("gaps", **organisation).rows]
    assert rows
    for _, last_day, _, first_day, _, claim, later_claim in rows:
        for day, tenure in ((last_day, claim), (first_day, later_claim)):
            bindings = {"claim": ox.NamedNode(tenure)}
            [held] = read_answer(opened.service.query(HELD, RESULTS_JSON, bindings=bindings)).rows
            arguments = {"holder": held[0].value, "role": held[1].value, "at": day} | organisation
            assert ask("was-certain", **arguments).rows[0][0].value == "true", (day, tenure)
