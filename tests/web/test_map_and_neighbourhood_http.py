"""The map and the neighbourhood over HTTP keep the promises of every page."""

import re

import pytest

from servers import ask

MAP, AROUND = "/map", "/neighbourhood/organisation/metropolis"


@pytest.mark.parametrize("path", [MAP, f"{AROUND}?steps=2"])
def test_a_page_has_a_tag_a_language_and_the_same_head(site: str, path: str) -> None:
    page = ask(site + path, "text/html", accept_language="de")
    assert page.status == 200
    assert page.headers["content-language"] == "de"
    assert "Accept-Language" in page.headers["vary"]
    assert ask(site + path, "text/html", accept_language="de", if_none_match=page.headers["etag"]).status == 304
    head = ask(site + path, "text/html", method="HEAD", accept_language="de")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", page.headers["etag"])
    refused = ask(site + path, method="PUT")
    assert (refused.status, "GET" in refused.headers["allow"]) == (405, True)


def test_each_part_and_language_has_a_tag_of_its_own(site: str) -> None:
    paths = [AROUND, f"{AROUND}?steps=2", f"{AROUND}?at=2018-03-15", f"{AROUND}?lang=de", MAP, f"{MAP}?at=2018-03-15"]
    assert len({ask(site + path, "text/html").headers["etag"] for path in paths}) == len(paths)


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        (f"{AROUND}?steps=3", "steps"), (f"{AROUND}?steps=", "steps"), (f"{AROUND}?steps=1&steps=2", "steps"),
        (f"{AROUND}?at=soon", "at"), (f"{MAP}?page=0", "page"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_its_name(site: str, path: str, parameter: str) -> None:
    answer = ask(site + path, "application/problem+json")
    assert (answer.status, answer.json()["parameter"]) == (400, parameter)


def test_there_is_no_page_beyond_the_last_and_no_neighbourhood_of_nothing(site: str) -> None:
    assert ask(f"{site}{MAP}?page=99").status == 404
    assert ask(f"{site}/neighbourhood/organisation/nothing").status == 404
    assert ask(f"{site}/neighbourhood/%E2%80%A6").status == 404


def test_another_spelling_leads_to_the_name(site: str) -> None:
    answer = ask(f"{site}/neighbourhood/Person/Michael%20M%C3%BCller?steps=2")
    assert (answer.status, answer.headers["location"]) == (308, f"{site}/neighbourhood/person/michael-mueller?steps=2")


def test_links_keep_the_day(site: str) -> None:
    for path, name in ((MAP, "place/berlin"), (AROUND, "organisation/land-berlin")):
        text = ask(f"{site}{path}?at=2018-03-15", "text/html").body.decode()
        assert f'href="/doc/{name}?at=2018-03-15"' in text


def test_the_page_of_a_place_has_a_small_map_and_that_of_another_thing_none(site: str) -> None:
    pages = [ask(f"{site}/doc/{name}", "text/html").body.decode() for name in ("place/berlin", "place/gauteng")]
    assert ['<figure class="place-map">' in text for text in pages] == [True, False]
    [figure] = re.findall(r'<figure class="place-map">.*?</figure>', pages[0], re.DOTALL)
    assert len(figure) < 2000
    [image] = re.findall(r'<image href="([^"]+)"', figure)
    drawing = ask(site + image, accept_encoding="gzip")
    assert drawing.headers["content-type"] == "image/svg+xml"
    assert len(drawing.body) < 25_000


def test_the_page_of_a_thing_leads_to_its_neighbourhood_on_the_same_day(site: str) -> None:
    text = ask(f"{site}/doc/organisation/metropolis?at=2018-03-15", "text/html").body.decode()
    assert f'href="{AROUND}?at=2018-03-15"' in text
