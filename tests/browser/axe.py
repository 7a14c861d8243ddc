"""axe-core, which looks for what stands in the way of people with disabilities; it is brought from npm."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from npm import install

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""The rules of WCAG 2.2 at level AA with those of its earlier versions, and what axe-core thinks good besides."""

RUN = """
async tags => (await axe.run(document, {runOnly: tags, resultTypes: ["violations"]})).violations.flatMap(
  ({id, nodes}) => nodes.map(({target, failureSummary}) => `${id}: ${target.join(" ")}: ${failureSummary}`))
"""


def violations(page: Page) -> list[str]:
    """Return what axe-core finds on a page as it is now: rule, element, and what would mend it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    found: Any = page.evaluate(RUN, TAGS)
    return [str(each) for each in found]


@cache
def _source() -> str:
    return (install(Path(__file__).parent) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
