"""A diagnosis as people read it: what was found, group by group what holds, of what fails why it matters, the score."""

import textwrap
from collections.abc import Callable, Iterator

from metropolis_kg.doctor.behaviours import GROUPS, Level
from metropolis_kg.doctor.examination import Diagnosis, Outcome
from metropolis_kg.doctor.finding import Finding, Verdict

Paint = Callable[[str, str], str]
"""Text and role (a verdict, ``"group"``, ``"dim"``) → the text as it is shown."""

WORDS = {
    "en": {
        "must": "must",
        "should": "should",
        "expected": "expected",
        "came": "came",
        "why": "why",
        "not asked": "not asked",
        "more": "… and {count} more",
        "all": "In all",
        "nothing": "none found",
        "requests": "{requests} requests in {seconds} s",
        "of": "{held} of {asked}",
    },
    "de": {
        "must": "Muss",
        "should": "Soll",
        "expected": "erwartet",
        "came": "kam",
        "why": "warum",
        "not asked": "nicht gefragt",
        "more": "… und {count} weitere",
        "all": "Insgesamt",
        "nothing": "keines gefunden",
        "requests": "{requests} Anfragen in {seconds} s",
        "of": "{held} von {asked}",
    },
}
ROLES = {
    "en": {"thing": "thing", "document": "document", "endpoint": "endpoint", "dataset": "dataset"},
    "de": {"thing": "Ding", "document": "Dokument", "endpoint": "Endpunkt", "dataset": "Datensatz"},
}
LEADS = {
    "redirect": {"en": "by redirect", "de": "durch Weiterleitung"},
    "itself": {
        "en": "the thing's own address: no separate document",
        "de": "die Adresse des Dings: kein eigenes Dokument",
    },
    "hash": {"en": "without the fragment of a hash IRI", "de": "ohne das Fragment einer Hash-IRI"},
    "": {"en": "", "de": ""},
}
WAYS = {
    "told": "gesagt",
    "the address itself": "die Adresse selbst",
    "a link of the start page": "ein Link der Startseite",
    "a usual address": "eine übliche Adresse",
    "the service description": "die Beschreibung des Endpunkts",
    "the sitemap": "die Sitemap",
    "a query": "eine Anfrage",
}
"""By what something was found, in German; what is a term or an address is the same in both languages."""
_NOTHING_FOUND = {
    "en": "  Nothing of linked data was found from here; --thing IRI or --sparql URL names where it is.",
    "de": "  Verknüpfte Daten waren von hier aus nicht zu finden; --thing IRI oder --sparql URL nennt, wo sie sind.",
}
_SIGNS = {Verdict.HOLDS: "✓", Verdict.FAILS: "✗", Verdict.NOT_ASKED: "–"}
_SHOWN = 3
"""How many findings of a behaviour that fails are shown."""


def plain(text: str, _: str) -> str:
    """Return ``text`` as it is."""
    return text


def as_text(diagnosis: Diagnosis, lang: str, paint: Paint = plain) -> str:
    """Return the diagnosis in ``lang``, ``"de"`` or ``"en"``."""
    return "\n".join(
        [*_head(diagnosis, lang, paint), *_groups(diagnosis, lang, paint), *_score(diagnosis, lang, paint), ""]
    )


def _head(diagnosis: Diagnosis, lang: str, paint: Paint) -> Iterator[str]:
    publisher = diagnosis.publisher
    yield paint(_safe(diagnosis.hints.url), "group")
    for role, title in ROLES[lang].items():
        value = getattr(publisher, role)
        how = LEADS[publisher.leads][lang] if role == "document" else publisher.how.get(role, "")
        how = WAYS.get(how, how) if lang == "de" else how
        yield f"  {title:10} {_safe(value) or WORDS[lang]['nothing']}" + (
            paint(f"  ({how})", "dim") if value and how else ""
        )
    if not any(getattr(publisher, role) for role in ROLES[lang]):
        yield _NOTHING_FOUND[lang]


def _groups(diagnosis: Diagnosis, lang: str, paint: Paint) -> Iterator[str]:
    for group in diagnosis.groups:
        yield ""
        yield f"{paint(GROUPS[group][lang], 'group')}  {paint(scores(diagnosis, lang, group), 'dim')}"
        unasked: dict[str, list[Outcome]] = {}
        for outcome in (each for each in diagnosis.outcomes if each.behaviour.group == group):
            if outcome.verdict is Verdict.NOT_ASKED:
                unasked.setdefault(outcome.reason, []).append(outcome)
            else:
                yield from _outcome(outcome, lang, paint)
        for reason, outcomes in unasked.items():
            yield from _unasked(reason, outcomes, lang, paint)


def _unasked(reason: str, outcomes: list[Outcome], lang: str, paint: Paint) -> Iterator[str]:
    """Yield what was not asked for one reason; titles only where it is but one."""
    named = [f"{each.behaviour.id:4}{each.behaviour.titles[lang]}" for each in outcomes]
    shown = named[0] if len(named) == 1 else " ".join(each.behaviour.id for each in outcomes)
    yield f"  {paint(_SIGNS[Verdict.NOT_ASKED], Verdict.NOT_ASKED)} {shown}"
    yield from _wrapped(WORDS[lang]["not asked"], reason, paint)


def _outcome(outcome: Outcome, lang: str, paint: Paint) -> Iterator[str]:
    behaviour, words = outcome.behaviour, WORDS[lang]
    level = "" if behaviour.level is Level.MUST else f" ({words['should']})"
    sign = paint(_SIGNS[outcome.verdict], outcome.verdict)
    yield f"  {sign} {behaviour.id:4}{behaviour.titles[lang]}{level}"
    for each in outcome.left_out:
        yield from _wrapped(words["not asked"], f"{each.expected} ({each.came})", paint)
    if outcome.verdict is Verdict.FAILS:
        told = ""
        for finding in distinct(outcome.failed)[:_SHOWN]:
            yield from _finding(finding, lang, paint, shows=finding.shown != told)
            told = finding.shown
        if (more := len(outcome.failed) - _SHOWN) > 0:
            yield paint(f"{'':9}{words['more'].format(count=more)}", "dim")
        yield from _wrapped(words["why"], behaviour.reasons[lang], paint)


def distinct(findings: list[Finding]) -> list[Finding]:
    """Return the findings, of those that expect the same the first one first, the others after all of these."""
    seen: set[str] = set()
    first = [each for each in findings if not (each.expected in seen or seen.add(each.expected))]  # type: ignore[func-returns-value] # adds
    return first + [each for each in findings if each not in first]


def _finding(finding: Finding, lang: str, paint: Paint, *, shows: bool) -> Iterator[str]:
    yield from _wrapped(WORDS[lang]["expected"], finding.expected, paint)
    yield from _wrapped(WORDS[lang]["came"], finding.came, paint)
    for line in finding.shown.splitlines() if shows else ():
        yield paint(f"{'':14}| {_safe(line)}", "dim")


def _wrapped(label: str, text: str, paint: Paint) -> Iterator[str]:
    start = f"{'':9}{label:14}"
    lines = textwrap.wrap(_safe(text), 118 - len(start), break_on_hyphens=False) or [""]
    yield paint(start, "dim") + lines[0]
    yield from (f"{'':{len(start)}}{line}" for line in lines[1:])


def _safe(text: str) -> str:
    """Return ``text`` without what would steer a terminal."""
    return "".join(each if each.isprintable() else "�" for each in text)


def scores(diagnosis: Diagnosis, lang: str, group: str | None = None) -> str:
    """Return how much of what was asked holds, musts and shoulds apart."""
    return " · ".join(filter(None, (_score_of(diagnosis, lang, level, group) for level in Level)))


def _score_of(diagnosis: Diagnosis, lang: str, level: Level, group: str | None) -> str:
    held, failed, unasked = (diagnosis.count(level, each, group) for each in Verdict)
    if not held + failed + unasked:
        return ""
    words = WORDS[lang]
    asked = words["of"].format(held=held, asked=held + failed) if held + failed else words["not asked"]
    more = f" ({unasked} {words['not asked']})" if unasked and held + failed else ""
    return f"{words[level]} {asked}{more}"


def _score(diagnosis: Diagnosis, lang: str, paint: Paint) -> Iterator[str]:
    seconds = f"{diagnosis.seconds:.1f}".replace(".", "," if lang == "de" else ".")
    spent = WORDS[lang]["requests"].format(requests=diagnosis.requests, seconds=seconds)
    role = Verdict.HOLDS if diagnosis.holds else Verdict.FAILS
    yield ""
    yield f"{paint(WORDS[lang]['all'], 'group')}  {paint(scores(diagnosis, lang), role)}  {paint(f'({spent})', 'dim')}"
