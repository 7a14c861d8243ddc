"""What a page weighs all told, as it comes to a browser that has nothing of it yet."""

from typing import Any

import pytest
from playwright.sync_api import Browser

MOST = 100_000
PAGES = ["/", "/doc/organisation/metropolis", "/doc/tenure/governing-mayor-interim-president-2017"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_comes_with_less_than_100_kilobytes(browser: Browser, site: str, path: str) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    received: list[float] = []
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def finished(event: dict[str, Any]) -> None:
        received.append(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    page.goto(site + path, wait_until="networkidle")
    context.close()
    assert len(received) >= 2
    assert sum(received) < MOST, received
