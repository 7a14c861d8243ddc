"""A request and what came back, as behaviours look at it and as a report shows it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from metropolis_kg.doctor.addresses import joined
from metropolis_kg.doctor.link_header import Link, links_of

Headers = tuple[tuple[str, str], ...]

_SHOWN = (
    "allow", "access-control-allow-origin", "cache-control", "content-encoding", "content-length", "content-location",
    "content-type", "etag", "last-modified", "location", "retry-after", "vary",
)  # fmt: skip
_UNSAID = {"user-agent", "connection", "accept-encoding"}
_LONGEST_SHOWN = 160


@dataclass(frozen=True)
class Request:
    """What is sent; two equal requests have the same answer."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""

    def shown(self) -> str:
        """Return the request line, its query decoded, the headers that were chosen, and how the body begins."""
        parts = urlsplit(self.url)
        said = f"?{unquote_plus(parts.query)}" if parts.query else ""
        lines = [f"{self.method} {_short((parts.path or '/') + said)}"]
        lines += [f"{name}: {_short(value)}" for name, value in self.headers if name.lower() not in _UNSAID]
        if self.body:
            lines.append(_short(self.body.decode("utf-8", "replace")))
        return "\n".join(lines)


@dataclass(frozen=True)
class Exchange:
    """A request with its answer. ``status`` is 0 where none came; ``trouble`` says what was wrong with it as HTTP."""

    request: Request
    status: int = 0
    headers: Headers = ()
    body: bytes = b""
    trouble: str = ""
    seconds: float = 0.0

    @property
    def url(self) -> str:
        """The address that was asked."""
        return self.request.url

    def header(self, name: str) -> str:
        """Return the value of a header, repeated ones joined by commas; ``""`` where it is not there."""
        return ", ".join(value for each, value in self.headers if each.lower() == name.lower())

    def tokens(self, name: str) -> frozenset[str]:
        """Return the members of a header that is a list, in lower case."""
        return frozenset(each.strip().lower() for each in self.header(name).split(",") if each.strip())

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    @property
    def is_whole(self) -> bool:
        """Whether it is a success that came whole."""
        return self.status == 200 and not self.trouble

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """What the ``Link`` header says, addresses made absolute (RFC 8288)."""
        return links_of(self.header("Link"), self.url)

    def linked(self, relation: str) -> list[Link]:
        """Return the links of a relation type."""
        return [link for link in self.links if relation in link.relations]

    @property
    def location(self) -> str:
        """``Location``, made absolute; ``""`` where there is none."""
        return self._address("Location")

    @property
    def content_location(self) -> str:
        """``Content-Location``, made absolute; ``""`` where there is none."""
        return self._address("Content-Location")

    def _address(self, name: str) -> str:
        value = self.header(name)
        return joined(self.url, value) if value else ""

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def came(self) -> str:
        """Status and type in words."""
        if not self.status:
            return self.trouble
        said = " ".join(filter(None, [str(self.status), self.media_type or "without a type"]))
        return f"{said} ({self.trouble})" if self.trouble else said

    def shown(self) -> str:
        """Return the exchange as a report shows it: what was sent, the status, the headers that matter."""
        lines = [self.request.shown(), f"→ {self.status or self.trouble}"]
        lines += [f"  {name}: {_short(value)}" for name in _SHOWN if (value := self.header(name))]
        if self.status >= 400 and self.body and self.request.method != "HEAD":
            lines.append(f"  {_short(self.text)}")
        return "\n".join(lines)


def _short(text: str) -> str:
    line = " ".join("".join(each if each.isprintable() else " " for each in text[: 4 * _LONGEST_SHOWN]).split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"


def headers_of(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Return header fields as exchanges keep them."""
    return tuple((name, value) for name, value in pairs)
