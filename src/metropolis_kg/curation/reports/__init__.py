"""Interim."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.report import Severity


@dataclass(frozen=True)
class Format:
    media_type: str
    write: Callable[[Findings, str], bytes]


def _json(findings: Findings, _: str) -> bytes:
    return json.dumps(
        {
            "conforms": findings.conforms,
            "counts": {severity.value.lower(): findings.count(severity) for severity in Severity},
            "diagnostics": [
                {
                    "code": d.code,
                    "severity": d.severity.value.lower(),
                    "messages": dict(d.messages),
                    "file": d.path and d.path.as_posix(),
                    "line": d.line,
                    "column": d.column,
                    "length": None,
                    "rules": [],
                    "focus": _term(d.focus),
                    "value": _term(d.value),
                }
                for d in findings.diagnostics
            ],
        }
    ).encode()


def _term(t: Any) -> Any:
    if t is None:
        return None
    if isinstance(t, ox.NamedNode):
        return {"type": "uri", "value": t.value}
    if isinstance(t, ox.BlankNode):
        return {"type": "bnode", "value": t.value}
    return {"type": "literal", "value": t.value}


FORMATS = {
    "json": Format("application/json", _json),
    "turtle": Format("text/turtle; charset=utf-8", lambda findings, _: findings.report.as_turtle()),
    "jsonld": Format("application/ld+json", _json),
    "sarif": Format("application/sarif+json", _json),
}
