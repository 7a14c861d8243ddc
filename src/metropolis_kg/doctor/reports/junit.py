"""A diagnosis as a JUnit report, which build servers show: a suite a group, a test a behaviour.

A must that does not hold is a failure. A should that does not hold passes and says so in its output.
"""

import re
from xml.etree import ElementTree as ET

from metropolis_kg.doctor.behaviours import GROUPS, Level
from metropolis_kg.doctor.examination import Diagnosis, Outcome
from metropolis_kg.doctor.finding import Verdict

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write (section 2.2)."""


def as_junit(diagnosis: Diagnosis, lang: str) -> str:
    """Return the diagnosis as a JUnit report in ``lang``, ``"de"`` or ``"en"``."""
    root = ET.Element("testsuites", name=_xml(f"metropolis-kg doctor {diagnosis.hints.url}"))
    for group in diagnosis.groups:
        root.append(_suite(group, [each for each in diagnosis.outcomes if each.behaviour.group == group], lang))
    for key in ("tests", "failures", "skipped"):
        root.set(key, str(sum(int(suite.get(key, 0)) for suite in root)))
    root.set("errors", "0")
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(group: str, outcomes: list[Outcome], lang: str) -> ET.Element:
    suite = ET.Element("testsuite", name=GROUPS[group][lang], errors="0", tests=str(len(outcomes)))
    suite.extend(_case(each, group, lang) for each in outcomes)
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    return suite


def _case(outcome: Outcome, group: str, lang: str) -> ET.Element:
    behaviour = outcome.behaviour
    case = ET.Element(
        "testcase", classname=f"doctor.{group}", name=f"{behaviour.id} {behaviour.titles[lang]}", time="0"
    )
    if outcome.verdict is Verdict.NOT_ASKED:
        ET.SubElement(case, "skipped", message=_xml(outcome.reason))
    if outcome.verdict is Verdict.FAILS:
        text = _xml("\n\n".join(f"{each.expected}: {each.came}\n{each.shown}" for each in outcome.failed))
        if behaviour.level is Level.MUST:
            ET.SubElement(case, "failure", message=behaviour.reasons[lang], type=behaviour.id).text = text
        else:
            ET.SubElement(case, "system-out").text = text
    return case


def _xml(text: str) -> str:
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match[0]):04X}", text)
