"""The structured data of pages, judged by Adobe's validator: the vocabulary of schema.org, and what Google asks for.

The validator brings Google's rule for organisations. Those for events and datasets it lacks; they are written down, as
Google publishes them, in ``structured-data.mjs``. Whether Google then shows anything, only Google can say.
"""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from every_thing import things
from metropolis_kg.content import Content
from metropolis_kg.curation.release import Release
from metropolis_kg.publication.schema_org import in_schema_org, write_schema_org
from metropolis_kg.store.release import open_embedded
from servers import ask

EVENT = "/doc/event/metropolis-annual-meeting-2018"
ORGANISATION = "/doc/organisation/metropolis"
DATASET = "/doc/dataset"
ROLE_PATTERN = [
    f'WARNING: Property "{name}" for type "{kind}" is not supported by the schema.org specification'
    for kind in ("Role", "OrganizationRole")
    for name in ("member", "memberOf", "attendee", "contributor")
]
"""What the vocabulary does not say, and schema.org does: a role has the property that led to it."""

NOT_IN_ANY_SOURCE = [
    f'WARNING: Missing field "{name}" (optional)'
    for name in ("description", "image", "offers", "performer", "eventStatus")
]
"""What Google would like to know of an event, and the sources do not say."""

Judge = Callable[[dict[str, str]], dict[str, Any]]


@pytest.fixture(scope="module")
def judge(node: Path, installed: None) -> Judge:
    """Judge pages by name."""

    def judged(pages: dict[str, str]) -> dict[str, Any]:
        command = [str(node), str(Path(__file__).with_name("structured-data.mjs"))]
        done = subprocess.run(
            command, input=json.dumps(pages), capture_output=True, text=True, timeout=60, check=False
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return judged


@pytest.fixture(scope="module")
def pages(site: str) -> dict[str, str]:
    """The pages that are judged, by path."""
    return {path: ask(site + path, "text/html").body.decode() for path in (EVENT, ORGANISATION, DATASET)}


@pytest.fixture(scope="module")
def verdicts(judge: Judge, pages: dict[str, str]) -> dict[str, Any]:
    """What is said of each page."""
    return judge(pages)


def issues(verdict: Any) -> set[str]:
    """Return what is wrong, and what is wanting, with a page."""
    return set(verdict["issues"]) - set(ROLE_PATTERN)


def test_the_page_of_an_event_is_as_google_asks(verdicts: dict[str, Any]) -> None:
    assert verdicts[EVENT]["types"] == ["Event"]
    assert issues(verdicts[EVENT]) <= set(NOT_IN_ANY_SOURCE)


def test_the_page_of_an_organisation_is_as_google_asks(verdicts: dict[str, Any]) -> None:
    assert verdicts[ORGANISATION]["types"] == ["Organization"]
    assert issues(verdicts[ORGANISATION]) == set()


def test_the_page_of_the_dataset_is_as_google_asks(verdicts: dict[str, Any]) -> None:
    assert verdicts[DATASET]["types"] == ["Dataset"]
    assert issues(verdicts[DATASET]) == set()


def test_every_thing_keeps_to_the_vocabulary(judge: Judge, site_var: Path, content: Content) -> None:
    """What Google asks of events and datasets holds for three pages; that classes and properties exist, for all."""
    published = Release((site_var / "current").resolve())
    opened = open_embedded(published.path / "store", published.manifest)
    described = {
        thing: in_schema_org(opened, content.queries, thing, opened.iri(thing.removeprefix(opened.iri("id/"))))
        for thing in things(opened)
    }
    block = '<script type="application/ld+json">{}</script>'
    verdicts = judge({thing: block.format(write_schema_org(said).decode()) for thing, said in described.items()})
    assert len(verdicts) > 280
    vocabulary = ("is not supported by the schema.org specification", "is not a valid schema.org type")
    faults = {(thing, issue) for thing, verdict in verdicts.items() for issue in issues(verdict)}
    assert [fault for fault in faults if fault[1].endswith(vocabulary)] == []


def test_the_warnings_left_out_are_no_more_than_the_role_pattern(verdicts: dict[str, Any]) -> None:
    roles = {issue for verdict in verdicts.values() for issue in verdict["issues"]} & set(ROLE_PATTERN)
    assert len(roles) == 3
    assert len(verdicts[ORGANISATION]["issues"]) > 5


def test_broken_copies_are_faulted(judge: Judge, pages: dict[str, str]) -> None:
    """Were the validator to say nothing, the tests above would show nothing."""
    broken = {
        "no place": pages[EVENT].replace('"location"', '"locatoin"'),
        "no address": pages[EVENT].replace('"address"', '"adress"'),
        "no date": pages[EVENT].replace('"startDate":"2018-08"', '"startDate":"last summer"'),
        "no name": pages[ORGANISATION].replace('"name":"Metropolis"', '"nmae":"Metropolis"'),
        "no class": pages[ORGANISATION].replace('"Organization"', '"Organisation"'),
        "no description": pages[DATASET].replace('"description"', '"descripton"'),
        "no JSON": pages[DATASET].replace('{"@context"', '{{"@context"'),
    }
    verdicts = judge(broken)
    for fault, verdict in verdicts.items():
        assert [issue for issue in verdict["issues"] if issue.startswith("ERROR")], fault
