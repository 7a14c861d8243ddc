"""The OpenAPI document: valid, and complete."""

import copy

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from metropolis_kg.content import Content
from metropolis_kg.publication.openapi import PROBLEMS, openapi
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.problems import STATUS


@pytest.fixture(scope="module")
def document(content: Content, opened: OpenRelease) -> dict:
    """The document for all stored queries."""
    return openapi(opened, StoredQueries(content).all())


def parameters(document: dict, path: str) -> dict[str, dict]:
    """Return the parameters of GET by name."""
    return {each["name"]: each for each in document["paths"][path]["get"]["parameters"]}


def test_the_document_is_openapi_3_1(document: dict) -> None:
    assert document["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_the_validator_finds_a_default_that_is_not_allowed(document: dict) -> None:
    broken = copy.deepcopy(document)
    parameters(broken, "/query/most-evidenced")["kind"]["schema"]["default"] = 3
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


def test_every_stored_query_is_a_path_with_its_parameters_and_format(document: dict, content: Content) -> None:
    for query in StoredQueries(content).all():
        given = parameters(document, f"/query/{query.name}")
        assert list(given) == [*query.parameters, "format"]
        for name, parameter in query.parameters.items():
            assert given[name]["required"] is (parameter.default is None)
            assert given[name]["description"]
            assert given[name]["x-description-de"]


def test_types_defaults_and_allowed_values_become_schemas(document: dict) -> None:
    assert parameters(document, "/query/who-led")["at"]["schema"] == {
        "type": "string", "format": "date", "default": "2018-03-15",
    }  # fmt: skip
    assert parameters(document, "/query/evidence-strength")["least"]["schema"] == {"type": "integer", "default": 3}
    assert parameters(document, "/query/who-led")["lang"]["schema"] == {
        "type": "string", "enum": ["en", "de"], "default": "en",
    }  # fmt: skip
    assert parameters(document, "/query/who-led")["format"]["schema"]["enum"] == ["json", "xml", "csv", "tsv", "html"]
    assert "ttl" in parameters(document, "/query/as-schema-org")["format"]["schema"]["enum"]


def test_the_format_of_an_answer_to_any_query_can_be_named(document: dict) -> None:
    formats = ["json", "xml", "csv", "tsv", "ttl", "jsonld", "nt", "nq", "trig", "rdf", "html"]
    post = document["paths"]["/sparql"]["post"]
    form = post["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"]
    in_address = {each["name"]: each["schema"] for each in post["parameters"]}
    for known in (parameters(document, "/sparql")["format"]["schema"], in_address["format"], form["format"]):
        assert known["enum"] == formats


def test_every_status_of_a_problem_is_described_and_used(document: dict) -> None:
    assert {status for status, _ in STATUS.values()} <= set(PROBLEMS)
    used = {
        int(status)
        for path in document["paths"].values()
        for operation in path.values()
        for status in operation["responses"]
        if int(status) >= 400
    }
    assert used == set(PROBLEMS)


def test_operation_names_are_unique(document: dict) -> None:
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))
