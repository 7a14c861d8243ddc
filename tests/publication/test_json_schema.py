"""JSON Schema: derived from the shapes, kept to by every document of the release, broken by what is broken."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from metropolis_kg.content import Content
from metropolis_kg.errors import ContentError
from metropolis_kg.publication.class_shapes import read_class_shapes
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.json_schema import Schema, schema_document, schema_path, schemas_of
from metropolis_kg.publication.jsonld import compaction_of, framed
from metropolis_kg.store.release import OpenRelease

Document = dict[str, Any]

NOT_IN_SHAPES = {
    "document": "the program says it once of each thing",
    "primaryTopic": "the program says it once of each document",
    "inDataset": "the program says it once of each document",
    "modified": "the program says it once of each document",
    "temporalCoverage": "the day that the address of a document names",
    "certainOn": "the day that the address of a document names",
    "possibleOn": "the day that the address of a document names",
    "totalItems": "the program says it once of each document that has pages",
    "view": "the page that the document is",
    "first": "one page is the first",
    "previous": "one page is before another",
    "next": "one page is after another",
    "last": "one page is the last",
    "motivatedBy": "rule evidence-annotation: always oa:identifying",
    "target": "rule evidence-annotation: one, named after its evidence",
    "startPosition": "rule evidence-position: from mkg:startsAt, of which there is one",
    "endPosition": "rule evidence-position: from mkg:startsAt, of which there is one",
    "fragment": "rules evidence-row and evidence-pointer: from mkg:row or mkg:pointer, of each of which there is one",
    "fragmentSyntax": "rules evidence-row and evidence-pointer: the standard by which the fragment is written",
    "memberDuring": "rule tenure-links: the interval of the claim, of which there is one",
}
"""Keys with a single value of which no shape says that there is one, and what sees to it instead."""


@pytest.fixture(scope="module")
def schemas(opened: OpenRelease, content: Content) -> dict[str, Schema]:
    return dict(schemas_of(opened, content))


@pytest.fixture(scope="module")
def compacted(documents: list[Description], opened: OpenRelease) -> list[Document]:
    return [framed(description, opened) for description in documents]


@pytest.fixture(scope="module")
def judge(schemas: dict[str, Schema]) -> Callable[[str, Document], list[str]]:
    """Return what is wrong with a document by the schema of a class, or of all documents."""
    registry = Registry().with_resources((each["$id"], Resource.from_contents(each)) for each in schemas.values())

    def faults(name: str, document: Document) -> list[str]:
        validator = Draft202012Validator(schemas[name], registry=registry, format_checker=FormatChecker())
        return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(document)]

    return faults


def of_class(schema: Schema, documents: list[Document]) -> list[Document]:
    wanted = schema["properties"]["type"]["contains"]
    names = wanted["enum"] if "enum" in wanted else [wanted["const"]]
    return [document for document in documents if set(names) & set(document.get("type", ()))]


def test_every_schema_is_one(schemas: dict[str, Schema]) -> None:
    assert len(schemas) > 30
    for name, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        assert schema["$id"].endswith(schema_path(name))


def test_every_document_keeps_to_the_schemas_of_its_classes(
    compacted: list[Document], schemas: dict[str, Schema], judge: Callable[[str, Document], list[str]]
) -> None:
    judged = Counter()
    for document in compacted:
        assert judge("", document) == [], document["id"]
    for name, schema in schemas.items():
        for document in of_class(schema, compacted) if name else []:
            assert judge(name, document) == [], (name, document["id"])
            judged[name] += 1
    without = {"", "Interval", "Instant", "Term", "RetiredThing"}
    assert set(schemas) - set(judged) == without, "these have no documents of their own, or nothing is one"


def inside(value: Any) -> Iterator[Document]:
    """Yield the things within a value that are told whole: stubs have no classes."""
    for each in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from inside(each)
        if isinstance(each, dict) and "type" in each:
            yield each


def test_every_thing_that_is_told_within_a_document_keeps_to_the_schemas_of_its_classes(
    compacted: list[Document], schemas: dict[str, Schema], judge: Callable[[str, Document], list[str]]
) -> None:
    things = {json.dumps(each): each for document in compacted for each in inside(document)}
    judged = Counter()
    for name, schema in schemas.items():
        for thing in of_class(schema, list(things.values())) if name else []:
            assert judge(name, thing) == [], (name, thing["id"])
            judged[name] += 1
    assert judged.keys() >= {"Interval", "Instant", "Term", "Evidence", "Tenure"}


def test_a_claim_within_a_document_is_judged_by_the_schema_of_documents(
    compacted: list[Document], judge: Callable[[str, Document], list[str]]
) -> None:
    document = next(each for each in compacted if each["id"].endswith("/id/person/michael-mueller"))
    place, tenure = next((place, each) for place, each in enumerate(document["claims"]) if "Tenure" in each["type"])
    broken = deepcopy(document)
    broken["claims"][place] = {key: value for key, value in tenure.items() if key != "role"}
    assert judge("", document) == []
    assert {fault.partition(": ")[2] for fault in judge("", broken)} == {"'role' is a required property"}


def broken(document: Document, schema: Schema) -> Iterator[tuple[str, Document]]:
    """Yield copies of a document, each broken at one key that its schema describes, and how."""
    for key in schema["required"]:
        yield f"without {key}", {name: value for name, value in document.items() if name != key}
    for key in set(schema["properties"]) & set(document):
        value = document[key]
        yield f"{key} turned inside out", document | {key: value[0] if isinstance(value, list) else [value]}
        yield f"{key} null", document | {key: None}
        if isinstance(value, list):
            yield f"{key} empty", document | {key: []}
        elif isinstance(value, dict):
            yield f"{key} empty", document | {key: {}}


def test_a_document_that_is_broken_at_any_key_does_not_keep_to_the_schema_of_its_class(
    compacted: list[Document], schemas: dict[str, Schema], judge: Callable[[str, Document], list[str]]
) -> None:
    seen = 0
    for name, schema in schemas.items():
        for document in of_class(schema, compacted)[:2] if name else []:
            for how, other in broken(document, schema):
                seen += 1
                assert judge(name, other) != [], (name, document["id"], how)
                assert how == "without type" or judge("", other) != [], (document["id"], how)
    assert seen > 500


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("Tenure", "endBasis", {"id": "http://example.org/other"}),
        ("Tenure", "when", "last year"),
        ("Tenure", "interval", {"id": "urn:x", "startEarliest": "2018-02-30"}),
        ("Tenure", "interval", {"id": "urn:x", "start": {"id": "urn:y", "month": "2018-13"}}),
        ("Tenure", "evidence", [{"id": "urn:x", "startsAt": -1}]),
        ("Tenure", "evidence", [{"id": "urn:x", "quote": {"de": "a", "en": "b"}}]),
        ("Tenure", "label", {"german!": "a"}),
        ("Tenure", "type", ["Person"]),
        ("MemberCount", "value", "141"),
        ("Person", "sameAs", [{"id": "http://www.wikidata.org/entity/Q64"}]),
        ("Partnership", "partner", [{"id": "urn:x"}]),
        ("Partnership", "partner", [{"id": "urn:x"}, {"id": "urn:y"}, {"id": "urn:z"}]),
    ],
)
def test_what_the_shapes_forbid_the_schema_forbids(
    name: str,
    key: str,
    value: object,
    compacted: list[Document],
    schemas: dict[str, Schema],
    judge: Callable[[str, Document], list[str]],
) -> None:
    document = deepcopy(of_class(schemas[name], compacted)[0])
    assert judge(name, document) == []
    assert judge(name, document | {key: value}) != []


def kind_of(value: object) -> str:
    """Return what kind of JSON a value is; of a language map, of what its values are as well."""
    if isinstance(value, dict) and "id" not in value and "@value" not in value:
        return f"map of {', '.join(sorted({kind_of(each) for each in value.values()}))}"
    return {dict: "object", list: "array"}.get(type(value), "scalar")


def kinds(value: Any, found: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return key → the kinds of its values, wherever it occurs."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            for key, inner in each.items():
                found.setdefault(key, set()).add(kind_of(inner))
                if not kind_of(inner).startswith("map"):
                    kinds(inner, found)
    return found


def test_a_key_holds_the_same_kind_of_value_wherever_it_occurs(compacted: list[Document]) -> None:
    found: dict[str, set[str]] = {}
    for document in compacted:
        kinds({key: value for key, value in document.items() if key != "reverse"}, found)
    assert len(found) > 100
    assert {key: kinds for key, kinds in found.items() if len(kinds) > 1} == {"object": {"object", "scalar"}}


def test_where_a_key_has_one_value_the_shapes_or_a_rule_see_to_it(opened: OpenRelease, content: Content) -> None:
    """The object of a relation is whatever the relation is about, but one."""
    shapes = read_class_shapes(content, opened.base)
    promised: dict[str, set[int | None]] = {}
    for shape in shapes:
        for each in shape.properties:
            promised.setdefault(each.path, set()).add(each.most)
    single = {iri: term.key for iri, term in compaction_of(opened).terms.items() if not term.many and iri[0] != "@"}
    in_maps = {iri for iri in single if compaction_of(opened).terms[iri].kind == "@language"}
    unpromised = {key for iri, key in single.items() if iri not in in_maps and promised.get(iri) != {1}}
    assert unpromised == set(NOT_IN_SHAPES)


def test_no_thing_has_two_values_where_a_key_has_one(opened: OpenRelease) -> None:
    terms = compaction_of(opened).terms
    for iri, term in terms.items():
        if iri[0] != "@" and not term.many:
            language = "?language" if term.kind == "@language" else ""
            query = f"""SELECT ?s (COUNT(?o) AS ?n) {{ ?s <{iri}> ?o BIND(LANG(?o) AS ?language) }}
                        GROUP BY ?s {language} HAVING (COUNT(?o) > 1)"""
            rows = json.loads(opened.service.query(query, "application/sparql-results+json"))["results"]["bindings"]
            assert rows == [], f"{term.key} needs @set in the context, or the shapes need sh:maxCount 1"


def test_every_property_that_shapes_speak_of_has_a_key_in_the_context(opened: OpenRelease, content: Content) -> None:
    terms = compaction_of(opened).terms
    paths = {each.path for shape in read_class_shapes(content, opened.base) for each in shape.properties}
    assert paths - terms.keys() == set()


def test_the_schema_follows_the_shapes(opened: OpenRelease, workspace: Any, edit: Any) -> None:
    edit(
        "shapes/tenure.ttl",
        'sh:name "für"@de , "representing"@en ;',
        'sh:name "für"@de , "representing"@en ;\n    sh:maxCount 2 ;\n    sh:minCount 1 ;',
    )
    changed = json.loads(schema_document(opened, Content(workspace), "Tenure") or b"")
    assert changed["properties"]["representing"]["maxItems"] == 2
    assert "representing" in changed["required"]


def test_a_class_inherits_what_holds_of_those_above_it(schemas: dict[str, Schema]) -> None:
    holding = schemas["PostHolding"]
    assert {"post", "member", "organization", "evidence", "interval"} <= set(holding["properties"])
    assert {"post", "member", "organization", "role"} <= set(holding["required"])


def test_a_warning_of_the_shapes_promises_nothing(schemas: dict[str, Schema]) -> None:
    assert "when" not in schemas["Event"]["required"]


def test_shapes_that_cannot_be_read_are_named(opened: OpenRelease, workspace: Any) -> None:
    (workspace / "shapes" / "tenure.ttl").write_text("a b", encoding="utf-8")
    with pytest.raises(ContentError, match=r"tenure\.ttl"):
        schemas_of(opened, Content(workspace))
