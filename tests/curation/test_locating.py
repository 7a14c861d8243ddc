"""Words of a source as evidence to paste."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_pages import COUNT, MEMBER, PARTNER, TEXT, cited, page

from metropolis_kg.curation.evidence_turtle import evidence_turtle, free_names
from metropolis_kg.curation.locating import Source, search
from metropolis_kg.model.evidence import Quote

PREFIXES = {"evidence": "https://w3id.org/metropolis-kg/id/evidence/", "mkg": "https://w3id.org/metropolis-kg/ns#"}


def parsed(turtle: str) -> dict[str, ox.Literal | ox.NamedNode]:
    """Return what the Turtle says, by local name."""
    head = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items())
    quads = ox.parse(head + turtle, format=ox.RdfFormat.TURTLE)
    return {quad.predicate.value.removeprefix(PREFIXES["mkg"]): quad.object for quad in quads}  # type: ignore[misc] # no other terms


def test_words_are_found_with_the_turtle_to_paste() -> None:
    (found,) = search("Mitglied seit 1991", Source(TEXT, page())).occurrences
    assert found.turtle.splitlines() == [
        "evidence:small-mitglied-seit-1991 a mkg:Evidence ;",
        '    mkg:quote "Mitglied seit 1991"@de ;',
        "    mkg:startsAt 88 .",
    ]
    assert found.sentence == MEMBER
    assert [each.name for each in found.nearby] == [f"evidence:{MEMBER}"]


def test_words_that_are_quoted_already_are_told() -> None:
    (found,) = search(PARTNER, Source(TEXT, page())).occurrences
    assert [each.name for each in found.already] == [f"evidence:{PARTNER}"]
    assert found.nearby == ()


def test_each_of_several_places_has_a_name_of_its_own() -> None:
    turtles = [each.turtle for each in search("Metropolis", Source(TEXT, None, "mkg:BodyText")).occurrences]
    assert [turtle.split()[0] for turtle in turtles] == ["evidence:metropolis", "evidence:metropolis-2"]
    assert all(turtle.endswith("mkg:textKind mkg:BodyText .") for turtle in turtles)


def test_a_quote_within_a_word_is_told() -> None:
    (found,) = search("Städte", Source(TEXT, None)).occurrences
    assert found.within_a_word


def test_words_that_are_not_there_lead_to_the_nearest_passage() -> None:
    found = search("Berlin ist Mitglied seit 1990.", Source(TEXT, page()))
    assert (found.occurrences, found.as_typed) == ((), False)
    assert found.passage
    assert found.passage.words == MEMBER


def test_words_written_otherwise_are_quoted_as_the_source_writes_them() -> None:
    found = search("mit  141 Städten", Source(TEXT, page()))
    assert not found.as_typed
    (occurrence,) = found.occurrences
    assert parsed(occurrence.turtle)["quote"] == ox.Literal(COUNT, language="de")


def test_evidence_that_is_numbered_is_numbered_on() -> None:
    numbered = page(cited(COUNT), cited(MEMBER))
    named = [cited(COUNT), cited(MEMBER)]
    names = ("evidence:small-f09", "evidence:small-f10")
    citations = [type(each)(name, each.quote, each.claims, each.place) for each, name in zip(named, names, strict=True)]
    assert free_names(page(*citations), "egal", 2) == ["evidence:small-f11", "evidence:small-f12"]
    assert free_names(numbered, "Was auch immer man so alles schreibt", 1) == ["evidence:small-was-auch-immer-man-so"]


def test_a_name_that_is_taken_is_not_given_again() -> None:
    each = cited(COUNT)
    taken = page(type(each)("evidence:small-egal", each.quote, each.claims, each.place))
    assert free_names(taken, "egal", 2) == ["evidence:small-egal-2", "evidence:small-egal-3"]


def test_words_without_a_latin_letter_get_a_name_too() -> None:
    assert free_names(None, "東京", 1) == ["evidence:quote"]


@given(st.text(min_size=1), st.text(), st.text())
def test_the_turtle_says_the_words_whatever_they_are(words: str, prefix: str, suffix: str) -> None:
    said = parsed(evidence_turtle("evidence:x", Quote(words, 7, prefix, suffix), "de", None))
    assert said["quote"] == ox.Literal(words, language="de")
    assert [said[name].value for name in ("quotePrefix", "quoteSuffix") if name in said] == [
        each for each in (prefix, suffix) if each
    ]


@pytest.mark.parametrize("kind", ["mkg:BodyText", "mkg:Caption"])
def test_the_kind_of_text_is_written_where_it_is_given(kind: str) -> None:
    assert parsed(evidence_turtle("evidence:x", Quote("a", 0), "de", kind))["textKind"] == ox.NamedNode(
        PREFIXES["mkg"] + kind.removeprefix("mkg:")
    )
