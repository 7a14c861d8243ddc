"""The doctor against our own server: full marks, and nothing left out that can be asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from metropolis_kg.doctor.behaviours import behaviours, chosen
from metropolis_kg.doctor.client import Limits
from metropolis_kg.doctor.examination import Diagnosis, examine
from metropolis_kg.doctor.finding import Verdict
from metropolis_kg.doctor.publisher import Hints
from servers import free_port, served

PATIENT = Limits(seconds=300, seconds_each=60)
INTRUSIVE = ("Q9", "Q10", "Q11", "Q12", "G1")


def by_verdict(diagnosis: Diagnosis, verdict: Verdict) -> dict[str, object]:
    """Return id → why, for all that came out so."""
    return {
        each.behaviour.id: each.reason or [(one.expected, one.came, one.shown) for one in each.failed]
        for each in diagnosis.outcomes
        if each.verdict is verdict
    }


def test_all_holds_and_all_is_asked_that_can_be_without_harm(site: str) -> None:
    diagnosis = examine(Hints(f"{site}/"), PATIENT, behaviours(), lambda _: None)
    assert by_verdict(diagnosis, Verdict.FAILS) == {}
    # E9 needs a thing that was removed (test_versions.py), E11 an outage, Q9 and Q10 are below
    assert by_verdict(diagnosis, Verdict.NOT_ASKED).keys() == {"E9", "E11", "Q9", "Q10"}
    assert len(diagnosis.outcomes) == 51
    assert diagnosis.publisher.leads == "redirect"


@pytest.fixture(scope="module")
def hurried(site_var: Path) -> Iterator[str]:
    """The same site with a second for each query."""
    with served(site_var, free_port(), METROPOLIS_KG_QUERY_SECONDS="1") as url:
        yield url


def test_it_stands_what_could_harm_others(hurried: str) -> None:
    told = Hints(f"{hurried}/", sparql=f"{hurried}/sparql", graph_store=f"{hurried}/graph-store", intrusive=True)
    diagnosis = examine(told, PATIENT, chosen(INTRUSIVE), lambda _: None)
    assert by_verdict(diagnosis, Verdict.FAILS) == {}
    assert by_verdict(diagnosis, Verdict.HOLDS).keys() == set(INTRUSIVE)
    assert [each.left_out for each in diagnosis.outcomes if each.left_out] == []
