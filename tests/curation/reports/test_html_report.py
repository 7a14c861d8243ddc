"""The page: one file, no script, everything escaped, in both languages."""

from html.parser import HTMLParser

import pytest
from diagnosed import ELSEWHERE, NOWHERE, ODD, diagnostic, findings

from metropolis_kg.curation.reports.page import as_html


class _Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_needs_nothing_else_and_runs_nothing() -> None:
    found = _Elements(as_html(findings(diagnostic(), diagnostic(path=ELSEWHERE.path)), "en")).found
    assert not {tag for tag, _ in found} & {"script", "link", "img", "iframe"}
    assert all(attributes["href"].startswith("#") for tag, attributes in found if tag == "a" and attributes["href"])


@pytest.mark.parametrize(("lang", "said"), [("de", "Die Rolle gibt es nicht."), ("en", "There is no such role.")])
def test_a_finding_is_told_with_its_line_and_what_is_meant_marked(lang: str, said: str) -> None:
    page = as_html(findings(diagnostic()), lang)
    assert f'<html lang="{lang}">' in page
    assert said in page
    assert "ex:role <mark>ex:emperor</mark> , &#34;Käse&#34;@de ;" in page


def test_nothing_of_the_data_is_markup() -> None:
    hostile = "</pre><script>alert(1)</script>"
    page = _Elements(as_html(findings(diagnostic(messages={"en": hostile + ODD}, excerpt=hostile)), "en"))
    assert hostile in page.text
    assert "script" not in {tag for tag, _ in page.found}
    assert "\u202e" not in page.text


def test_past_ten_of_a_kind_are_folded_and_none_is_missing() -> None:
    page = as_html(findings(*(diagnostic(line=number) for number in range(1, 13))), "en")
    assert "… and 2 more of this kind [Role-in-scheme]" in page
    assert page.count("<article") == 12


def test_what_has_no_place_stands_under_a_heading_of_its_own() -> None:
    page = as_html(findings(diagnostic(**NOWHERE)), "de")
    assert "<h2>Ohne Stelle" in page
    assert "keine Datei sagt das; es hat keine Stelle" in page


def test_a_report_without_findings_says_so() -> None:
    assert "Nothing to complain of." in as_html(findings(), "en")
