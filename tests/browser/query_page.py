"""What tests do with the query page: queries to ask, what is written in the editor, what is answered."""

from urllib.parse import quote

from playwright.sync_api import Page

WHO = "SELECT ?holder WHERE { ?tenure org:organization organisation:metropolis ; org:member ?holder }"
WRONG = "SELECT ?a WHERE {\n  ?a rdfs:label ?b .\n  FILTER(?b = ) }"
NARROW = {"viewport": {"width": 360, "height": 740}}


def of(query: str, more: str = "") -> str:
    """Return the address of the page that answers ``query``."""
    return f"/sparql?query={quote(query)}{more}"


def written(page: Page) -> str:
    """Return the text in the editor."""
    return "\n".join(page.locator(".cm-line").all_inner_texts())


def write(page: Page, query: str) -> None:
    """Put ``query`` into the editor, as typing it would."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(query)


def rows(page: Page) -> list[str]:
    """Return the rows of the table, once there is one."""
    page.locator("#answer tbody tr").first.wait_for()
    return page.locator("#answer tbody tr").all_inner_texts()
