"""The gallery of faults: each is told where it is and how to mend it, and mended by doing what is said."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from faults_of_stewards import Fault, read_gallery

from metropolis_kg.cli import cli
from metropolis_kg.content import Content, find_content
from metropolis_kg.curation.checking import Findings, derive, judge, unread
from metropolis_kg.curation.checks import read_checks
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.curation.quotations import read_texts
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.curation.validation import judge_here, validate
from metropolis_kg.errors import ContentErrors

GALLERY = read_gallery()
LEAST = 40
BY_COMMAND = {
    "the dot at the end of a thing is missing": "de",
    "a prefix has another name than elsewhere": "en",
    "a reference is misspelt": "de",
    "a quote has one letter wrong": "en",
}

Examine = Callable[[Path, bool], Findings]


@pytest.fixture(scope="module")
def examine(request: pytest.FixtureRequest) -> Examine:
    """Examine content as ``validate`` does, with pySHACL in this process, where it starts once."""

    def examined(root: Path, sources: bool) -> Findings:
        content: Content = find_content(root)
        texts = read_texts(request.getfixturevalue("shared") / "source") if sources else {}
        try:
            dataset = read_dataset(content)
        except ContentErrors as errors:
            return unread(errors, content)
        store = derive(dataset, content)
        return judge(dataset, content, store, texts, partial(validate, judge=judge_here))

    return examined


def identity(found: Diagnostic) -> tuple[str, str, str]:
    return found.code, str(found.focus), found.message("en")


@pytest.fixture(scope="module")
def known(content: Content, examine: Examine) -> Counter[tuple[str, str, str]]:
    """What is told of the content as it is."""
    findings = examine(content.root, False)
    assert findings.conforms
    return Counter(map(identity, findings.diagnostics))


def test_the_gallery_holds_the_faults_that_stewards_make() -> None:
    assert len(GALLERY) >= LEAST
    assert all(fault.expected for fault in GALLERY.values())


def test_the_gallery_shows_every_check(content: Content) -> None:
    told = {each.code for fault in GALLERY.values() for each in fault.expected}
    assert {check.name for check in read_checks(content)} <= told


@pytest.mark.parametrize("fault", GALLERY.values(), ids=GALLERY)
def test_a_fault_is_told_with_place_and_mend_and_mended_by_it(
    fault: Fault, workspace: Path, content: Content, examine: Examine, known: Counter[tuple[str, str, str]]
) -> None:
    fault.make(workspace)
    findings = examine(workspace, fault.sources)
    told = [each for each in findings.diagnostics if identity(each) not in known]
    place = fault.renamed or fault.file
    assert [
        (each.code, each.severity.lower(), str(each.path), each.line, each.message("en"), each.message("de"))
        for each in told
    ] == [
        (each.code, each.severity, each.file or place, fault.line(each, workspace), *fault.messages(each, workspace))
        for each in fault.expected
    ]
    assert (0 if findings.conforms else 1) == fault.status
    if fault.mend(workspace, content.root):
        findings = examine(workspace, fault.sources)
        assert Counter(map(identity, findings.diagnostics)) == known


@pytest.mark.parametrize(("name", "lang"), BY_COMMAND.items())
def test_the_command_says_it_and_exits_with_the_status(name: str, lang: str, workspace: Path, shared: Path) -> None:
    fault = GALLERY[name]
    fault.make(workspace)
    sources = ["--sources", str(shared / "source")] if fault.sources else []
    done = CliRunner().invoke(cli, ["--root", str(workspace), "validate", "--lang", lang, *sources])
    assert done.exit_code == fault.status, done.output
    for each in fault.expected:
        assert f"{each.file or fault.file}:{fault.line(each, workspace)}" in done.output
        assert fault.messages(each, workspace)[lang == "de"] in done.output
