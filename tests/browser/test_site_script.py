"""What the script of every page makes easier: finding, copying, folded parts."""

import pytest
from playwright.sync_api import Page, expect
from watching import Open


def described(page: Page) -> str:
    """Return the text of the suggestion that the search box says is chosen."""
    chosen = page.get_by_role("combobox").first.get_attribute("aria-activedescendant")
    return page.locator(f"#{chosen}").inner_text() if chosen else ""


def test_a_thing_is_found_by_keyboard_among_the_suggestions(open_page: Open) -> None:
    watched = open_page("/about")
    page = watched.page
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.insert_text("michael mül")
    option = page.get_by_role("option", name="Michael Müller").first
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_contain_text("Suggestions: ")
    for _ in range(page.get_by_role("option").count()):
        page.keyboard.press("ArrowDown")
        if described(page).startswith("Michael Müller person"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/person/michael-mueller")
    watched.assert_clean()


def test_the_list_is_left_with_escape_and_what_was_written_stays(open_page: Open) -> None:
    page = open_page("/").page
    box = page.get_by_role("combobox")
    box.fill("berlin")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowUp")
    assert described(page)
    page.keyboard.press("ArrowDown")
    assert described(page) == ""
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("berlin")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=berlin")


def test_a_slash_that_is_written_stays_where_it_is(open_page: Open) -> None:
    page = open_page("/validate").page
    page.locator(".cm-content").click()
    page.keyboard.press("/")
    expect(page.locator(".cm-content")).to_have_text("/")


def test_a_command_is_copied_and_that_is_said(open_page: Open) -> None:
    watched = open_page("/", permissions=["clipboard-read", "clipboard-write"])
    page = watched.page
    page.get_by_role("button", name="Copy: Turtle").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl -L -H 'Accept: text/turtle' http://")
    watched.assert_clean()


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_without_a_script_there_is_no_button_that_does_nothing(open_page: Open, java_script_enabled: bool) -> None:
    page = open_page("/", java_script_enabled=java_script_enabled).page
    assert page.get_by_role("main").get_by_role("button").count() == (7 if java_script_enabled else 0)


def test_folded_parts_are_open_while_a_page_is_printed(open_page: Open) -> None:
    page = open_page("/doc/dataset").page
    folded = page.locator("details:not([open])")
    expect(folded).to_have_count(2)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(folded).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(folded).to_have_count(2)
