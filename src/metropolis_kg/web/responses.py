"""Responses: their type, what they vary with, how long they keep, their entity tag."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Response, current_app, request
from werkzeug.exceptions import PreconditionFailed

from metropolis_kg.publication.media_types import content_type
from metropolis_kg.store.release import OpenRelease

BRIEFLY = "public, max-age=60, must-revalidate"
QUERIES_DIGEST = "QUERIES_DIGEST"
"""Key of an application's configuration: a digest of the queries that its representations are made with."""

_SAFE = ("GET", "HEAD", "QUERY")

FOR_EVER = "public, max-age=31536000, immutable"


def representation(
    release: OpenRelease,
    media_type: str,
    variant: Iterable[str],
    write: Callable[[], bytes],
    *,
    cache: str = BRIEFLY,
) -> Response:
    """Return what ``write`` writes as ``media_type``, or 304 where the client has it already (RFC 9110 section 13).

    ``variant`` tells it from other representations at the same address. The entity tag is strong. It follows from the
    release and the program, so that ``write`` is not called for what the client has; a store without a release is asked
    each time.

    If-Modified-Since is ignored, though section 13.1.3 would rather have it evaluated: after a rollback what is current
    is older than what was, and a new program writes an old release anew. Whoever has the date has the tag, which tells.

    Raises PreconditionFailed where the client wants to go on only with another one, by If-Match.
    """
    tag = _tag(release, media_type, variant)
    body = b"" if tag and _has(tag) else write()
    tag = tag or sha256(body).hexdigest()[:32]
    if request.if_match and not request.if_match.contains(tag):
        raise PreconditionFailed("What is here now has another entity tag than those in If-Match.")
    kept = request.method in _SAFE and request.if_none_match.contains_weak(tag)
    response = Response(status=304) if kept else Response(body, content_type=content_type(media_type))
    response.set_etag(tag)
    response.headers["Cache-Control"] = cache
    if release.created:
        response.last_modified = datetime.fromisoformat(release.created)
    return response


def passing(body: bytes, media_type: str) -> Response:
    """Return ``body``, which nobody is to keep: it answers a POST, or may differ the next time."""
    return Response(body, content_type=content_type(media_type), headers={"Cache-Control": "no-store"})


def see_other(location: str) -> Response:
    """Return 303 to ``location``, whichever representation the client will choose there."""
    response = Response(status=303, headers={"Location": location, "Cache-Control": BRIEFLY})
    response.vary.add("Accept")
    return response


def moved(location: str) -> Response:
    """Return 308 to ``location``, where the same thing has its only address."""
    return Response(status=308, headers={"Location": location, "Cache-Control": BRIEFLY})


def _has(tag: str) -> bool:
    """Tell whether the client has what the tag names; ``*`` does not say so, since there may be nothing at all."""
    return request.method in _SAFE and tag in request.if_none_match.as_set(include_weak=True)


def _tag(release: OpenRelease, media_type: str, variant: Iterable[str]) -> str | None:
    if release.digest is None:
        return None
    parts = [release.digest, _program(), current_app.config[QUERIES_DIGEST], request.path, media_type, *variant]
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


@cache
def _program() -> str:
    """Return a digest of the program with its templates and words: what it writes may change with any of them."""
    folder = Path(__file__).parent.parent
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".html", ".txt", ".toml", ".json"))
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
