"""How caches, of browsers and in between, can keep what is published."""

import time
import zlib
from collections.abc import Iterator

import brotli
import zstandard
from werkzeug.datastructures import ResponseCacheControl
from werkzeug.http import parse_cache_control_header, parse_date

from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, NotAskedError, expect
from metropolis_kg.doctor.graphs import FORMATS, JSON_LD, TURTLE
from metropolis_kg.doctor.names import ALLOW_ORIGIN, said

_SHORT = 24 * 3600
"""Seconds up to which a current document may be kept unasked."""

_WORTH_CODING = 1400
"""Bytes below which no coding is expected: they fit one packet."""

_LARGEST = 16 << 20


def cache_control(answer: Exchange) -> ResponseCacheControl:
    """Return what an answer says of how it may be kept."""
    return parse_cache_control_header(answer.header("Cache-Control"), cls=ResponseCacheControl)


def keeps_for(answer: Exchange) -> int:
    """Return the seconds for which an answer may be kept unasked; what is immutable counts as kept for ever."""
    control = cache_control(answer)
    seconds = control.max_age or 0
    return max(seconds, 1 << 31) if "immutable" in control else seconds


def is_strong(tag: str) -> bool:
    """Whether an entity tag is a strong one (RFC 9110 section 8.8.3)."""
    return len(tag) > 2 and tag.startswith('"') and tag.endswith('"')


@asks("C1")
def entity_tags(asking: Asking) -> Iterator[Finding]:
    """Each representation has a strong entity tag of its own."""
    tags: dict[str, str] = {}
    for name, answer in _representations(asking):
        tag = answer.header("ETag")
        yield expect(answer, is_strong(tag), f"{name} has a strong entity tag", said(answer, "ETag"))
        others = [other for other, each in tags.items() if each == tag]
        yield expect(
            answer, not tag or not others, f"{name} has an entity tag of its own", f"that of {', '.join(others)}"
        )
        tags[name] = tag


def _representations(asking: Asking) -> Iterator[tuple[str, Exchange]]:
    """Yield what is told apart: formats, and of these languages and codings where they differ."""
    for media_type in (*FORMATS, "text/html"):
        answer = asking.get(asking.document, media_type)
        if not answer.is_whole or answer.media_type != media_type:
            continue
        yield media_type, answer
        other = asking.get(asking.document, media_type, accept_language="de" if _is_english(answer) else "en")
        if other.body != answer.body:
            yield f"{media_type} in {other.header('Content-Language') or 'another language'}", other
        coded = asking.get(asking.document, media_type, accept_encoding="gzip")
        if coded.header("Content-Encoding"):
            yield f"{media_type} in gzip", coded


def _is_english(answer: Exchange) -> bool:
    return answer.header("Content-Language").lower().startswith("en")


@asks("C2")
def not_modified(asking: Asking) -> Iterator[Finding]:
    """What a client has already is not sent again (RFC 9110 section 13.1.2)."""
    whole = asking.turtle
    tag = whole.header("ETag")
    if not tag:
        yield expect(whole, False, "there is an entity tag to ask with", "there is none")
        return
    bare = tag.removeprefix("W/")
    for sent in (tag, f'"other", {tag}', "*", f"W/{bare}"):
        answer = asking.get(asking.document, TURTLE, if_none_match=sent)
        yield expect(
            answer, answer.status == 304 and not answer.body, f"If-None-Match: {sent[:30]} is 304 without a body"
        )
        if answer.status == 304:
            lost = [
                name
                for name in ("ETag", "Vary", "Cache-Control", ALLOW_ORIGIN)
                if answer.header(name) != whole.header(name)
            ]
            yield expect(answer, not lost, "304 has the headers of 200", f"other: {', '.join(lost)}")


@asks("C3")
def last_modified(asking: Asking) -> Iterator[Finding]:
    """Last-Modified is when the data were published, not when they were asked for."""
    answer = asking.turtle
    changed, now = parse_date(answer.header("Last-Modified")), parse_date(answer.header("Date"))
    yield expect(answer, changed, "Last-Modified is a date", said(answer, "Last-Modified"))
    if not changed:
        return
    yield expect(answer, not now or changed <= now, "it is not in the future", said(answer, "Last-Modified"))
    if now and abs((now - changed).total_seconds()) < 2:
        time.sleep(2.1)
    again = asking.client.ask(asking.document, TURTLE, fresh=True)
    same = again.header("Last-Modified") == answer.header("Last-Modified")
    yield expect(again, same, "it stays when asked again", said(again, "Last-Modified"))


@asks("C4")
def how_long_to_keep(asking: Asking) -> Iterator[Finding]:
    """Documents are kept briefly, what never changes for ever, errors not at all."""
    for answer in (asking.turtle, asking.get(asking.document, "text/html")):
        control = cache_control(answer)
        fresh = control.no_cache or ("max-age" in control and control.must_revalidate)
        shown = said(answer, "Cache-Control")
        yield expect(
            answer, answer.status != 200 or fresh, "a document says how long to keep it, then to ask again", shown
        )
        yield expect(answer, keeps_for(answer) <= _SHORT, "a document that may change is kept a day at most", shown)
    for answer in (asking.get(asking.unknown, TURTLE), asking.get(asking.document, "image/png")):
        if answer.status >= 400:
            is_kept = not cache_control(answer).no_store
            yield expect(answer, not is_kept, f"{answer.status} is no-store", said(answer, "Cache-Control"))
    for url in asking.contexts:
        context = asking.get(url, JSON_LD)
        lasts = "immutable" in cache_control(context)
        yield expect(context, lasts, "a context that has a version is immutable", said(context, "Cache-Control"))


@asks("C5")
def codings(asking: Asking) -> Iterator[Finding]:
    """Text is sent compressed to those who take it, once, and caches are told."""
    plain = _longest(asking)
    if len(plain.body) < _WORTH_CODING:
        raise NotAskedError(f"its document of {len(plain.body)} bytes is too short to be worth compressing")
    accept = dict(plain.request.headers).get("Accept", "")
    yield expect(plain, "accept-encoding" in plain.tokens("Vary"), "Vary names Accept-Encoding", said(plain, "Vary"))
    for wanted, may_come in (("gzip", {"gzip"}), ("gzip, br, zstd", {"gzip", "br", "zstd"})):
        coded = asking.get(plain.url, accept, accept_encoding=wanted)
        coding = coded.header("Content-Encoding").lower()
        yield expect(coded, coding in may_come, f"Accept-Encoding: {wanted} is compressed", coding or "it is not")
        if coding in may_come:
            yield expect(
                coded,
                _decoded(coded.body, coding) == plain.body,
                f"{coding}, decoded once, is what is plain",
                "it is not",
            )
    refused = asking.get(plain.url, accept, accept_encoding="gzip;q=0, identity")
    yield expect(refused, not refused.header("Content-Encoding"), "gzip;q=0 is not compressed")


def _longest(asking: Asking) -> Exchange:
    found = [asking.get(asking.document, each) for each in (TURTLE, JSON_LD, "text/html")]
    return max((each for each in found if each.is_whole), key=lambda each: len(each.body), default=asking.turtle)


def _decoded(body: bytes, coding: str) -> bytes | None:
    """Return the body without its coding; None where it is not in that coding, or far too large."""
    try:
        if coding == "gzip":
            return zlib.decompressobj(wbits=31).decompress(body, _LARGEST)
        if coding == "br":
            decoded: bytes = brotli.decompress(body)
            return decoded
        return zstandard.ZstdDecompressor().decompressobj().decompress(body)
    except (zlib.error, brotli.error, zstandard.ZstdError):
        return None
