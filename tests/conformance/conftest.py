"""Counts the W3C's tests, by suite, and prints at the end which apply and pass, and why the others do not apply."""

from collections import defaultdict
from collections.abc import Callable

import pytest
from http_manifests import Counted


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Counted:
    """Note that the present test is the W3C's test of this name, and why it does not apply, where it does not."""

    def count(suite: str, name: str, not_applicable: str = "") -> None:
        record_property("w3c", (suite, name, not_applicable))

    return count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one paragraph a suite."""
    suites: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for key, (suite, name, reason) in getattr(report, "user_properties", ()):
                if key == "w3c" and report.when == "call":
                    suites[suite].append((name, reason, report.passed))
    if suites:
        terminalreporter.section("W3C tests")
    for suite, tests in sorted(suites.items()):
        for line in _paragraph(suite, tests):
            terminalreporter.write_line(line)


def _paragraph(suite: str, tests: list[tuple[str, str, bool]]) -> list[str]:
    applicable = [(name, passed) for name, reason, passed in tests if not reason]
    failed = [name for name, passed in applicable if not passed]
    verdict = f", {len(failed)} fail: {', '.join(failed)}" if failed else ", all pass" if applicable else ""
    lines = [f"{suite}: {len(applicable)} of {len(tests)} apply{verdict}"]
    for reason in sorted({reason for _, reason, _ in tests if reason}):
        names = [name for name, its_reason, _ in tests if its_reason == reason]
        lines.append(f"  {len(names)} not applicable, {reason}: {', '.join(names)}")
    return lines
