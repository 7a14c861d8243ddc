"""Writes a picture of every type of page, in each language, scheme and width, and an index to look through them.

``python tests/browser/look.py http://localhost:8000 folder`` asks a running server; a type of page or two may follow.
"""

import shutil
import sys
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from page_types import PAGE_TYPES

LANGUAGES = ("de-DE", "en-GB")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (360, 1280)


def look(browser: Browser, site: str, folder: Path, kinds: list[str]) -> list[str]:
    """Write the pictures below ``folder`` and return their names."""
    names = []
    for language, scheme, width in product(LANGUAGES, SCHEMES, WIDTHS):
        viewport = {"width": width, "height": 900}
        context = browser.new_context(base_url=site, locale=language, color_scheme=scheme, viewport=viewport)  # type: ignore[arg-type] # a dict of these two
        page = context.new_page()
        for kind in kinds:
            names.append(f"{kind.replace(' ', '-')}-{language[:2]}-{scheme}-{width}.png")
            page.goto(PAGE_TYPES[kind])
            page.screenshot(path=folder / names[-1], full_page=True)
        context.close()
    return sorted(names)


def main() -> None:
    """Look at what the command line names."""
    site, folder, *kinds = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    binary = next(found for name in ("chromium", "google-chrome") if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        names = look(browser, site, Path(folder), kinds or list(PAGE_TYPES))
    shown = "".join(
        f'<figure><figcaption>{each}</figcaption><img src="{each}" loading="lazy"></figure>' for each in names
    )
    (Path(folder) / "index.html").write_text(f"<!doctype html><title>Pages</title>{shown}", encoding="utf-8")


if __name__ == "__main__":
    main()
