"""The vocabulary, the shapes and the change feed in a real browser: wide and narrow, by keyboard, without script."""

import pytest
from playwright.sync_api import expect
from watching import Open

PATHS = ["/doc/ns", "/doc/shapes", "/doc/shapes/Claim", "/doc/shapes/Tenure-member", "/feed", "/feed/1/1"]
WIDTHS = [360, 1280]
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_fits_its_window_and_loads_nothing_from_elsewhere(
    open_page: Open, path: str, language: str, width: int
) -> None:
    watched = open_page(f"{path}.html?lang={language}", viewport={"width": width, "height": 800})
    assert watched.page.evaluate(OVERFLOW) <= 0
    expect(watched.page.locator("html")).to_have_attribute("lang", language)
    watched.assert_clean()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_iri_of_a_term_leads_to_the_term_on_the_page(open_page: Open, script: bool) -> None:
    page = open_page("/ns#succeededBy", java_script_enabled=script).page
    assert page.url.endswith("/doc/ns#succeededBy")
    expect(page.locator("#succeededBy h3")).to_be_in_viewport()
    expect(page.locator("#Claim h3")).not_to_be_in_viewport()


def test_from_a_class_to_its_shape_and_on_to_the_class_of_a_value(open_page: Open) -> None:
    page = open_page("/doc/ns.html?lang=en#Tenure").page
    page.locator("#Tenure .from-shape h4 a").click()
    expect(page.locator("h1")).to_have_text("tenure")
    page.locator("#Tenure-succeeded-by .demands a").click()
    assert page.url.endswith("/doc/ns?lang=en#Tenure")


def test_the_query_of_a_rule_is_opened_and_read_by_keyboard(open_page: Open) -> None:
    page = open_page("/doc/shapes/Tenure.html?lang=en", java_script_enabled=False).page
    query = page.locator("#Tenure-role-in-scheme pre")
    expect(query).not_to_be_visible()
    page.locator("#Tenure-role-in-scheme summary").focus()
    page.keyboard.press("Enter")
    expect(query).to_contain_text("?value skos:inScheme scheme:roles")
    page.keyboard.press("Tab")
    expect(query).to_be_focused()


def test_a_reader_of_the_feed_comes_to_a_thing(open_page: Open) -> None:
    watched = open_page("/feed.html?lang=en")
    watched.page.locator("li a").first.click()
    watched.page.locator("li a").first.click()
    assert "/doc/" in watched.page.url
    expect(watched.page.locator("h1")).to_be_visible()
    watched.assert_clean()
