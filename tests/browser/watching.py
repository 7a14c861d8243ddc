"""A page that is watched for what should not happen on it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request

PLAIN_HOST = "plain.test"
"""A name of this machine that the browser does not trust over plain HTTP, as it does 127.0.0.1."""

VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI, sample}) =>
  window.violations.push([violatedDirective, blockedURI, sample].join(" ")));
"""

WIDE = """() => {
  const {scrollWidth} = document.documentElement;
  if (scrollWidth <= innerWidth) return [];
  const out = [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > innerWidth);
  return [`${scrollWidth} px`, ...out.slice(0, 5).map(each => each.outerHTML.slice(0, 120))];
}"""
"""Returns how wide a page is, and what sticks out, where that is more than its window shows."""


@dataclass
class Watched:
    """A page, and what should not have happened on it."""

    page: Page
    host: str
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin to watch."""
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.errors.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.on("request", self._requested)

    def assert_clean(self) -> None:
        """Fail where anything was logged as an error, violated the policy, or went to another host."""
        assert self.errors == []
        assert self.elsewhere == []
        assert self.page.evaluate("window.violations") == []

    def _requested(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self.host:
            self.elsewhere.append(request.url)


Open = Callable[..., Watched]
"""Opens an address in a fresh context; keywords go to Playwright's ``new_context``."""
