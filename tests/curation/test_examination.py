"""RDF that was sent, examined as if it were a file of the content, over a release."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content, read_text
from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.examination import MOST_NAMED, NOTHING, Bench, TooMuchNamedError
from metropolis_kg.curation.release import Release
from metropolis_kg.curation.report import Report
from metropolis_kg.curation.rewritten import Rewritten
from metropolis_kg.curation.sent import TRIG, TURTLE, Sent, read_sent
from metropolis_kg.curation.validation import judge_here, validate
from metropolis_kg.model.shapes import ShapesGraph
from metropolis_kg.store.protocol import RESULTS_JSON
from metropolis_kg.store.release import open_embedded

Examine = Callable[..., Findings]

PREFIXES = """
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix evidence: <https://w3id.org/metropolis-kg/id/evidence/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix mkg: <https://w3id.org/metropolis-kg/ns#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix organisation: <https://w3id.org/metropolis-kg/id/organisation/> .
@prefix person: <https://w3id.org/metropolis-kg/id/person/> .
@prefix role: <https://w3id.org/metropolis-kg/id/role/> .
@prefix tenure: <https://w3id.org/metropolis-kg/id/tenure/> .
"""
TENURE = """
tenure:sample a mkg:Tenure ;
    org:member {holder} ;
    org:organization organisation:metropolis ;
    org:role role:president ;
    mkg:when "2018"^^edtf:EDTF ;
    mkg:evidence evidence:sample .
evidence:sample a mkg:Evidence ; mkg:note "a"@de , "b"@en .
"""


def judged_here(store: ox.Store, shapes: ShapesGraph, rewritten: Rewritten) -> Report:
    """Return the report, made in this process."""
    return validate(store, shapes, rewritten, judge=judge_here)


@pytest.fixture(scope="module")
def examine(content: Content, release: Release) -> Examine:
    """Examine a text over the release of the repository's content."""
    opened = open_embedded(release.path / "store", release.manifest)
    query, bench = read_text(content.queries / "description" / "described.rq"), Bench(content, opened.base)

    def describe(names: Sequence[str]) -> bytes:
        bindings = {"subject": [ox.NamedNode(name) for name in names]}
        return opened.service.query(query, RESULTS_JSON, bindings=bindings)

    def examined(
        text: str, media_type: str = TURTLE, describe: Callable[[Sequence[str]], bytes] = describe
    ) -> Findings:
        return bench.examine(read_sent(Sent(text, media_type, "input.ttl")), describe, judged_here)

    return examined


def told(findings: Findings) -> list[tuple[str, int | None]]:
    """Return code and line of everything found."""
    return [(each.code, each.line) for each in findings.diagnostics]


FILES = ("dataset.ttl", "enrichment/wikidata.ttl", "enrichment/gnd.ttl", "pages/berlin-metropolis.ttl")


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_the_content_conforms_by_itself(content: Content, examine: Examine, file: str) -> None:
    assert examine((content.data / file).read_text(encoding="utf-8")).conforms


def test_what_the_release_says_of_things_that_are_named_counts(examine: Examine) -> None:
    text = PREFIXES + TENURE.format(holder="person:michael-mueller")
    member = next(number for number, line in enumerate(text.split("\n"), 1) if "org:member" in line)
    assert ("dangling-reference", member) not in told(examine(text))
    assert ("dangling-reference", member) in told(examine(text, describe=lambda _: NOTHING))
    assert ("dangling-reference", member) in told(examine(text.replace("michael-mueller", "nobody")))


def test_each_finding_has_its_line_under_either_base(examine: Examine) -> None:
    text = PREFIXES + "\nperson:erika a mkg:Person ;\n  foaf:nam 1 ;\n  foaf:name 'E'@de ."
    expected = [("Name-english", 14), ("misspelt-term", 13)]
    assert sorted(told(examine(text))) == expected
    assert sorted(told(examine(text.replace("https://w3id.org/metropolis-kg/", "http://localhost:8000/")))) == expected


def test_only_what_was_sent_is_complained_of(examine: Examine) -> None:
    text = PREFIXES + "tenure:berninger-head-of-unit mkg:note 'x'@de ."
    known = examine(text)
    assert {str(each.focus) for each in known.diagnostics if each.result} <= {
        "<http://localhost:8000/id/tenure/berninger-head-of-unit>"
    }
    assert "Tenure-undated" in dict(told(known))
    naming = examine(PREFIXES + "person:x org:member tenure:berninger-head-of-unit .")
    assert told(naming) == [("thing-without-class", 11)]


def test_what_only_all_of_the_data_can_tell_is_not_asked(examine: Examine) -> None:
    text = PREFIXES + "person:erika a mkg:Person ; foaf:name 'E'@de , 'E'@en ."
    assert told(examine(text)) == []


def test_a_text_belongs_to_the_graph_that_it_names_or_that_knows_its_things(examine: Examine) -> None:
    claim = TENURE.format(holder="person:michael-mueller")
    assert "Claim-source" in dict(told(examine(PREFIXES + claim)))
    named = f"{PREFIXES} <https://w3id.org/metropolis-kg/graph/berlin-metropolis> {{ {claim} }}"
    assert "Claim-source" not in dict(told(examine(named, TRIG)))
    known = claim.replace("tenure:sample", "tenure:berninger-head-of-unit")
    assert "Claim-source" not in dict(told(examine(PREFIXES + known)))


def test_what_a_page_says_wrongly_of_itself_stands_against_it(examine: Examine) -> None:
    text = PREFIXES + "<https://w3id.org/metropolis-kg/graph/x> a mkg:PageGraph ."
    assert "Graph-license" in dict(told(examine(text)))


def test_a_text_that_names_too_many_things_is_refused(examine: Examine) -> None:
    names = " , ".join(f"person:p{number}" for number in range(MOST_NAMED + 1))
    with pytest.raises(TooMuchNamedError, match="20,000"):
        examine(f"{PREFIXES} person:a foaf:knows {names} .")


def test_what_the_vocabulary_says_of_a_term_is_not_taken_for_what_was_sent(examine: Examine) -> None:
    text = PREFIXES + "mkg:Tenure <http://www.w3.org/2000/01/rdf-schema#label> 'Eine Amtszeit'@de ."
    assert told(examine(text)) == [("Term-label-text", 11)]


def test_an_excerpt_is_that_of_the_text(examine: Examine) -> None:
    [found] = examine("<urn:a> a <http://xmlns.com/foaf/0.1/Persona> .").diagnostics
    assert found.excerpt == "<urn:a> a <http://xmlns.com/foaf/0.1/Persona> ."
    assert (found.column, found.length) == (11, len("<http://xmlns.com/foaf/0.1/Persona>"))


def test_an_excerpt_begins_where_columns_are_counted_from(examine: Examine) -> None:
    [found] = examine("\ufeff<urn:a> a <http://xmlns.com/foaf/0.1/Persona> .").diagnostics
    assert found.excerpt == "<urn:a> a <http://xmlns.com/foaf/0.1/Persona> ."


def test_what_stands_in_a_file_of_the_content_has_its_subjects_line_in_the_text(examine: Examine) -> None:
    text = PREFIXES + "\nmkg:Tenure <http://www.w3.org/2000/01/rdf-schema#label> 'x'@de ."
    [found] = examine(text).diagnostics
    assert (found.code, found.path, found.line, found.column) == ("Term-label-text", Path("input.ttl"), 12, 1)


def test_a_text_about_a_term_of_the_vocabulary_is_not_blamed_for_the_vocabulary(examine: Examine) -> None:
    assert told(examine(PREFIXES + "mkg:Person mkg:note 'a'@de , 'b'@en .")) == []


def test_a_text_is_not_blamed_for_what_the_release_says_in_its_graph(examine: Examine) -> None:
    said = "tenure:berninger-head-of-unit mkg:conflictsWith tenure:governing-mayor-co-president-2014 ."
    text = f"{PREFIXES} <https://w3id.org/metropolis-kg/graph/berlin-metropolis> {{ {said} }}"
    assert "dangling-reference" not in dict(told(examine(text, TRIG)))
