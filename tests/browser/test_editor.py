"""The editor of the query page in a real browser: its keys, its completions, its marks."""

import re

import pytest
from playwright.sync_api import expect
from query_page import NARROW, WHO, WRONG, of, rows, write, written
from watching import Open


def test_the_keys_run_a_query_and_leave_the_editor(open_page: Open) -> None:
    watched = open_page("/sparql")
    page = watched.page
    write(page, WHO)
    page.keyboard.press("Control+Enter")
    assert any("Governing Mayor of Berlin" in row for row in rows(page))
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ask")).to_be_focused()
    watched.assert_clean()


def test_a_list_of_completions_does_not_hold_the_focus(open_page: Open) -> None:
    page = open_page("/sparql").page
    write(page, "ASK { ?x ?y ")
    page.keyboard.type("Mich")
    page.locator(".cm-tooltip-autocomplete").wait_for()
    page.keyboard.press("Tab")
    expect(page.locator(".cm-tooltip-autocomplete")).to_have_count(0)
    expect(page.get_by_role("button", name="Ask")).to_be_focused()


def test_asking_closes_a_list_of_completions(open_page: Open) -> None:
    page = open_page("/sparql").page
    write(page, "SELECT ?abc { ?abc ?b ?c } ORDER BY ")
    page.keyboard.type("?a")
    page.locator(".cm-tooltip-autocomplete").wait_for()
    page.keyboard.press("Control+Enter")
    assert rows(page)
    expect(page.locator(".cm-tooltip-autocomplete")).to_have_count(0)


@pytest.mark.parametrize("keys", ["Control+Enter", "Meta+Enter"])
def test_on_a_mac_both_keys_ask(open_page: Open, keys: str) -> None:
    page = open_page("/sparql").page
    page.add_init_script("Object.defineProperty(navigator, 'platform', {value: 'MacIntel'})")
    page.reload()
    page.locator(".cm-content").click()
    page.keyboard.press(keys)
    assert rows(page)


def test_an_error_is_told_and_its_place_marked(open_page: Open) -> None:
    watched = open_page("/sparql?lang=de")
    page = watched.page
    write(page, WRONG)
    page.keyboard.press("Control+Enter")
    problem = page.locator("#answer .problem")
    expect(problem).to_contain_text("Das ist nicht zu verstehen")
    expect(problem).to_contain_text("Zeile 3")
    expect(page.locator(".cm-fault-line")).to_have_text("  FILTER(?b = ) }")
    assert [
        error for error in watched.errors if "400 (Bad Request)" not in error
    ] == []  # which the browser logs itself
    assert written(page) == WRONG


@pytest.mark.parametrize(
    ("query", "line", "piece"),
    [
        ('ASK {\t# 😀\n?a ?b "😀😀", "ä" . größe }', 2, "größe"),
        ('ASK {\r\n?a ?b "😀😀" .\r\n\r\n?a ?b "😀" wrong }', 4, "wrong"),
        ("ASK { ?a ?b ?c } 😀", 1, "😀"),
        ("ASK { # 😀", 1, "😀"),
        ('ASK { FILTER(MD5("😀😀") = ?a) wrong }', 1, "wrong"),
    ],
)
def test_the_place_the_server_names_is_marked_and_stays(open_page: Open, query: str, line: int, piece: str) -> None:
    page = open_page("/sparql").page
    write(page, query)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer")).to_have_attribute("data-line", str(line))
    page.wait_for_timeout(800)  # by then the editor's own grammar would have spoken
    expect(page.locator(".cm-fault")).to_have_text(piece)
    expect(page.locator(".cm-line").nth(line - 1)).to_have_class(re.compile("cm-fault-line"))
    expect(open_page(of(query)).page.locator(".cm-fault")).to_have_text(piece)


def test_a_mistake_is_marked_while_one_writes(open_page: Open) -> None:
    page = open_page("/sparql").page
    write(page, "SELECT ?a WHERE {\n?a ?b\n}")
    expect(page.locator(".cm-fault-line")).to_have_count(1)
    write(page, "SELECT ?a WHERE {\n?a ?b ?c\n}")
    page.wait_for_timeout(800)
    expect(page.locator(".cm-fault-line")).to_have_count(0)


@pytest.mark.parametrize(
    ("begun", "completed"),
    [
        ("ASK { ?x org:memb", "org:member"),
        ("ASK { ?x ?y Michael", "person:michael-mueller"),
        ("ASK { ?x a mkg:Ten", "mkg:Tenure"),
        ("PREFIX organisa", "PREFIX organisation: <"),
    ],
)
def test_prefixes_terms_and_things_are_completed_from_the_dataset(open_page: Open, begun: str, completed: str) -> None:
    watched = open_page("/sparql")
    page = watched.page
    write(page, "")
    page.keyboard.press("Delete")
    page.keyboard.type(begun)
    options = page.locator(".cm-tooltip-autocomplete li")
    wanted = options.filter(has_text=completed.removeprefix("PREFIX ").removesuffix(" <")).first
    wanted.wait_for()
    page.wait_for_timeout(100)  # a list that has just appeared takes no click
    wanted.click()
    assert completed in written(page)
    watched.assert_clean()


def test_a_list_of_completions_stays_between_the_sides_of_the_editor(open_page: Open) -> None:
    page = open_page("/sparql", **NARROW).page
    write(page, "ASK { ?x ?y ")
    page.keyboard.type("Mich")
    options = page.locator(".cm-tooltip-autocomplete").bounding_box()
    editor = page.locator(".editor").bounding_box()
    assert options
    assert editor
    assert editor["x"] <= options["x"]
    assert options["x"] + options["width"] <= editor["x"] + editor["width"]


def test_a_variable_is_not_broken_over_lines(open_page: Open) -> None:
    page = open_page("/sparql", **NARROW).page
    write(page, "SELECT ?holder ?role ?heads ?certainty ?quote ?note ?source WHERE {}")
    lines = "names => names.map(name => name.getClientRects().length)"
    variables = page.locator(".cm-line span", has_text="?")
    expect(variables).to_have_count(7)
    assert set(variables.evaluate_all(lines)) == {1}
