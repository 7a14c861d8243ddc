"""An HTML page as far as behaviours look at it: its language, its links, its embedded data."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from metropolis_kg.doctor.addresses import joined
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.link_header import Link


@dataclass
class Page:
    """What a page says: its ``<link>`` elements, the targets of its ``<a>``, its embedded JSON-LD."""

    lang: str = ""
    links: list[Link] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)


class _Reading(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.page, self._base, self._in_data = Page(), base, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._in_data = tag == "script" and said.get("type", "").lower() == "application/ld+json"
        if self._in_data:
            self.page.data.append("")
        if tag == "html":
            self.page.lang = said.get("lang", "")
        if tag == "a" and said.get("href"):
            self.page.anchors.append(joined(self._base, said["href"]))
        if tag == "link" and said.get("href"):
            relations = frozenset(said.get("rel", "").lower().split())
            target, kind = joined(self._base, said["href"]), said.get("type", "").lower()
            self.page.links.append(Link(target, relations, kind, said.get("profile", ""), self._base))

    def handle_endtag(self, tag: str) -> None:
        self._in_data = self._in_data and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.page.data[-1] += data


def page_of(answer: Exchange) -> Page:
    """Return what a page says; an empty page where the answer is no HTML."""
    if answer.media_type not in ("text/html", "application/xhtml+xml"):
        return Page()
    reading = _Reading(answer.url)
    reading.feed(answer.text)
    return reading.page
