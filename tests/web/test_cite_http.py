"""Citations over HTTP: by negotiation and by extension, with all that holds of other addresses."""

import pytest

from pages import Elements, page
from servers import ask

CITE = "/cite/organisation/metropolis"
CSL, BIBTEX = "application/vnd.citationstyles.csl+json", "application/x-bibtex"


@pytest.mark.parametrize(
    ("accept", "content_type", "extension"),
    [(None, CSL, "json"), (CSL, CSL, "json"), ("application/json", "application/json", "json"), (BIBTEX, BIBTEX, "bib"),
     ("text/html", "text/html; charset=utf-8", "html")],
)  # fmt: skip
def test_a_citation_comes_as_accept_says(site: str, accept: str | None, content_type: str, extension: str) -> None:
    answer = ask(site + CITE, accept)
    assert (answer.status, answer.headers["content-type"]) == (200, content_type)
    assert answer.headers["content-location"] == f"{site}{CITE}.{extension}"
    assert {"Accept", "Accept-Language"} <= set(answer.headers["vary"].split(", "))
    assert answer.headers["access-control-allow-origin"] == "*"
    named = ask(f"{site}{CITE}.{extension}", "image/png")
    assert (named.status, named.headers["content-type"].split(";")[0]) == (200, content_type.split(";")[0].replace(
        "application/json", CSL
    ))  # fmt: skip


def test_a_citation_keeps_what_http_promises(site: str) -> None:
    german = ask(f"{site}{CITE}.bib", accept_language="de")
    assert german.headers["content-language"] == "de"
    assert german.headers["etag"] != ask(f"{site}{CITE}.bib", accept_language="en").headers["etag"]
    head = ask(f"{site}{CITE}.bib", method="HEAD", accept_language="de")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", german.headers["etag"])
    unchanged = ask(f"{site}{CITE}.bib", accept_language="de", if_none_match=german.headers["etag"])
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert ask(site + CITE, method="PUT").status == 405
    assert ask(site + CITE, method="OPTIONS").status == 204


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [(CITE, "image/png", 406), ("/cite/organisation/nobody", None, 404), (f"{CITE}.ris", None, 404)],
)
def test_what_cannot_be_cited_is_said_as_a_problem(site: str, path: str, accept: str | None, status: int) -> None:
    answer = ask(site + path, accept)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("extension", ["", ".bib", ".BIB"])
def test_another_spelling_leads_to_the_right_one(site: str, extension: str) -> None:
    answer = ask(f"{site}/cite/Organisation/METROPOLIS/{extension}?lang=de", "image/png")
    assert (answer.status, answer.headers["location"]) == (308, f"{site}{CITE}{extension.lower()}?lang=de")
    assert ask(f"{site}/cite/Organisation/Nobody{extension}").status == 404


def test_the_version_that_a_citation_names_is_what_is_read_now_and_stays(site: str) -> None:
    [item] = ask(f"{site}{CITE}.json").json()
    kept = ask(item["archive_location"], "text/turtle")
    assert kept.status == 200
    assert "memento-datetime" in kept.headers
    assert ask(item["URL"]).status == 303


@pytest.mark.parametrize(
    "name", ["organisation/metropolis", "tenure/land-berlin-member", "graph/inferred", "dataset", "ns"]
)
def test_the_page_of_a_thing_leads_to_its_citation_and_that_to_both_formats(site: str, name: str) -> None:
    shown = Elements(page(site, f"/cite/{name}", "de")).links("a", "link")
    for href in (f"/cite/{name}.bib", f"/cite/{name}.json"):
        assert href in shown
        assert ask(site + href).status == 200
    if name not in ("dataset", "ns"):  # which have pages of their own
        assert f"/cite/{name}" in Elements(page(site, f"/doc/{name}")).links()
