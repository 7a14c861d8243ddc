"""The pages of days over HTTP."""

import re

import pytest

from pages import Elements, page
from servers import ask


def test_a_day_in_a_form_leads_to_its_page_in_the_language_chosen(site: str) -> None:
    for path in ("/at", "/at/", "/at/2001-01-01"):
        answer = ask(f"{site}{path}?at=2018-03-15&lang=de")
        assert (answer.status, answer.headers["location"]) == (303, f"{site}/at/2018-03-15?lang=de")
    assert ask(f"{site}/at").headers["location"] == f"{site}/at/"


@pytest.mark.parametrize("path", ["/at/2018-02-30", "/at/yesterday", "/at/2018-3-15", "/at?at=2018-02-30", "/at/?at=x"])
def test_a_day_that_is_none_is_400_naming_the_form(site: str, path: str) -> None:
    answer = ask(site + path, "application/json")
    assert answer.status == 400
    assert answer.json()["expected"] == "a day such as 2018-03-15"


@pytest.mark.parametrize(("query", "status"), [("page=2", 404), ("page=0", 400), ("page=x", 400), ("page=1", 200)])
def test_a_page_that_is_not_there_is_said_so(site: str, query: str, status: int) -> None:
    assert ask(f"{site}/at/2018-03-15?{query}", "text/html").status == status


@pytest.mark.parametrize("path", ["/at/", "/at/2018-03-15"])
def test_a_page_of_days_keeps_what_http_promises(site: str, path: str) -> None:
    german = ask(site + path, "text/html", accept_language="de")
    assert (german.status, german.headers["content-language"]) == (200, "de")
    assert "Accept-Language" in german.headers["vary"]
    assert german.headers["etag"] != ask(site + path, "text/html", accept_language="en").headers["etag"]
    head = ask(site + path, "text/html", method="HEAD", accept_language="de")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", german.headers["etag"])
    unchanged = ask(site + path, "text/html", accept_language="de", if_none_match=german.headers["etag"])
    assert unchanged.status == 304
    assert ask(site + path, method="PUT").status == 405
    assert ask(site + path, method="OPTIONS").status == 204


def test_who_wants_data_is_led_to_the_stored_query_that_has_the_same_rows(site: str) -> None:
    answer = ask(f"{site}/at/2018-08-10", "text/csv")
    assert answer.status == 303
    assert "Accept" in answer.headers["vary"]
    rows = ask(answer.headers["location"]).body.decode().split("\r\n")[1:-1]
    shown = page(site, "/at/2018-08-10").count('<li class="by-')
    assert len(rows) == shown == 16
    assert ask(f"{site}/at/2018-08-10", "image/png").status == 406


def test_every_row_leads_to_its_claim_as_of_the_day(site: str) -> None:
    links = [link for link in Elements(page(site, "/at/2018-08-10")).links() if "/doc/tenure/" in link]
    assert links
    assert all(link.endswith("?at=2018-08-10") for link in links)
    assert {ask(site + link, "text/html").status for link in links} == {200}
    assert 'class="badge possible"' in page(site, "/doc/tenure/governing-mayor-president-2018?at=2018-08-10")


def test_the_timeline_of_a_thing_has_all_that_it_draws_in_a_table(site: str) -> None:
    text = page(site, "/doc/organisation/metropolis")
    part = text[text.index('<section class="timeline"') :]
    timeline = part[: part.index("</section>")]
    assert len(timeline.encode()) < 12_000
    chart, table = timeline.split("<details>")
    assert chart.count("<p><a href") == table.count("<tr><td>") == 17
    assert "style=" not in timeline
    assert set(re.findall('<p><a href="(.*?)"', chart)) <= {f"#{each}" for each in Elements(text).ids}


def test_the_day_asked_for_is_drawn_on_the_timeline(site: str) -> None:
    text = page(site, "/doc/organisation/metropolis?at=2018-08-10", "de")
    assert ">10. August 2018</text>" in text
    assert '<line class="asked"' in text
