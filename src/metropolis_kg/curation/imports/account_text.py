"""The account of an import for people and programs: as text, as JSON, and the rows not taken as CSV to mend."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from metropolis_kg.curation.faults import fault_kinds
from metropolis_kg.curation.imports.mapping import REASON
from metropolis_kg.curation.imports.problems import Account, Reported

_SHOWN = 20
"""Rows that are told one by one unless all are asked for."""

_SUMMARY = {
    "de": "{rows} Zeilen = {claims} Aussagen + {reported} gemeldete Zeilen; {things} neue Dinge.",
    "en": "{rows} rows = {claims} claims + {reported} rows reported; {things} new things.",
}
_SKIPPED = {
    "de": "{count} leere Zeilen übergangen, wie die Zuordnung sagt.",
    "en": "{count} blank rows skipped, as the mapping says.",
}
_MORE = {
    "de": "… und {count} weitere Zeilen (--all zeigt alle, --format csv=DATEI schreibt sie zum Nachbessern).",
    "en": "… and {count} more rows (--all shows them, --format csv=FILE writes them to be mended).",
}
_UNTOLD = {
    "de": "Nicht übernommen: {name} ({count}-mal).",
    "en": "Nothing was made of: {name} ({count} times).",
}


def as_text(account: Account, lang: str, *, everything: bool = False) -> str:
    """Return the account for people: what was not taken, row by row and counted by its kind, then the sum."""
    shown = account.reported if everything else account.reported[:_SHOWN]
    lines = [line for each in (*account.others, *shown) for line in _told(account, each, lang)]
    if len(account.reported) > len(shown):
        lines += [_MORE[lang].format(count=len(account.reported) - len(shown)), ""]
    if account.reported or account.others:
        lines += [*_counted(account, lang), ""]
    lines += [_UNTOLD[lang].format(name=name, count=count) for name, count in sorted(account.untold.items())]
    if account.skipped:
        lines.append(_SKIPPED[lang].format(count=account.skipped))
    return "\n".join([*lines, _SUMMARY[lang].format(**_sums(account))]) + "\n"


def _told(account: Account, reported: Reported, lang: str) -> Iterator[str]:
    place = f"{account.source}:{reported.line}" if reported.line else str(account.source)
    for each in reported.problems:
        yield f"{place}: {reported.place(each, lang)}{each.text(lang)} [{each.code}]"
    yield ""


def _counted(account: Account, lang: str) -> Iterator[str]:
    codes = Counter(
        code for each in (*account.others, *account.reported) for code in {problem.code for problem in each.problems}
    )
    width = max(len(f"{count}") for count in codes.values())
    for code, count in sorted(codes.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"{count:>{width}}  {fault_kinds()[code].titles[lang]} [{code}]"


def _sums(account: Account) -> dict[str, Any]:
    return {
        "rows": account.rows,
        "claims": account.claims,
        "reported": len(account.reported),
        "things": account.things,
    }


def as_json(account: Account) -> str:
    """Return the account for programs; ``number`` is the row (RFC 7111) or the JSON pointer (RFC 6901)."""
    document = {
        "source": str(account.source),
        **_sums(account),
        "skipped": account.skipped,
        "untold": account.untold,
        "rejected": [_as_object(each) for each in account.reported],
        "rejected_things": [_as_object(each) for each in account.others],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _as_object(reported: Reported) -> dict[str, Any]:
    problems = [
        {
            "code": each.code,
            "column": each.column,
            "value": each.value,
            "right": each.right,
            "reason": {lang: each.text(lang) for lang in ("de", "en")},
        }
        for each in reported.problems
    ]
    return {"number": reported.number, "line": reported.line, "problems": problems, "cells": list(reported.cells)}


def as_csv(account: Account, lang: str, delimiter: str = ",") -> str:
    """Return the rows that were not taken, as they stood, each with the reason as its last cell.

    A row of too few or too many cells keeps them, so that it is not taken either unless it is mended.
    """
    written = io.StringIO()
    rows = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    header = [title for title in account.header if title != REASON]
    rows.writerow([*header, REASON])
    for each in account.reported:
        cells = list(each.cells)
        if account.header[-1:] == (REASON,):
            del cells[-1:]
        rows.writerow(
            [*cells, " ".join(reported_reason(problem.column, problem.text(lang)) for problem in each.problems)]
        )
    return written.getvalue()


def reported_reason(column: str | None, text: str) -> str:
    """Return a reason with the column that it concerns."""
    return f"{column}: {text}" if column else text
