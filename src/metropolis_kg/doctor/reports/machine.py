"""A diagnosis as JSON."""

import json
from typing import Any

from metropolis_kg.doctor.behaviours import Level
from metropolis_kg.doctor.examination import Diagnosis, Outcome
from metropolis_kg.doctor.finding import Finding, Verdict


def as_json(diagnosis: Diagnosis) -> str:
    """Return the diagnosis with all its findings; titles and reasons in both languages."""
    publisher = diagnosis.publisher
    said = {
        "url": diagnosis.hints.url,
        "thing": publisher.thing or None,
        "document": publisher.document or None,
        "leadsToDocument": publisher.leads or None,
        "formats": publisher.formats,
        "endpoint": publisher.endpoint or None,
        "dataset": publisher.dataset or None,
        "foundBy": publisher.how,
        "requests": diagnosis.requests,
        "seconds": round(diagnosis.seconds, 1),
        "score": score(diagnosis),
        "scoreByGroup": {group: score(diagnosis, group) for group in diagnosis.groups},
        "behaviours": [_outcome(each) for each in diagnosis.outcomes],
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def score(diagnosis: Diagnosis, group: str | None = None) -> dict[str, dict[str, int]]:
    """Return level → verdict → how many behaviours."""
    return {
        level.value: {verdict.value: diagnosis.count(level, verdict, group) for verdict in Verdict} for level in Level
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    behaviour = outcome.behaviour
    return {
        "id": behaviour.id,
        "level": behaviour.level.value,
        "group": behaviour.group,
        "verdict": outcome.verdict.value,
        "title": behaviour.titles,
        "why": behaviour.reasons,
        "reason": outcome.reason or None,
        "findings": [_finding(each) for each in outcome.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    said = {"held": finding.held, "expected": finding.expected}
    return said if finding.held else {**said, "came": finding.came, "exchange": finding.shown or None}
