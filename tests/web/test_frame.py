"""The frame of every page: what it leads to, and how it tells where one is and of which day a page tells."""

from html import unescape

import pytest

from metropolis_kg.web.static_files import FOLDER
from page_types import PAGE_TYPES
from pages import Elements, page
from servers import ask

METROPOLIS = "/doc/organisation/metropolis"


def forms(text: str) -> dict[str | None, str | None]:
    """Return class → action of the forms in the header of a page."""
    header = Elements(text[text.index('<header class="site">') : text.index('<main id="content">')])
    return {each.get("class"): each.get("action") for tag, each in header.all if tag == "form"}


def fields(text: str, name: str) -> list[str | None]:
    """Return the values of the fields of that name in a page."""
    return [each.get("value") for tag, each in Elements(text).all if tag == "input" and each.get("name") == name]


def current(text: str) -> list[tuple[str | None, str | None]]:
    """Return address and mark of each link to where one is."""
    return [
        (each.get("href"), mark)
        for tag, each in Elements(text).all
        if tag == "a" and (mark := each.get("aria-current"))
    ]


@pytest.mark.parametrize("path", PAGE_TYPES.values())
def test_every_page_has_the_same_frame(site: str, path: str) -> None:
    answer = ask(f"{site}{path}", "text/html")
    text, policy = answer.body.decode(), answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert forms(text)["site-search"] == "/search"
    assert fields(text, "q")
    assert fields(text, "at")
    for link in ("/", "/query/", "/sparql", "/about", "/doc/dataset", "/doc/ns", "/doc/shapes", "/validate"):
        assert f'href="{link}"' in text


@pytest.mark.parametrize(
    ("path", "marked"),
    [("/about", [("/about", "page")]), ("/query/", [("/query/", "page")]), ("/query/partners", [("/query/", "true")]),
     ("/", []), (METROPOLIS, [])],
)  # fmt: skip
def test_the_present_part_of_the_site_is_marked(site: str, path: str, marked: list[tuple[str, str]]) -> None:
    assert current(page(site, path)) == marked


@pytest.mark.parametrize(
    ("path", "action"),
    [(METROPOLIS, METROPOLIS), (f"{METROPOLIS}.html", METROPOLIS), ("/doc/graph/gnd", "/doc/graph/gnd"), ("/", "/at"),
     ("/doc/dataset", "/at"), ("/doc/shapes/Tenure", "/at"), ("/doc/nothing/there", "/doc/nothing/there")],
)  # fmt: skip
def test_the_date_field_leads_to_the_same_document_or_to_all_that_held_then(site: str, path: str, action: str) -> None:
    assert forms(page(site, path))["as-of"] == action


def test_a_document_of_a_day_shows_the_day_and_leads_back_to_all_of_time(site: str) -> None:
    text = page(site, f"{METROPOLIS}?at=2018-03-15&page=1&lang=de")
    assert forms(text)["as-of in-effect"] == METROPOLIS
    assert "2018-03-15" in fields(text, "at")
    assert f'<a href="{METROPOLIS}?lang=de">alle Zeiten</a>' in text
    assert "all of time" not in page(site, METROPOLIS)


def test_a_day_that_is_none_is_not_shown_as_one(site: str) -> None:
    assert fields(page(site, f"{METROPOLIS}?at=2018-02-30"), "at") == [None]


def test_an_earlier_state_is_asked_for_as_of_a_day_as_well(site: str) -> None:
    listed = page(site, f"/timemap{METROPOLIS}")
    [memento, *_] = [each for each in Elements(listed).links() if each.startswith("/memento/")]
    assert forms(page(site, memento))["as-of"] == memento


def test_the_forms_keep_a_language_that_was_chosen_by_hand(site: str) -> None:
    assert fields(page(site, "/about?lang=de"), "lang") == ["de", "de"]
    assert fields(page(site, "/about", "de"), "lang") == []


def test_a_page_leads_to_itself_in_the_other_language(site: str) -> None:
    text = unescape(page(site, "/query/who-led?at=2018-03-15"))
    assert '<a href="/query/who-led?at=2018-03-15&lang=de" lang="de" hreflang="de" rel="alternate">Deutsch</a>' in text


def test_a_page_has_its_address_to_be_printed(site: str) -> None:
    assert f'<p class="printed">{site}{METROPOLIS}?at=2018-03-15</p>' in page(site, f"{METROPOLIS}?at=2018-03-15")


def test_the_script_of_every_page_is_small() -> None:
    [script] = FOLDER.glob("built/site-*.js")
    assert script.stat().st_size < 4096


@pytest.mark.parametrize(
    ("path", "looked_for"),
    [("/doc/person/Gr%C3%A4fin-Nie.ttl", "Gräfin Nie"), ("/nix", "nix"),
     ("/doc/organisation/no_habitat/", "no habitat"), ("/%22%3E%3Cscript%3E", '"><script>')],
)  # fmt: skip
def test_where_there_is_nothing_one_can_search_for_what_the_address_names(
    site: str, path: str, looked_for: str
) -> None:
    answer = ask(site + path, "text/html")
    assert answer.status == 404
    assert fields(answer.body.decode(), "q") == ["", looked_for]


def test_a_problem_says_in_the_readers_language_what_it_means_and_marks_what_is_in_another(site: str) -> None:
    text = page(site, "/doc/organisation/nothing-of-that-name", "de")
    assert "Über ein Ding dieses Namens wird nichts gesagt." in text
    assert '<p class="lead detail" lang="en">' in text
    assert '<small class="tag" lang="de">Englisch</small>' in text
    assert 'href="/problem/thing-unknown"' in text


def test_a_problem_says_what_would_be_right(site: str) -> None:
    assert "<bdi>a day such as 2018-03-15</bdi>" in page(site, f"{METROPOLIS}?at=2018-02-30")


def test_a_label_in_another_language_says_in_words_which_that_is(site: str) -> None:
    text = page(site, "/query/quotes-with")
    assert 'lang="de" dir="auto">' in text
    assert '<small class="tag" title="text in German">German</small>' in text
