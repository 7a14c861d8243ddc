"""The pages of JSON-LD say what there is: one for each class, with the example that the release gives."""

import importlib.util
import json
from types import ModuleType

import pytest
from jsonschema import Draft202012Validator

from metropolis_kg.content import Content
from metropolis_kg.curation.release import Release
from metropolis_kg.model.namespaces import CANONICAL_BASE
from metropolis_kg.publication.class_shapes import read_class_shapes
from metropolis_kg.publication.json_schema import schemas_of
from metropolis_kg.store.release import open_embedded
from repository import REPOSITORY

FOLDER = REPOSITORY / "docs" / "jsonld"


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    """The module that makes them."""
    spec = importlib.util.spec_from_file_location("class_pages", REPOSITORY / "docs" / "class_pages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_examples_are_what_the_release_says(pages: ModuleType, release: Release, content: Content) -> None:
    found = pages.examples_from(open_embedded(release.path / "store", release.manifest), content)
    there = {path.stem: path.read_text(encoding="utf-8") for path in (FOLDER / "examples").glob("*.json")}
    stale = sorted(name for name in found.keys() | there.keys() if found.get(name) != there.get(name))
    assert stale == [], "run: python docs/generate.py --examples"


def test_every_class_has_a_page_with_an_example_and_all_its_keys(pages: ModuleType, content: Content) -> None:
    written = pages.class_pages(content, "")
    names = {shape.name for shape in read_class_shapes(content, CANONICAL_BASE)}
    assert {path.stem for path in written} == names | {"README"}
    readme = written[FOLDER / "README.md"]
    for name in names:
        page = written[FOLDER / f"{name}.md"]
        assert f"({name}.md)" in readme
        assert ("```json" in page) == (name != "RetiredThing"), "of which there is none"
        assert "| `type` | array: text | 1 or more |" in page


def test_an_example_has_only_keys_of_its_schema_and_keeps_to_them(
    release: Release, content: Content
) -> None:  # fmt: skip
    """An example is shortened, so what it must have of every document is not looked at."""
    schemas = schemas_of(open_embedded(release.path / "store", release.manifest), content)
    for path in (FOLDER / "examples").glob("*.json"):
        schema = schemas[path.stem] | {"required": ["id", "type"]}
        example = json.loads(path.read_text(encoding="utf-8").replace(CANONICAL_BASE, release.manifest["base"]))
        assert example.keys() - {"@context"} <= schema["properties"].keys()
        faults = [error.message for error in Draft202012Validator(schema).iter_errors(example)]
        assert [fault for fault in faults if "too short" not in fault] == [], path.name


def test_an_example_that_is_stale_is_noticed(pages: ModuleType) -> None:
    schema = {"properties": {"type": {"contains": {"const": "A"}}, "key": {"title": "k"}}, "$defs": {}}
    things = [{"id": "urn:x", "type": ["A"]}, {"id": "urn:y", "type": ["A"], "key": "x" * 200, "other": 1}]
    (example,) = pages.examples(things, {"A": schema}).values()
    assert json.loads(example) == {"type": ["A"], "key": "x" * 110 + "…"}
