"""The validation page in a real browser: in both languages, by keyboard alone, and without its script."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from query_page import NARROW
from watching import Open, Watched

from sent_texts import FAULTY

RIGHT = """\
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix mkg: <https://w3id.org/metropolis-kg/ns#> .
@prefix person: <https://w3id.org/metropolis-kg/id/person/> .
person:erika a mkg:Person ; foaf:name "Erika"@de , "Erica"@en .
"""
WAIT = 60_000
"""Milliseconds for the first report of a server, which starts what examines."""


def tab_to(page: Page, selector: str, most: int = 40) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"Tab does not lead to {selector}")


def replace(page: Page, text: str) -> None:
    """Write ``text`` over what is in the editor, which has the focus."""
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def editor_lines(page: Page) -> list[str]:
    """Return the lines in the editor."""
    return page.locator(".cm-line").all_inner_texts()


def assert_clean_but_for(watched: Watched, status: int) -> None:
    """Fail where anything went wrong besides an answer with ``status``, which the browser logs itself."""
    watched.errors = [error for error in watched.errors if f"status of {status}" not in error]
    watched.assert_clean()


@pytest.mark.parametrize(
    ("language", "verdict", "fault", "right"),
    [
        ("de", "Der Text ist nicht in Ordnung.", "Fehler", "Der Text ist in Ordnung: nichts zu beanstanden."),
        ("en", "The text does not conform.", "Violation", "The text conforms: nothing to complain of."),
    ],
)
def test_by_keyboard_alone_a_text_is_checked_mended_and_checked_again(
    open_page: Open, language: str, verdict: str, fault: str, right: str
) -> None:
    watched = open_page("/", locale=language)
    page = watched.page
    page.set_default_timeout(WAIT)
    tab_to(page, "footer a[href*='validate']", 100)
    page.keyboard.press("Enter")
    page.wait_for_url("**/validate")
    tab_to(page, ".editor")
    page.keyboard.insert_text(FAULTY)
    page.keyboard.press("Tab")
    tab_to(page, "form.validate button")
    page.keyboard.press("Enter")
    expect(page.locator("#outcome")).to_have_text(verdict, timeout=WAIT)
    expect(page.locator("#outcome")).to_be_focused()
    expect(page.locator("#line-7 .finding")).to_contain_text(fault)
    expect(page.locator("#line-7 .finding")).to_contain_text("foaf:name")
    tab_to(page, ".found a[href='#line-7']")
    page.keyboard.press("Enter")
    expect(page.locator("#line-7")).to_be_in_viewport()
    assert page.evaluate("document.querySelector(':target').id") == "line-7"
    expect(page.locator(".cm-fault-line")).to_have_count(2)
    tab_to(page, ".editor")
    replace(page, RIGHT)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outcome")).to_have_text(right, timeout=WAIT)
    expect(page.locator(".finding")).to_have_count(0)
    assert page.locator("html").get_attribute("lang") == language
    watched.assert_clean()


def test_without_a_script_a_file_is_checked(open_page: Open, tmp_path: Path) -> None:
    page = open_page("/validate?lang=de", java_script_enabled=False).page
    page.set_default_timeout(WAIT)
    file = tmp_path / "erika.ttl"
    file.write_text(FAULTY, encoding="utf-8")
    page.get_by_label("Oder eine Datei").set_input_files(file)
    page.get_by_role("button", name="Prüfen").click()
    expect(page.locator("#outcome")).to_have_text("Der Text ist nicht in Ordnung.")
    expect(page.locator("textarea")).to_have_value(FAULTY)
    assert page.locator("select").input_value() == "ttl"
    page.get_by_role("link", name="Zeile 7").first.click()
    assert page.url.endswith("/validate?lang=de#line-7")
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON", exact=True).click()
    report = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert download.value.suggested_filename == "report.json"
    assert [each["line"] for each in report["diagnostics"]] == [6, 7]


def test_a_chosen_file_is_shown_before_it_is_sent(open_page: Open, tmp_path: Path) -> None:
    watched = open_page("/validate")
    page = watched.page
    file = tmp_path / "erika.jsonld"
    file.write_text('{\n"@id": "urn:a",\n"urn:p": 1 }', encoding="utf-8")
    page.get_by_label("Or a file").set_input_files(file)
    expect(page.locator(".cm-line")).to_have_count(3)
    expect(page.locator("select")).to_have_value("jsonld")
    assert page.locator("input[type=file]").input_value() == ""
    watched.assert_clean()


def test_a_syntax_error_is_marked_in_the_text_and_told_in_the_other_language_too(open_page: Open) -> None:
    watched = open_page("/validate?lang=en")
    page = watched.page
    page.set_default_timeout(WAIT)
    page.locator(".cm-content").click()
    page.keyboard.insert_text("<urn:a> <urn:b>\n  nix .")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outcome")).to_have_text("The text cannot be read, so nothing else was checked.")
    expect(page.locator(".cm-fault-line")).to_have_text("  nix .")
    expect(page.locator("#line-2")).to_have_class("faulty")
    page.get_by_role("button", name="Bericht auf Deutsch").click()
    expect(page.locator("#outcome")).to_have_text("Der Text ist nicht lesbar; darum wurde sonst nichts geprüft.")
    assert editor_lines(page) == ["<urn:a> <urn:b>", "  nix ."]
    assert_clean_but_for(watched, 400)


@pytest.mark.parametrize("options", [NARROW, {"viewport": {"width": 640, "height": 450}}], ids=["narrow", "zoomed"])
def test_nothing_is_wider_than_the_window_whatever_was_sent(open_page: Open, options: dict[str, object]) -> None:
    watched = open_page("/validate", **options)
    page = watched.page
    page.set_default_timeout(WAIT)
    page.locator(".cm-content").click()
    page.keyboard.insert_text(FAULTY.replace('nam "Erika', f'nam "<script>alert(1)</script>\u202e{"x" * 10_000}'))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#line-7 .finding")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert "\u202e" not in page.locator(".listing").inner_text()
    watched.assert_clean()


def test_severity_is_told_by_a_word_and_a_sign(open_page: Open) -> None:
    page = open_page("/validate?example=1&lang=de").page
    page.set_default_timeout(WAIT)
    page.get_by_role("button", name="Prüfen", exact=True).click()
    expect(page.locator("#outcome")).to_have_text("Der Text ist nicht in Ordnung.")
    said = page.locator(".found .severity").all_inner_texts()
    assert {re.sub(r"\s+", " ", text) for text in said} == {"✖ Fehler", "▲ Warnung"}
