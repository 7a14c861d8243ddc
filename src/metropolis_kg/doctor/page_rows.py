"""The page for people about a thing."""

import json
from collections.abc import Iterator
from typing import Any

from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.finding import Finding, expect
from metropolis_kg.doctor.graphs import FORMATS
from metropolis_kg.doctor.page import page_of

_SCRIPT = "<script>doctor()</script>"
_SENT = "%3Cscript%3Edoctor()%3C%2Fscript%3E"


@asks("E14")
def page_for_people(asking: Asking) -> Iterator[Finding]:
    """The page has its language, links to the other formats, schema.org, and nothing that a reader wrote runs in it."""
    answer = asking.for_people
    page = page_of(answer)
    yield expect(answer, page.lang, "the page says its language (html lang)", "it does not")
    linked = {link.media_type for link in page.links if link.relations & {"alternate", "describedby"}}
    offered = {each for each in FORMATS if asking.get(asking.document, each).media_type == each}
    missing = sorted((offered or set(asking.publisher.formats)) - linked - {"text/html"})
    yield expect(
        answer, not missing and linked, "the page links to each format", f"not to {', '.join(missing) or 'any'}"
    )
    yield expect(answer, page.data, "the page embeds JSON-LD", "it does not")
    for text in page.data:
        yield expect(answer, _is_schema_org(text), "what it embeds is schema.org in JSON that can be read", "it is not")
    echoed = asking.page(f"{asking.unknown}{_SENT}")
    yield expect(
        echoed, _SCRIPT not in echoed.text, "a script in an address is inert in the page about it", "it stands there"
    )


def _is_schema_org(text: str) -> bool:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return "schema.org" in json.dumps(found)
