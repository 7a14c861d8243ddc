"""Findings in the formats in which people and machines read them, each a function without a side effect."""

from collections.abc import Callable
from dataclasses import dataclass

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.reports.github import as_annotations
from metropolis_kg.curation.reports.junit import as_junit
from metropolis_kg.curation.reports.machine import as_json
from metropolis_kg.curation.reports.page import as_html
from metropolis_kg.curation.reports.sarif import as_sarif
from metropolis_kg.curation.reports.shacl import as_jsonld, as_turtle
from metropolis_kg.curation.reports.text import as_text


@dataclass(frozen=True)
class Format:
    """A format of reports; ``write`` takes findings and a language, ``"de"`` or ``"en"``."""

    media_type: str
    write: Callable[[Findings, str], bytes]
    shapes_only: bool = False
    """Whether it is the SHACL report, which has no place for what is wrong beyond shapes."""


def _utf_8(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


FORMATS = {
    "text": Format("text/plain; charset=utf-8", lambda findings, lang: _utf_8(as_text(findings, lang))),
    "json": Format("application/json", lambda findings, _: as_json(findings)),
    "turtle": Format("text/turtle; charset=utf-8", lambda findings, _: as_turtle(findings), shapes_only=True),
    "jsonld": Format("application/ld+json", lambda findings, _: as_jsonld(findings), shapes_only=True),
    "sarif": Format("application/sarif+json", as_sarif),
    "junit": Format("application/xml", as_junit),
    "github": Format("text/plain; charset=utf-8", lambda findings, lang: _utf_8(as_annotations(findings, lang))),
    "html": Format("text/html; charset=utf-8", lambda findings, lang: _utf_8(as_html(findings, lang))),
}
"""Every format by the name by which it is asked for."""
