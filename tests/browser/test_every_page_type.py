"""What holds of every type of page: anybody can read and use it, in each language, scheme and width, without a script.

A page is loaded once and looked at many times.
"""

import re
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe import violations
from playwright.sync_api import Browser, Page
from watching import VIOLATIONS, WIDE, Watched

from npm import install
from page_types import PAGE_TYPES
from pages import page as source

LANGUAGES = {"en": "en-GB", "de": "de-DE"}
LOOKS = {"en": [("light", 1280), ("dark", 360)], "de": [("dark", 1280), ("light", 360)]}
"""Language → colour scheme and width: every two of language, scheme and width meet."""

MISSING = "nothing there"
"""The type of which the browser itself logs an error, as its status is 404."""

READ = """() => {
  document.querySelectorAll("details").forEach(each => each.open = true);
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), read = [];
  while (walker.nextNode()) {
    const {parentElement: around, data} = walker.currentNode;
    if (!data.trim() || around.closest("button, output, .editor, .keys, [role=listbox]")) continue;
    if (around.checkVisibility({visibilityProperty: true})) read.push(data.trim().replace(/\\s+/g, " "));
  }
  return read;
}"""
"""Opens what is folded and returns each text that is visible, but for those of controls that need a script."""

FRAME = ("header", "footer")
EMBEDDED = "reconciliation preview"
"""The type that other programs show within their own pages."""

REQUEST = re.compile("[0-9a-f]{24}")
"""What a page of an error calls the request, which is another each time."""


@dataclass(frozen=True)
class Shown:
    """A page of some type, in some language."""

    kind: str
    language: str
    watched: Watched

    @property
    def page(self) -> Page:
        """The page itself."""
        return self.watched.page


@pytest.fixture(scope="module", params=product(PAGE_TYPES, LANGUAGES), ids=" ".join)
def shown(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Shown]:
    """Each type of page in each language."""
    kind, language = request.param
    context = browser.new_context(base_url=site, locale=LANGUAGES[language])
    context.add_init_script(VIOLATIONS)
    watched = Watched(context.new_page(), urlsplit(site).netloc)
    watched.page.goto(PAGE_TYPES[kind])
    yield Shown(kind, language, watched)
    context.close()


def test_nothing_is_wider_than_the_window_however_small_or_enlarged(shown: Shown) -> None:
    page = shown.page
    for width in (320, 360, 640, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(WIDE) == [], f"at {width} px"
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(WIDE) == [], "with letters of twice the size"
    page.evaluate("document.documentElement.style.fontSize = ''")


def test_it_is_there_on_paper_and_in_forced_colours(shown: Shown) -> None:
    for media, forced in (("print", "none"), ("screen", "active")):
        shown.page.emulate_media(media=media, forced_colors=forced)
        assert _colours(shown.page.locator("h1").screenshot()) > 8, media
        assert shown.page.locator("main").inner_text().strip()
    shown.page.emulate_media(media="screen", forced_colors="none")


def test_it_says_what_it_is_once_and_in_which_language(shown: Shown) -> None:
    assert shown.page.locator("h1").count() == 1
    assert shown.page.locator("html").get_attribute("lang") == shown.language
    assert shown.page.locator("main").count() == 1
    assert [shown.page.locator(f"body > {each}").count() for each in FRAME] == [int(shown.kind != EMBEDDED)] * 2


def test_without_its_script_the_same_can_be_read(shown: Shown, browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, locale=LANGUAGES[shown.language], java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE_TYPES[shown.kind])
    without, scripted = page.evaluate(READ), shown.page.evaluate(READ)
    context.close()
    assert without
    assert [each for each in scripted if each not in without and not REQUEST.fullmatch(each)] == []


def test_axe_finds_nothing_wrong_with_all_unfolded(shown: Shown) -> None:
    shown.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    for scheme, width in LOOKS[shown.language]:
        shown.page.emulate_media(color_scheme=scheme)
        shown.page.set_viewport_size({"width": width, "height": 800})
        assert violations(shown.page) == [], f"{scheme}, {width} px"


def test_nothing_went_wrong_and_nothing_came_from_elsewhere(shown: Shown) -> None:
    if shown.kind == MISSING:
        [told] = shown.watched.errors
        assert "status of 404" in told
        shown.watched.errors.clear()
    shown.watched.assert_clean()


def test_the_nu_html_checker_has_no_complaint(site: str, tmp_path: Path) -> None:
    """All pages in one run, as starting Java takes longer than checking a page.

    It is not to guess languages: it takes a German page that is full of terms for an English one.
    """
    for kind, language in product(PAGE_TYPES, LANGUAGES):
        file = tmp_path / f"{kind.replace(' ', '-')}.{language}.html"
        file.write_text(source(site, PAGE_TYPES[kind], language), encoding="utf-8")
    checker = install(Path(__file__).parent) / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [
        "java",
        "-jar",
        str(checker),
        "--format",
        "gnu",
        "--no-langdetect",
        *map(str, sorted(tmp_path.iterdir())),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    except FileNotFoundError:
        pytest.skip("needs Java; on Debian: apt-get install default-jre-headless")
    assert done.stderr.replace(f"{tmp_path}/", "") == ""
    assert done.returncode == 0


def test_no_two_types_of_page_have_the_same_title(site: str) -> None:
    for language in LANGUAGES:
        own = {urlsplit(path).path: path for path in reversed(PAGE_TYPES.values())}
        pages = [source(site, path, language) for path in own.values()]
        titles = [each.partition("<title>")[2].partition("</title>")[0] for each in pages]
        assert len(set(titles)) == len(titles), sorted(titles)


def _colours(png: bytes) -> int:
    """Return of how many different bytes the lines of a picture are made; those of an empty one are all alike."""
    data, place = b"", 8
    while place < len(png):
        size, kind = int.from_bytes(png[place : place + 4]), png[place + 4 : place + 8]
        data += png[place + 8 : place + 8 + size] if kind == b"IDAT" else b""
        place += size + 12
    return len(set(zlib.decompress(data)))
