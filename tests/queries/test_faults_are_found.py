"""The queries that should find nothing, or nothing remarkable, find what is wrong or different in a copy made so."""

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from engines import read_answer
from metropolis_kg.content import Content, find_content
from metropolis_kg.curation.checking import derive
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.store.protocol import Term
from metropolis_kg.store.query_text import with_bindings

PAGE = "data/pages/berlin-metropolis.ttl"
COUNTS = "data/enrichment/other-member-counts.ttl"
ENGLISH: dict[str, Term] = {"lang": ox.Literal("en")}

AskCopy = Callable[..., list[list[str]]]
Edit = Callable[[str, str, str], int]


@pytest.fixture
def ask_copy(workspace: Path) -> AskCopy:
    """Ask a stored query of the copy: its rows, written, each without the columns after the first ``columns``."""

    def rows(name: str, columns: int, **bindings: Term) -> list[list[str]]:
        content: Content = find_content(workspace)
        dataset = read_dataset(content)
        text = with_bindings(StoredQueries(content).find(name).text, bindings)
        found = derive(dataset, content).query(text, prefixes=dataset.prefixes, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        answer = read_answer(found.serialize(format=ox.QueryResultsFormat.JSON) or b"")
        return [row[:columns] for row in answer.table(dataset.prefixes)[1:]]

    return rows


def test_a_label_that_lacks_in_one_language_is_found(edit: Edit, ask_copy: AskCopy) -> None:
    edit(PAGE, 'skos:prefLabel "Gauteng"@de , "Gauteng"@en', 'skos:prefLabel "Gauteng"@de')
    assert ask_copy("31-missing-labels", 2) == [["place:gauteng", "en"]]


def test_a_role_outside_the_scheme_is_found(edit: Edit, ask_copy: AskCopy) -> None:
    edit(PAGE, "org:role role:regional-secretary-europe", "org:role role:unheard-of")
    found = [["tenure:berninger-regional-secretary-europe", "role outside the scheme", "role:unheard-of"]]
    assert ask_copy("32-impossible", 3) == found


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            '"2014/2017"',
            '"2017/2014"',
            [["tenure:governing-mayor-co-president-2014", "ends before it begins", "2014-12-31"]],
        ),
        (
            '"2020-11/.."',
            '"2021/.."',
            [["tenure:governing-mayor-co-president-2020", "attested only until before it begins", "2020-11-30"]],
        ),
        (
            'mkg:observedNotAfter "2021-12-21"',
            'mkg:observedNotAfter "2019-12-21"',
            [
                ["count:metropolis-member-cities-141", "window ends before it begins", "2019-12-21"],
                ["source:berlin-metropolis", "window ends before it begins", "2019-12-21"],
            ],
        ),
    ],
)
def test_reversed_and_impossible_bounds_are_found(
    old: str, new: str, found: list[list[str]], edit: Edit, ask_copy: AskCopy
) -> None:
    edit(PAGE, old, new)
    assert ask_copy("32-impossible", 3) == found


def test_a_graph_without_a_licence_has_an_empty_one(edit: Edit, ask_copy: AskCopy) -> None:
    edit(COUNTS, "dct:license <https://creativecommons.org/licenses/by/4.0/> ;", "")
    rows = ask_copy("33-licences", 3, **ENGLISH)
    assert [row for row in rows if not row[2]] == [["graph:other-member-counts", "mkg:EnrichmentGraph", ""]]


def test_growth_shows_where_the_windows_lie_apart(edit: Edit, ask_copy: AskCopy) -> None:
    edit(COUNTS, "schema:value 136 ;", 'schema:value 136 ; mkg:when "2010"^^edtf:EDTF ;')
    edit(COUNTS, "schema:value 144 ;", 'schema:value 144 ; mkg:when "2015-06"^^edtf:EDTF ;')
    edit(COUNTS, "\n\ngraph:", "\n@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .\n\ngraph:")
    growth = {(smaller, larger): found for smaller, larger, found in ask_copy("14-growth", 3)}
    assert growth["136", "141"] == "grew"
    assert growth["136", "144"] == "grew"
    assert growth["141", "144"] == "shrank"
    assert growth["139", "141"] == "order unknown"


def test_stretches_that_meet_leave_a_gap_or_overlap_by_a_day_are_told_apart(edit: Edit, ask_copy: AskCopy) -> None:
    edit(PAGE, '"2017-11/2018-08"', '"2018-01-01/2018-08-10"')
    edit(PAGE, '"2018-08/2020-11"', '"2018-08-12/2020-11"')
    edit(PAGE, '"2014/2017"', '"2014/2017-12-31"')
    edit(PAGE, "mkg:succeededBy tenure:governing-mayor-president-2018 ;", "")
    office = ox.NamedNode("https://w3id.org/metropolis-kg/id/post/governing-mayor-berlin")
    pairs = {(row[0], row[1]): row[2:] for row in ask_copy("04-meeting-and-overlapping", 5, holder=office)}
    first, interim, president = (
        f"tenure:governing-mayor-{name}" for name in ("co-president-2014", "interim-president-2017", "president-2018")
    )
    assert pairs[first, interim] == ["certain", "excluded", "excluded"]
    assert pairs[interim, president] == ["excluded", "excluded", "certain"]


def test_a_role_whose_end_is_known_is_not_last_known_afterwards(edit: Edit, ask_copy: AskCopy) -> None:
    edit(PAGE, '"2020-11/.."', '"2020-11"')
    day = ox.Literal("2022-03-01", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
    assert ask_copy("01-who-led", 4, at=day) == []


def test_a_complete_list_of_partners_says_so(edit: Edit, ask_copy: AskCopy) -> None:
    statement = "mkg:completeness {} ;\n    mkg:evidence evidence:berlin-metropolis-f09"
    edit(PAGE, statement.format("mkg:OpenExampleList"), statement.format("mkg:ClosedList"))
    network = ox.NamedNode("https://w3id.org/metropolis-kg/id/organisation/metropolis")
    assert {row[2] for row in ask_copy("23-partners", 3, organisation=network)} == {"mkg:ClosedList"}
