"""Findings as a JUnit report, which build servers show: a suite a file, a test a kind of finding in it.

Violations are failures; warnings and infos are told as the output of tests that pass. The first test says whether
everything could be judged, so that a report without findings has one too.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree as ET

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.reports.visible import visible
from metropolis_kg.curation.reports.wording import SEVERITIES, WORDS, concerned, derivation

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write (section 2.2)."""


def as_junit(findings: Findings, lang: str) -> bytes:
    """Return the findings as a JUnit report in ``lang``, ``"de"`` or ``"en"``; equal findings give equal bytes."""
    root = ET.Element("testsuites", name="metropolis-kg validate")
    root.append(_judged(findings, lang))
    for path, found in groupby(findings.diagnostics, key=lambda each: each.path):
        file = path.as_posix() if path else None
        root.append(_suite(file or WORDS[lang]["without place"], file, list(found), findings, lang))
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, 0)) for suite in root)))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _judged(findings: Findings, lang: str) -> ET.Element:
    suite = ET.Element("testsuite", name="metropolis-kg validate", tests="1", failures="0", errors="0", skipped="0")
    case = ET.SubElement(suite, "testcase", classname="metropolis-kg", name=WORDS[lang]["judged"], time="0")
    if findings.report is None:
        suite.set("errors", "1")
        ET.SubElement(case, "error", message=WORDS[lang]["unread"], type="unread")
    return suite


def _suite(
    name: str, file: str | None, found: list[Diagnostic], findings: Findings, lang: str
) -> ET.Element:  # fmt: skip
    suite = ET.Element("testsuite", name=_xml(name), errors="0", skipped="0")
    by_code = sorted(found, key=lambda each: each.code)
    for code, same in groupby(by_code, key=lambda each: each.code):
        suite.append(_case(code, _xml(name), file, list(same), findings, lang))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    return suite


def _case(
    code: str, name: str, file: str | None, same: list[Diagnostic], findings: Findings, lang: str
) -> ET.Element:  # fmt: skip
    case = ET.Element("testcase", classname=name, name=_xml(code), time="0")
    if file:
        case.set("file", _xml(file))
    if same[0].line:
        case.set("line", str(same[0].line))
    text = _xml("\n".join(_line(each, findings, lang) for each in same))
    if any(each.severity is Severity.VIOLATION for each in same):
        message = _xml(visible(same[0].message(lang)))
        ET.SubElement(case, "failure", message=message, type=_xml(code)).text = text
    else:
        ET.SubElement(case, "system-out").text = text
    return case


def _line(found: Diagnostic, findings: Findings, lang: str) -> str:
    place = ":".join(str(part) for part in (found.path and found.path.as_posix(), found.line) if part)
    about = concerned(found, findings)
    notes: Iterable[str | None] = (f"[{', '.join(about)}]" if about else None, derivation(found, lang))
    said = f"{SEVERITIES[lang][found.severity]}: {found.message(lang)}"
    return visible(" ".join(filter(None, [f"{place}:" if place else None, said, *notes])))


def _xml(text: str) -> str:
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match[0]):04X}", text)
