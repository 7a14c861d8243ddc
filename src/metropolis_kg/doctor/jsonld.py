"""JSON-LD as a portal's developer gets it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.caching import keeps_for
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, NotAskedError, expect
from metropolis_kg.doctor.graphs import JSON_LD, JSON_LD_NAMESPACE, same
from metropolis_kg.doctor.names import ALLOW_ORIGIN, allows_all, said

_FORMS = ("compacted", "expanded", "flattened", "framed")
_LONG = 30 * 24 * 3600
"""Seconds from which on something is kept as good as for ever."""

_LABELS = ("label", "name", "title", "prefLabel")


@asks("J1")
def one_tree(asking: Asking) -> Iterator[Finding]:
    """The default is one object, rooted at the thing, whose context is an address."""
    answer = asking.json_ld
    document = answer.json()
    yield expect(answer, isinstance(document, dict), "it is one JSON object", "it is a list, or no JSON")
    if isinstance(document, dict):
        root = document.get("id", document.get("@id", ""))
        is_root = isinstance(root, str) and urljoin(answer.url, root) == asking.thing
        yield expect(
            answer, is_root and "@graph" not in document, "its root is the thing", f"its root is {root or 'a graph'}"
        )
        yield expect(
            answer, _addresses(document), "its context is named by its address", "the context stands inside, or nowhere"
        )


def _addresses(document: Any) -> list[str]:
    context = document.get("@context") if isinstance(document, dict) else None
    return [each for each in (context if isinstance(context, list) else [context]) if isinstance(each, str)]


@asks("J2")
def forms_of_json_ld(asking: Asking) -> Iterator[Finding]:
    """The profile parameter chooses the form (JSON-LD 1.1 section 6.1); each form is the same graph."""
    _ = asking.json_ld
    turtle = asking.graph(asking.turtle)
    for form in _FORMS:
        profile = f"{JSON_LD_NAMESPACE}{form}"
        answer = asking.get(asking.document, f'{JSON_LD};profile="{profile}"')
        document = answer.json()
        yield expect(
            answer,
            profile in answer.header("Content-Type"),
            f"the type says that it is {form}",
            said(answer, "Content-Type"),
        )
        yield expect(answer, _LOOKS[form](document), f"it looks {form}", "it does not")
        alike = same(asking.graph(answer), turtle)
        yield expect(answer, alike, f"{form}, it states what Turtle states", "it states something else")


def _is_expanded(document: Any) -> bool:
    return isinstance(document, list) and all(isinstance(each, dict) and "@context" not in each for each in document)


def _is_flattened(document: Any) -> bool:
    """Whether no node stands inside another: what is inside has no key but its id, or is a value."""
    nodes = document.get("@graph", [document]) if isinstance(document, dict) else document
    if not isinstance(nodes, list) or not all(isinstance(each, dict) for each in nodes):
        return False
    inner = [
        value for node in nodes for many in node.values() for value in (many if isinstance(many, list) else [many])
    ]
    return not any(isinstance(each, dict) and {"id", "@id"} & each.keys() and len(each) > 1 for each in inner)


def _has_context(document: Any) -> bool:
    return isinstance(document, dict) and "@context" in document


_LOOKS = {"compacted": _has_context, "framed": _has_context, "expanded": _is_expanded, "flattened": _is_flattened}


@asks("J3")
def context_is_kept(asking: Asking) -> Iterator[Finding]:
    """The context can be loaded by anyone, from the publisher, and be kept for ever."""
    addresses = _addresses(asking.json_ld.json())
    if not addresses:
        raise NotAskedError("its JSON-LD names no context by address")
    for address in addresses:
        url = urljoin(asking.json_ld.url, address)
        if not asking.publisher.within.holds(url):
            yield expect(asking.json_ld, False, "the context is the publisher's own", url)
            continue
        answer = asking.get(url, f"{JSON_LD}, application/json;q=0.9")
        yield expect(answer, answer.is_whole and answer.media_type == JSON_LD, f"the context is {JSON_LD}")
        yield expect(answer, _has_context(answer.json()), "it is a context", "it has no @context")
        yield expect(answer, allows_all(answer), "any site may load it (CORS)", said(answer, ALLOW_ORIGIN))
        yield expect(answer, keeps_for(answer) >= _LONG, "it may be kept for ever", said(answer, "Cache-Control"))


@asks("J4")
def keys_to_type(asking: Asking) -> Iterator[Finding]:
    """Keys are words, labels are by language, and a JSON Schema says which keys there are."""
    answer = asking.json_ld
    document = answer.json()
    keys = list(document) if isinstance(document, dict) else []
    odd = [key for key in keys if ":" in key]
    yield expect(answer, keys and not odd, "keys are words without prefixes", ", ".join(odd[:5]) or "there are none")
    label = next((document[key] for key in _LABELS if key in keys), None)
    yield expect(answer, isinstance(label, dict) and label, 'the label is by language: {"en": …}', "it is not")
    schemas = [link for link in _links(asking) if link.media_type == "application/schema+json"]
    yield expect(answer, schemas, "a JSON Schema is linked (describedby)", "none is")
    for link in schemas[:1]:
        schema = asking.client.follow(link.target, "application/schema+json", within=asking.publisher.within)[-1]
        found = schema.json()
        yield expect(schema, isinstance(found, dict) and "$schema" in found, "the schema can be loaded", schema.came)


def _links(asking: Asking) -> list[Any]:
    own = asking.publisher.formats.get(JSON_LD)
    answers: list[Exchange] = [asking.json_ld, *([asking.get(own)] if own else [])]
    return [link for each in answers for link in each.linked("describedby")]
