"""A real Chromium, driven by Playwright, that looks at the running site."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from watching import PLAIN_HOST, VIOLATIONS, Open, Watched

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
    f"--host-resolver-rules=MAP {PLAIN_HOST} 127.0.0.1",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    binary = next((found for name in NAMES if (found := shutil.which(name))), None)
    if not binary:
        pytest.skip("needs Chromium; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=Path(binary), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Open]:
    """Open a page of the site; what is opened is closed with the test."""
    contexts: list[BrowserContext] = []

    def opened(path: str, **options: Any) -> Watched:
        context = browser.new_context(base_url=site, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        if options.get("java_script_enabled", True):
            context.add_init_script(VIOLATIONS)
        watched = Watched(context.new_page(), urlsplit(site).netloc)
        watched.page.goto(path)
        return watched

    yield opened
    for context in contexts:
        context.close()
