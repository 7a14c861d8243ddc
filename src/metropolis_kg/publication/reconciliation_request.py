"""What clients of the reconciliation service ask for, as JSON in a field of a form or an address.

Reconciliation Service API 0.2, sections “Reconciliation Queries” and “Data Extension Query Requests”. The specification
leaves open what becomes of one wrong query among right ones: here the whole batch is refused and the query named, since
an empty result would say that there is nothing of that name.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from metropolis_kg.errors import MetropolisError

MOST_QUERIES = 25
"""Queries in a batch; the manifest says so (``batchSize``)."""

MOST_CANDIDATES = 20
"""Candidates for one query; a higher limit is taken as this."""

MOST_IDS = 200
"""Entities in one data extension query."""

MOST_PROPERTIES = 20
"""Properties in one query, and values of one property."""

LONGEST_TEXT = 1000
"""Characters of a name, an identifier or a value."""

_USUAL_CANDIDATES = 10
_STRICTNESS = ("any", "all", "should")
_Item = TypeVar("_Item")
_FIELDS = ("query", "type", "type_strict", "limit", "properties")


class RequestError(MetropolisError):
    """What was sent is not what the API takes."""


class BatchTooLargeError(MetropolisError):
    """More was asked at once than is answered at once."""


@dataclass(frozen=True)
class Entity:
    """An entity as a value: one that was reconciled before."""

    id: str


Given = str | bool | int | float | Entity


@dataclass(frozen=True)
class Attribute:
    """Values that a property of the entity sought should have."""

    property: str
    values: tuple[Given, ...]


@dataclass(frozen=True)
class Query:
    """One reconciliation query."""

    name: str = ""
    types: tuple[str, ...] = ()
    strictness: str = "any"
    limit: int = _USUAL_CANDIDATES
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True)
class Extension:
    """A data extension query: which properties of which entities."""

    ids: tuple[str, ...]
    properties: tuple[str, ...]


def read_queries(text: str) -> dict[str, Query]:
    """Return the queries of a batch by their keys. Raises RequestError and BatchTooLargeError."""
    batch = _object(_decoded("queries", text), "queries")
    if len(batch) > MOST_QUERIES:
        raise BatchTooLargeError(f"There are {len(batch)} queries; at most {MOST_QUERIES} are answered at once.")
    return {key: _query(each, f"queries[{json.dumps(key[:40])}]") for key, each in batch.items()}


def read_extension(text: str) -> Extension:
    """Return the data extension query. Raises RequestError and BatchTooLargeError."""
    asked = _object(_decoded("extend", text), "extend")
    ids = _list(asked.get("ids"), "extend.ids", _text)
    properties = _list(asked.get("properties"), "extend.properties", _property_id)
    for given, most, name in ((ids, MOST_IDS, "ids"), (properties, MOST_PROPERTIES, "properties")):
        if len(given) > most:
            raise BatchTooLargeError(f"There are {len(given)} {name}; at most {most} are answered at once.")
    return Extension(tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(properties)))


def _decoded(field: str, text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        raise RequestError(f"“{field}” is not JSON: {reason[:200]}.") from error


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _query(given: Any, place: str) -> Query:
    fields = {name: value for name, value in _object(given, place).items() if value is not None}
    unknown = fields.keys() - set(_FIELDS)
    if unknown:
        name = min(unknown)[:40].encode(errors="backslashreplace").decode()  # it may have half of a surrogate pair
        raise RequestError(f"{place} has “{name}”; a query has only {', '.join(_FIELDS)}.")
    attributes = _list(fields.get("properties", []), f"{place}.properties", _attribute)
    if "query" not in fields and not attributes:
        raise RequestError(f"{place} has neither “query” nor “properties”.")
    if len(attributes) > MOST_PROPERTIES:
        raise RequestError(f"{place} has {len(attributes)} properties; at most {MOST_PROPERTIES} are compared.")
    return Query(
        name=_text(fields.get("query", ""), f"{place}.query").strip(),
        types=tuple(_several(fields.get("type", []), f"{place}.type", _text)),
        strictness=_strictness(fields.get("type_strict", "any"), f"{place}.type_strict"),
        limit=_limit(fields.get("limit", _USUAL_CANDIDATES), f"{place}.limit"),
        attributes=tuple(attributes),
    )


def _strictness(given: Any, place: str) -> str:
    if given not in _STRICTNESS:
        raise RequestError(f"{place} is one of {', '.join(_STRICTNESS)}.")
    return str(given)


def _limit(given: Any, place: str) -> int:
    if isinstance(given, bool) or not isinstance(given, int | float) or given < 1 or given != given // 1:
        raise RequestError(f"{place} is a positive whole number.")
    return int(min(given, MOST_CANDIDATES))


def _attribute(given: Any, place: str) -> Attribute:
    fields = _object(given, place)
    for name in ("pid", "v"):
        if name not in fields:
            raise RequestError(f"{place} has no “{name}”.")
    values = _several(fields["v"], f"{place}.v", _value)
    if len(values) > MOST_PROPERTIES:
        raise RequestError(f"{place}.v has {len(values)} values; at most {MOST_PROPERTIES} are compared.")
    return Attribute(_text(fields["pid"], f"{place}.pid"), tuple(values))


def _value(given: Any, place: str) -> Given:
    if isinstance(given, bool | int | float):
        return given
    if isinstance(given, dict):
        return Entity(_text(given.get("id"), f"{place}.id"))
    return _text(given, place).strip()


def _property_id(given: Any, place: str) -> str:
    return _text(_object(given, place).get("id"), f"{place}.id")


def _object(given: Any, place: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise RequestError(f"{place} is no JSON object.")
    return given


def _list(given: Any, place: str, read: Callable[[Any, str], _Item]) -> list[_Item]:
    if not isinstance(given, list):
        raise RequestError(f"{place} is no list.")
    return [read(each, f"{place}[{number}]") for number, each in enumerate(given)]


def _several(given: Any, place: str, read: Callable[[Any, str], _Item]) -> list[_Item]:
    """Return the one or several items given."""
    return _list(given, place, read) if isinstance(given, list) else [read(given, place)]


def _text(given: Any, place: str) -> str:
    if not isinstance(given, str):
        raise RequestError(f"{place} is no text.")
    if len(given) > LONGEST_TEXT:
        raise RequestError(f"{place} has {len(given)} characters; at most {LONGEST_TEXT:,} are read.")
    if any(0xD800 <= ord(each) < 0xE000 for each in given):
        raise RequestError(f"{place} is no text: it has half of a surrogate pair.")
    return given
