"""The coverage table: every fact of the page is modelled by a claim, or left out for a stated reason.

Which claims model a fact is read from the data: evidence is named after its fact (``evidence:berlin-metropolis-f07``).
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from asking import Authored

FACTS = tuple(range(1, 54))

LEFT_OUT = {
    52: "It directs readers to another section of the site; it says nothing about the world.",
    53: "It directs readers to another section of the site; it says nothing about the world.",
}

MODELLED = tuple(fact for fact in FACTS if fact not in LEFT_OUT)

CLASSES_OF_KIND = {
    "aim": {"mkg:AttributedStatement"},
    "benefit": {"mkg:AttributedStatement"},
    "claim": {"mkg:AttributedStatement"},
    "completeness": {"mkg:PartnerList"},
    "count": {"mkg:MemberCount"},
    "election": {"mkg:Election"},
    "event": {"mkg:Event", "mkg:Election", "mkg:Participation"},
    "founding": {"mkg:Founding"},
    "means": {"mkg:AttributedStatement"},
    "membership": {"mkg:Tenure"},
    "office": {"mkg:PostHolding", "mkg:Participation"},
    "participation": {"mkg:Participation", "mkg:Event", "mkg:PostHolding"},
    "partnership": {"mkg:Partnership", "mkg:PartnerList"},
    "place": {"mkg:StatedRelation", "mkg:Event"},
    "platform": {"mkg:StatedRelation", "mkg:AttributedStatement"},
    "post": {"mkg:Tenure"},
    "role": {"mkg:Tenure"},
    "scope": {"mkg:AttributedStatement"},
    "service": {"mkg:AttributedStatement"},
    "time": {"mkg:Event", "mkg:Participation", "mkg:PostHolding"},
    "topic": {"mkg:AttributedStatement"},
    "type": {"mkg:StatedRelation"},
}
"""By which classes of claim a fact of a kind may be modelled; the kinds are those of the list of facts."""

EVIDENCE = re.compile(r"evidence:berlin-metropolis-f(\d\d)")

Facts = dict[int, dict[str, Any]]
Table = dict[int, dict[str, str]]


class Quoted(NamedTuple):
    """A quote of the page, as the data has it."""

    exact: str
    start: int
    prefix: str
    suffix: str


@pytest.fixture(scope="module")
def table(authored: Authored) -> Table:
    """Number of a fact → the claims that model it, each with its class."""
    claims: Table = {fact: {} for fact in FACTS}
    for evidence, claim, kind in authored.page("?evidence ?claim ?kind", "?claim mkg:evidence ?evidence ; a ?kind"):
        claims[_number(evidence)][claim] = kind
    return claims


@pytest.fixture(scope="module")
def quotes(authored: Authored) -> dict[int, Quoted]:
    """Number of a fact → the quote that stands for it."""
    rows = authored.page(
        "?evidence ?quote ?start ?prefix ?suffix",
        "?evidence mkg:quote ?quote ; mkg:startsAt ?start "
        "OPTIONAL { ?evidence mkg:quotePrefix ?prefix } OPTIONAL { ?evidence mkg:quoteSuffix ?suffix }",
    )
    return {
        _number(evidence): Quoted(quote, int(start), prefix, suffix) for evidence, quote, start, prefix, suffix in rows
    }


@pytest.fixture(scope="module")
def facts(shared: Path) -> Facts:
    """The facts as they were listed, by number."""
    listed = json.loads((shared / "source/facts.json").read_text(encoding="utf-8"))["facts"]
    return {int(fact["id"].removeprefix("F")): fact for fact in listed}


@pytest.fixture(scope="module")
def source(shared: Path) -> bytes:
    """The page, as its text was kept."""
    return (shared / "source/berlin-metropolis.txt").read_bytes()


def _number(evidence: str) -> int:
    match = EVIDENCE.fullmatch(evidence)
    assert match, f"{evidence} is not named after a fact; name it evidence:berlin-metropolis-f and two digits"
    return int(match[1])


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"F{fact}")
def test_a_fact_is_modelled_by_a_claim_or_left_out_for_a_reason(fact: int, table: Table) -> None:
    assert bool(table[fact]) != bool(LEFT_OUT.get(fact)), (
        f"F{fact} needs a claim or a reason, not both; claims: {sorted(table[fact])}, reason: {LEFT_OUT.get(fact)}"
    )


@pytest.mark.parametrize("fact", MODELLED, ids=lambda fact: f"F{fact}")
def test_a_fact_is_modelled_by_claims_of_its_kind(fact: int, facts: Facts, table: Table) -> None:
    kind = facts[fact]["kind"]
    strange = {claim: found for claim, found in table[fact].items() if found not in CLASSES_OF_KIND[kind]}
    assert not strange, f"F{fact} is listed as {kind}"


def test_the_table_accounts_for_all_facts_listed(facts: Facts) -> None:
    assert tuple(sorted(facts)) == FACTS


def test_every_piece_of_evidence_is_used_by_a_claim(authored: Authored) -> None:
    unused = "?evidence a mkg:Evidence FILTER NOT EXISTS { ?claim mkg:evidence ?evidence }"
    assert authored.rows("?evidence", unused) == set()


def test_every_claim_has_evidence_in_its_own_graph(authored: Authored) -> None:
    graph = "GRAPH ?graph { ?claim a ?kind FILTER(?kind IN (" + ", ".join(_all_classes()) + ")) }"
    own = "FILTER NOT EXISTS { GRAPH ?graph { ?claim mkg:evidence ?evidence . ?evidence a mkg:Evidence } }"
    assert authored.rows("?graph ?claim", f"{graph} {own}") == set()


def _all_classes() -> list[str]:
    return sorted(set().union(*CLASSES_OF_KIND.values()) | {"mkg:Dating"})


def test_evidence_has_either_a_quote_or_a_note_in_two_languages(authored: Authored) -> None:
    rows = authored.rows(
        "?evidence ?how (LANG(?words) AS ?language)",
        "?evidence a mkg:Evidence ; ?how ?words FILTER(?how IN (mkg:quote, mkg:note))",
    )
    given: dict[str, set[tuple[str, ...]]] = {}
    for evidence, *words in rows:
        given.setdefault(evidence, set()).add(tuple(words))
    note = {("mkg:note", "de"), ("mkg:note", "en")}
    assert {evidence: words for evidence, words in given.items() if words not in (note, {("mkg:quote", "de")})} == {}
    assert {row[0] for row in authored.rows("?evidence", "?evidence a mkg:Evidence")} == given.keys()


def test_quotes_and_positions_are_those_of_the_facts(facts: Facts, quotes: dict[int, Quoted]) -> None:
    listed = {number: (facts[number]["quote"], facts[number]["start"]) for number in MODELLED}
    assert {number: (quote.exact, quote.start) for number, quote in quotes.items()} == listed


def test_the_text_is_the_snapshot_that_the_data_names(source: bytes, authored: Authored) -> None:
    digest = hashlib.sha256(source).hexdigest()
    assert authored.page("?digest", "source:berlin-metropolis mkg:sha256 ?digest") == {(digest,)}


@pytest.mark.parametrize("fact", MODELLED, ids=lambda fact: f"F{fact}")
def test_a_quote_stands_in_the_text_at_its_position_and_only_there(
    fact: int, source: bytes, quotes: dict[int, Quoted]
) -> None:
    quote, text = quotes[fact], source.decode("utf-8")
    whole = re.escape(quote.prefix + quote.exact + quote.suffix)
    assert [match.start() + len(quote.prefix) for match in re.finditer(f"(?={whole})", text)] == [quote.start]
