"""What the commands about evidence found, as JSON."""

from typing import Any

from metropolis_kg.cli.evidence_desk import Checked, Document
from metropolis_kg.cli.evidence_report import Version, percent
from metropolis_kg.curation.citations import Citation, Claim, Line
from metropolis_kg.curation.coverage import Coverage
from metropolis_kg.curation.locating import Found, Occurrence
from metropolis_kg.curation.page_versions import Finding
from metropolis_kg.model.passages import NumberChange, Passage

Json = dict[str, Any]


def checked(found: Checked) -> Json:
    """Return the quotes that do not stand as they say, and the pages that could not be checked."""
    return {
        "faults": [
            {"file": str(fault.path), "line": fault.line, "messages": dict(fault.messages)} for fault in found.faults
        ],
        "checked": found.count,
        "unchecked": [
            {"page": each.page.name, "quotes": len(each.page.quoted), "sha256": list(each.page.digests)}
            for each in found.unchecked
        ],
    }


def version(found: Version) -> Json:
    """Return what became of every quote in the newer text, the claims concerned, and the changed numbers."""
    return {
        "page": found.page.name,
        "against": found.new.name,
        "sha256": found.new.sha256,
        "oldTextAtHand": found.old_at_hand,
        "concerned": [_claim(claim) for claim in found.comparison.concerned],
        "quotes": [_finding(each) for each in found.comparison.findings],
        "numbers": [
            {
                "sentence": each.sentence,
                "changes": _numbers(each.numbers),
                "claims": [claim.name for claim in each.claims],
            }
            for each in found.comparison.numbers
        ],
    }


def found(result: Found, document: Document) -> Json:
    """Return where the words stand, each place with its Turtle, and the nearest passage where they do not."""
    return {
        "source": document.name,
        "sha256": document.sha256,
        "words": result.words,
        "asTyped": result.as_typed,
        "occurrences": [_occurrence(each) for each in result.occurrences],
        "nearest": _passage(result.passage),
    }


def coverage(covered: Coverage) -> Json:
    """Return each sentence with the claims it carries, and the claims without one."""
    with_claim = len(covered.sentences) - len(covered.silent)
    resting = len(covered.page.claims) - len(covered.without_sentence)
    return {
        "page": covered.page.name,
        "sentences": [
            {
                "start": each.span.start,
                "end": each.span.end,
                "text": each.words,
                "claims": [claim.name for claim in each.claims],
            }
            for each in covered.sentences
        ],
        "claimsWithoutSentence": [_claim(claim) for claim in covered.without_sentence],
        "percent": {
            "sentences": percent(with_claim, len(covered.sentences)),
            "claims": percent(resting, len(covered.page.claims)),
            "characters": percent(covered.quoted, covered.characters),
        },
    }


def _finding(finding: Finding) -> Json:
    return {
        "evidence": finding.citation.name,
        **_place(finding.citation.place),
        "quote": finding.quote.exact,
        "start": finding.quote.start,
        "fate": finding.fate.value,
        "now": list(finding.places),
        "surroundingsFit": finding.surroundings_fit,
        "inAnotherSentence": finding.elsewhere,
        "nearest": _passage(finding.passage),
        "numbers": _numbers(finding.numbers),
        "differences": [difference.value for difference in finding.differences],
        "claims": [_claim(claim) for claim in finding.citation.claims],
    }


def _occurrence(each: Occurrence) -> Json:
    return {
        "start": each.span.start,
        "end": each.span.end,
        "quote": each.quote.exact,
        "prefix": each.quote.prefix,
        "suffix": each.quote.suffix,
        "sentence": each.sentence,
        "withinAWord": each.within_a_word,
        "differences": [difference.value for difference in each.differences],
        "already": _names(each.already),
        "nearby": _names(each.nearby),
        "turtle": each.turtle,
    }


def _names(citations: tuple[Citation, ...]) -> list[str]:
    return [citation.name for citation in citations]


def _passage(passage: Passage | None) -> Json | None:
    if passage is None:
        return None
    changes = [{"old": change.old, "new": change.new} for change in passage.changes]
    return {"start": passage.span.start, "end": passage.span.end, "text": passage.words, "changes": changes}


def _numbers(numbers: tuple[NumberChange, ...]) -> list[Json]:
    return [{"old": each.old, "new": each.new} for each in numbers]


def _claim(claim: Claim) -> Json:
    return {"claim": claim.name, "labels": dict(claim.labels), **_place(claim.place)}


def _place(place: Line) -> Json:
    return {"file": str(place[0]), "line": place[1]}
