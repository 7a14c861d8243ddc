"""Responses: their type, what they vary with, how long they keep, their entity tag."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from flask import Response, current_app, request
from werkzeug.exceptions import PreconditionFailed

from metropolis_kg.publication.media_types import content_type
from metropolis_kg.store.protocol import store_seconds
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.codings import Acceptable, Coding, CodingNotAcceptableError, acceptable, coded, is_text
from metropolis_kg.web.exchange import present
from metropolis_kg.web.response_cache import ResponseCache

BRIEFLY = "public, max-age=60, must-revalidate"
WRITTEN_BY = "WRITTEN_BY"
"""Key of an application's configuration: digests of the program and of the content, which make its representations."""

RESPONSE_CACHE = "RESPONSE_CACHE"
"""Key of an application's configuration: its ResponseCache."""

_SAFE = ("GET", "HEAD", "QUERY")

FOR_EVER = "public, max-age=31536000, immutable"


def representation(
    release: OpenRelease,
    media_type: str,
    variant: Iterable[str],
    write: Callable[[], bytes],
    *,
    cache: str = BRIEFLY,
    kept: bool = True,
) -> Response:
    """Return what ``write`` writes as ``media_type``, or 304 where the client has it already (RFC 9110 section 13).

    ``variant`` tells it from other representations at the same address. The entity tag is strong. It follows from the
    release, the program and the content coding, so that ``write`` is not called for what the client has; a store
    without a release is asked each time.

    The whole response is kept, and answers the next request with the same address and the same headers that Vary names
    as long as the release is current; not so where ``kept`` says that more decides it, or that it is kept elsewhere.

    If-Modified-Since is ignored, though section 13.1.3 would rather have it evaluated: after a rollback what is current
    is older than what was, and a new program writes an old release anew. Whoever has the date has the tag, which tells.

    Raises PreconditionFailed where the client wants to go on only with another one, by If-Match.
    """
    exchange = present.get()
    exchange.release, exchange.keeps = release, kept
    if kept:  # under its entity tag, among those of all addresses
        variant = [*variant, request.query_string.decode("latin-1")]
    tag = _tag(release, media_type, variant)
    response = tagged(tag, media_type, write, cache=cache, kept=kept)
    if release.created:
        response.last_modified = datetime.fromisoformat(release.created)
    return response


def tagged(
    tag: str | None, media_type: str, write: Callable[[], bytes], *, cache: str = BRIEFLY, kept: bool = True
) -> Response:
    """Return what ``write`` writes, in a content coding where the client takes one, or 304 where the client has it.

    ``tag`` names exactly what is written, at whichever address; without one, it is written to find out. Raises
    PreconditionFailed.
    """
    accepted = _accepted(media_type)
    expected = accepted.coding.tag(tag) if tag and accepted.coding else tag
    if expected and _has(expected):
        body, coding, found = b"", accepted.coding, expected
        present.get().cache = "hit"
    else:
        body, coding, found = _written(tag, accepted, write, kept)
    if request.if_match and not request.if_match.contains(found):
        raise PreconditionFailed("What is here now has another entity tag than those in If-Match.")
    unchanged = request.method in _SAFE and request.if_none_match.contains_weak(found)
    response = Response(b"" if unchanged else body, 304 if unchanged else 200, content_type=content_type(media_type))
    if coding and not unchanged:
        response.content_encoding = coding.name
    if is_text(media_type):
        response.vary.add("Accept-Encoding")
    response.set_etag(found)
    response.headers["Cache-Control"] = cache
    return response


def _accepted(media_type: str | None) -> Acceptable:
    return acceptable(request.headers.get("Accept-Encoding")) if is_text(media_type or "") else Acceptable(None)


def _written(
    tag: str | None, accepted: Acceptable, write: Callable[[], bytes], kept: bool
) -> tuple[bytes, Coding | None, str]:
    """Return the body, its coding and its entity tag; from what is kept, if it is."""
    cache: ResponseCache | None = current_app.config[RESPONSE_CACHE] if tag and kept else None
    present.get().cache = "hit"
    if cache and tag and accepted.coding and (body := cache.body(accepted.coding.tag(tag))) is not None:
        return body, accepted.coding, accepted.coding.tag(tag)
    plain = cache.body(tag) if cache and tag else None
    if plain is None:
        plain = _timed(write)
    body, coding = coded(plain, accepted)
    tag = tag or sha256(plain).hexdigest()[:32]
    found = coding.tag(tag) if coding else tag
    if cache:
        cache.keep_body(found, body)
    return body, coding, found


def _timed(write: Callable[[], bytes]) -> bytes:
    exchange, began, stored = present.get(), perf_counter(), store_seconds.get()
    exchange.cache = "miss"
    try:
        return write()
    finally:
        exchange.rendering = perf_counter() - began - (store_seconds.get() - stored)


def passing(body: bytes, media_type: str) -> Response:
    """Return ``body``, which nobody is to keep: it answers a POST, or may differ the next time."""
    return Response(body, content_type=content_type(media_type), headers={"Cache-Control": "no-store"})


def see_other(location: str, release: OpenRelease | None = None) -> Response:
    """Return 303 to ``location``, whichever representation the client will choose there.

    It is kept as long as ``release``, which alone decides it, is current; without one, it is not kept.
    """
    exchange = present.get()
    exchange.release, exchange.keeps = release, True
    response = Response(status=303, headers={"Location": location, "Cache-Control": BRIEFLY})
    response.vary.add("Accept")
    return response


def found(location: str) -> Response:
    """Return 302 to ``location``, which is another one after the next publication."""
    return Response(status=302, headers={"Location": location, "Cache-Control": BRIEFLY})


def moved(location: str) -> Response:
    """Return 308 to ``location``, where the same thing has its only address."""
    return Response(status=308, headers={"Location": location, "Cache-Control": BRIEFLY})


def encode(response: Response) -> None:
    """Put a response without an entity tag into a content coding, where the client takes one; any other has its own."""
    empty = 300 <= response.status_code < 400 or response.status_code == 204
    if empty or response.direct_passthrough or "ETag" in response.headers or not is_text(response.content_type or ""):
        return
    response.vary.add("Accept-Encoding")
    if response.content_encoding:
        return
    with suppress(CodingNotAcceptableError):  # an error has to be said somehow (RFC 9110 section 12.5.3: “SHOULD”)
        body, coding = coded(response.get_data(), _accepted(response.mimetype))
        if coding:
            response.set_data(body)
            response.content_encoding = coding.name


def _has(tag: str) -> bool:
    """Tell whether the client has what the tag names; ``*`` does not say so, since there may be nothing at all."""
    return request.method in _SAFE and tag in request.if_none_match.as_set(include_weak=True)


def _tag(release: OpenRelease, media_type: str, variant: Iterable[str]) -> str | None:
    if release.digest is None:
        return None
    known = [] if release.folder else ["files and history are elsewhere"]
    parts = [release.digest, *known, *current_app.config[WRITTEN_BY], request.path, media_type, *variant]
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def program_digest() -> str:
    """Return a digest of the program with its templates and words: what it writes may change with any of them."""
    folder = Path(__file__).parent.parent
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".html", ".txt", ".toml", ".json"))
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
