"""From a search to a thing, a claim, its evidence, a day and a format, with nothing but the keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect
from watching import Open

SEEN = """() => {
  const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
  return outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
}"""


def tab_to(page: Page, selector: str, most: int = 250) -> None:
    """Press Tab until an element has the focus, which is to be seen there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate(SEEN), f"the focus is not seen at {selector}"
            return
    pytest.fail(f"Tab does not lead to {selector}")


def test_from_a_search_to_thing_claim_evidence_day_and_formats(open_page: Open) -> None:
    watched = open_page("/", locale="en-GB")
    page = watched.page
    tab_to(page, "#site-search")
    page.keyboard.type("Metropolis")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    tab_to(page, "main a[href*='/doc/organisation/metropolis']")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Metropolis")
    tab_to(page, "details.claim summary")
    page.keyboard.press("Enter")
    expect(page.locator("details.claim[open]").first).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator("details.claim[open]")).to_have_count(0)
    page.keyboard.press("Enter")
    tab_to(page, "details.claim[open] a[href*='/doc/evidence/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/evidence/**")
    expect(page.locator("main mark").first).to_be_visible()
    page.go_back()
    tab_to(page, "#as-of")
    page.keyboard.type("03152018")  # the order of the browser itself, which is American
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("at=2018-03-15"))
    watched.assert_clean()
    tab_to(page, "main a[type='application/ld+json']")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("@context")


def test_the_first_key_leads_past_the_frame(open_page: Open) -> None:
    page = open_page("/doc/place/berlin").page
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    expect(page.locator("a.skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
