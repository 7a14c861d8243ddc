"""Hostile texts, addresses and requests on every type of page: nothing runs, nothing leads astray, all can be read."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hostile import ASKED, asked, copy_with_hostile_texts
from playwright.sync_api import Browser
from watching import VIOLATIONS, WIDE, Watched

from metropolis_kg.content import find_content
from metropolis_kg.curation.build import build
from page_types import PAGE_TYPES
from servers import ask, free_port, served

TALLEST = 45_000
"""Pixels at a width of 1280; the vocabulary has nearly as many whatever is said."""

LARGEST = 1_000_000
"""Bytes of a page."""

FOREIGN = """() => [...document.querySelectorAll("*")].filter(each =>
  [...each.attributes].some(({name}) => name.startsWith("on")) || each.matches(`
    main script, iframe, object, embed, base,
    script:not([src]):not([type='application/ld+json']), img:not([src*='/static/'])`)
).map(each => each.outerHTML.slice(0, 200))"""
"""Elements that no template of ours has."""

ASTRAY = """() => ["href", "src", "action", "formaction", "xlink:href"].flatMap(name =>
  [...document.querySelectorAll(`[${CSS.escape(name)}]`)].map(each => new URL(each.getAttribute(name), location))
).filter(({protocol}) => !["http:", "https:", "mailto:"].includes(protocol)).map(String)"""
"""Addresses that a reader must not be led to."""

TURNED = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), turned = [];
  const isolates = each => /isolate|plaintext/.test(getComputedStyle(each).unicodeBidi);
  while (walker.nextNode()) {
    const {data, parentElement} = walker.currentNode;
    if (!/[\\u202a-\\u202e\\u2066-\\u2069]/.test(data)) continue;
    if (parentElement.closest("script, svg, option, textarea")) continue;
    let around = parentElement;
    while (!isolates(around) && getComputedStyle(around).display.startsWith("inline")) around = around.parentElement;
    if (!isolates(around) && around.textContent.trim() !== data.trim()) turned.push(around.outerHTML.slice(0, 200));
  }
  return turned;
}"""
"""Texts that turn the direction of what stands beside them."""

SOUGHT = {"foreign": FOREIGN, "astray": ASTRAY, "turned": TURNED, "wide": WIDE}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site whose content is hostile wherever the shapes let it be."""
    folder, port = tmp_path_factory.mktemp("hostile"), free_port()
    copy_with_hostile_texts(folder / "content")
    outcome = build(find_content(folder / "content"), folder / "var", f"http://127.0.0.1:{port}/")
    assert outcome.release, outcome.findings
    with served(folder / "var", port) as url:
        yield url


@pytest.fixture(scope="module")
def watched(browser: Browser, hostile: str) -> Iterator[Watched]:
    """A page that goes from one address to the next."""
    context = browser.new_context(base_url=hostile, locale="en-GB")
    context.add_init_script(VIOLATIONS)
    yield Watched(context.new_page(), urlsplit(hostile).netloc)
    context.close()


@pytest.mark.parametrize("kind", PAGE_TYPES)
def test_hostile_content_is_inert_and_legible(watched: Watched, kind: str) -> None:
    assert _faults(watched, PAGE_TYPES[kind]) == []


@pytest.mark.parametrize("kind", ASKED)
def test_hostile_requests_are_inert_and_legible(watched: Watched, kind: str) -> None:
    assert _faults(watched, asked(kind)) == []


@pytest.mark.parametrize(
    "path", ["/doc/organisation/metropolis.jsonld", "/doc/organisation/metropolis.jsonld?profile=schema"]
)
def test_hostile_content_is_what_data_say(hostile: str, path: str) -> None:
    answer = ask(hostile + path)
    assert "</script><script>alert(1)" in json.dumps(answer.json(), ensure_ascii=False)


def test_hostile_content_is_shown_as_it_is(watched: Watched) -> None:
    watched.page.goto("/doc/evidence/berlin-metropolis-f31")
    said = watched.page.locator("main").inner_text()
    assert "</script><script>alert(1)</script><img src=x onerror=alert(2)>" in said
    assert "{{ 7*7 }}" in said


def _faults(watched: Watched, path: str) -> list[str]:
    """Go to an address and return what is wrong there."""
    page = watched.page
    watched.errors.clear()
    page.set_viewport_size({"width": 1280, "height": 800})
    response = page.goto(path)
    assert response
    assert response.status < 500
    size = len(response.body())
    height = page.evaluate("document.documentElement.scrollHeight")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    faults = [f"{name}: {each}" for name, script in SOUGHT.items() for each in page.evaluate(script)]
    for data in page.locator("script[type='application/ld+json']").all_text_contents():
        json.loads(data)
    page.set_viewport_size({"width": 360, "height": 800})
    faults += [f"at 360 px: {each}" for each in page.evaluate(WIDE)]
    faults += [f"{size:,} bytes"] if size > LARGEST else []
    faults += [f"{height:,} pixels high"] if height > TALLEST else []
    watched.errors[:] = [each for each in watched.errors if f"status of {response.status}" not in each]
    watched.assert_clean()
    return faults


def test_the_build_makes_all_of_it(hostile: str) -> None:
    for name in ("dataset.nq", "dataset.ttl", "dataset.jsonld"):
        assert ask(f"{hostile}/data/{name}", method="HEAD").status == 200, Path(name)
