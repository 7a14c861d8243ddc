"""What the register of a release says is what reading the whole release gives; and with it, nothing reads the whole."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.register import write_register
from metropolis_kg.curation.release import DATASET, Release
from metropolis_kg.model.bounds import STANDINGS
from metropolis_kg.publication.at_day import AtDay, days_of
from metropolis_kg.publication.description import UnknownThingError, describe
from metropolis_kg.publication.link_counts import counts_of
from metropolis_kg.publication.linked import part_of
from metropolis_kg.publication.names import names_of
from metropolis_kg.publication.neighbourhood import neighbourhood
from metropolis_kg.publication.page import page_of
from metropolis_kg.publication.paging import UnknownPageError
from metropolis_kg.publication.quotes_around import contexts_of
from metropolis_kg.publication.reading import Links, Reader
from metropolis_kg.publication.registered import hub_of, register_of
from metropolis_kg.publication.service_description import service_description
from metropolis_kg.publication.shape_order import shape_order_of
from metropolis_kg.publication.source_claims import claims_of_source
from metropolis_kg.publication.source_page import source_page_of
from metropolis_kg.publication.sources import listed_sources, sources_page
from metropolis_kg.publication.surroundings import surroundings_of
from metropolis_kg.publication.vocabulary import usage_of
from metropolis_kg.publication.words import Words
from metropolis_kg.store.embedded import EmbeddedStore
from metropolis_kg.store.protocol import Output, Question
from metropolis_kg.store.register import Register
from metropolis_kg.store.register_file import REGISTER
from metropolis_kg.store.release import OpenRelease

DAYS = [None, *map(date.fromisoformat, ("1800-01-01", "2018-03-15", "2018-08-10", "2026-11-26"))]
MANY = 15
"""Links beyond which a thing is in the register of these tests."""

READING_ALL = (
    "at-day-kinds", "at-day-times", "claim-times", "claims-counted", "graph-claims-counted", "graphs", "linked",
    "links-counted", "quotes-around", "source-claims", "source-conflicts", "source-counts", "source-list",
    "term-counts",
)  # fmt: skip
"""Queries whose answers, or the work for them, grow with the release or with the thing."""


@pytest.fixture(scope="module")
def registered(
    opened: OpenRelease, release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenRelease]:  # fmt: skip
    """The release with a register in which a thing with few links counts as one with many."""
    folder = tmp_path_factory.mktemp("registered")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("metropolis_kg.store.register_file.MOST_ALONE", MANY)
        write_register(release.path / DATASET, folder / REGISTER, opened.prefixes, opened.base)
        patch.setattr("metropolis_kg.publication.linked.PAGE", MANY)
        patch.setattr("metropolis_kg.publication.linked.SIZE", 6)
        patch.setattr("metropolis_kg.publication.source_claims.PAGE", 7)
        yield replace(opened, folder=folder)


@pytest.fixture(scope="module")
def read(opened: OpenRelease) -> OpenRelease:
    """The release as one of an older program, without a register."""
    return replace(opened, folder=None)


@pytest.fixture(scope="module")
def hubs(registered: OpenRelease) -> list[str]:
    """Things with many links."""
    register = register_of(registered)
    assert register
    return [iri for (iri,) in register.rows("SELECT iri FROM hubs ORDER BY iri")]


def test_every_release_has_a_register_and_one_of_an_older_program_none(opened: OpenRelease, read: OpenRelease) -> None:
    assert register_of(opened)
    assert register_of(read) is None
    assert register_of(replace(opened, digest=None)) is None


def test_a_register_is_the_same_to_the_byte_when_it_is_written_again(
    release: Release, opened: OpenRelease, tmp_path: Path
) -> None:
    write_register(release.path / DATASET, tmp_path / REGISTER, opened.prefixes, opened.base)
    assert (tmp_path / REGISTER).read_bytes() == (release.path / REGISTER).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [REGISTER]


@pytest.mark.parametrize("position", ["abc", "-1", "9" * 30])
def test_what_is_no_position_in_a_text_is_none_in_the_register(
    release: Release, opened: OpenRelease, tmp_path: Path, position: str
) -> None:
    dataset = tmp_path / DATASET
    starts = re.compile(rf'({opened.prefixes["mkg"]}startsAt> )"\d+"')
    dataset.write_text(starts.sub(rf'\1"{position}"', (release.path / DATASET).read_text("utf-8")), "utf-8")
    write_register(dataset, tmp_path / REGISTER, opened.prefixes, opened.base)
    written, original = Register(tmp_path / REGISTER), Register(release.path / REGISTER)
    assert len(original.rows("SELECT * FROM positions")) > 50
    assert written.rows("SELECT * FROM positions") == []
    assert written.rows("SELECT count(*) FROM resting") == original.rows("SELECT count(*) FROM resting")


@pytest.mark.parametrize("damaged", [b"", b"no database" * 1000])
def test_without_a_readable_register_the_store_is_asked(
    opened: OpenRelease, read: OpenRelease, content: Content, tmp_path: Path, damaged: bytes
) -> None:
    (tmp_path / REGISTER).write_bytes(damaged)
    broken, day = replace(opened, folder=tmp_path), date(2018, 3, 15)
    assert register_of(broken) is None
    assert days_of(broken, content.queries).held_on(day) == days_of(read, content.queries).held_on(day)


def test_days_have_the_same_claims_in_the_same_order(
    registered: OpenRelease, read: OpenRelease, content: Content
) -> None:
    ours, theirs = days_of(registered, content.queries), days_of(read, content.queries)
    assert isinstance(ours, Register)
    assert (ours.number_of_claims, ours.undated) == (theirs.number_of_claims, theirs.undated)
    assert theirs.number_of_claims > 40
    for day in (*filter(None, DAYS), date.min, date.max):
        assert ours.held_on(day) == theirs.held_on(day)
        assert ours.neighbours(day) == theirs.neighbours(day)
        for standing in STANDINGS:
            assert list(ours.claims_on(day, standing, 100, 0)) == list(theirs.claims_on(day, standing, 100, 0))
            assert list(ours.claims_on(day, standing, 3, 2)) == list(theirs.claims_on(day, standing, 3, 2))
    for years in (0, 1, 10, 100):
        assert list(ours.days_of_change(years, 1000)) == list(theirs.days_of_change(years, 1000))
        assert len(ours.days_of_change(years, 2)) == 2


def test_a_thing_with_many_links_has_the_same_on_every_page_on_every_day(
    registered: OpenRelease, read: OpenRelease, content: Content, hubs: list[str]
) -> None:
    assert len(hubs) > 5
    paged = 0
    for thing in hubs:
        for day in DAYS:
            page, pages = 1, 1
            while page <= pages:
                ours = part_of(registered, content.queries, thing, page, day)
                theirs = part_of(read, content.queries, thing, page, day)
                assert ours == theirs, (thing, day, page)
                assert ours
                page, pages = page + 1, ours[0].pages
                paged += 1
            for release in (registered, read):
                with pytest.raises(UnknownPageError):
                    part_of(release, content.queries, thing, pages + 1, day)
    assert paged > 5 * len(hubs)


def test_what_points_to_it_is_counted_alike(
    registered: OpenRelease, read: OpenRelease, content: Content, hubs: list[str]
) -> None:
    for thing in hubs:
        assert counts_of(registered, content.queries, thing) == counts_of(read, content.queries, thing), thing


@pytest.mark.parametrize("day", [None, date(2018, 8, 10)], ids=str)
def test_what_is_around_it_is_the_same(
    registered: OpenRelease, read: OpenRelease, content: Content, hubs: list[str], day: date | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("metropolis_kg.publication.neighbourhood._MOST_LINKS", 12)
    things = [thing for thing in hubs if "/id/organisation/" in thing or "/id/place/" in thing]
    assert things
    ours = [neighbourhood(registered, content.queries, thing, day=day) for thing in things]
    assert ours == [neighbourhood(read, content.queries, thing, day=day) for thing in things]
    assert any(each.unseen for each in ours)


def test_sources_are_listed_alike(registered: OpenRelease, read: OpenRelease, content: Content) -> None:
    ours, theirs = (listed_sources(release, content.queries, 1) for release in (registered, read))
    assert ours == replace(theirs, pairs=list(theirs.pairs), sources=list(theirs.sources))
    assert ours.conflicts > 0
    with pytest.raises(UnknownPageError):
        listed_sources(registered, content.queries, 2)


def test_the_same_rests_on_every_source_on_every_page_and_day(
    registered: OpenRelease, read: OpenRelease, content: Content
) -> None:
    conflicts = 0
    for source in listed_sources(registered, content.queries, 1).sources:
        for day in DAYS:
            ours, theirs = (claims_of_source(each, content.queries, source.iri, day) for each in (registered, read))
            assert (ours.number, ours.pages) == (theirs.number, theirs.pages), (source, day)
            assert list(ours.conflicts) == list(theirs.conflicts)
            conflicts += len(ours.conflicts)
            for page in range(1, ours.pages + 1):
                assert list(ours.page(page)) == list(theirs.page(page)), (source, day, page)
                assert ours.reached(page) == theirs.reached(page)
            if day is None:
                assert (ours.quotes, ours.coverage) == (theirs.quotes, theirs.coverage)
                assert list(ours.by_kind) == list(theirs.by_kind)
    assert conflicts


def test_quotes_have_the_same_context(registered: OpenRelease, read: OpenRelease, content: Content) -> None:
    query = "SELECT ?e { ?e mkg:startsAt ?at } ORDER BY ?at"
    found = read.service.query(query, "text/csv").decode().split()[1:]
    assert len(found) > 40
    for some in (found[:1], found[10:12], found[-5:]):
        ours, theirs = (contexts_of(release, content.queries, some) for release in (registered, read))
        assert ours == theirs
        assert len(ours) == len(some)


class Refusing(EmbeddedStore):
    """A store that is not to be asked for what grows with the release."""

    def __init__(self, release: Release, queries: Path) -> None:
        """Answer from the release's own store."""
        store = ox.Store.read_only(str(release.path / "store"))
        super().__init__(store, release.manifest["prefixes"], release.manifest["base"])
        paths = {name: queries / "description" / f"{name}.rq" for name in READING_ALL}
        self._refused = {path.read_text(encoding="utf-8"): name for name, path in paths.items()}

    def write(self, question: Question, output: Output) -> None:
        """Write the answer, or fail."""
        if question.query in self._refused:
            pytest.fail(f"{self._refused[question.query]} was asked")
        super().write(question, output)


def test_with_a_register_nothing_reads_the_whole_release_or_all_links_of_a_thing(
    registered: OpenRelease, release: Release, content: Content, hubs: list[str]
) -> None:
    asked = replace(registered, service=Refusing(release, content.queries))
    queries, names, links, words = content.queries, names_of(asked, content.queries), Links(asked.base), Words("en")
    order = shape_order_of(content, asked.base)
    teller = AtDay(asked, queries, names, links, words, order)
    assert teller.page(date(2018, 8, 10), 1).pages
    assert teller.overview().claims
    assert sources_page(asked, queries, names, links, words, 1).total
    assert list(service_description(asked, queries, federated=False))
    assert usage_of(asked, queries, (asked.prefixes["mkg"] + "Tenure",), ()).counts
    for thing in hubs:
        for day in (None, date(2018, 8, 10)):
            said = describe(asked, queries, thing, day=day)
            if said.is_a(thing, "mkg:Source"):
                assert source_page_of(asked, queries, Reader(said, names, links, words), 1)
            else:
                assert page_of(said, names, links, words, order, surroundings_of(asked, queries, said)).iri == thing
            if "/id/" in thing:
                assert neighbourhood(asked, queries, thing, day=day)


def test_a_document_of_a_hub_is_paged_in_fifties_and_any_other_is_whole(
    opened: OpenRelease, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metropolis_kg.publication.linked.PAGE", 100)
    monkeypatch.setattr("metropolis_kg.publication.linked.SIZE", 50)
    thing = opened.iri("id/source/berlin-metropolis")
    known = hub_of(opened, thing)
    assert known
    first = describe(opened, content.queries, thing).part
    assert first
    assert (first.total, len(first.linked), first.pages) == (known[1].total, 50, -(-known[1].total // 50))
    assert describe(opened, content.queries, opened.iri("id/organisation/metropolis")).part is None
    with pytest.raises(UnknownThingError):
        describe(opened, content.queries, opened.iri("id/source/unheard-of"))
