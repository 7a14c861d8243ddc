"""What operators and browsers rely on."""

import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from damage import truncate

from metropolis_kg.curation.release import STORE, Releases
from metropolis_kg.web.problems import PROBLEM_TYPES
from servers import ask, free_port, served, start_oxigraph


def test_the_server_lives_and_is_ready(site: str) -> None:
    assert ask(f"{site}/healthz").json() == {"status": "alive"}
    ready = ask(f"{site}/readyz")
    assert ready.json()["status"] == "ready"
    assert len(ready.json()["release"]) == 64
    assert ready.headers["cache-control"] == "no-store"


def test_answers_are_safe_for_browsers(site: str) -> None:
    for path in ("/", "/doc/place/berlin.ttl", "/nix", "/sparql?query=ASK%7B%7D"):
        headers = ask(site + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"


def test_an_error_is_a_problem_for_machines_and_a_page_for_people(site: str) -> None:
    problem = ask(f"{site}/doc/place/nowhere", "application/ld+json")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.headers["cache-control"] == "no-store"
    assert problem.json()["type"] == f"{site}/problem/thing-unknown"
    page = ask(f"{site}/doc/place/nowhere", "text/html", accept_language="de")
    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Hier ist nichts" in page.body.decode()


def test_the_type_of_a_problem_is_an_address_that_says_what_it_means(site: str) -> None:
    kind = ask(f"{site}/doc/place/nowhere").json()["type"]
    assert b"Nothing is said about a thing" in ask(kind).body
    assert ask(f"{site}/problem/nix").status == 404


@pytest.mark.parametrize("name", PROBLEM_TYPES)
def test_every_type_of_problem_says_what_it_means_in_two_languages(site: str, name: str) -> None:
    pages = {language: ask(f"{site}/problem/{name}", accept_language=language) for language in ("de", "en")}
    for language, page in pages.items():
        assert (page.status, page.headers["content-language"]) == (200, language)
        assert "Accept-Language" in page.headers["vary"]
        assert "max-age" in page.headers["cache-control"]
    meanings = {re.findall('<p class="lead">(.+?)</p>', page.body.decode())[0] for page in pages.values()}
    assert len(meanings) == 2


def test_a_range_that_there_is_not_is_a_problem_with_a_type(site: str) -> None:
    answer = ask(f"{site}/static/style.css", range="bytes=99999999-")
    assert (answer.status, answer.headers["content-type"]) == (416, "application/problem+json")
    assert ask(answer.json()["type"]).status == 200


def test_the_style_sheet_and_the_icon_are_there(site: str) -> None:
    assert ask(f"{site}/static/style.css").headers["content-type"].startswith("text/css")
    assert ask(f"{site}/static/icon.svg").status == 200
    assert ask(f"{site}/static/../app.py").status == 404


def test_what_is_named_after_its_content_keeps_for_ever_even_when_the_client_has_it(site: str) -> None:
    scripts = re.findall(r'src="(/static/built/[^"]+)"', ask(f"{site}/sparql", "text/html").body.decode())
    assert len(scripts) == 2
    for script in scripts:
        whole = ask(site + script)
        kept = ask(site + script, if_none_match=whole.headers["etag"])
        assert (whole.status, kept.status) == (200, 304)
        assert "immutable" in whole.headers["cache-control"]
        assert kept.headers["cache-control"] == whole.headers["cache-control"]


def test_a_preflight_for_what_there_is_not_is_no_success(site: str) -> None:
    answer = ask(f"{site}/nonexistent", method="OPTIONS")
    assert answer.status == 404
    assert "access-control-allow-methods" not in answer.headers
    assert ask(f"{site}/sparql", method="OPTIONS").headers["access-control-allow-methods"]


def test_a_body_that_is_too_large_is_refused(site: str) -> None:
    answer = ask(
        f"{site}/sparql", method="POST", body=b"ASK {}" + b" " * (1 << 20), content_type="application/sparql-query"
    )  # fmt: skip
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_store_that_is_damaged_while_serving_is_an_outage_that_names_no_path(site_var: Path, tmp_path: Path) -> None:
    shutil.copytree(site_var, tmp_path / "var", symlinks=True)
    release = Releases(tmp_path / "var").current()
    assert release
    with served(tmp_path / "var", free_port(), METROPOLIS_KG_STATEMENTS_IN_MEMORY="0") as url:
        assert ask(f"{url}/readyz").status == 200
        truncate(release.path / STORE)
        for path in ("/doc/person/michael-mueller.ttl", "/sparql?query=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D"):
            answer = ask(url + path)
            assert (answer.status, answer.json()["type"].rpartition("/")[2]) == (503, "store-unavailable")
            assert b"sst" not in answer.body
        assert ask(f"{url}/healthz").status == 200


def test_a_server_whose_store_holds_nothing_is_not_ready(tmp_path: Path) -> None:
    ox.Store(str(tmp_path / "store")).flush()
    store_port = free_port()
    store = start_oxigraph(tmp_path / "store", store_port)
    try:
        with served(tmp_path, free_port(), "--store", f"http://127.0.0.1:{store_port}/query") as url:
            assert ask(f"{url}/readyz").status == 503
            assert ask(f"{url}/healthz").status == 200
    finally:
        store.kill()
        store.wait()
