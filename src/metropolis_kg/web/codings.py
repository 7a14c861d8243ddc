"""Content codings: in which one a response is sent (RFC 9110 sections 8.4 and 12.5.3), and how it is made.

Levels are those beyond which a typical document gets no more than a hundredth smaller and takes many times longer. What
is large is coded at the lowest level, which costs less than writing it did.
"""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import brotli
import zstandard
from werkzeug.http import parse_accept_header

from metropolis_kg.errors import MetropolisError

SMALLEST = 1_000
"""Bytes below which nothing is coded: it fits into one packet as it is."""

LARGE = 1 << 18
"""Bytes from which the lowest level is used."""

_TEXT = {
    "application/json", "application/n-triples", "application/n-quads", "application/trig", "application/javascript",
    "application/manifest+json", "application/linkset",
}  # fmt: skip
_LONGEST = 1_000


class CodingNotAcceptableError(MetropolisError):
    """The client excludes every coding there is, and none as well."""

    def __init__(self, accept: str) -> None:
        super().__init__(
            f"Nothing here fits Accept-Encoding: {accept[:200]}. There is {', '.join(each.name for each in CODINGS)}, "
            "and identity."
        )


@dataclass(frozen=True)
class Coding:
    """A content coding; ``make`` codes bytes at a level."""

    name: str
    make: Callable[[bytes, int], bytes]
    level: int

    def code(self, body: bytes) -> bytes:
        """Return ``body`` in this coding."""
        return self.make(body, 1 if len(body) >= LARGE else self.level)

    def tag(self, tag: str) -> str:
        """Return the entity tag of what has the entity tag ``tag`` without a coding (RFC 9110 section 8.8.3.3)."""
        return f"{tag}-{self.name}"


@dataclass(frozen=True)
class Acceptable:
    """What a client accepts: the best coding, if any, and whether a response may come without one."""

    coding: Coding | None
    plain: bool = True


def _brotli(body: bytes, level: int) -> bytes:
    made: bytes = brotli.compress(body, quality=level)
    return made


def _zstandard(body: bytes, level: int) -> bytes:
    return zstandard.ZstdCompressor(level=level).compress(body)


def _gzip(body: bytes, level: int) -> bytes:
    return gzip.compress(body, level, mtime=0)


CODINGS = (Coding("br", _brotli, 5), Coding("zstd", _zstandard, 3), Coding("gzip", _gzip, 6))
"""Those there are; the smallest results first."""

_ALIASES = {"x-gzip": "gzip"}


def acceptable(accept: str | None) -> Acceptable:
    """Return what the Accept-Encoding header ``accept`` accepts. Raises CodingNotAcceptableError.

    No header accepts everything, but who sends none seldom can decode, and gets no coding. Of equal qualities the
    smallest result wins; ``identity`` wins only where it is preferred by name.

    >>> acceptable("gzip, br;q=0.5").coding.name, acceptable("gzip;q=0, *").coding.name
    ('gzip', 'br')
    >>> acceptable("gzip;q=0.5, identity").coding, acceptable("identity;q=0, gzip").plain
    (None, False)
    """
    return _acceptable(accept[:_LONGEST]) if accept else Acceptable(None)


@lru_cache(maxsize=256)  # clients send few different headers
def _acceptable(accept: str) -> Acceptable:
    qualities = {_ALIASES.get(name.lower(), name.lower()): quality for name, quality in parse_accept_header(accept)}
    best = max(CODINGS, key=lambda each: _quality(qualities, each.name))
    quality, plain = _quality(qualities, best.name), qualities.get("identity", qualities.get("*", 1)) > 0
    if quality and quality >= qualities.get("identity", 0):
        return Acceptable(best, plain)
    if plain:
        return Acceptable(None)
    raise CodingNotAcceptableError(accept)


def _quality(qualities: Mapping[str, float], name: str) -> float:
    return qualities.get(name, qualities.get("*", 0))


@lru_cache(maxsize=256)
def is_text(content_type: str) -> bool:
    """Return whether what has this content type gets smaller by coding; images and archives are compressed already."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind.endswith(("+json", "+xml")) or kind in _TEXT


def coded(body: bytes, accepted: Acceptable) -> tuple[bytes, Coding | None]:
    """Return ``body`` in the coding that is accepted, with that coding; as it is where that is better or as good."""
    if not accepted.coding or (len(body) < SMALLEST and accepted.plain):
        return body, None
    made = accepted.coding.code(body)
    return (body, None) if len(made) >= len(body) and accepted.plain else (made, accepted.coding)
