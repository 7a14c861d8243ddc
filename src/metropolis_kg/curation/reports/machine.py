"""Findings as JSON: everything that is known of each, under keys that stay. The schema is in ``docs/``."""

import json
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from metropolis_kg.curation.checking import Findings, Since
from metropolis_kg.curation.diagnostics import Diagnostic, Related
from metropolis_kg.curation.report import Coverage, Report, Result, Severity
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import XSD
from metropolis_kg.model.shapes import sparql_path

_STRING = ox.NamedNode(f"{XSD}string")


def as_json(findings: Findings) -> bytes:
    """Return the findings as JSON; equal findings give equal bytes."""
    report = findings.report
    document = {
        "conforms": findings.conforms,
        "shaclConforms": report.conforms_to_shacl if report else None,
        "counts": {severity.value.lower(): findings.count(severity) for severity in Severity},
        "coverage": _coverage(report),
        "quotes": {
            "compared": findings.quotes.compared,
            "sourcesWithoutText": sorted(set(findings.quotes.without_text)),
        },
        "since": _since(findings.since),
        "diagnostics": [_diagnostic(each) for each in findings.diagnostics],
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _since(since: Since | None) -> dict[str, Any] | None:
    return {"revision": since.revision, "others": since.others, "comparable": since.comparable} if since else None


def _coverage(report: Report | None) -> dict[str, Any] | None:
    if report is None:
        return None
    coverage: Coverage = report.coverage
    return {
        "shapes": coverage.shapes,
        "constraintsScreened": coverage.constraints,
        "shapesNotScreened": list(coverage.unscreened),
        "focusNodesJudged": coverage.judged,
    }


def _diagnostic(found: Diagnostic) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity.value.lower(),
        "messages": dict(sorted(found.messages.items())),
        "file": found.path.as_posix() if found.path else None,
        "line": found.line,
        "column": found.column,
        "length": found.length,
        "excerpt": found.excerpt,
        "focus": _term(found.focus),
        "value": _term(found.value),
        "rules": list(found.rules),
        "related": [_related(other) for other in found.related],
        "result": _result(found.result) if found.result else None,
    }


def _related(other: Related) -> dict[str, Any]:
    return {"file": other.path.as_posix(), "line": other.line, "excerpt": other.excerpt}


def _result(result: Result) -> dict[str, Any]:
    return {
        "path": sparql_path(result.path) if result.path is not None else None,
        "value": _term(result.value),
        "shape": _term(result.source_shape),
        "component": result.component.value,
    }


def _term(term: Term | None) -> Mapping[str, str] | None:
    """Return ``term`` as SPARQL 1.1 Query Results JSON Format section 3.2.2 writes it."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    return {"type": "literal", "value": term.value} | (
        {} if term.datatype == _STRING else {"datatype": term.datatype.value}
    )
