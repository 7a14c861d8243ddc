"""The start page as it is sent: what it leads to, and how much it weighs."""

import re

import pytest

from pages import Elements, page
from servers import ask

QUESTION = re.compile(r'<li><a href="(/query/[^"]+)">')


def test_three_questions_are_one_click_away(site: str) -> None:
    found = QUESTION.findall(page(site, "/"))
    assert found == ["/query/succession", "/query/conflicts", "/query/quotes-with"]
    assert all("<td" in page(site, path) for path in found)


def test_an_answer_stands_there_with_its_certainty_its_quote_and_its_source(site: str) -> None:
    text = page(site, "/")
    example = text[text.index('class="example"') : text.index("</section>")]
    for shown in (
        "<bdi>Governing Mayor of Berlin</bdi>",
        '<span class="badge certain">certain</span>',
        '<blockquote lang="de" dir="auto"><p><mark>zuvor seit November 2017 Interimspräsident</mark></p></blockquote>',
        "Source: <bdi>Metropolis (page on berlin.de)</bdi>",
        'href="/doc/tenure/governing-mayor-interim-president-2017"',
        'href="/query/who-led"',
    ):
        assert shown in example


def test_every_command_names_this_site_and_is_one_that_works(site: str) -> None:
    text = page(site, "/")
    addresses = re.findall(rf"<pre[^>]*>[^<]*?({re.escape(site)}/[^<\s]+)</pre>", text)
    assert len(addresses) == 4
    for address in addresses:
        assert ask(address).status in (200, 303)


@pytest.mark.parametrize("path", ["/", "/about", "/doc/organisation/metropolis"])
def test_a_page_weighs_less_than_100_kilobytes_all_told_even_when_nothing_is_compressed(site: str, path: str) -> None:
    answer = ask(site + path, "text/html")
    outline = Elements(answer.body.decode())
    parts = {each.get("src") for tag, each in outline.all if tag in ("script", "img")}
    parts |= {each.get("href") for tag, each in outline.all if tag == "link" and each["rel"] in ("icon", "stylesheet")}
    compressed = sum(len(ask(site + part, accept_encoding="gzip").body) for part in parts if part)
    assert compressed + len(ask(site + path, "text/html", accept_encoding="gzip").body) < 100_000
    if path != "/doc/organisation/metropolis":
        assert len(answer.body) + sum(len(ask(site + part).body) for part in parts if part) < 100_000
