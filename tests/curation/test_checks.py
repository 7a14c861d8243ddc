"""Checks: how their files are read, and where what they find is placed."""

import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.checks import Check, Found, read_checks, run_checks
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.curation.telling import with_checks
from metropolis_kg.errors import ContentError, ContentErrors

BASE = "https://w3id.org/metropolis-kg/"
HEADER = """#+ title.en = "A place is alone."
#+ title.de = "Ein Ort ist allein."
#+ message.en = "{?this} is alone."
#+ message.de = "{?this} ist allein."
#+ severity = "warning"
"""
NEAR = """#+ near = "value"
#+ meant.en = "Did you mean {?meant}?"
#+ meant.de = "Meinten Sie {?meant}?"
#+ otherwise.en = "Nothing is near."
#+ otherwise.de = "Nichts ist nahe."
"""
SELECT = "SELECT ?this WHERE { ?this a mkg:City }"
PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix p: <https://w3id.org/metropolis-kg/prefixes#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
p:mkg sh:prefix "mkg" ; sh:namespace "https://w3id.org/metropolis-kg/ns#"^^xsd:anyURI .
p:fn sh:prefix "fn" ; sh:namespace "https://w3id.org/metropolis-kg/function/"^^xsd:anyURI .
p:rule sh:prefix "rule" ; sh:namespace "https://w3id.org/metropolis-kg/id/rule/"^^xsd:anyURI .
p:place sh:prefix "place" ; sh:namespace "https://w3id.org/metropolis-kg/id/place/"^^xsd:anyURI .
p: sh:declare p:mkg, p:fn, p:rule, p:place .
"""
PAGE = """@prefix mkg: <https://w3id.org/metropolis-kg/ns#> .
@prefix place: <https://w3id.org/metropolis-kg/id/place/> .

place:berlin a mkg:City ;
    mkg:note "x" ;
    mkg:near place:spandua .

place:spandau a mkg:City .
"""


@pytest.fixture
def small(tmp_path: Path) -> Content:
    for folder in ("ontology", "data/pages", "shapes", "queries/checks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "ontology/prefixes.ttl").write_text(PREFIXES)
    (tmp_path / "data/pages/page.ttl").write_text(PAGE)
    return Content(tmp_path)


def found(content: Content, text: str, name: str = "alone") -> list[Found]:
    (content.queries / "checks" / f"{name}.rq").write_text(text)
    dataset = read_dataset(content)
    store = ox.Store()
    store.extend(dataset.quads())
    return run_checks(read_checks(content), store, dataset, content)


def test_a_row_is_a_fault_at_its_place(small: Content) -> None:
    told = sorted((each.diagnostic for each in found(small, HEADER + SELECT)), key=lambda each: each.sort_key)
    assert [(each.code, each.severity, str(each.path), each.line) for each in told] == [
        ("alone", Severity.WARNING, "data/pages/page.ttl", 4),
        ("alone", Severity.WARNING, "data/pages/page.ttl", 8),
    ]
    assert told[0].messages == {"en": "place:berlin is alone.", "de": "place:berlin ist allein."}


def test_a_row_with_property_and_value_is_placed_at_the_statement(small: Content) -> None:
    query = 'SELECT * WHERE { BIND(mkg:note AS ?predicate) BIND("x" AS ?value) ?this ?predicate ?value }'
    (only,) = found(small, HEADER + query)
    assert (only.diagnostic.line, only.predicate) == (5, ox.NamedNode(f"{BASE}ns#note"))


def test_a_value_without_a_thing_is_told_wherever_it_is_written_with_the_name_that_is_near(small: Content) -> None:
    header = HEADER.replace("{?this} is alone", "{?value} is nowhere") + NEAR + '#+ explains = "value"\n'
    (only,) = found(small, header + "SELECT ?value WHERE { ?any mkg:near ?value }")
    assert only.diagnostic.line == 6
    assert only.diagnostic.messages["en"] == "place:spandua is nowhere. Did you mean place:spandau?"
    assert only.explains == ox.NamedNode(f"{BASE}id/place/spandua")
    far = "SELECT ?this ?value WHERE { ?this mkg:note ?any BIND(place:zzz AS ?value) }"
    (only,) = found(small, HEADER + NEAR + far)
    assert only.diagnostic.messages["de"] == "place:berlin ist allein. Nichts ist nahe."


def test_an_answer_is_freed_on_the_thread_that_asked(small: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    with ThreadPoolExecutor(1) as thread, pytest.raises(ContentError):
        thread.submit(found, small, HEADER + "SELECT ?that WHERE { ?that a mkg:City }").result()
    gc.collect()
    assert told == []


def test_a_name_that_is_not_formed_as_names_are_is_not_meant(small: Content) -> None:
    header = HEADER.replace("{?this} is alone", "{?value} is nowhere") + NEAR + '#+ explains = "value"\n'
    (small.data / "pages/page.ttl").write_text(PAGE.replace("place:spandau a", "place:spanduä a"), encoding="utf-8")
    (only,) = found(small, header + "SELECT ?value WHERE { ?any mkg:near ?value }")
    assert only.diagnostic.messages["en"] == "place:spandua is nowhere. Nothing is near."


def test_names_are_formed_as_names_are(small: Content) -> None:
    query = 'SELECT ?this ?meant WHERE { ?this mkg:note "x" BIND(fn:minted("Person/Michael Müller") AS ?meant) }'
    (only,) = found(small, HEADER.replace("{?this} is", "{?meant} is") + query)
    assert only.diagnostic.messages["en"] == "person/michael-mueller is alone."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"warning"', '"grave"', "severity = …"),
        ('#+ title.de = "Ein Ort ist allein."\n', "", "title.de"),
        ('#+ message.de = "{?this} ist allein."\n', "", "message.de"),
        ("#+ severity", "#+ gravity", "unknown key gravity"),
        ("SELECT ?this", '#+ near = "this"\nSELECT ?this', "meant.de"),
        ("SELECT ?this", "#+ explains = 1\nSELECT ?this", "name of a variable"),
    ],
)
def test_a_header_that_is_none_is_told(small: Content, old: str, new: str, said: str) -> None:
    with pytest.raises(ContentErrors, match=r"queries/checks/alone\.rq: ") as raised:
        found(small, (HEADER + SELECT).replace(old, new))
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT ?this WHERE", "not SPARQL"),
        ("ASK { ?this a mkg:City }", "SELECT query"),
        ("SELECT ?that WHERE { ?that a mkg:City }", "selects ?this or ?value"),
    ],
)
def test_a_query_that_is_none_is_told(small: Content, query: str, said: str) -> None:
    with pytest.raises(ContentError) as raised:
        found(small, HEADER + query)
    assert said in str(raised.value)
    assert raised.value.path == Path("queries/checks/alone.rq")


def test_a_variable_of_the_message_that_the_query_does_not_select_is_told(small: Content) -> None:
    with pytest.raises(ContentError, match=r"does not select \?other, which the header names"):
        found(small, HEADER.replace("{?this} is", "{?other} is") + SELECT)


def test_every_check_of_the_repository_speaks_both_languages_and_finds_nothing(content: Content) -> None:
    checks: list[Check] = read_checks(content)
    assert checks
    dataset = read_dataset(content)
    store = ox.Store()
    store.extend(dataset.quads())
    assert all(set(check.titles) == set(check.messages) == {"de", "en"} for check in checks)
    assert [each.diagnostic.message("en") for each in run_checks(checks, store, dataset, content)
            if each.diagnostic.severity is not Severity.INFO] == []  # fmt: skip


def test_what_is_said_twice_of_one_place_is_told_once() -> None:
    this = ox.NamedNode(f"{BASE}id/place/berlin")
    twice = [Diagnostic("alone", Severity.WARNING, {"en": "x"}, line=1, focus=this, value=ox.Literal("a"))] * 2
    assert len(with_checks(twice, [])) == 1


def test_what_a_check_explains_is_left_to_it_unless_it_only_warns() -> None:
    this, value = ox.NamedNode(f"{BASE}id/place/berlin"), ox.Literal("b")
    shape = Diagnostic("shape", Severity.VIOLATION, {"en": "x"}, line=1, focus=this, value=value)
    for severity, codes in ((Severity.VIOLATION, ["better"]), (Severity.WARNING, ["shape", "better"])):
        better = Found(Diagnostic("better", severity, {"en": "y"}, focus=this), explains=value)
        assert [each.code for each in with_checks([shape], [better])] == codes


def test_a_thing_that_is_meant_elsewhere_is_not_called_unused() -> None:
    this = ox.NamedNode(f"{BASE}id/place/berlin")
    misspelt = Found(Diagnostic("misspelt", Severity.VIOLATION, {"en": "x"}), meant=this)
    unused = Found(Diagnostic("unused", Severity.INFO, {"en": "y"}, focus=this))
    assert [each.code for each in with_checks([], [misspelt, unused])] == ["misspelt"]
    assert [each.code for each in with_checks([], [unused])] == ["unused"]
