"""Small tables and their mappings, in a copy of the content, for tests of imports."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from metropolis_kg.content import Content
from metropolis_kg.curation.imports.importing import Imported, Order, take

HEADER = "Netzwerk;Person;Wikidata;Rolle;von;bis"
COLUMNS: list[dict[str, Any]] = [
    {"name": "network", "titles": "Netzwerk", "propertyUrl": "org:organization"},
    {"name": "holder", "titles": "Person", "propertyUrl": "org:member"},
    {"name": "qid", "titles": "Wikidata", "aboutUrl": "{holder}", "propertyUrl": "owl:sameAs",
     "valueUrl": "http://www.wikidata.org/entity/{qid}"},
    {"name": "role", "titles": "Rolle", "propertyUrl": "org:role"},
    {"name": "start", "titles": "von", "propertyUrl": "schema:startDate"},
    {"name": "end", "titles": "bis", "propertyUrl": "schema:endDate"},
    {"name": "kind", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": "mkg:Tenure"},
    {"name": "made", "virtual": True, "aboutUrl": "{holder}", "propertyUrl": "rdf:type", "valueUrl": "mkg:Person"},
]  # fmt: skip


def both(german: str, english: str) -> list[dict[str, str]]:
    """Return a text in both languages."""
    return [{"@value": german, "@language": "de"}, {"@value": english, "@language": "en"}]


def mapping(
    columns: list[dict[str, Any]] | None = None, key: list[str] | None = None, **dialect: object
) -> dict[str, Any]:
    """Return a mapping of memberships."""
    return {
        **description("memberships"),
        "dialect": {"delimiter": ";", **dialect},
        "tableSchema": {"primaryKey": key or ["network", "holder", "role", "start"], "columns": columns or COLUMNS},
    }


def description(name: str) -> dict[str, Any]:
    """Return what is said of a source of that name."""
    maintainers = {"@id": "organisation:metropolis-kg-maintainers"}
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "de"}],
        "url": name,
        "dc:title": both(f"Tabelle {name}", f"Table {name}"),
        "schema:url": {"@id": f"https://example.org/{name}"},
        "dc:language": {"@id": "eulang:DEU"},
        "dc:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "dc:rightsHolder": maintainers,
        "schema:creditText": both("Erfunden.", "Invented."),
        "mkg:observedNotBefore": "2026-11-01",
        "mkg:observedNotAfter": "2026-11-26",
        "mkg:windowBasis": both("Stand der Tabelle.", "Date of the table."),
    }


def put(
    folder: Path, text: str | bytes, mapped: Mapping[str, Any] | None = None, name: str = "memberships.csv"
) -> Path:
    """Write a source with its mapping and return its path."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.with_name(f"{name}-metadata.json").write_text(json.dumps(mapped or mapping()), encoding="utf-8")
    return path


def imported(content: Content, folder: Path, *rows: str, mapped: Mapping[str, Any] | None = None) -> Imported:
    """Return what comes of a table of these rows, with the usual header."""
    return take(Order(put(folder, "\n".join([HEADER, *rows]) + "\n", mapped)), content)


def reasons(found: Imported) -> dict[int | str, list[tuple[str, str | None]]]:
    """Return of each reported row what is wrong and with which column."""
    return {
        each.number: [(problem.code, problem.column) for problem in each.problems] for each in found.account.reported
    }


def statements(found: Imported) -> set[str]:
    """Return the statements that are to be written, in N-Triples, without those of graph and source."""
    quads = [quad for quad in found.quads if not any(each in quad.subject.value for each in ("/graph/", "/id/source/"))]
    return {
        f"{quad.subject} {quad.predicate} {quad.object}".replace("https://w3id.org/metropolis-kg/", "")
        for quad in quads
    }
