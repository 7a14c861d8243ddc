"""What the commands about evidence found, as text: file and line, what is wrong, how to mend it, a summary last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from metropolis_kg.cli.evidence_desk import Checked, Document, Say
from metropolis_kg.curation.citations import Claim, Page
from metropolis_kg.curation.coverage import Coverage, CoveredSentence
from metropolis_kg.curation.locating import Found, Occurrence
from metropolis_kg.curation.page_versions import ChangedNumbers, Fate, Finding, VersionComparison
from metropolis_kg.model.passages import Change, NumberChange
from metropolis_kg.model.selectors import Difference

_SHORT = 70
"""Characters of a quote that is only named."""


@dataclass(frozen=True)
class Version:
    """A page, a newer text of it, and what comes of comparing them."""

    page: Page
    new: Document
    comparison: VersionComparison
    old_at_hand: bool


def checked(found: Checked, say: Say) -> str:
    """Return which quotes do not stand in their source as they say, and which could not be checked."""
    faults = sorted(found.faults, key=lambda fault: (str(fault.path), fault.line or 0))
    lines = [f"{_place((fault.path, fault.line))}: {say('violation')}: {say.label(fault.messages)}" for fault in faults]
    for each in found.unchecked:
        key = "unchecked" if each.has_digest else "undigested"
        lines.append(say(key, source=each.page.name, count=len(each.page.quoted)))
    unchecked = sum(len(each.page.quoted) for each in found.unchecked)
    return "\n".join([*lines, say("checked", faults=len(faults), count=found.count, unchecked=unchecked)])


def version(found: Version, say: Say) -> str:
    """Return which claims lost their words in the newer text, which numbers changed, and what is to be done."""
    comparison = found.comparison
    parts = [_lost(each, comparison, say) for each in comparison.of(Fate.LOST)]
    parts += [_written_otherwise(each, say) for each in comparison.of(Fate.WRITTEN_OTHERWISE)]
    parts += [_several(each, say) for each in comparison.of(Fate.AMBIGUOUS)]
    parts += [_elsewhere(each, say) for each in comparison.findings if each.elsewhere]
    parts += _moved(comparison, say)
    parts += _numbers(comparison.numbers, say)
    noted = sum(not citation.quote for citation in found.page.citations)
    parts += [say("notes", count=noted)] if noted else []
    if found.new.page == found.page:
        parts.append(say("same-text", against=found.new.name))
    elif not found.old_at_hand:
        parts.append(say("without-old-text"))
    if comparison.of(Fate.LOST):
        facts = {"page": found.page.name, "digest": found.new.sha256, "against": found.new.name}
        parts.append(say("what-to-do", file=_file(found.page), **facts).strip("\n"))
    return "\n\n".join([*parts, _summary(found, say)])


def _file(page: Page) -> str:
    return str(next((each.place[0] for each in page.citations), f"{page.name}.ttl"))


def _summary(found: Version, say: Say) -> str:
    counts = {fate.name.lower(): len(found.comparison.of(fate)) for fate in Fate}
    claims = len(found.comparison.concerned)
    return say("compared", page=found.page.name, against=found.new.name, claims=claims, **counts)


def _lost(finding: Finding, comparison: VersionComparison, say: Say) -> str:
    rows = []
    if finding.passage:
        rows.append(
            (say("now"), f"{marked(finding.passage.changes)} ({say('place', start=finding.passage.span.start)})")
        )
    else:
        rows.append((say("now"), say("nothing-near")))
    if finding.numbers:
        rows.append((say("numbers"), _number_changes(finding.numbers)))
    standing = {each.citation.name for each in comparison.findings if each.fate is not Fate.LOST}
    rows += [
        (say("claim"), text)
        for claim in finding.citation.claims
        for text in _concerned(claim, comparison, standing, say)
    ]
    rows += [] if finding.citation.claims else [(say("claim"), say("no-claim"))]
    head = f"{_place(finding.citation.place)}: {say('lost', words=finding.quote.exact)}"
    return "\n".join([head, *_table(rows)])


def _concerned(claim: Claim, comparison: VersionComparison, standing: set[str], say: Say) -> Iterator[str]:
    yield _claim(claim, say)
    others = [
        each.citation for each in comparison.findings if any(claim.name == other.name for other in each.citation.claims)
    ]
    still = [citation.name for citation in others if citation.name in standing]
    if still:
        yield f"  {say('also', evidence=', '.join(still))}"


def _written_otherwise(finding: Finding, say: Say) -> str:
    told = say("otherwise", words=finding.quote.exact, differences=_differences(finding.differences, say))
    now = finding.passage.words if finding.passage else ""
    rows = [(say("now"), f"{now} ({say('place', start=finding.places[0])})")]
    return _with_claims(finding, told, say, rows)


def _several(finding: Finding, say: Say) -> str:
    places = ", ".join(map(str, finding.places))
    told = say("ambiguous", words=_named(finding.quote.exact), count=len(finding.places), places=places)
    return _with_claims(finding, told, say)


def _elsewhere(finding: Finding, say: Say) -> str:
    return _with_claims(finding, say("elsewhere", words=finding.quote.exact, places=finding.places[0]), say)


def _with_claims(finding: Finding, told: str, say: Say, rows: Sequence[tuple[str, str]] = ()) -> str:
    claims = [(say("claim"), _claim(claim, say)) for claim in finding.citation.claims]
    return "\n".join([f"{_place(finding.citation.place)}: {told}", *_table([*rows, *claims])])


def _moved(comparison: VersionComparison, say: Say) -> list[str]:
    moved = comparison.of(Fate.MOVED)
    changed = [each for each in comparison.of(Fate.SAME) if not each.surroundings_fit]
    lines = [_move(each, say) for each in (*moved, *changed)]
    return ["\n".join([say("moved-heading", count=len(lines)), *lines])] if lines else []


def _move(finding: Finding, say: Say) -> str:
    note = "" if finding.surroundings_fit else f" – {say('surroundings')}"
    positions = f"{finding.quote.start} → {finding.places[0]}"
    return f"    {positions:<13} {finding.citation.name} {say('words', words=_named(finding.quote.exact))}{note}"


def _numbers(numbers: Sequence[ChangedNumbers], say: Say) -> list[str]:
    return (
        ["\n".join([say("numbers-heading", count=len(numbers)), *(_number(each, say) for each in numbers)])]
        if numbers
        else []
    )


def _number(changed: ChangedNumbers, say: Say) -> str:
    names = ", ".join(claim.name for claim in changed.claims) or say("no-claim-lost")
    return f"    {_number_changes(changed.numbers)} {say('in-sentence', sentence=changed.sentence)}\n        {names}"


def _number_changes(numbers: Sequence[NumberChange]) -> str:
    return ", ".join(f"{each.old or '–'} → {each.new or '–'}" for each in numbers)


def found(result: Found, document: Document, say: Say, *, nearby: bool) -> str:
    """Return where the words stand, as comments, each with the Turtle to paste.

    ``nearby`` shows too what the sentence is already quoted for.
    """
    counted = "found-once" if len(result.occurrences) == 1 else "found"
    key = counted if result.as_typed else "not-found"
    lines = _comment(say(key, words=result.words, count=len(result.occurrences), source=document.name))
    lines += [line for each in result.occurrences for line in _occurrence(each, document, say, nearby=nearby)]
    if result.passage:
        lines += _comment(say("nearest", start=result.passage.span.start, changes=marked(result.passage.changes)))
    elif not result.occurrences:
        lines += _comment(say("nothing-like"))
    return "\n".join(lines)


def _occurrence(each: Occurrence, document: Document, say: Say, *, nearby: bool) -> list[str]:
    span, notes = each.span, []
    if each.differences:
        differences = _differences(each.differences, say)
        notes.append(say("written-otherwise", source=document.name, differences=differences, words=each.quote.exact))
    notes.append(say("occurrence", start=span.start, end=span.end, sentence=each.sentence))
    notes += [say("within-a-word")] if each.within_a_word else []
    notes += [say("already", evidence=citation.name) for citation in each.already]
    for citation in each.nearby if nearby else ():
        claims = ", ".join(claim.name for claim in citation.claims)
        words = citation.quote.exact if citation.quote else ""
        notes.append(say("nearby", evidence=citation.name, words=_named(words), claims=claims))
    notes += [] if each.already or "mkg:textKind" in each.turtle else [say("text-kind")]
    return ["", *(line for note in notes for line in _comment(note)), *([] if each.already else [each.turtle])]


def _differences(differences: Sequence[Difference], say: Say) -> str:
    return ", ".join(say(f"difference-{difference.value}") for difference in differences)


def coverage(covered: Coverage, say: Say) -> str:
    """Return each sentence with the claims it carries, and how much of the page and of the claims is covered."""
    lines = [line for sentence in covered.sentences for line in _sentence(sentence, say)]
    without = covered.without_sentence
    if without:
        lines += [
            "",
            say("claims-without-sentence", count=len(without)),
            *(f"    {_claim(each, say)}" for each in without),
        ]
    with_claim, sentences = len(covered.sentences) - len(covered.silent), len(covered.sentences)
    resting, claims = len(covered.page.claims) - len(without), len(covered.page.claims)
    shares = {
        "sentence_share": percent(with_claim, sentences),
        "claim_share": percent(resting, claims),
        "character_share": percent(covered.quoted, covered.characters),
    }
    facts = {"with_claim": with_claim, "sentences": sentences, "resting": resting, "claims": claims}
    return "\n".join([*lines, "", say("covered", page=covered.page.name, **facts, **shares)])


def _sentence(sentence: CoveredSentence, say: Say) -> list[str]:
    span = f"{sentence.span.start}–{sentence.span.end}"
    claims = [f"{'':13} {_claim(claim, say)}" for claim in sentence.claims] or [f"{'':13} {say('without-claim')}"]
    return [f"{span:<13} {sentence.words}", *claims]


def percent(part: int, whole: int) -> int:
    """Return the share in whole percent, rounded down so that 100 means all; 100 of nothing."""
    return 100 * part // whole if whole else 100


def marked(changes: Sequence[Change]) -> str:
    """Return words with what went in ``[-…-]`` and what came in ``{+…+}``, as ``git diff --word-diff`` marks them."""
    return "".join(
        each.new if each.old == each.new else f"[-{each.old}-]" * bool(each.old) + f"{{+{each.new}+}}" * bool(each.new)
        for each in changes
    )


def _claim(claim: Claim, say: Say) -> str:
    label = say.label(claim.labels)
    return f"{claim.name}{f' – {label}' if label else ''} ({_place(claim.place)})"


def _place(place: tuple[Path | None, int | None]) -> str:
    return ":".join(str(part) for part in place if part is not None)


def _named(words: str) -> str:
    return shorten(words, _SHORT, placeholder=" …")


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in text.splitlines()]


def _table(rows: Sequence[tuple[str, str]]) -> list[str]:
    width = max((len(name) for name, _ in rows), default=0) + 1
    return [f"    {name + ':':<{width}} {text}" for name, text in rows]
