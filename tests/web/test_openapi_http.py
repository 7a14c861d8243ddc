"""The OpenAPI document over HTTP, and whether the server does what it says."""

from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator

from servers import ask

OPENAPI = "application/vnd.oai.openapi+json;version=3.1"


@pytest.fixture(scope="module")
def document(site: str) -> dict:
    """The document as the server gives it."""
    return ask(f"{site}/openapi.json").json()


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, OPENAPI),
        ("*/*", OPENAPI),
        (OPENAPI, OPENAPI),
        ("application/json", "application/json"),
    ],
)
def test_the_document_comes_as_openapi_or_json(site: str, accept: str | None, content_type: str) -> None:
    answer = ask(f"{site}/openapi.json", accept)
    assert (answer.status, answer.headers["content-type"]) == (200, content_type)
    assert answer.json()["servers"] == [{"url": site}]


def test_every_stored_query_answers_in_every_format_as_documented(site: str, document: dict) -> None:
    paths = {path: item["get"] for path, item in document["paths"].items() if path.startswith("/query/")}
    assert len(paths) > 50
    for path, operation in paths.items():
        documented = operation["responses"]["200"]["content"]
        for media_type in documented:
            answer = ask(site + path, media_type)
            assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, media_type), path


def test_documented_defaults_are_what_is_asked_without_arguments(site: str, document: dict) -> None:
    asked = 0
    for path, item in document["paths"].items():
        given = {
            each["name"]: each["schema"]["default"] for each in item["get"]["parameters"] if "default" in each["schema"]
        }
        if given:
            accept = "text/csv, text/turtle;q=0.9, application/json;q=0.8"
            explicit = ask(f"{site}{path}?{urlencode(given)}", accept)
            assert explicit.status == 200, path
            assert explicit.body == ask(site + path, accept).body, path
            asked += 1
    assert asked > 40


def test_a_wrong_argument_of_each_parameter_is_the_documented_problem(site: str, document: dict) -> None:
    problem = Draft202012Validator(document["components"]["schemas"]["Problem"])
    asked = 0
    for path, item in document["paths"].items():
        for parameter in item["get"]["parameters"]:
            if path.startswith("/query/") and parameter["name"] not in ("text", "format"):
                answer = ask(f"{site}{path}?{parameter['name']}=%00")
                assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json"), path
                assert answer.json()["parameter"] == parameter["name"]
                assert list(problem.iter_errors(answer.json())) == []
                asked += 1
    assert asked > 50


def test_the_schema_of_a_problem_refuses_what_is_none(document: dict) -> None:
    assert list(Draft202012Validator(document["components"]["schemas"]["Problem"]).iter_errors({"status": "400"}))


def test_the_other_paths_answer_as_documented(site: str, document: dict) -> None:
    asked = {
        "/sparql": f"/sparql?{urlencode({'query': 'ASK {}'})}",
        "/graph-store": "/graph-store?default",
        "/id/{kind}/{slug}": "/id/person/michael-mueller",
        "/doc/{kind}/{slug}": "/doc/person/michael-mueller",
        "/data/": "/data/",
        "/data/{name}": "/data/dataset.nq.gz",
        "/validate": "/validate",
        "/doc/ns": "/doc/ns",
        "/doc/shapes": "/doc/shapes",
        "/at/": "/at/",
        "/at/{day}": "/at/2018-03-15",
        "/feed": "/feed",
        "/feed/{first}/{page}": "/feed/1/1",
        "/feed.atom": "/feed.atom?page=1",
        "/healthz": "/healthz",
        "/readyz": "/readyz",
    }
    for path, example in asked.items():
        answer = ask(site + example)
        documented = document["paths"][path]["get"]["responses"][str(answer.status)].get("content", {})
        assert not documented or answer.headers["content-type"].partition(";")[0] in documented, path
