"""What other sites may read, what errors give away, and what a forged host can do."""

import re
from collections.abc import Iterator

from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, NotAskedError, expect
from metropolis_kg.doctor.graphs import ANY_RDF, TURTLE
from metropolis_kg.doctor.names import ALLOW_ORIGIN, HTML, PROBLEM, allows_all, is_problem, said
from metropolis_kg.doctor.publisher import BROWSER

ORIGIN = "https://portal.example"
FORGED = "forged-host.example"
_READ_BY_SCRIPTS = ("Content-Location", "ETag", "Link", "Location", "Retry-After")
_INSIDE = re.compile(
    r"""Traceback\ \(most\ recent | \bFile\ "[^"]+",\ line\ \d+
      | \bat\ [\w$.]+\([\w$]+\.(?:java|kt|scala|js|ts|php|cs):\d+
      | \n\s+at\ [^\n]+:\d+:\d+ | (?<![\w/.:"'-])/(?:usr|home|var|opt|srv|app|etc|root)/[\w.-]+/ | \b[A-Z]:\\\\?[\w-]+\\
      | \b(?:java|org|com)\.[\w.]+(?:Exception|Error)\b | \bpanicked\ at\b | node_modules | <title>Werkzeug\ Debugger
    """,
    re.VERBOSE,
)
"""What only the program's own people should see: traces, paths, classes of exceptions."""

_LONGEST_ERROR = 1 << 16
"""Characters of an error that are looked at."""


@asks("X1")
def any_site_may_read(asking: Asking) -> Iterator[Finding]:
    """Scripts of any site may read every answer, errors and redirects among them (Fetch standard, CORS)."""
    for answer in _answers_to_a_script(asking):
        yield expect(answer, allows_all(answer), f"{answer.status} may be read by any site", said(answer, ALLOW_ORIGIN))
        trusted = answer.header("Access-Control-Allow-Credentials")
        yield expect(answer, not trusted, "never with credentials", said(answer, "Access-Control-Allow-Credentials"))
        exposed = answer.tokens("Access-Control-Expose-Headers")
        hidden = [each for each in _READ_BY_SCRIPTS if answer.header(each) and not {each.lower(), "*"} & exposed]
        yield expect(
            answer, not hidden or answer.status == 303, "scripts may read its headers", f"not {', '.join(hidden)}"
        )
    yield from _preflight(asking)


def _answers_to_a_script(asking: Asking) -> Iterator[Exchange]:
    if asking.publisher.thing:
        yield asking.get(asking.thing, TURTLE, origin=ORIGIN)
        document = asking.get(asking.document, TURTLE, origin=ORIGIN)
        yield document
        if document.header("ETag"):
            yield asking.get(asking.document, TURTLE, origin=ORIGIN, if_none_match=document.header("ETag"))
        yield asking.get(asking.document, "image/png", origin=ORIGIN)
    yield asking.get(asking.unknown, TURTLE, origin=ORIGIN)
    if asking.publisher.endpoint:
        yield asking.get(asking.sparql("ASK{}").url, origin=ORIGIN)
        yield asking.get(asking.sparql("no query").url, origin=ORIGIN)


def _preflight(asking: Asking) -> Iterator[Finding]:
    target = asking.publisher.endpoint or asking.publisher.document or asking.publisher.start.url
    method = "POST" if asking.publisher.endpoint else "GET"
    sent = {"Origin": ORIGIN, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
    answer = asking.client.ask(target, method="OPTIONS", headers=sent)
    yield expect(
        answer, answer.status in (200, 204) and allows_all(answer), "a preflight request is allowed", answer.came
    )
    yield expect(answer, answer.header("Access-Control-Max-Age"), "it may be remembered (Max-Age)", "it may not")


@asks("H1")
def safe_for_browsers(asking: Asking) -> Iterator[Finding]:
    """Headers that keep browsers safe, and errors that give nothing away."""
    pages = [asking.for_people] if asking.publisher.thing else [asking.page(asking.publisher.start.url)]
    for answer in pages + [asking.turtle for _ in pages if asking.publisher.thing]:
        nosniff = answer.header("X-Content-Type-Options").lower() == "nosniff"
        yield expect(answer, nosniff, "X-Content-Type-Options: nosniff", said(answer, "X-Content-Type-Options"))
        yield expect(answer, answer.header("Referrer-Policy"), "there is a Referrer-Policy", "there is none")
    for answer in (each for each in pages if each.media_type in HTML):
        policy = answer.header("Content-Security-Policy")
        is_strict = policy and "unsafe-inline" not in policy
        yield expect(
            answer, is_strict, "Content-Security-Policy without unsafe-inline", said(answer, "Content-Security-Policy")
        )
    for answer in errors(asking):
        found = _INSIDE.search(answer.text[:_LONGEST_ERROR])
        yield expect(
            answer,
            not found,
            "an error shows nothing of the inside",
            f"it shows: {found[0].strip()[:60] if found else ''}",
        )


def errors(asking: Asking) -> Iterator[Exchange]:
    """Yield the answers to what is wrong in harmless ways."""
    yield asking.get(asking.unknown, ANY_RDF)
    yield asking.get(f"{asking.unknown}/%00%FF", ANY_RDF)
    if asking.publisher.thing:
        yield asking.get(asking.document, "image/png")
    if asking.publisher.endpoint:
        yield asking.sparql("SELECT * WHERE { ?s ?p")
        yield asking.post(asking.endpoint, "text/plain", b"ASK{}")


@asks("H2")
def forged_host(asking: Asking) -> Iterator[Finding]:
    """Addresses in answers come from the publisher's settings, never from the request."""
    targets = [asking.unknown, asking.publisher.start.url]
    if asking.publisher.thing:
        targets += [asking.thing.partition("#")[0], asking.document]
    disguises = (
        {"Host": FORGED},
        {"X-Forwarded-Host": FORGED, "X-Forwarded-Proto": "https"},
        {"Forwarded": f"host={FORGED};proto=https", "X-Host": FORGED},
    )
    for url in targets:
        for fields in disguises:
            for accept in (TURTLE, BROWSER):
                answer = asking.client.ask(url, headers={"Accept": accept, **fields})
                shown = [name for name, value in answer.headers if FORGED in value.lower()]
                shown += ["the body"] if FORGED in answer.text.lower() else []
                name = next(iter(fields))
                yield expect(answer, not shown, f"a forged {name} shows up nowhere", f"it is in {', '.join(shown)}")


@asks("H3")
def errors_are_problems(asking: Asking) -> Iterator[Finding]:
    """Every error is RFC 9457 problem+json, a page for a browser, with CORS."""
    found = [each for each in errors(asking) if each.status >= 400]
    if not found:
        raise NotAskedError("nothing that was asked is an error here")
    for answer in found:
        yield expect(answer, answer.media_type == PROBLEM, "an error is application/problem+json")
        yield expect(answer, is_problem(answer), "it has title and the status that was sent", "it has not")
        kind = (answer.json() or {}).get("type") if is_problem(answer) else None
        yield expect(answer, isinstance(kind, str) and kind, "its type is an address that stays", "it has none")
        yield expect(answer, allows_all(answer), "any site may read it (CORS)", said(answer, ALLOW_ORIGIN))
    page = asking.page(asking.unknown)
    yield expect(page, page.media_type in HTML, "a browser gets an error as a page")
