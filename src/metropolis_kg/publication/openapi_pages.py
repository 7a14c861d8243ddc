"""Search and the pages for people in the OpenAPI document."""

from metropolis_kg.model.kinds import SHELVES
from metropolis_kg.publication.media_types import HTML, JSON, OPENSEARCH, RESULTS, SUGGESTIONS
from metropolis_kg.publication.openapi_nodes import (
    DATE,
    Node,
    contents,
    in_format,
    in_query,
    language,
    operation,
    thing_name,
)
from metropolis_kg.publication.search_schema import SEARCH_RESULTS, SUGGESTED


def page_paths() -> Node:
    """Return the addresses, each with its operations."""
    return {
        "/search": {"get": _search()},
        "/search/suggest": {"get": _suggest()},
        "/opensearch.xml": {"get": _opensearch()},
        "/map": {"get": _map()},
        "/sources": {"get": _sources()},
        "/neighbourhood/{kind}/{slug}": {"get": _neighbourhood()},
        "/at/": {"get": _at_days()},
        "/at/{day}": {"get": _at_day()},
        "/about": {"get": _about()},
    }


def _search() -> Node:
    fields = [
        in_query("q", {"type": "string"}, "A name, an identifier, or words of a quote; without it, things of a kind."),
        in_query("kind", {"type": "string", "enum": list(SHELVES)}, "Only things of a kind."),
        in_query("page", {"type": "integer", "minimum": 1, "default": 1}, "Which page of 20 results."),
        in_format((JSON, HTML)), language(),
    ]  # fmt: skip
    answer = contents((JSON, HTML))
    answer["200"]["content"][JSON.media_type] = {"schema": SEARCH_RESULTS}
    return operation("search", "Things by their names", "search", fields, answer, (400, 404, 406, 414, 503))


def _suggest() -> Node:
    text = in_query("q", {"type": "string"}, "What is typed so far.")
    answer = {"200": {"description": "Names.", "content": {SUGGESTIONS.media_type: {"schema": SUGGESTED}}}}
    return operation("suggest", "Names while typing", "search", [text, language()], answer, (400, 414, 503))


def _opensearch() -> Node:
    summary = "How browsers search here (OpenSearch 1.1)"
    return operation("opensearch", summary, "search", [language()], contents([OPENSEARCH]), (503,))


def _map() -> Node:
    page = in_query("page", {"type": "integer", "minimum": 1}, "Which page of the list of places.")
    return operation(
        "map", "The places on a map, and in a list", "things", [page, language()], contents([HTML]), (400, 404, 503)
    )  # fmt: skip


def _sources() -> Node:
    page = in_query("page", {"type": "integer", "minimum": 1}, "Which page of the list of sources.")
    return operation(
        "sources", "All sources, and where they disagree", "things", [page, language()], contents([HTML]),
        (400, 404, 406, 503),
    )  # fmt: skip


def _neighbourhood() -> Node:
    steps = in_query("steps", {"type": "integer", "enum": [1, 2]}, "How far from the thing.")
    day = in_query("at", DATE, "Only what held on the day.")
    return operation(
        "neighbourhood", "The things around a thing, drawn and listed", "things",
        [*thing_name(), steps, day, language()], contents([HTML]), (400, 404, 410, 503),
    )  # fmt: skip


def _at_days() -> Node:
    return operation(
        "days", "The days on which something changes", "things", [language()], contents([HTML]), (503,)
    )  # fmt: skip


def _at_day() -> Node:
    day = {
        "name": "day",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "format": "date"},
        "example": "2018-03-15",
    }
    page = in_query("page", {"type": "integer", "minimum": 1}, "Which page: 100 claims of each certainty.")
    answers = contents([HTML]) | {"303": {"description": "See the stored query held-on, in the format asked for."}}
    return operation(
        "atDay", "What held on a day: certain, possible, last known", "things",
        [day, page, in_format((HTML, *RESULTS))], answers, (400, 404, 406, 503),
        description="As data, the stored query held-on answers the same.",
    )  # fmt: skip


def _about() -> Node:
    summary = "How to read what is here, who makes it, how to use it"
    return operation("about", summary, "dataset", [language()], contents((HTML,)), (503,))
