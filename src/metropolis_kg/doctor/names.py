"""Names of things: how they lead to documents, and what other names and methods come to."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, NotAskedError, expect, left_out
from metropolis_kg.doctor.graphs import ANY_RDF, TURTLE
from metropolis_kg.doctor.publisher import BROWSER, needed, rows_of
from metropolis_kg.doctor.queries import query

HTML = ("text/html", "application/xhtml+xml")
PROBLEM = "application/problem+json"
MOVED = (301, 308)

_ALIKE = (
    "status", "content-type", "content-language", "content-location", "vary", "etag", "cache-control", "last-modified",
    "link", "location", "allow", "access-control-allow-origin",
)  # fmt: skip


@asks("E1")
def thing_leads_to_its_document(asking: Asking) -> Iterator[Finding]:
    """Httprange-14: 303 See Other says that what is named is not what is sent."""
    if asking.publisher.leads == "hash":
        raise NotAskedError("its things have hash IRIs, which need no redirect")
    if asking.publisher.leads == "itself":
        raise NotAskedError("it has no separate documents: the thing's IRI answers 200 itself")
    passed = asking.client.follow(asking.thing, TURTLE, within=asking.publisher.within)
    seeing = [each for each in passed if each.status == 303]
    first = seeing[0] if seeing else passed[0]
    yield expect(first, seeing, "303 See Other leads to the document")
    yield expect(passed[-1], passed[-1].is_whole, "the document is there")
    if not asking.publisher.one_document:
        yield expect(
            first, "accept" in first.tokens("Vary"), "Vary names Accept, since each format has its own document"
        )
    else:
        yield expect(first, first.tokens("Vary") & {"accept", "*"}, "Vary names Accept", said(first, "Vary"))
    yield expect(first, allows_all(first), "any site may read the redirect (CORS)", said(first, ALLOW_ORIGIN))


ALLOW_ORIGIN = "Access-Control-Allow-Origin"


def allows_all(answer: Exchange) -> bool:
    """Whether scripts of any site may read an answer."""
    return answer.header(ALLOW_ORIGIN).strip() == "*"


def said(answer: Exchange, name: str) -> str:
    """Return a header as a finding tells it."""
    value = answer.header(name)
    return f"{name}: {value}" if value else f"no {name}"


@asks("E2")
def browser_is_led_to_a_page(asking: Asking) -> Iterator[Finding]:
    """People who follow a name see a page."""
    passed = asking.client.follow(asking.thing.partition("#")[0], BROWSER, within=asking.publisher.within)
    if asking.publisher.leads == "redirect":
        yield expect(passed[0], passed[0].status in (301, 302, 303, 307, 308), "a browser is redirected")
    yield expect(passed[-1], passed[-1].is_whole and passed[-1].media_type in HTML, "the document answers HTML")


@asks("E3")
def head_is_like_get(asking: Asking) -> Iterator[Finding]:
    """HEAD has the status and the headers of GET, and no body (RFC 9110 section 9.3.2)."""
    addresses = {asking.publisher.start.url, asking.unknown}
    if asking.publisher.thing:
        addresses |= {asking.thing.partition("#")[0], asking.document, *list(asking.publisher.formats.values())[:2]}
    if asking.publisher.endpoint:
        addresses.add(asking.sparql("ASK{}").url)
    for url in sorted(addresses):
        got, head = asking.get(url), asking.client.ask(url, method="HEAD")
        differing = [name for name in _ALIKE if _value(got, name) != _value(head, name)]
        differing += ["content-length"] if _lengths_differ(got, head) else []
        yield expect(head, not differing, "HEAD has the status and headers of GET", f"other: {', '.join(differing)}")
        yield expect(head, not head.body, "no body comes after HEAD", "there is one")


def _value(answer: Exchange, name: str) -> str:
    return str(answer.status) if name == "status" else answer.header(name)


def _lengths_differ(got: Exchange, head: Exchange) -> bool:
    length = head.header("Content-Length")
    return bool(length) and length != str(len(got.body)) and not got.trouble


@asks("E8")
def unknown_is_404(asking: Asking) -> Iterator[Finding]:
    """What nothing has the name of is 404, in words for machines and for people."""
    needed(asking.publisher.thing, "thing", "--thing IRI")
    plain, page = asking.get(asking.unknown, ANY_RDF), asking.page(asking.unknown)
    yield expect(plain, plain.status == 404, "404 for a name that nothing has")
    yield expect(plain, plain.media_type == PROBLEM, "the error is application/problem+json")
    yield expect(page, page.status == 404 and page.media_type in HTML, "a browser gets a page with 404")


@asks("E9")
def gone_and_merged(asking: Asking) -> Iterator[Finding]:
    """What was removed leaves a tombstone; what was merged leads on."""
    removed, merged = asking.hints.removed or _found(asking, "removed"), asking.hints.merged or _found(asking, "merged")
    if not removed and not merged:
        raise NotAskedError("no thing is known that was removed or merged; --removed IRI and --merged IRI name them")
    if removed:
        yield from _gone(asking, removed)
    else:
        yield left_out("a removed thing is 410", "none is known; --removed IRI names one")
    if merged:
        answer = asking.get(merged, TURTLE)
        yield expect(answer, answer.status in MOVED and answer.location, "a merged thing leads on for good (308)")
    else:
        yield left_out("a merged thing is 308", "none is known; --merged IRI names one")


def _found(asking: Asking, name: str) -> str:
    if not asking.publisher.endpoint:
        return ""
    rows = rows_of(asking.sparql(query(name)))
    return next((row["thing"] for row in rows if asking.publisher.within.holds(row["thing"])), "")


def _gone(asking: Asking, removed: str) -> Iterator[Finding]:
    passed = asking.client.follow(removed, TURTLE, within=asking.publisher.within)
    last = passed[-1]
    yield expect(last, last.status == 410, "a removed thing is 410 Gone")
    yield expect(last, last.body and asking.page(last.url).status == 410, "a tombstone says so, to a browser too")


@asks("E10")
def other_spellings(asking: Asking) -> Iterator[Finding]:
    """Another spelling leads to the canonical name or is 404; a path is decoded once."""
    folder, _, last = asking.thing.partition("#")[0].partition("?")[0].rpartition("/")
    doubled = f"{folder}//{last}" if urlsplit(folder).path else f"{folder}/{last}/"
    spellings = (
        f"Z%C3%BCrich-{last}", f"z%c3%bcrich-{last}", f"{last}%2F{last}", f"{last}/", f"{last}%252F", "%FF", "%00",
        "%zz", "a" * 3000,
    )  # fmt: skip
    for url in (doubled, *(f"{folder}/{each}" for each in spellings)):
        answer = asking.get(url, TURTLE)
        yield expect(answer, answer.status in (*MOVED, 400, 404, 410, 414), "another spelling is 308 or 404")


@asks("E11")
def outage(_: Asking) -> Iterator[Finding]:
    """The store being away cannot be brought about from outside."""
    raise NotAskedError("an outage of the store cannot be brought about from outside")
    yield


@asks("E12")
def other_methods(asking: Asking) -> Iterator[Finding]:
    """PUT is refused with what is allowed, OPTIONS says it. PUT has an ``If-Match`` that nothing matches."""
    target = asking.publisher.document or asking.publisher.endpoint or asking.publisher.start.url
    options = asking.client.ask(target, method="OPTIONS")
    yield expect(options, options.status == 204, "OPTIONS is 204")
    yield expect(
        options, "get" in options.tokens("Allow"), "OPTIONS says in Allow what can be done", said(options, "Allow")
    )
    allowed = options.tokens("Allow")
    if not allowed or "put" in allowed:
        told = "OPTIONS lists it" if allowed else "OPTIONS does not say that it is refused"
        yield left_out("PUT is 405", f"{told}, and nothing is to be overwritten")
        return
    fields = {"If-Match": '"doctor-no-such-tag"', "Content-Type": "application/x-doctor"}
    put = asking.client.ask(target, method="PUT", headers=fields)
    yield expect(put, put.status == 405, "PUT is 405")
    yield expect(put, "get" in put.tokens("Allow"), "405 says in Allow what can be done", said(put, "Allow"))


def is_problem(answer: Exchange) -> bool:
    """Whether an error is a problem as RFC 9457 has them, and says its own status."""
    told = answer.json() if answer.media_type == PROBLEM else None
    return isinstance(told, dict) and told.get("status", answer.status) == answer.status and bool(told.get("title"))
