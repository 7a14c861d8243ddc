"""Slugs, and the way from the canonical base to the deployed one and back."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metropolis_kg.model.identifiers import SLUG, Rebase, document_path, slugify
from metropolis_kg.model.namespaces import CANONICAL_BASE, XSD

REBASE = Rebase("http://localhost:8000/")


@given(st.text())
def test_a_slug_is_ascii_words_joined_by_hyphens_or_refused(name: str) -> None:
    try:
        assert SLUG.fullmatch(slugify(name))
    except ValueError as error:
        assert repr(name) in str(error)  # noqa: PT017 - either outcome is right, each in its form


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Michael Müller", "michael-mueller"), ("São Paulo", "sao-paulo"), ("MU\u0308LLER", "mueller"), ("a  b!", "a-b")],
)
def test_german_letters_are_spelt_out_and_accents_dropped(name: str, slug: str) -> None:
    assert slugify(name) == slug


@pytest.mark.parametrize(
    "term",
    [
        ox.NamedNode(f"{CANONICAL_BASE}id/person/x"),
        ox.Literal(f"{CANONICAL_BASE}ns#", datatype=ox.NamedNode(f"{XSD}anyURI")),
    ],
)
def test_own_iris_follow_the_deployed_base(term: ox.NamedNode | ox.Literal) -> None:
    mapped = REBASE.term(term)
    assert mapped.value.startswith("http://localhost:8000/")
    assert type(mapped) is type(term)


@pytest.mark.parametrize(
    "term",
    [
        ox.NamedNode("http://www.w3.org/ns/org#Role"),
        ox.Literal(f"see <{CANONICAL_BASE}id/person/x>"),
        ox.Literal(f"{CANONICAL_BASE}id/person/x", language="de"),
        ox.NamedNode("https://w3id.org/metropolis"),
    ],
)
def test_other_terms_stay_as_they_are(term: ox.NamedNode | ox.Literal) -> None:
    assert REBASE.term(term) == term


def test_the_canonical_iri_comes_back() -> None:
    iri = f"{CANONICAL_BASE}id/person/michael-mueller"
    assert REBASE.canonical(REBASE.iri(iri)) == iri


def test_the_document_about_a_thing_is_named_after_it() -> None:
    assert document_path("id/person/michael-mueller") == "doc/person/michael-mueller"
