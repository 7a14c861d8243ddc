"""What operators and browsers rely on."""

from servers import ask


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


def test_the_style_sheet_and_the_icon_are_there(site: str) -> None:
    assert ask(f"{site}/static/style.css").headers["content-type"].startswith("text/css")
    assert ask(f"{site}/static/icon.svg").status == 200
    assert ask(f"{site}/static/../app.py").status == 404


def test_a_body_that_is_too_large_is_refused(site: str) -> None:
    answer = ask(
        f"{site}/sparql", method="POST", body=b"ASK {}" + b" " * (1 << 20), content_type="application/sparql-query"
    )  # fmt: skip
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"
