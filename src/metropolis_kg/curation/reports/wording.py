"""What reports say besides the messages themselves, in German and English."""

from collections.abc import Mapping

import pyoxigraph as ox

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.curation.report import Severity, short_term
from metropolis_kg.model.identifiers import Term

SEVERITIES = {
    "de": {Severity.VIOLATION: "Fehler", Severity.WARNING: "Warnung", Severity.INFO: "Hinweis"},
    "en": {Severity.VIOLATION: "violation", Severity.WARNING: "warning", Severity.INFO: "info"},
}
_COUNTED = {
    "de": {
        Severity.VIOLATION: ("Fehler", "Fehler"),
        Severity.WARNING: ("Warnung", "Warnungen"),
        Severity.INFO: ("Hinweis", "Hinweise"),
    },
    "en": {
        Severity.VIOLATION: ("violation", "violations"),
        Severity.WARNING: ("warning", "warnings"),
        Severity.INFO: ("notice", "notices"),
    },
}

_FILES = {"de": (" in {} Datei", " in {} Dateien"), "en": (" in {} file", " in {} files")}

WORDS = {
    "de": {
        "about": "betrifft",
        "follows": "folgt hieraus nach der Regel {rules}",
        "then": ", dann ",
        "see": "siehe auch",
        "nowhere": "keine Datei sagt das; es hat keine Stelle",
        "more": "… und {count} weitere dieser Art [{code}] in {place}; --all zeigt sie",
        "folded": "… und {count} weitere dieser Art [{code}]",
        "line": "Zeile",
        "no file": "keiner Datei",
        "compared": "{count} Zitate mit ihrer Quelle verglichen",
        "one compared": "1 Zitat mit seiner Quelle verglichen",
        "not compared": "Zitate nicht verglichen (--sources DIR nennt die Texte)",
        "no text": "Zitate nicht verglichen (in --sources liegt der Text keiner Quelle)",
        "unread": "Was der Inhalt sagt, wurde noch nicht geprüft; zuerst diese Fehler beheben.",
        "since": "Nur was seit {revision} hinzukam; schon vorher da: {count}.",
        "not comparable": "Bei {revision} ließ sich nicht alles beurteilen; was dort falsch war, ist nicht bekannt.",
        "title": "Prüfbericht",
        "nothing": "Nichts zu beanstanden.",
        "without place": "Ohne Stelle",
        "judged": "Die Dateien sind lesbar und nach den Formen beurteilt",
    },
    "en": {
        "about": "about",
        "follows": "follows from this by the rule {rules}",
        "then": ", then ",
        "see": "see also",
        "nowhere": "no file says this, so it has no place",
        "more": "… and {count} more of this kind [{code}] in {place}; --all shows them",
        "folded": "… and {count} more of this kind [{code}]",
        "line": "line",
        "no file": "no file",
        "compared": "{count} quotes compared with their source",
        "one compared": "1 quote compared with its source",
        "not compared": "quotes not compared (--sources DIR names the texts)",
        "no text": "quotes not compared (the text of no source is in --sources)",
        "unread": "What the content says was not checked yet; mend these violations first.",
        "since": "Only what came since {revision}; there before: {count}.",
        "not comparable": "At {revision} not everything could be judged; what was wrong then is not known.",
        "title": "Validation report",
        "nothing": "Nothing to complain of.",
        "without place": "Without a place",
        "judged": "The files can be read and were judged by the shapes",
    },
}


def counted(severity: Severity, count: int, lang: str) -> str:
    """Return how much there is of a severity, such as ``"1 warning"`` or ``"2 Warnungen"``."""
    return f"{count} {_COUNTED[lang][severity][count != 1]}"


def summary(findings: Findings, lang: str) -> str:
    """Return in one line how much was found, in how many files, and what became of the quotes."""
    words = WORDS[lang]
    files = len({each.path for each in findings.diagnostics if each.path})
    where = _FILES[lang][files != 1].format(files) if files else ""
    counts = ", ".join(counted(severity, findings.count(severity), lang) for severity in Severity)
    compared = findings.quotes.compared
    missing = words["no text" if findings.quotes.was_asked else "not compared"]
    told = words["one compared" if compared == 1 else "compared"].format(count=compared)
    quotes = told if compared else missing
    return f"{counts}{where}; {quotes}."


def remarks(findings: Findings, lang: str) -> list[str]:
    """Return what is to be known of how the report came about, each in a sentence."""
    words = WORDS[lang]
    said = [words["unread"]] if findings.report is None else []
    if findings.report and (findings.report.coverage.judged is None or findings.report.coverage.unscreened):
        said.append(findings.report.coverage.as_text(lang))
    if findings.since:
        known = "since" if findings.since.comparable else "not comparable"
        said.append(words[known].format(revision=findings.since.revision, count=findings.since.others))
    return said


def concerned(found: Diagnostic, findings: Findings) -> list[str]:
    """Return the names of the things that a finding is about, as short as they can be."""
    return [short_name(term, findings.prefixes) for term in (found.focus, found.value) if term is not None]


def short_name(term: Term, prefixes: Mapping[str, str]) -> str:
    """Return ``term`` with a prefix; of a part of a thing, such as ``tenure:x#time``, that is no Turtle."""
    thing, mark, part = term.value.partition("#") if isinstance(term, ox.NamedNode) else ("", "", "")
    name = short_term(term, prefixes)
    if name.startswith("<") and part and not (whole := short_term(ox.NamedNode(thing), prefixes)).startswith("<"):
        return f"{whole}{mark}{part}"
    return name


def derivation(found: Diagnostic, lang: str) -> str | None:
    """Return by which rules what is wrong follows from what stands at the place; none where it stands there itself."""
    words = WORDS[lang]
    rules = words["then"].join(reversed(found.rules))
    return words["follows"].format(rules=rules) if rules else None
