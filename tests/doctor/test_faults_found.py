"""Each fault of a publisher is found by the behaviours that it concerns, and by no other.

The publisher is the real site behind a relay that spoils its answers, one fault at a time.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from relay import Asked, Fault, Relay, Said, Twist

from metropolis_kg.doctor.behaviours import behaviours, chosen
from metropolis_kg.doctor.client import Limits
from metropolis_kg.doctor.examination import Diagnosis, examine
from metropolis_kg.doctor.finding import Verdict
from metropolis_kg.doctor.publisher import Hints
from servers import free_port, start_oxigraph

SLOW = {"D2", "D3", "E15", "E16", "J2", "Q8", "Q11", "Q12", "V1"}
"""What takes longest; asked only where the fault concerns it."""

PERSON = "/id/person/michael-mueller"


@pytest.fixture(scope="module")
def relay(site: str) -> Iterator[Relay]:
    """The relay, honest at first."""
    relay = Relay(site)
    yield relay
    relay.close()


def diagnosed(relay: Relay, *more: str) -> Diagnosis:
    """Ask all that is quick, and ``more``."""
    chosen = [each for each in behaviours() if each.id not in SLOW - set(more)]
    return examine(
        Hints(f"{relay.url}/", thing=relay.url + PERSON), Limits(seconds=300, seconds_each=60), chosen, lambda _: None
    )


def failing(diagnosis: Diagnosis) -> set[str]:
    """Return the ids of what fails."""
    assert [each.reason for each in diagnosis.outcomes if "could not be judged" in each.reason] == []
    return {each.behaviour.id for each in diagnosis.outcomes if each.verdict is Verdict.FAILS}


def of_documents(change: Fault) -> Fault:
    """Return ``change`` for documents only."""

    def changed(asked: Asked, said: Said) -> None:
        if asked.path.startswith("/doc/"):
            change(asked, said)

    return changed


def no_vary(_: Asked, said: Said) -> None:
    said.drop("vary")


def same_tag(_: Asked, said: Said) -> None:
    if said.status == 200 and said.media_type in ("application/n-triples", "application/n-quads"):
        said.headers["etag"] = '"the-same"'


def turtle_for_all(asked: Asked, said: Said) -> None:
    if said.status == 406:
        said.status, said.body = 200, b"<urn:a> <urn:b> <urn:c> ."
        said.headers |= {"content-type": "text/turtle", "content-length": str(len(said.body))}


def errors_without_cors(_: Asked, said: Said) -> None:
    if said.status >= 400:
        said.drop("access-control-allow-origin")


def short_json(_: Asked, said: Said) -> None:
    if said.media_type == "application/ld+json" and said.status == 200:
        said.body = said.body[: len(said.body) // 2]
        said.drop("content-length")


def plain_n_triples(_: Asked, said: Said) -> None:
    if said.media_type == "application/n-triples":
        said.headers["content-type"] = "text/plain; charset=utf-8"


def trace_in_errors(_: Asked, said: Said) -> None:
    if said.status == 404 and said.media_type == "application/problem+json" and said.body:
        trace = 'Traceback (most recent call last):\n  File "/srv/site/app.py", line 3, in view'
        said.body = json.dumps(json.loads(said.body) | {"detail": trace}).encode()
        said.drop("content-length")


def host_echoed(asked: Asked, said: Said) -> None:
    host = asked.headers.get("x-forwarded-host", asked.headers["host"])
    if "location" in said.headers:
        said.headers["location"] = re.sub(r"//[^/]+", f"//{host}", said.headers["location"], count=1)


def found_instead(_: Asked, said: Said) -> None:
    said.status = 302 if said.status == 303 else said.status


def soft_404(asked: Asked, said: Said) -> None:
    if said.status == 404 and asked.path.startswith("/id/"):
        said.status = 200


def head_of_html(asked: Asked, said: Said) -> None:
    if asked.method == "HEAD" and said.status == 200 and asked.path.startswith("/doc/person"):
        said.headers["content-type"] = "text/html; charset=utf-8"


def bare_304(_: Asked, said: Said) -> None:
    if said.status == 304:
        said.drop("vary", "cache-control")


def no_cache_control(_: Asked, said: Said) -> None:
    said.drop("cache-control")


def passing_context(asked: Asked, said: Said) -> None:
    if asked.path.startswith("/context/"):
        said.headers["cache-control"] = "public, max-age=60"


def loose_policy(_: Asked, said: Said) -> None:
    if said.media_type == "text/html":
        said.headers["content-security-policy"] = "default-src 'self'; script-src 'self' 'unsafe-inline'"


def page_without_cite_as(_: Asked, said: Said) -> None:
    if said.media_type == "text/html":
        said.body = re.sub(rb'<link rel="cite-as"[^>]*>', b"", said.body)
        said.drop("content-length")


def page_without_language(_: Asked, said: Said) -> None:
    if said.media_type == "text/html":
        said.body = re.sub(rb'<html lang="[^"]*"', b"<html", said.body)
        said.drop("content-length")


def line_lost(_: Asked, said: Said) -> None:
    if said.media_type == "application/n-triples" and said.status == 200:
        said.body = said.body.split(b"\n", 1)[1]
        said.drop("content-length")


def date_of_the_future(_: Asked, said: Said) -> None:
    if "last-modified" in said.headers:
        said.headers["last-modified"] = "Fri, 01 Jan 2100 00:00:00 GMT"


def coded_twice(_: Asked, said: Said) -> None:
    import gzip

    if said.headers.get("content-encoding") == "gzip":
        said.body = gzip.compress(said.body, mtime=0)
        said.drop("content-length")


def accident(asked: Asked, said: Said) -> None:
    if asked.headers.get("accept") == "foo":
        said.status = 500


def rows_cut_off(_: Asked, said: Said) -> None:
    if said.media_type == "text/csv":
        said.body = b"".join(said.body.splitlines(keepends=True)[:10_001])
        said.drop("content-length")


def no_place_in_errors(asked: Asked, said: Said) -> None:
    if asked.path.startswith("/sparql") and said.status == 400 and said.media_type == "application/problem+json":
        said.body = json.dumps({"title": "wrong", "status": 400, "type": "urn:wrong"}).encode()
        said.drop("content-length")


def wrong_count(asked: Asked, said: Said) -> None:
    if asked.path.startswith("/doc/dataset"):
        said.body = re.sub(rb"(dataset#period>.*?void:triples) \d+ ;", rb"\1 7 ;", said.body, count=1, flags=re.DOTALL)
        said.drop("content-length")


def no_ranges(_: Asked, said: Said) -> None:
    if said.status == 206:
        said.status = 200


def kept_health(asked: Asked, said: Said) -> None:
    if asked.path == "/healthz":
        said.headers["cache-control"] = "public, max-age=600"


def no_robots(asked: Asked, said: Said) -> None:
    if asked.path == "/robots.txt":
        said.status = 404


def text_for_browsers(asked: Asked, said: Said) -> None:
    if said.media_type == "text/html" and asked.path == f"/doc{PERSON.removeprefix('/id')}":
        said.headers["content-type"] = "text/plain; charset=utf-8"


def put_lost(asked: Asked, said: Said) -> None:
    if asked.method == "PUT":
        said.status = 404
        said.drop("allow")


def any_day(asked: Asked, said: Said) -> None:
    if "at=2018-13" in asked.path:
        said.status = 200


def soft_graph(asked: Asked, said: Said) -> None:
    if asked.path.startswith("/graph-store") and said.status == 404:
        said.status = 200


def no_form(asked: Asked, said: Said) -> None:
    if "json-ld#" in asked.headers.get("accept", ""):
        said.headers["content-type"] = "application/ld+json"


def no_query_method(asked: Asked, said: Said) -> None:
    if asked.method == "QUERY":
        said.status = 405


def no_description(asked: Asked, said: Said) -> None:
    if asked.path == "/sparql" and said.media_type == "text/turtle":
        said.body = said.body.replace(b"sd:Service ;", b"sd:Thing ;")
        said.drop("content-length")


def csv_as_text(asked: Asked, said: Said) -> None:
    if said.media_type == "text/csv":
        said.headers["content-type"] = "text/plain"


def any_body(asked: Asked, said: Said) -> None:
    if said.status == 415 and "utf-16" in asked.headers.get("content-type", ""):
        said.status = 200


def tag_of_the_moment(asked: Asked, said: Said) -> None:
    if "NOW" in asked.path:
        said.headers["etag"] = '"now"'


def accident_in_query(asked: Asked, said: Said) -> None:
    if asked.path.startswith("/query/") and said.status in (400, 404):
        said.status = 500


def wrong_size(asked: Asked, said: Said) -> None:
    if asked.path.startswith("/doc/dataset"):
        said.body = re.sub(rb'dcat:byteSize "\d+"', b'dcat:byteSize "7"', said.body)
        said.drop("content-length")


def short_address_refused(_: Asked, said: Said) -> None:
    if said.status == 414:
        said.status = 400


def update_taken(asked: Asked, said: Said) -> None:
    if asked.headers.get("content-type") == "application/sparql-update":
        said.status = 200


FAULTS: list[tuple[Fault, set[str]]] = [
    (no_vary, {"E1", "E5", "C5"}),
    (of_documents(same_tag), {"C1"}),
    (of_documents(turtle_for_all), {"E7"}),
    (errors_without_cors, {"X1", "H3"}),
    (of_documents(short_json), {"E15", "E16", "J1", "J4"}),
    (of_documents(plain_n_triples), {"E4"}),
    (trace_in_errors, {"H1"}),
    (host_echoed, {"H2"}),
    (found_instead, {"E1"}),
    (soft_404, {"E8", "E10"}),
    (head_of_html, {"E3"}),
    (bare_304, {"C2"}),
    (of_documents(no_cache_control), {"C4"}),
    (passing_context, {"C4", "J3"}),
    (loose_policy, {"H1"}),
    (page_without_cite_as, {"L1"}),
    (page_without_language, {"E14"}),
    (of_documents(line_lost), {"E16"}),
    (date_of_the_future, {"C3"}),
    (coded_twice, {"C5"}),
    (accident, {"E6"}),
    (rows_cut_off, {"Q11"}),
    (no_place_in_errors, {"Q4"}),
    (wrong_count, {"D1"}),
    (no_ranges, {"D3"}),
    (kept_health, {"O1"}),
    (no_robots, {"D4"}),
    (text_for_browsers, {"E2", "E4"}),
    (put_lost, {"E12"}),
    (of_documents(any_day), {"E13"}),
    (soft_graph, {"G1"}),
    (of_documents(no_form), {"J2"}),
    (no_query_method, {"Q1"}),
    (no_description, {"Q2", "Q7"}),
    (csv_as_text, {"Q3"}),
    (any_body, {"Q5"}),
    (tag_of_the_moment, {"Q13"}),
    (accident_in_query, {"Q14"}),
    (wrong_size, {"D2"}),
    (short_address_refused, {"Q12"}),
]


def test_an_honest_relay_has_no_fault(relay: Relay) -> None:
    relay.fault = None
    diagnosis = diagnosed(relay)
    assert failing(diagnosis) == set()
    assert diagnosis.holds


@pytest.mark.parametrize(("fault", "concerned"), FAULTS, ids=lambda each: getattr(each, "__qualname__", ""))
def test_a_fault_is_found_by_what_it_concerns_and_by_nothing_else(
    relay: Relay, fault: Fault, concerned: set[str]
) -> None:
    relay.fault = fault
    assert failing(diagnosed(relay, *concerned)) == concerned


def decoded_twice(asked: Asked) -> Asked:
    return replace(asked, path=asked.path.replace("%25", "%").replace("%%", "%25")) if "%2525" in asked.path else asked


def deaf_to_graphs(asked: Asked) -> Asked:
    return replace(asked, path=re.sub(r"&(default|named)-graph-uri=[^&]*", "", asked.path))


TWISTS: list[tuple[Twist, set[str]]] = [(decoded_twice, {"Q6"}), (deaf_to_graphs, {"Q7"})]


@pytest.mark.parametrize(("twist", "concerned"), TWISTS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_misread_request_is_found(relay: Relay, twist: Callable[[Asked], Asked], concerned: set[str]) -> None:
    relay.fault, relay.twist = None, twist
    try:
        assert failing(diagnosed(relay)) == concerned
    finally:
        relay.twist = None


def test_updates_that_are_taken_are_found(relay: Relay) -> None:
    relay.fault = update_taken
    told = Hints(f"{relay.url}/", sparql=f"{relay.url}/sparql", intrusive=True)
    assert failing(examine(told, Limits(seconds=300, seconds_each=60), chosen(["Q9"]), lambda _: None)) == {"Q9"}


def test_an_engine_that_follows_service_is_found(site_var: Path) -> None:
    port = free_port()
    engine = start_oxigraph(site_var / "current" / "store", port)
    try:
        [outcome] = examine(
            Hints(f"http://127.0.0.1:{port}/query"),
            Limits(seconds=300, seconds_each=60),
            chosen(["Q8"]),
            lambda _: None,
        ).outcomes
    finally:
        engine.terminate()
        engine.wait()
    assert outcome.verdict is Verdict.FAILS
    assert "the listener was asked" in {each.came for each in outcome.failed}


def test_there_is_a_fault_for_each_behaviour_that_one_site_can_show() -> None:
    found = {name for _, concerned in (*FAULTS, *TWISTS) for name in concerned}
    elsewhere = {"E9", "E11", "Q8", "Q9", "Q10", "V1"}
    assert {each.id for each in behaviours()} - found == elsewhere
