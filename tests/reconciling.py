"""The Reconciliation Service API 0.2: JSON schemas written after its text, and a list of names with what they mean."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_ADDRESS: Schema = {"type": "string", "format": "uri", "pattern": "^https?://"}
_TEMPLATE: Schema = {**_ADDRESS, "pattern": r"^https?://.*\{\{id\}\}"}


def _object(required: str, optional: str = "", **properties: Schema) -> Schema:
    names = {name: properties.get(name, {}) for name in (*required.split(), *optional.split())}
    return {"type": "object", "required": required.split(), "properties": names, "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _map(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


_NAMED = _object("id name", id=_TEXT, name=_TEXT)
_TYPE = _object("id name", "description broader", id=_TEXT, name=_TEXT, description=_TEXT, broader=_list(_NAMED))
_PROPERTY = _object("id name", "description", id=_TEXT, name=_TEXT, description=_TEXT)
_ENTITY = _object("id name", "description notable", id=_TEXT, name=_TEXT, description=_TEXT, notable=_list(_NAMED))
_ELSEWHERE = _object("service_url service_path", service_url=_ADDRESS, service_path={"pattern": "^/"})
_FEATURE = _object("id value", id=_TEXT, value={"type": ["boolean", "number"]})
_CANDIDATE = _object(
    "id name type score match", "description features", id=_TEXT, name=_TEXT, description=_TEXT, type=_list(_NAMED),
    score={"type": "number", "minimum": 0, "maximum": 100}, match={"type": "boolean"}, features=_list(_FEATURE),
)  # fmt: skip
_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$"
_CELL: Schema = {
    "oneOf": [
        _NAMED,
        _object("str", str={"type": "string"}),
        _object("float", float={"type": "number"}),
        _object("int", int={"type": "integer"}),
        _object("date", date={"type": "string", "pattern": _TIME}),
    ]
}

SCHEMAS: dict[str, Schema] = {
    "manifest": _object(
        "versions name identifierSpace schemaSpace defaultTypes documentation logo serviceVersion view preview suggest "
        "extend batchSize",
        versions={"contains": {"const": "0.2"}}, name=_TEXT, identifierSpace=_ADDRESS, schemaSpace=_ADDRESS,
        documentation=_ADDRESS, logo=_ADDRESS, serviceVersion=_TEXT, batchSize={"type": "integer", "minimum": 1},
        defaultTypes={**_list(_TYPE), "minItems": 1, "uniqueItems": True}, view=_object("url", url=_TEMPLATE),
        preview=_object("url width height", url=_TEMPLATE, width={"type": "integer"}, height={"type": "integer"}),
        suggest=_object("entity type property", entity=_ELSEWHERE, type=_ELSEWHERE, property=_ELSEWHERE),
        extend=_object("propose_properties property_settings", propose_properties=_ELSEWHERE,
                       property_settings={"type": "array", "maxItems": 0}),
    ),
    "results": _map(_object("result", result=_list(_CANDIDATE))),
    "entities": _object("result", result=_list(_ENTITY)),
    "types": _object("result", result=_list(_TYPE)),
    "properties": _object("result", result=_list(_PROPERTY)),
    "proposal": _object("type limit properties", type=_TEXT, limit={"type": "integer"}, properties=_list(_PROPERTY)),
    "extension": _object("meta rows", meta=_list(_PROPERTY), rows=_map(_map(_list(_CELL)))),
}  # fmt: skip
"""What an answer is → its JSON schema; stricter than the specification where this service promises more."""


def valid(name: str, answer: Any) -> Any:
    """Return ``answer`` after a look whether it is what the API says of it."""
    faults = [f"{each.json_path}: {each.message}" for each in Draft202012Validator(SCHEMAS[name]).iter_errors(answer)]
    assert not faults, faults
    return answer


@dataclass(frozen=True)
class Listed:
    """A name in a list, and what is to become of it."""

    name: str
    language: str
    id: str
    decision: str
    """``match``: the thing, for sure; ``first``: it is offered first; ``none``: there is no such thing here."""


def listed() -> list[Listed]:
    """Return the list of names of cities and networks."""
    with (Path(__file__).parent / "web" / "reconciliation-names.csv").open(encoding="utf-8", newline="") as file:
        return [Listed(**row) for row in csv.DictReader(file)]
