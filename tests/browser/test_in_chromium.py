"""The query page in a real browser: with its script, and without."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from query_page import NARROW, WHO, WRONG, of, rows, write, written
from watching import PLAIN_HOST, Open

from servers import ask

EVERYTHING = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
EXAMPLE = "Who was at the top of an organisation, one after another?"
HOSTILE = '"</textarea><script>alert(1)</script><img src=x onerror=alert(2)>'


def test_an_example_is_chosen_and_run_and_its_answer_leads_to_a_thing(open_page: Open) -> None:
    watched = open_page("/sparql")
    page = watched.page
    page.get_by_role("link", name=EXAMPLE).click()
    expect(page.locator(".cm-content")).to_contain_text("# Who was at the top")
    page.get_by_role("button", name="Ask").click()
    assert len(rows(page)) == 10
    expect(page.locator("#answer .count")).to_contain_text("10 rows in")
    page.locator("#answer a[href*='/doc/tenure/']").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert urlsplit(page.url).path.startswith("/doc/tenure/")
    watched.assert_clean()


def test_a_share_link_restores_query_and_answer_in_another_browser(open_page: Open) -> None:
    page = open_page("/sparql", permissions=["clipboard-read", "clipboard-write"]).page
    query = f"{WHO} # {HOSTILE} +&=%20"
    write(page, query)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    watched = open_page(link)
    assert written(watched.page) == query
    assert any("Governing Mayor of Berlin" in row for row in rows(watched.page))
    watched.assert_clean()


def test_the_address_follows_the_answers_and_goes_back_with_them(open_page: Open) -> None:
    page = open_page("/sparql").page
    for query in (WHO, "ASK {}"):
        write(page, query)
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, query=query: parse_qs(urlsplit(url).query).get("query") == [query])
    expect(page.locator("#answer .verdict")).to_have_text("yes")
    page.go_back()
    assert len(rows(page)) > 1
    assert written(page) == WHO


def test_the_skip_link_keeps_what_was_written(open_page: Open) -> None:
    page = open_page("/sparql").page
    write(page, WHO)
    page.locator("a.skip").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sparql#content")
    page.wait_for_timeout(300)
    assert written(page) == WHO
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Control+Enter")
    assert len(rows(page)) > 1
    page.go_back()
    page.wait_for_url("**/sparql#content")
    expect(page.locator(".cm-content")).to_contain_text("ORDER BY")


def test_the_language_is_changed_and_the_query_kept(open_page: Open) -> None:
    watched = open_page("/sparql")
    page = watched.page
    write(page, WHO)
    page.keyboard.press("Control+Enter")
    assert len(rows(page)) > 1
    page.get_by_role("link", name="Deutsch", exact=True).click()
    assert any("Regierender Bürgermeister von Berlin" in row for row in rows(page))
    assert written(page) == WHO
    write(page, "ASK {}  # not asked yet")
    page.get_by_role("link", name="English", exact=True).click()
    expect(page.locator("#answer .verdict")).to_have_text("yes")
    assert written(page) == "ASK {}  # not asked yet"
    watched.assert_clean()


def test_the_query_to_begin_with_changes_its_language(open_page: Open) -> None:
    page = open_page("/sparql?example=who-led").page
    page.locator(".cm-content").press("a")
    page.keyboard.press("Backspace")
    page.get_by_role("link", name="Deutsch", exact=True).click()
    expect(page.locator(".cm-content")).to_contain_text("# Wer leitete")


@pytest.mark.parametrize("query", ["", "  "])
def test_asking_nothing_is_told_as_a_mistake(open_page: Open, query: str) -> None:
    page = open_page("/sparql?lang=de").page
    write(page, query)
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Fragen").click()
    expect(page.get_by_role("alert")).to_contain_text("Das ist nicht zu verstehen")
    expect(page.get_by_role("alert")).to_contain_text("SELECT, ASK, CONSTRUCT or DESCRIBE")


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        (WHO, r"12 rows in (< )?\d+ ms\."),
        (EVERYTHING, r"The first 1,000 of [\d,]+ rows in .+ m?s\."),
        ("ASK {}", "yes"),
        ("SELECT ?a WHERE { ?a ?a ?a }", "No row: .+"),
        ("DESCRIBE organisation:metropolis", r"\d+ lines in .+ m?s\."),
        (WRONG, ""),
    ],
)
def test_a_screen_reader_is_told_the_outcome(open_page: Open, query: str, outcome: str) -> None:
    page = open_page("/sparql").page
    write(page, query)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer h2")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text(re.compile(f"^{outcome}$"))
    expect(page.get_by_role("alert")).to_have_count(int(outcome == ""))
    page.keyboard.type(" ")
    expect(page.get_by_role("status")).to_have_text("")


def test_a_changed_query_says_that_the_answer_is_that_of_the_one_before(open_page: Open) -> None:
    page = open_page(of("ASK {}")).page
    expect(page.locator("#answer .changed")).to_be_hidden()
    write(page, "ASK { ?s ?p ?o }")
    expect(page.locator("#answer .changed")).to_be_visible()


def test_labels_and_queries_that_look_like_markup_are_text(open_page: Open) -> None:
    label = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    query = f'SELECT ("{label}"@en AS ?label) (<javascript:alert(3)> AS ?iri) WHERE {{}} # {HOSTILE}'
    watched = open_page(of(query))
    page = watched.page
    assert label in rows(page)[0]
    assert page.locator("#answer img, #answer script, #answer [href^='javascript']").count() == 0
    assert written(page) == query
    write(page, f"{query} #")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**%23")
    assert label in rows(page)[0]
    watched.assert_clean()


def test_a_graph_is_shown_as_turtle_and_a_long_answer_is_cut_and_says_so(open_page: Open) -> None:
    page = open_page(of("DESCRIBE organisation:metropolis")).page
    expect(page.locator("#answer > pre")).to_contain_text("@prefix organisation:")
    expect(page.get_by_role("link", name="N-Triples")).to_be_visible()
    watched = open_page(of(EVERYTHING, "&lang=de"))
    assert len(rows(watched.page)) == 1000
    expect(watched.page.locator("#answer > .count")).to_contain_text("Die ersten 1.000 von ")
    expect(watched.page.locator("#answer > .count a", has_text="CSV")).to_be_visible()
    watched.assert_clean()


@pytest.mark.parametrize("name", ["JSON", "XML", "CSV", "TSV"])
def test_an_answer_is_downloaded_in_each_format(open_page: Open, site: str, name: str) -> None:
    page = open_page(of(WHO)).page
    link = page.locator("#answer .formats a", has_text=name).first
    answer = ask(site + (link.get_attribute("href") or ""))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(link.get_attribute("type") or "")


def test_a_snippet_is_copied_as_it_is_shown(open_page: Open) -> None:
    page = open_page(of(WHO), permissions=["clipboard-read", "clipboard-write"]).page
    page.get_by_text("In a program").click()
    page.locator("figure", has_text="curl").get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("figure pre").first.inner_text()


def test_a_button_that_copies_says_so_once(open_page: Open) -> None:
    page = open_page("/sparql", permissions=["clipboard-read", "clipboard-write"]).page
    page.get_by_role("button", name="Copy link").dblclick()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    page.wait_for_timeout(1800)
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()


def test_where_a_page_cannot_copy_there_is_no_button_for_it(open_page: Open, site: str) -> None:
    page = open_page(f"http://{PLAIN_HOST}:{urlsplit(site).port}{of(WHO)}").page
    expect(page.locator(".keys")).to_be_visible()
    assert page.evaluate("isSecureContext") is False
    page.get_by_text("In a program").click()
    expect(page.get_by_role("main").get_by_role("button")).to_have_text(["Ask"])


def test_the_page_is_german_for_a_german_reader(open_page: Open) -> None:
    watched = open_page(of(WHO), locale="de-DE")
    page = watched.page
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("button", name="Fragen")).to_be_visible()
    expect(page.get_by_role("textbox", name="Abfrage")).to_be_visible()
    assert any("Regierender Bürgermeister von Berlin" in row for row in rows(page))
    watched.assert_clean()


@pytest.mark.parametrize("java_script_enabled", [True, False])
@pytest.mark.parametrize("path", ["/sparql", "/sparql?example=who-led", of(WHO), of(WRONG), of(EVERYTHING)])
def test_nothing_is_wider_than_a_small_phone(open_page: Open, path: str, java_script_enabled: bool) -> None:
    page = open_page(path, java_script_enabled=java_script_enabled, **NARROW).page
    if java_script_enabled:
        page.locator(".cm-content").wait_for()
    boxes = [page.locator(place).first.bounding_box() for place in ("main", "form.sparql", "#examples")]
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    assert (page.locator("html").bounding_box() or {})["width"] == 360
    page.mouse.wheel(500, 0)
    page.wait_for_timeout(100)
    assert (page.locator("h1").bounding_box() or {})["x"] >= 0


def test_the_name_of_an_only_column_stands_once_on_a_small_phone(open_page: Open) -> None:
    page = open_page(of(WHO), **NARROW).page
    expect(page.get_by_role("columnheader", name="holder")).to_be_visible()
    before = "cells => cells.map(cell => getComputedStyle(cell, '::before').content)"
    assert set(page.locator("#answer td").evaluate_all(before)) == {"none"}


def test_without_its_script_the_page_is_a_form_with_examples_and_a_table(open_page: Open) -> None:
    page = open_page("/sparql", java_script_enabled=False).page
    page.get_by_role("link", name=EXAMPLE).click()
    assert page.get_by_label("Query").input_value().startswith("# Who was at the top")
    page.get_by_label("Query").fill(WHO)
    page.get_by_role("button", name="Ask").click()
    assert any("Governing Mayor of Berlin" in row for row in rows(page))
    assert page.get_by_label("Query").input_value() == WHO
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(1)
    expect(page.locator("#answer .formats a", has_text="CSV")).to_be_visible()
    page.get_by_text("In a program").click()
    expect(page.locator("figure pre")).to_have_count(3)
    page.locator("#answer tbody a").first.click()
    assert urlsplit(page.url).path.startswith("/doc/")


def test_without_its_script_an_error_keeps_the_query(open_page: Open) -> None:
    page = open_page("/sparql", java_script_enabled=False).page
    page.get_by_label("Query").fill(WRONG)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("#answer .problem")).to_contain_text("line 3")
    assert page.get_by_label("Query").input_value() == WRONG


def test_a_query_too_long_for_an_address_is_asked_all_the_same(open_page: Open) -> None:
    watched = open_page("/sparql")
    page = watched.page
    write(page, f"{WHO} # {'é' * 8_000}")
    page.keyboard.press("Control+Enter")
    assert len(rows(page)) > 1
    assert urlsplit(page.url).query == ""
    expect(page.locator("#answer .formats")).to_contain_text("too long for an address")
    watched.assert_clean()


def test_a_server_that_is_away_is_told_and_the_query_is_kept(open_page: Open) -> None:
    watched = open_page("/sparql")
    watched.page.context.set_offline(True)
    write(watched.page, WHO)
    watched.page.keyboard.press("Control+Enter")
    expect(watched.page.locator("form output")).to_contain_text("cannot be reached")
    assert written(watched.page) == WHO
