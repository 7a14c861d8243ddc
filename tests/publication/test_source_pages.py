"""Pages of sources: what is told of the repository's own, against what the data and the text say."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest
import rdflib

from metropolis_kg.content import Content
from metropolis_kg.publication.description import describe
from metropolis_kg.publication.names import names_of
from metropolis_kg.publication.paging import UnknownPageError
from metropolis_kg.publication.reading import Links, Reader
from metropolis_kg.publication.source_claims import source_claims
from metropolis_kg.publication.source_page import Resting, SourcePage, source_page_of
from metropolis_kg.publication.sources import all_sources, sources_page
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease

BERLIN = "berlin-metropolis"


@pytest.fixture(scope="module")
def said(opened: OpenRelease) -> rdflib.Graph:
    """Everything the release says."""
    dump = opened.service.query("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples")
    return rdflib.Graph().parse(data=dump, format="nt")


def page_of(opened: OpenRelease, content: Content, name: str, day: date | None = None) -> SourcePage:
    description = describe(opened, content.queries, opened.iri(f"id/source/{name}"), day=day)
    reader = Reader(description, names_of(opened, content.queries), Links(opened.base), Words("en"))
    return source_page_of(opened, content.queries, reader, 1)


def resting(page: SourcePage) -> list[Resting]:
    return [*(each for passage in page.passages for each in passage.resting), *page.unplaced, *page.without_quote]


def claims(page: SourcePage) -> set[str]:
    return {claim.view.iri for each in resting(page) for claim in each.claims}


def test_a_source_has_each_of_its_claims_at_each_place_it_rests_on(
    opened: OpenRelease, content: Content, said: rdflib.Graph
) -> None:
    mkg = rdflib.Namespace(opened.prefixes["mkg"])
    for source in said.subjects(rdflib.RDF.type, mkg.Source):
        page = page_of(opened, content, str(source).rpartition("/")[2])
        shown = [(claim.view.iri, each.evidence) for each in resting(page) for claim in each.claims]
        stated = {
            (str(claim), str(evidence))
            for claim in said.subjects(rdflib.PROV.hadPrimarySource, source)
            for evidence in said.objects(claim, mkg.evidence)
        }
        assert len(shown) == len(set(shown)), source
        assert set(shown) == stated, source
        assert page.claims.number == sum(number for _, number in page.by_kind), source


def test_the_text_of_a_page_runs_as_it_stands_with_its_gaps(
    opened: OpenRelease, content: Content, shared: Path
) -> None:
    page, at = page_of(opened, content, BERLIN), 0
    text = (shared / "source/berlin-metropolis.txt").read_bytes().decode("utf-8")
    for passage in page.passages:
        at += passage.gap
        words = "".join(part.text for part in passage.parts)
        assert words == text[at : at + len(words)]
        assert passage.resting[0].start == at
        at += len(words)
    assert page.coverage
    assert page.coverage.reached == at
    assert page.coverage.quoted == at - sum(passage.gap for passage in page.passages)


def test_every_quote_begins_and_ends_once_in_the_text(opened: OpenRelease, content: Content) -> None:
    page = page_of(opened, content, BERLIN)
    parts = [part for passage in page.passages for part in passage.parts]
    for ends in ([each for part in parts for each in part.starting], [each for part in parts for each in part.ending]):
        assert sorted(each.number for each in ends) == [*range(1, page.claims.quotes + 1)]


def test_the_bar_has_the_stretches_in_order_and_as_much_of_it_as_is_quoted(
    opened: OpenRelease, content: Content
) -> None:
    coverage = page_of(opened, content, BERLIN).coverage
    assert coverage
    ends = [start + length for start, length in coverage.bar]
    assert all(end < start for end, (start, _) in zip(ends, coverage.bar[1:], strict=False))
    assert ends[-1] == 1000
    assert sum(length for _, length in coverage.bar) == pytest.approx(10 * coverage.percent, abs=2 * len(ends))


def test_conflicts_stand_side_by_side_this_source_first(opened: OpenRelease, content: Content) -> None:
    counts, presidency = page_of(opened, content, BERLIN).conflicts
    assert [saying.is_own for saying in counts.sayings] == [True, False, False, False]
    values = [said.values[0].text for saying in counts.sayings for said in saying.said if said.name == "value"]
    assert values == ["141", "136", "139", "144"]
    assert counts.differing == ["value", "when"]
    assert {"role", "when"} <= set(presidency.differing)
    assert [said.name for said in counts.common] == ["unit counted", "count of"]
    assert presidency.common == []
    assert [note.text for note in counts.notes] != []


def test_both_sides_of_a_conflict_are_told_with_their_words_on_either_page(
    opened: OpenRelease, content: Content
) -> None:
    (conflict,) = page_of(opened, content, "berlin-older-page").conflicts
    own, other = conflict.sayings
    assert (own.is_own, other.is_own) == (True, False)
    assert own.view.evidence[0].notes
    assert "bis November 2020 Präsident" in other.view.evidence[0].quotes[0].text
    assert [str(source.title.text) for source in other.view.sources] == ["Metropolis (page on berlin.de)"]
    assert conflict.differing == ["role", "when"]


def test_what_a_relation_says_of_another_claim_is_a_difference(opened: OpenRelease, content: Content) -> None:
    (conflict,) = page_of(opened, content, "dpa-report").conflicts
    assert conflict.differing == ["planned end", "when"]
    own, other = ({said.name: said.values[0].text for said in saying.said} for saying in conflict.sayings)
    assert own == {"planned end": "about June 2020"}
    assert other["when"] == "August 2018 to November 2020"
    assert "planned end" not in other


def test_on_a_day_only_what_held_then_is_told(opened: OpenRelease, content: Content) -> None:
    page = page_of(opened, content, BERLIN, date(2018, 3, 15))
    whole = page_of(opened, content, BERLIN)
    assert 0 < len(claims(page)) < len(claims(whole))
    certainties = [claim.view.certainty for each in resting(page) for claim in each.claims]
    assert set(certainties) <= {"certain", "possible"}
    words = "".join(part.text for passage in page.passages for part in passage.parts)
    assert "Interimspräsident" in words
    assert "Stimme" not in words
    assert page.conflicts == []
    shown = page_of(opened, content, BERLIN, date(2019, 6, 1)).conflicts
    assert [saying.certainty for conflict in shown for saying in conflict.sayings] == ["certain", "certain"]


def test_a_source_of_coordinates_tells_them_of_each_place(opened: OpenRelease, content: Content) -> None:
    added = page_of(opened, content, "geonames").additions.added
    berlin = {each.fact.name: each.fact.values[0].text for each in added if each.thing.text == "Berlin"}
    assert {name: float(text) for name, text in berlin.items() if name in ("latitude", "longitude")} == {
        "latitude": pytest.approx(52.5, abs=0.1),
        "longitude": pytest.approx(13.4, abs=0.1),
    }


def test_a_source_that_adds_more_than_is_told_says_so(
    opened: OpenRelease, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not page_of(opened, content, "wikidata").additions.is_more
    monkeypatch.setattr("metropolis_kg.publication.source_description.MOST_ADDED", 2)
    assert page_of(opened, content, "wikidata").additions.is_more


def test_a_source_of_identifiers_tells_which_things_it_gives_them(opened: OpenRelease, content: Content) -> None:
    page = page_of(opened, content, "wikidata")
    added = {each.thing.text: (each.fact.name, each.fact.values[0].href) for each in page.additions.added}
    assert added["Berlin"] == ("same as", "http://www.wikidata.org/entity/Q64")
    assert len(added) > 5
    assert not {"Wikidata", "Identifiers from Wikidata"} & set(added)
    assert page_of(opened, content, "gnd").passages == []
    assert [fact.name for graph in page.graphs for fact in graph.facts] == ["licence", "rights holder", "attribution"]


def test_a_place_on_several_pages_is_in_the_order_of_the_text(opened: OpenRelease, content: Content) -> None:
    every = source_claims(opened, content.queries, opened.iri(f"id/source/{BERLIN}"))
    starts = [place.start for place in every.places]
    assert starts == sorted(starts, key=lambda start: start or 0)
    assert every.page(1) == every.places
    with pytest.raises(UnknownPageError):
        every.page(2)


@cache
def _counted(opened: OpenRelease, what: str) -> dict[str, int]:
    mkg = opened.prefixes["mkg"]
    query = f"SELECT ?s (COUNT(DISTINCT ?{what}) AS ?n) {{ ?c <http://www.w3.org/ns/prov#hadPrimarySource> ?s ; "
    query += f"<{mkg}evidence> ?e . ?e <{mkg}quote> ?q }} GROUP BY ?s"
    lines = opened.service.query(query, "text/csv").decode().split()[1:]
    return {source: int(number) for source, number in (line.split(",") for line in lines)}


def test_the_list_of_sources_has_all_with_their_numbers(
    opened: OpenRelease, content: Content, said: rdflib.Graph
) -> None:
    mkg = rdflib.Namespace(opened.prefixes["mkg"])
    every = all_sources(opened, content.queries)
    assert {source for _, source in every.sources} == {str(each) for each in said.subjects(rdflib.RDF.type, mkg.Source)}
    assert {source: number for source, number in every.quotes.items() if number} == _counted(opened, "e")
    for _, source in every.sources:
        primary = set(said.subjects(rdflib.PROV.hadPrimarySource, rdflib.URIRef(source)))
        assert every.claims.get(source, 0) == len(primary), source
    assert sum(every.conflicting.values()) == 2 * len(every.conflicts) > 0


def test_pages_lead_the_list_and_research_of_the_editors_is_told_apart(opened: OpenRelease, content: Content) -> None:
    page = sources_page(
        opened, content.queries, names_of(opened, content.queries), Links(opened.base), Words("de"), 1
    )  # fmt: skip
    assert list(page.by_kind) == ["page", "research", "outside"]
    assert [row.title.text for row in page.by_kind["page"]] == ["Metropolis (Seite auf berlin.de)"]
    assert [row.title.text for row in page.by_kind["research"]] == ["Redaktionelle Recherche"]
    assert page.total == sum(map(len, page.by_kind.values()))
    numbers = [row.claims for row in page.by_kind["outside"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(page.conflicts) == 2
