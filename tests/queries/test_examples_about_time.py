"""Examples about time on cases that the real data do not have."""

import csv
import io
from collections.abc import Mapping

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.store.query_text import with_bindings
from metropolis_kg.store.release import OpenRelease

Bounds = Mapping[str, str]


class Tenures:
    """A store of tenures at the head of one organisation, to be asked."""

    def __init__(self, opened: OpenRelease, content: Content) -> None:
        self._release, self._stored, self._store = opened, StoredQueries(content), ox.Store()
        self.state("role:president mkg:headsOrganisation true")
        self.state("graph:g mkg:source source:s")

    def state(self, turtle: str) -> None:
        prefixes = "".join(f"@prefix {name}: <{space}> .\n" for name, space in self._release.prefixes.items())
        graph = ox.NamedNode(self._release.iri("graph/g"))
        self._store.load(f"{prefixes}{turtle} .".encode(), format=ox.RdfFormat.TURTLE, to_graph=graph)

    def add(self, name: str, **bounds: str) -> None:
        """Add the tenure of a person whose interval has these bounds."""
        said = "".join(f' ; mkg:{bound} "{day}"^^xsd:date' for bound, day in bounds.items())
        self.state(f"person:{name} rdfs:label '{name}'@en")
        self.state(
            f"tenure:{name} a mkg:Tenure ; org:organization organisation:metropolis ; org:role role:president ; "
            f"org:member person:{name} ; mkg:evidence evidence:{name} ; time:hasTime tenure:{name}-time"
        )
        self.state(f"tenure:{name}-time a time:Interval{said}")

    def ask(self, name: str, **arguments: str) -> list[dict[str, str]]:
        query = self._stored.find(name)
        terms = query.terms(arguments, self._release.prefixes, self._release.base)
        found = self._store.query(
            with_bindings(query.text, terms), prefixes=dict(self._release.prefixes), use_default_graph_as_union=True
        )
        written = found.serialize(format=ox.QueryResultsFormat.CSV) or b""
        return list(csv.DictReader(io.StringIO(written.decode())))


def days(start: str, end: str) -> Bounds:
    """Return the bounds of what is dated to the day."""
    return {"startEarliest": start, "startLatest": start, "endEarliest": end, "endLatest": end}


@pytest.fixture
def tenures(opened: OpenRelease, content: Content) -> Tenures:
    """No tenure yet."""
    return Tenures(opened, content)


def test_days_between_two_dated_tenures_are_a_certain_gap_and_no_succession(tenures: Tenures) -> None:
    tenures.add("ada", **days("2001-01-01", "2001-06-30"))
    tenures.add("bo", **days("2001-07-02", "2002-01-01"))
    (gap,) = tenures.ask("gaps")
    assert (gap["earlier"], gap["lastDay"], gap["gap"], gap["firstDay"], gap["later"]) == (
        "ada", "2001-06-30", "certain", "2001-07-02", "bo",
    )  # fmt: skip
    assert tenures.ask("succession") == []


@pytest.mark.parametrize("start", ["2001-07-01", "2001-06-30"])
def test_who_begins_on_the_same_or_the_next_day_follows_without_a_gap(tenures: Tenures, start: str) -> None:
    tenures.add("ada", **days("2001-01-01", "2001-06-30"))
    tenures.add("bo", **days(start, "2002-01-01"))
    assert tenures.ask("gaps") == []
    (pair,) = tenures.ask("succession")
    assert (pair["earlier"], pair["how"], pair["later"]) == ("ada", "dates meet", "bo")


def test_the_turn_of_a_leap_year_leaves_no_gap(tenures: Tenures) -> None:
    tenures.add("ada", **days("2000-01-01", "2000-02-29"))
    tenures.add("bo", **days("2000-03-01", "2000-12-31"))
    tenures.add("cy", **days("2001-01-01", "2002-01-01"))
    assert tenures.ask("gaps") == []
    assert len(tenures.ask("succession")) == 2


def test_a_third_who_bridges_two_leaves_no_gap_between_them(tenures: Tenures) -> None:
    tenures.add("ada", **days("2001-01-01", "2001-06-30"))
    tenures.add("bo", **days("2002-01-01", "2002-06-30"))
    assert len(tenures.ask("gaps")) == 1
    tenures.add("cy", **days("2001-03-01", "2002-03-01"))
    assert tenures.ask("gaps") == []


def test_a_third_in_between_divides_the_gap(tenures: Tenures) -> None:
    tenures.add("ada", **days("2001-01-01", "2001-06-30"))
    tenures.add("bo", **days("2003-01-01", "2003-06-30"))
    tenures.add("cy", **days("2002-01-01", "2002-06-30"))
    assert [(row["earlier"], row["later"]) for row in tenures.ask("gaps")] == [("ada", "cy"), ("cy", "bo")]


SOME_DAY = {"startEarliest": "2001-07-01", "startLatest": "2001-12-31"}


@pytest.mark.parametrize(
    "bounds",
    [
        SOME_DAY,
        {"endEarliest": "2001-07-01", "endLatest": "2001-12-31"},
        {**SOME_DAY, "endEarliest": "2001-07-01", "endLatest": "2001-12-31"},
        {"startEarliest": "2001-08-01", "startLatest": "2001-08-01"},
    ],
)
def test_somebody_of_whom_no_day_is_certain_leaves_the_gap_unknown(tenures: Tenures, bounds: Bounds) -> None:
    tenures.add("ada", **days("2001-01-01", "2001-06-30"))
    tenures.add("bo", **days("2002-01-01", "2002-06-30"))
    tenures.add("cy", **bounds)
    (gap,) = tenures.ask("gaps")
    assert (gap["lastDay"], gap["gap"], gap["firstDay"]) == ("2001-06-30", "unknown", "2002-01-01")


def test_what_changes_on_the_first_or_last_day_asked_about_changes_within_it(tenures: Tenures) -> None:
    tenures.add("ada", **days("2001-01-01", "2001-06-30"))
    period = {"from": "2001-01-01", "until": "2001-06-30"}
    assert [(row["change"], row["certainty"]) for row in tenures.ask("changes", **period)] == [
        ("begins", "certain"),
        ("ends", "certain"),
    ]
    assert tenures.ask("changes", **{"from": "2001-01-02", "until": "2001-06-29"}) == []


@pytest.mark.parametrize(
    ("at", "certainty"),
    [("2001-01-01", "possible"), ("2001-02-01", "certain"), ("2001-06-30", "certain"), ("2001-07-31", "possible")],
)
def test_a_role_is_certain_between_the_inner_bounds_only(tenures: Tenures, at: str, certainty: str) -> None:
    tenures.add(
        "ada", startEarliest="2001-01-01", startLatest="2001-01-31", endEarliest="2001-07-01", endLatest="2001-07-31"
    )
    (row,) = tenures.ask("who-held", role="role/president", at=at)
    assert row["certainty"] == certainty
    within = tenures.ask("roles-between", **{"from": at, "until": at})
    assert [each["certainty"] for each in within] == [certainty]


def test_a_year_and_a_day_lasts_366_days(tenures: Tenures) -> None:
    tenures.add("ada", **days("2001-01-01", "2002-01-01"))
    (row,) = tenures.ask("longest-tenures")
    assert (row["daysAtLeast"], row["daysAtMost"]) == ("366", "366")
