"""Mappings are CSVW; whatever is missing, misspelt or without effect is refused, with what would be right."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.imports.importing import Order, take
from metropolis_kg.curation.imports.mapping import mapping_of
from metropolis_kg.errors import ContentError
from repository import REPOSITORY
from tables_to_read import COLUMNS, mapping, put

Change = Callable[[dict[str, Any]], object]


def column(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in found["tableSchema"]["columns"] if each["name"] == name)


WRONG: dict[str, tuple[Change, str]] = {
    "a key misspelt": (lambda m: m.update(tableShema=m.pop("tableSchema")), "mapping-key-misspelt"),
    "a key of nothing": (lambda m: m.update({"quality": []}), "mapping-key-unknown"),
    "a key without its prefix": (lambda m: m.update({"notes": []}), "mapping-key-misspelt"),
    "no context": (lambda m: m.pop("@context"), "mapping-lacks"),
    "a context without a language": (lambda m: m.update({"@context": "http://www.w3.org/ns/csvw"}), "mapping-value"),
    "no address": (lambda m: m.pop("schema:url"), "mapping-lacks"),
    "a licence as text": (lambda m: m.update({"dc:license": "CC BY"}), "mapping-value"),
    "a title in two languages at once": (
        lambda m: m["dc:title"][0].update({"@language": ["de", "en"]}), "mapping-value"),
    "a title in one language": (lambda m: m["dc:title"].pop(), "mapping-value"),
    "a day that is none": (lambda m: m.update({"mkg:observedNotBefore": "2026-02-30"}), "mapping-value"),
    "no columns": (lambda m: m["tableSchema"].pop("columns"), "mapping-lacks"),
    "no key": (lambda m: m["tableSchema"].pop("primaryKey"), "mapping-primary-key"),
    "a key that is no column": (lambda m: m["tableSchema"].update(primaryKey=["kind"]), "mapping-primary-key"),
    "an encoding that is not read": (lambda m: m["dialect"].update(encoding="utf-16"), "mapping-value"),
    "two delimiters": (lambda m: m["dialect"].update(delimiter=";;"), "mapping-value"),
    "no header": (lambda m: m["dialect"].update(header=False), "mapping-value"),
    "comments": (lambda m: m["dialect"].update(commentPrefix="#"), "mapping-key-unknown"),
    "no class": (lambda m: column(m, "kind").update(valueUrl="mkg:Event"), "mapping-kind"),
    "no holder": (lambda m: column(m, "holder").update(suppressOutput=True), "mapping-property-count"),
    "a property misspelt": (lambda m: column(m, "holder").update(propertyUrl="org:membr"), "mapping-property-misspelt"),
    "a property of nothing": (lambda m: column(m, "end").update(propertyUrl="vcard:tel"), "mapping-property-unknown"),
    "a property of others": (lambda m: column(m, "end").update(propertyUrl="mkg:countOf"), "mapping-property-not-of"),
    "time twice": (lambda m: column(m, "end").update(propertyUrl="mkg:when"), "mapping-times"),
    "a column that says nothing": (lambda m: column(m, "end").pop("propertyUrl"), "mapping-column-says-nothing"),
    "two columns of a name": (lambda m: column(m, "end").update(name="start"), "mapping-name-twice"),
    "a virtual column without a value": (
        lambda m: column(m, "end").update(virtual=True), "mapping-virtual-without-value"),
    "a column about nothing": (lambda m: column(m, "qid").update(aboutUrl="{holdr}"), "mapping-about"),
    "a class of which nothing is made": (lambda m: column(m, "made").update(valueUrl="mkg:Office"), "mapping-class"),
    "a class that does not fit": (lambda m: column(m, "made").update(valueUrl="mkg:City"), "mapping-class-otherwise"),
    "a constant that is not known": (
        lambda m: m["tableSchema"]["columns"].append(
            {"name": "for", "virtual": True, "propertyUrl": "mkg:representing", "valueUrl": "place:nowhere"}
        ), "mapping-constant"),
    "a date in a format of its own": (
        lambda m: column(m, "end").update(datatype={"base": "date", "format": "yy"}), "mapping-value"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_mapping_that_is_wrong_is_refused_at_its_file(what: str, content: Content, tmp_path: Path) -> None:
    change, code = WRONG[what]
    mapped = copy.deepcopy(mapping(copy.deepcopy(COLUMNS)))
    change(mapped)
    with pytest.raises(ContentError) as raised:
        take(Order(put(tmp_path, "Netzwerk;Person;Wikidata;Rolle;von;bis\n", mapped)), content)
    assert raised.value.code == code
    assert raised.value.path == mapping_of(tmp_path / "memberships.csv")
    assert set(raised.value.messages) == {"de", "en"}
    assert "None" not in str(raised.value.messages)


@pytest.mark.parametrize(("text", "code"), [
    ('{"url": 1,}', "mapping-not-json"), ("[]", "mapping-no-object"), ('{"url": 1, "url": 2}', "mapping-key-twice"),
    ("[" * 100_000, "mapping-not-json"), ("9" * 5_000, "mapping-not-json"),
])  # fmt: skip
def test_a_mapping_that_is_no_json_object_is_refused_at_its_line(
    text: str, code: str, content: Content, tmp_path: Path
) -> None:
    path = put(tmp_path, "a\n")
    mapping_of(path).write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as raised:
        take(Order(path), content)
    assert raised.value.code == code


def test_properties_can_be_written_as_iris_too(content: Content, tmp_path: Path) -> None:
    mapped = copy.deepcopy(mapping(copy.deepcopy(COLUMNS)))
    column(mapped, "holder")["propertyUrl"] = "http://www.w3.org/ns/org#member"
    text = "Netzwerk;Person;Wikidata;Rolle;von;bis\nMetropolis;Ada;;Mitglied;2012;\n"
    assert take(Order(put(tmp_path, text, mapped)), content).account.claims == 1


def test_the_example_of_the_documentation_is_taken_as_the_page_says(content: Content) -> None:
    folder = REPOSITORY / "docs" / "examples" / "import"
    page = (REPOSITORY / "docs" / "import.md").read_text(encoding="utf-8")
    for name in ("memberships.csv", "council.json"):
        account = take(Order(folder / name), content).account
        assert f"{account.rows} rows = {account.claims} claims + {len(account.reported)} rows reported" in page
