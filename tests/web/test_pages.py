"""Pages: what a person needs is on them, in her language, and nothing in the data can break out of them."""

import re
from html import unescape

import pytest

from pages import Elements, page
from servers import ask

METROPOLIS = "/doc/organisation/metropolis"
INTERIM = "/doc/tenure/governing-mayor-interim-president-2017"
PAGES = ["/", METROPOLIS, INTERIM, "/doc/person/michael-mueller", "/doc/relation/use-platform-of-network", "/doc/ns",
         "/doc/dataset", "/doc/graph/berlin-metropolis", "/query/", "/query/who-led", "/sparql",
         "/about", "/nix"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_page_is_whole_in_its_language_and_asks_no_other_host(site: str, path: str, language: str) -> None:
    text = page(site, path, language)
    outline = Elements(text)
    tags = [tag for tag, _ in outline.all]
    assert f'<html lang="{language}">' in text
    assert (tags.count("h1"), tags.count("main"), tags.count("title")) == (1, 1, 1)
    kinds = [attributes.get("type") for tag, attributes in outline.all if tag == "script"]
    described = path.startswith("/doc/")
    own = ["module"] if path == "/sparql" else ["application/ld+json"] if described else []
    assert kinds == ["module", *own]
    assert "style" not in tags
    assert len(outline.ids) == len(set(outline.ids))
    for tag, attributes in outline.all:
        assert "style" not in attributes
        if tag == "link" and attributes["rel"] in ("icon", "stylesheet"):
            assert (attributes["href"] or "").startswith("/")
        if tag == "a":
            assert (attributes["href"] or "").startswith(("/", "#", "?", "http://", "https://"))


@pytest.mark.parametrize("path", PAGES[:-1])
def test_every_link_of_ours_leads_somewhere(site: str, path: str) -> None:
    hrefs = set(Elements(page(site, path)).links("a", "link"))
    ours = sorted(href.partition("#")[0] for href in hrefs if href.startswith("/"))
    broken = [href for href in dict.fromkeys(ours) if ask(site + href, "text/html, */*;q=0.1").status != 200]
    assert broken == []


def test_a_claim_shows_time_certainty_quote_source_and_who_says_so(site: str) -> None:
    text = page(site, INTERIM)
    for shown in (
        "November 2017 to August 2018",
        "<b>certain</b> 30 November 2017 – 1 August 2018",
        "1 November 2017 – 29 November 2017; 2 August 2018 – 31 August 2018",
        "<mark>zuvor seit November 2017 Interimspräsident</mark>",
        "characters 2668–2710",
        "Metropolis (page on berlin.de)",
        "written between 30 November 2020 and 21 December 2021",
        "the page says so",
        "implied by succession",
    ):
        assert shown in text


def test_claims_of_a_thing_are_closed_rows_each_with_its_evidence_and_a_page_of_its_own(site: str) -> None:
    text = page(site, METROPOLIS)
    rows = re.findall(
        r'<details class="claim[^"]*" id="([^"]+)"><summary>(.*?)</summary>(.*?)</details>', text, re.DOTALL
    )
    assert len(rows) == text.count('<details class="claim') == 41
    assert all("<a " not in summary for _, summary, _ in rows)
    assert all(re.search(rf'href="/doc/[a-z]+/{anchor}"', body) for anchor, _, body in rows)
    assert all("<figure>" in body or 'class="inference"' in body for _, _, body in rows)


def test_the_same_claim_in_german(site: str) -> None:
    text = page(site, INTERIM, "de")
    for shown in ("November 2017 bis August 2018", "<b>sicher</b> 30. November 2017", "sagt die Seite", "Fließtext"):
        assert shown in text


def test_an_open_claim_is_last_known_after_its_attestation(site: str) -> None:
    text = page(site, "/doc/tenure/land-berlin-member")
    assert "since 1991" in text
    assert "<b>certain</b> 31 December 1991 – 30 November 2020" in text
    assert "<b>last known</b> after 30 November 2020" in text


def test_an_inference_shows_its_rule_its_premises_and_how_sure_it_is(site: str) -> None:
    text = page(site, "/doc/relation/use-platform-of-network")
    assert "A platform of which a page about a single network speaks is provided by that network." in text
    assert "(weak)" in text
    assert "urban sustainability exchange – is a: online platform" in text
    assert ">inferred<" in text


def test_claims_of_page_and_enrichment_are_told_apart(site: str) -> None:
    text = page(site, "/doc/person/michael-mueller")
    assert text.count("by-page") > 0
    assert text.count("by-enrichment") > 0


def test_a_page_offers_every_format(site: str) -> None:
    alternates = re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"', page(site, METROPOLIS))
    assert {kind for kind, _ in alternates} == {
        "text/turtle", "application/ld+json", "application/n-triples", "application/n-quads", "application/trig",
        "application/rdf+xml",
    }  # fmt: skip
    for kind, href in alternates:
        assert ask(site + href).headers["content-type"].split(";")[0] == kind


def test_a_language_chosen_by_hand_wins_and_is_kept_by_every_link(site: str) -> None:
    text = page(site, f"{METROPOLIS}?lang=de", "en")
    assert '<html lang="de">' in text
    hrefs = re.findall(r'href="(/doc/[^".]*?)"', text)
    assert hrefs
    assert all("?lang=" in href for href in hrefs)


def test_a_page_says_in_which_language_it_is(site: str) -> None:
    answer = ask(f"{site}{METROPOLIS}.html", accept_language="de")
    assert answer.headers["content-language"] == "de"
    assert "Accept-Language" in answer.headers["vary"]


def test_the_start_page_leads_to_things_questions_and_data(site: str) -> None:
    text = page(site, "/")
    for link in (METROPOLIS, "/doc/person/michael-mueller", "/query/who-led", "/sparql", "/doc/dataset"):
        assert f'href="{link}"' in text
    assert f"curl -L -H 'Accept: text/turtle' {site}/id/organisation/metropolis" in unescape(text)
