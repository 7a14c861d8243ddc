"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show at the line.

What can be found is a rule; its texts are in the language of the run, those of the other language in a translation
(SARIF section 3.14.11). Fingerprints leave the line out, so that a finding stays the same when others move it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from metropolis_kg import __version__
from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.diagnostics import Diagnostic, Related
from metropolis_kg.curation.faults import fault_kinds
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.reports.visible import visible
from metropolis_kg.curation.reports.wording import WORDS, concerned, derivation, short_name

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "CONTENT"
"""Names the root of the content, to which paths are relative."""


def as_sarif(findings: Findings, lang: str) -> bytes:
    """Return the findings as a SARIF log in ``lang``, ``"de"`` or ``"en"``; equal findings give equal bytes."""
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(findings, lang)]}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _run(findings: Findings, lang: str) -> dict[str, Any]:
    kinds: dict[str, Diagnostic] = {}
    for found in findings.diagnostics:
        kinds.setdefault(found.code, found)
    codes, other = sorted(kinds), "en" if lang == "de" else "de"
    driver = {
        "name": "metropolis-kg",
        "semanticVersion": __version__,
        "language": lang,
        "rules": [_rule(code, kinds[code], lang) for code in codes],
    }
    translation = {
        "name": "metropolis-kg",
        "language": other,
        "contents": ["localizedData"],
        "rules": [_rule(code, kinds[code], other) for code in codes],
    }
    return {
        "tool": {"driver": driver},
        "language": lang,
        "translations": [translation],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "ontology/, data/, shapes/, queries/"}}},
        "invocations": [{"executionSuccessful": findings.report is not None}],
        "results": list(_results(findings, codes, lang)),
    }


def _rule(code: str, example: Diagnostic, lang: str) -> dict[str, Any]:
    kind = fault_kinds().get(code)
    title = kind.titles[lang] if kind else code
    text = kind.messages[lang] if kind else example.message(lang)
    return {
        "id": code,
        "shortDescription": {"text": title},
        "fullDescription": {"text": text},
        "help": {"text": text},
        "defaultConfiguration": {"level": _LEVELS[example.severity]},
    }


def _results(findings: Findings, codes: list[str], lang: str) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for found in findings.diagnostics:
        fingerprint = sha256(repr(found.identity).encode("utf-8", "backslashreplace")).hexdigest()[:32]
        seen[fingerprint] += 1
        yield {
            "ruleId": found.code,
            "ruleIndex": codes.index(found.code),
            "level": _LEVELS[found.severity],
            "message": {"text": _message(found, findings, lang)},
            "locations": [_location(found, findings)],
            "relatedLocations": [_related(other, number, lang) for number, other in enumerate(found.related, 1)],
            "partialFingerprints": {"metropolisKg/v1": f"{fingerprint}:{seen[fingerprint]}"},
        }


def _message(found: Diagnostic, findings: Findings, lang: str) -> str:
    about = ", ".join(concerned(found, findings))
    notes = [f"{WORDS[lang]['about']}: {about}" if about else "", derivation(found, lang) or ""]
    return "\n".join([found.message(lang), *filter(None, notes)])


def _location(found: Diagnostic, findings: Findings) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if found.path:
        said["physicalLocation"] = {"artifactLocation": _artifact(found.path.as_posix())}
    if found.path and found.line:
        said["physicalLocation"]["region"] = _region(found)
    if found.focus is not None:
        name = short_name(found.focus, findings.prefixes)
        said["logicalLocations"] = [{"name": name, "fullyQualifiedName": found.focus.value, "kind": "resource"}]
    return said


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": _ROOT}


def _region(found: Diagnostic) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": found.line}
    if found.column:
        region["startColumn"] = found.column
    if found.column and found.length:
        region["endColumn"] = found.column + found.length
    if found.excerpt:
        region["snippet"] = {"text": visible(found.excerpt)}
    return region


def _related(other: Related, number: int, lang: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(other.path.as_posix())}
    if other.line:
        place["region"] = {"startLine": other.line}
    return {"id": number, "message": {"text": WORDS[lang]["see"]}, "physicalLocation": place}
