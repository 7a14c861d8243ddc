"""Tenures as a table: CSV (RFC 4180), and what its columns mean as CSVW (Metadata Vocabulary for Tabular Data)."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from metropolis_kg.publication.exports.reading import Evidence, Reader, Tenure, named
from metropolis_kg.publication.shapes import licences_of
from metropolis_kg.publication.words import Words

_IRI, _DAY, _TEXT = "anyURI", "date", "string"
COLUMNS: Mapping[str, tuple[str, str]] = {
    "tenure": (_IRI, "mkg:Tenure"),
    "member": (_IRI, "org:member"),
    "member_name": (_TEXT, "rdfs:label"),
    "organisation": (_IRI, "org:organization"),
    "organisation_name": (_TEXT, "rdfs:label"),
    "role": (_IRI, "org:role"),
    "role_name": (_TEXT, "rdfs:label"),
    "post": (_IRI, "mkg:post"),
    "post_name": (_TEXT, "rdfs:label"),
    "edtf": (_TEXT, "mkg:when"),
    "start_earliest": (_DAY, "mkg:startEarliest"),
    "start_latest": (_DAY, "mkg:startLatest"),
    "end_earliest": (_DAY, "mkg:endEarliest"),
    "end_latest": (_DAY, "mkg:endLatest"),
    "end_basis": (_IRI, "mkg:endBasis"),
    "planned_end": (_TEXT, "mkg:plannedEnd"),
    "certainty": (_TEXT, ""),
    "evidence": (_IRI, "mkg:evidence"),
    "quote": (_TEXT, "mkg:quote"),
    "quote_language": (_TEXT, ""),
    "pointer": (_TEXT, "mkg:pointer"),
    "source": (_IRI, "mkg:source"),
    "source_name": (_TEXT, "rdfs:label"),
}
"""Name of a column → datatype of its cells (XML Schema) and the term that it is about."""


def as_csv(reader: Reader, language: str) -> Iterator[bytes]:
    """Yield the table: a line for each tenure and piece of its evidence, names in ``language`` where there are such.

    Lines end with CR LF (RFC 4180 section 2); a cell without a value is empty.
    """
    yield _lines([list(COLUMNS)])
    for tenures in reader.tenures():
        names = reader.names([iri for each in tenures for iri in _things(each)])
        yield _lines([row for each in tenures for row in _rows(each, names, language)])


def _things(tenure: Tenure) -> Iterator[str]:
    yield from (tenure.member, tenure.organisation, tenure.role, tenure.post)
    yield from (each.source for each in tenure.evidence)


def _rows(tenure: Tenure, names: Mapping[str, Mapping[str, str]], language: str) -> Iterator[list[str]]:
    def pair(iri: str) -> tuple[str, str]:
        return iri, named(names, iri, language) if iri else ""

    for evidence in tenure.evidence or (Evidence(),):
        yield [
            tenure.iri, *pair(tenure.member), *pair(tenure.organisation), *pair(tenure.role), *pair(tenure.post),
            tenure.edtf, *tenure.bounds, tenure.end_basis, tenure.planned_end, tenure.certainty,
            evidence.iri, evidence.quote, evidence.language, evidence.pointer, *pair(evidence.source),
        ]  # fmt: skip


def _lines(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def metadata(reader: Reader, table: str) -> bytes:
    """Return the CSVW metadata of the table in the file ``table``; beside it, as ``<table>-metadata.json``."""
    licences = [{"@id": licence} for licence in licences_of(reader.release, reader.queries)]
    said: dict[str, Any] = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": table,
        "dc:license": licences[0] if len(licences) == 1 else licences,
        "dc:source": {"@id": reader.release.iri("dataset")},
        "dialect": {"lineTerminators": ["\r\n"], "encoding": "utf-8", "header": True},
        "tableSchema": {
            "columns": [_column(reader, name, *kind) for name, kind in COLUMNS.items()],
            "primaryKey": ["tenure", "evidence"],
            "aboutUrl": "{+tenure}",
        },
    }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _column(reader: Reader, name: str, datatype: str, term: str) -> dict[str, Any]:
    meaning = [{"@value": Words(each)[f"export_{name}"], "@language": each} for each in ("en", "de")]
    said: dict[str, Any] = {"name": name, "titles": name, "dc:description": meaning, "datatype": datatype}
    if term and not name.endswith("_name"):
        said["propertyUrl"] = reader.term(term).value
    return said
