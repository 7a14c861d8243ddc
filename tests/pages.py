"""Pages as tests read them."""

import json
from html.parser import HTMLParser
from typing import Any

from servers import ask

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def page(site: str, path: str, language: str = "en") -> str:
    """Return a page as a browser gets it."""
    return ask(site + path, "text/html", accept_language=language).body.decode()


class Elements(HTMLParser):
    """The elements of a page, and what is in each of its scripts, as a browser delimits them.

    Every element must be closed in order.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[str | None, str]] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == [], f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the element."""
        self.all.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "script":
            self.scripts.append((dict(attrs).get("type"), ""))

    def handle_endtag(self, tag: str) -> None:
        """Check that it is the one opened last."""
        assert self._open.pop() == tag, f"</{tag}> out of order"

    def handle_data(self, data: str) -> None:
        """Remember what is in a script."""
        if self.cdata_elem == "script":
            kind, text = self.scripts.pop()
            self.scripts.append((kind, text + data))

    @property
    def ids(self) -> list[str]:
        """Every id."""
        return [value for _, attributes in self.all if (value := attributes.get("id"))]

    def links(self, *tags: str) -> list[str]:
        """Return the address of each element with one of these names, of ``a`` where none is given."""
        named = tags or ("a",)
        return [value for tag, attributes in self.all if tag in named and (value := attributes.get("href"))]

    def structured(self) -> Any:
        """Return the one piece of structured data."""
        [text] = [text for kind, text in self.scripts if kind == "application/ld+json"]
        return json.loads(text)
