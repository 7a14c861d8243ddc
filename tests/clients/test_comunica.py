"""Comunica, the query engine in JavaScript: told what the endpoint is, and finding out by itself."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from questions import LEADER, PERSONS, Questions

from servers import Answer, ask

Comunica = Callable[..., Any]


def endpoint(questions: Questions, *, told: bool) -> Any:
    """Return the endpoint as a source: told to be one, or an address that Comunica identifies."""
    url = f"{questions.base}sparql"
    return {"type": "sparql", "value": url} if told else url


@pytest.mark.parametrize("told", [True, False], ids=["told", "identified"])
def test_it_finds_who_led(comunica: Comunica, questions: Questions, told: bool) -> None:
    rows = comunica("SELECT", questions.leader, [endpoint(questions, told=told)])
    assert [(row["holder"], row["role"]) for row in rows] == [LEADER]


@pytest.mark.parametrize("told", [True, False], ids=["told", "identified"])
def test_it_asks_and_constructs(comunica: Comunica, questions: Questions, told: bool) -> None:
    source = endpoint(questions, told=told)
    assert comunica("ASK", questions.known, [source]) is True
    assert comunica("ASK", questions.unknown, [source]) is False
    triples = comunica("CONSTRUCT", questions.persons, [source])
    assert len({subject for subject, _, _ in triples}) == PERSONS
    assert "Michael Müller" in {name for _, _, name in triples}


def test_it_recognises_the_endpoint_by_its_service_description(comunica: Comunica, questions: Questions) -> None:
    """Were it read as a file, the union would be the description itself, and nobody would be in it."""
    query = f"{questions.prologue}\nSELECT ?s WHERE {{ ?s a mkg:Person }}"
    assert len(comunica("SELECT", query, [f"{questions.base}sparql"])) == PERSONS
    assert comunica("SELECT", query, [{"type": "file", "value": f"{questions.base}sparql"}]) == []


def test_it_joins_the_endpoint_with_another_source(comunica: Comunica, questions: Questions) -> None:
    notes = f'<{questions.mueller}> <http://example.org/note> "born in Tempelhof" .'
    other = {"type": "serialized", "value": notes, "mediaType": "text/turtle", "baseIRI": "http://example.org/"}
    query = f"""{questions.prologue}
SELECT ?name ?note WHERE {{ ?s foaf:name ?name ; <http://example.org/note> ?note FILTER(LANG(?name) = "de") }}"""
    rows = comunica("SELECT", query, [endpoint(questions, told=True), other])
    assert rows == [{"name": "Michael Müller", "note": "born in Tempelhof"}]


def test_it_joins_the_endpoint_with_one_of_our_documents(comunica: Comunica, questions: Questions) -> None:
    document = f"{questions.base}doc/person/michael-mueller"
    query = f"""{questions.prologue}
SELECT DISTINCT ?page WHERE {{ ?s a mkg:Person . ?page foaf:primaryTopic ?s }}"""
    assert comunica("SELECT", query, [endpoint(questions, told=False)]) == []
    rows = comunica("SELECT", query, [endpoint(questions, told=False), document])
    assert [row["page"] for row in rows] == [document]


def test_it_counts_in_a_named_graph(comunica: Comunica, questions: Questions) -> None:
    query = f"{questions.prologue}\nSELECT (COUNT(*) AS ?n) WHERE {{ GRAPH graph:geonames {{ ?s ?p ?o }} }}"
    [row] = comunica("SELECT", query, [endpoint(questions, told=True)])
    assert int(row["n"]) > 10


def test_the_lock_file_names_no_address() -> None:
    lock = json.loads((Path(__file__).parent / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert packages["node_modules/@comunica/query-sparql"]["version"].startswith("5.")
    assert all("integrity" in facts and "resolved" not in facts for facts in packages.values())


def test_the_description_it_reads_is_one_for_machines(questions: Questions) -> None:
    """Comunica accepts HTML too, and must not get the page."""
    accept = "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,text/turtle;q=0.6,text/html;q=0.2"
    answer: Answer = ask(f"{questions.base}sparql", accept)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/n-quads")
