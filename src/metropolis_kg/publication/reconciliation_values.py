"""The values of properties of entities: fetched with one query, compared with those given, written as the API has them.

Reconciliation Service API 0.2, section “Data Extension Responses” and its JSON schema, which has no boolean: those are
strings here.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metropolis_kg.model.namespaces import XSD
from metropolis_kg.publication.own_queries import rows
from metropolis_kg.publication.reconciliation_names import same_name
from metropolis_kg.publication.reconciliation_request import Attribute, Entity, Given
from metropolis_kg.publication.reconciliation_terms import entity_id, entity_iri, nodes
from metropolis_kg.store.protocol import AnswerTooLargeError
from metropolis_kg.store.release import OpenRelease

MOST_VALUES = 20_000
"""Values, each once for every language in which it has a name, that are fetched for one request."""

_WHOLE = {f"{XSD}{name}" for name in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger", "short")}
_BROKEN = {f"{XSD}{name}" for name in ("decimal", "double", "float")}

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


@dataclass(frozen=True)
class StoredValue:
    """A value: a term as SPARQL 1.1 Query Results JSON writes it, and what it is called by language."""

    term: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def text(self) -> str:
        """The text of a literal, or the IRI."""
        return self.term["value"]

    @property
    def language(self) -> str:
        """The language of a literal; empty where it has none."""
        return self.term.get("xml:lang", "")

    def name(self, language: str) -> str:
        """Return what it is called in ``language``, else in another, else its text."""
        return self.names.get(language) or next(iter(self.names.values()), self.text)


Values = Mapping[str, Mapping[str, Sequence[StoredValue]]]
"""IRI of a thing → IRI of a property → values."""


def values_of(release: OpenRelease, queries: Path, things: Iterable[str], properties: Iterable[str]) -> Values:
    """Return the values of ``properties`` of ``things``, with one query.

    Raises AnswerTooLargeError beyond MOST_VALUES, and what the store raises.
    """
    asked = {"thing": nodes(dict.fromkeys(things)), "property": nodes(dict.fromkeys(properties))}
    if not all(asked.values()):
        return {}
    found = rows(release, queries / "reconciliation" / "values.rq", asked)
    if len(found) > MOST_VALUES:
        raise AnswerTooLargeError(f"There are more than {MOST_VALUES:,} values; ask for fewer entities or properties.")
    names: dict[tuple[str, str, str, str, str], dict[str, str]] = {}
    terms: dict[tuple[str, str, str, str, str], Mapping[str, str]] = {}
    for row in found:
        value = row["value"]
        key = (row["thing"]["value"], row["property"]["value"],
               value["value"], value.get("xml:lang", ""), value.get("datatype", ""))  # fmt: skip
        terms[key] = value
        if "label" in row:
            names.setdefault(key, {})[row["label"].get("xml:lang", "")] = row["label"]["value"]
    values: dict[str, dict[str, list[StoredValue]]] = {}
    for key in sorted(terms):
        of_thing = values.setdefault(key[0], {}).setdefault(key[1], [])
        of_thing.append(StoredValue(terms[key], names.get(key, {})))
    return values


def agrees(release: OpenRelease, attribute: Attribute, values: Sequence[StoredValue]) -> bool | None:
    """Return whether one of ``values`` is one of those given; none where there is none to compare with."""
    if not values or not attribute.values:
        return None
    return any(_is_same(release, given, value) for given in attribute.values for value in values)


def _is_same(release: OpenRelease, given: Given, value: StoredValue) -> bool:
    if isinstance(given, Entity):
        return value.text == entity_iri(release, given.id)
    if isinstance(given, bool):
        return value.text in (("true", "1") if given else ("false", "0"))
    if isinstance(given, int | float):
        return _number(value.text) == given
    return _is_same_text(given, value)


def _is_same_text(given: str, value: StoredValue) -> bool:
    """Return whether a text is the value, its name, the end of its IRI, or a time that has it as a part."""
    if value.term["type"] == "uri":
        ends = (value.text, value.text.rstrip("/").rpartition("/")[2].rpartition("#")[2])
        return given in ends or given.rstrip("/") == value.text.rstrip("/") or _is_named(given, value.names.values())
    number, other = _number(given), _number(value.text)
    if number is not None and other is not None:
        return number == other
    is_longer_time = value.text.startswith(f"{given}-") and given[:1].isdigit()
    return is_longer_time or given == value.text or same_name(given, value.text)


def _is_named(given: str, names: Iterable[str]) -> bool:
    return any(same_name(given, name) for name in names)


def _number(text: str) -> float | None:
    try:
        number = float(text) if text and text[0] in "+-.0123456789" else math.inf
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def in_language(values: Sequence[StoredValue], language: str) -> list[StoredValue]:
    """Return those texts that are in ``language`` or in none; where there are none, all of them."""
    fitting = [value for value in values if value.language in ("", language)]
    return fitting or list(values)


def cells(release: OpenRelease, values: Sequence[StoredValue], language: str) -> list[dict[str, Any]]:
    """Return ``values`` as a data extension response has them, each once, entities by name."""
    shown = [_cell(release, value, language) for value in in_language(values, language)]
    unique = {tuple(cell.items()): cell for cell in shown}
    return sorted(unique.values(), key=lambda cell: str(cell.get("name", "")).casefold())


def _cell(release: OpenRelease, value: StoredValue, language: str) -> dict[str, Any]:
    text, datatype = value.text, value.term.get("datatype", "")
    if value.term["type"] == "uri":
        if not text.startswith(release.iri("id/")):
            return {"str": text}
        return {"id": entity_id(release, text), "name": value.name(language)}
    number = _number(text)
    if datatype in _WHOLE and number is not None and number.is_integer():
        return {"int": int(number)}
    if datatype in _BROKEN and number is not None:
        return {"float": number}
    time = f"{text}T00:00:00Z" if datatype == f"{XSD}date" else text
    is_time = datatype in (f"{XSD}date", f"{XSD}dateTime") and _TIME.fullmatch(time)
    return {"date": time} if is_time else {"str": text}
