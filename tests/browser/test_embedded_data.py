"""The structured data of a page in a real browser: a block of data that is there, and is not run."""

import json

import pytest
from playwright.sync_api import Browser
from watching import VIOLATIONS, Open, Watched

DATA = "document.querySelector('script[type=\"application/ld+json\"]').textContent"
KINDS = "[...document.scripts].map(script => script.type)"


@pytest.mark.parametrize("path", ["/doc/organisation/metropolis", "/doc/dataset", "/doc/ns"])
def test_e14_structured_data_are_read_and_break_no_policy(open_page: Open, path: str) -> None:
    watched = open_page(path)
    data = json.loads(watched.page.evaluate(DATA))
    assert data["mainEntityOfPage"]["@id"].endswith(path)
    assert watched.page.evaluate(KINDS) == ["module", "application/ld+json"]
    watched.assert_clean()


def test_e14_a_script_in_a_label_is_not_run(browser: Browser, hostile_site: str) -> None:
    context = browser.new_context()
    context.add_init_script(VIOLATIONS)
    watched = Watched(context.new_page(), hostile_site.removeprefix("http://"))
    try:
        for path in ("/doc/organisation/eurocities", "/doc/organisation/metropolis"):
            watched.page.goto(hostile_site + path)
            assert "alert(1)" in watched.page.evaluate(DATA)
            assert "</script><script>alert(1)" in watched.page.inner_text("main")
            assert watched.page.evaluate(KINDS) == ["module", "application/ld+json"]
            watched.assert_clean()
    finally:
        context.close()
