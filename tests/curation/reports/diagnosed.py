"""Findings of a few lines, as the tests of the formats need them."""

from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.diagnostics import Diagnostic, Related
from metropolis_kg.curation.quotations import Comparison
from metropolis_kg.curation.report import NOTHING_SCREENED, Report, Result, Severity
from metropolis_kg.model.namespaces import SH

EX = "https://example.org/"
PAGE = Path("data/pages/Straße 1.ttl")
LINE = '    ex:role ex:emperor , "Käse"@de ;'


def node(name: str) -> ox.NamedNode:
    """Return a term of the example's namespace."""
    return ox.NamedNode(EX + name)


def result(severity: Severity = Severity.VIOLATION) -> Result:
    """Return a result of a shape."""
    return Result(
        focus=node("thing"),
        path=node("role"),
        value=node("emperor"),
        severity=severity,
        source_shape=node("shapes/Role-in-scheme"),
        component=ox.NamedNode(f"{SH}InConstraintComponent"),
        constraint=None,
        messages={"de": "Die Rolle gibt es nicht.", "en": "There is no such role."},
    )


def diagnostic(**changes: Any) -> Diagnostic:
    """Return a diagnostic at line 41, with ``changes``."""
    known: dict[str, Any] = {
        "code": "Role-in-scheme",
        "severity": Severity.VIOLATION,
        "messages": {"de": "Die Rolle gibt es nicht.", "en": "There is no such role."},
        "path": PAGE,
        "line": 41,
        "column": 13,
        "length": 10,
        "focus": node("thing"),
        "value": node("emperor"),
        "excerpt": LINE,
    }
    return Diagnostic(**(known | changes))


NOWHERE: dict[str, Any] = {"path": None, "line": None, "column": None, "length": None, "excerpt": None}
"""Changes that leave a diagnostic without a place."""

ODD = "a\x1b[31m\x00\u202e%\r\n::b, ]]> <&\ufffe"
"""What terminals, workflow commands and XML do not bear."""

ELSEWHERE = Related(Path("data/other.ttl"), 7, "  ex:other a ex:C .")


def findings(*diagnostics: Diagnostic, read: bool = True, **changes: Any) -> Findings:
    """Return findings with a SHACL report of the results among them; without one where files were not ``read``."""
    results = tuple(found.result for found in diagnostics if found.result)
    report = Report(results, NOTHING_SCREENED, {"ex": EX}) if read else None
    ordered = tuple(sorted(diagnostics, key=lambda each: each.sort_key))
    return Findings(ordered, report, Comparison([], 0, []), {"ex": EX}, **changes)
