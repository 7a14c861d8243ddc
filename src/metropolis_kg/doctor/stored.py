"""Stored queries with parameters, and graphs by the Graph Store Protocol."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pyoxigraph as ox

from metropolis_kg.doctor.addresses import with_fields
from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, NotAskedError, expect, left_out
from metropolis_kg.doctor.graphs import ANY_RDF, FORMATS, TURTLE
from metropolis_kg.doctor.publisher import rows_of
from metropolis_kg.doctor.queries import query
from metropolis_kg.doctor.terms import SD

_HOSTILE = (
    '" } UNION { ?s ?p ?o } #',
    "<urn:x> } INSERT { <urn:a> <urn:b> <urn:c> } WHERE { ?s ?p ?o",
    "\\u0022 . ?s ?p ?o",
)
_NOT_A_DAY = "2018-13-45"
_READERS = ("application/json", "text/csv;q=0.5")
_USUAL_STORES = ("graph-store", "rdf-graph-store", "store", "data", "sparql-graph-crud")


@asks("Q14")
def arguments_are_terms(asking: Asking) -> Iterator[Finding]:
    """What a reader writes into a stored query is a value, never a part of the query."""
    found = list(_stored(asking))[:2]
    if not found:
        raise NotAskedError("no stored query with parameters was found in OpenAPI; --stored-query URL names one")
    for address, given, days in found:
        plain = asking.get(with_fields(address, given), ", ".join(_READERS))
        yield expect(plain, plain.is_whole, "the stored query is answered")
        for name in given:
            for hostile in _HOSTILE:
                answer = asking.get(with_fields(address, {**given, name: hostile}), ", ".join(_READERS))
                larger = len(answer.body) > len(plain.body) + 8 * len(hostile)
                held = answer.status in (400, 404, 422) or (answer.is_whole and not larger)
                yield expect(answer, held, f"a hostile {name} is refused, or finds nothing more")
        for name in days:
            wrong = asking.get(with_fields(address, {**given, name: _NOT_A_DAY}), ", ".join(_READERS))
            yield expect(wrong, wrong.status in (400, 422), f"a {name} that is no day is 400")
            yield expect(wrong, name in wrong.text, "the error names the parameter", "it does not")


def _stored(asking: Asking) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Yield stored queries: address, arguments that work, which of them are days; first those that have days."""
    if asking.hints.stored_query:
        address = asking.hints.stored_query
        given = dict(parse_qsl(urlsplit(address).query))
        yield address.partition("?")[0], given, [name for name, value in given.items() if _is_day(value)]
        return
    if not asking.publisher.openapi:
        return
    known = [(path, *_parameters(item)) for path, item in _paths(asking) if "{" not in path]
    root = asking.publisher.server
    for path, given, days in sorted(known, key=lambda each: (not each[2], each[0])):
        if given and asking.publisher.within.holds(address := f"{root}{path}"):
            yield address, given, days


def _is_day(value: str) -> bool:
    return len(value) == 10 and value[4] == value[7] == "-"


def _paths(asking: Asking) -> list[tuple[str, Any]]:
    return list(asking.publisher.openapi["paths"].items())


def _parameters(item: Any) -> tuple[dict[str, str], list[str]]:
    """Return arguments that the description of GET gives as defaults or examples, and which of them are days."""
    described = item.get("get", {}).get("parameters", []) if isinstance(item, Mapping) else []
    given: dict[str, str] = {}
    days = []
    for each in described:
        schema = each.get("schema", {})
        value = schema.get("default", each.get("example", schema.get("example")))
        if each.get("in") == "query" and isinstance(value, str) and "enum" not in schema:
            given[each["name"]] = value
            days += [each["name"]] if schema.get("format") == "date" else []
    return given, days


@asks("G1")
def graphs_can_be_read(asking: Asking) -> Iterator[Finding]:
    """Each graph has an address (SPARQL 1.1 Graph Store HTTP Protocol section 5.2); nobody writes there."""
    store = _graph_store(asking)
    graphs = [row["g"] for row in rows_of(asking.sparql(query("graphs")))]
    for graph in graphs[:1]:
        answer = asking.get(with_fields(store, {"graph": graph}), ANY_RDF)
        yield expect(answer, answer.is_whole and answer.media_type in FORMATS, "a graph can be read as RDF")
    nobody = f"urn:metropolis-kg-doctor:{secrets.token_hex(8)}"
    unknown = asking.get(with_fields(store, {"graph": nobody}), ANY_RDF)
    yield expect(unknown, unknown.status == 404, "a graph that there is not is 404")
    default = asking.get(f"{store}?default", ANY_RDF)
    yield expect(
        default, default.status == 200 and default.media_type in FORMATS, "the default graph can be read as RDF"
    )
    both = asking.get(f"{store}?default&graph={nobody}", ANY_RDF)
    yield expect(both, both.status == 400, "default and graph together are 400")
    neither = asking.get(store, ANY_RDF)
    yield expect(neither, neither.status == 400, "neither of them is 400")
    if asking.hints.intrusive:
        yield _write(asking, with_fields(store, {"graph": nobody}))
    else:
        yield left_out("writing is refused", "only with --intrusive")


def _write(asking: Asking, graph: str) -> Finding:
    answer = asking.client.ask(
        graph, method="PUT", headers={"Content-Type": TURTLE}, body=b"<urn:a> <urn:b> <urn:c> ."
    )  # fmt: skip
    if 200 <= answer.status < 300:
        asking.client.ask(graph, method="DELETE")
    return expect(answer, answer.status in (401, 403, 405), "writing is refused")


def _graph_store(asking: Asking) -> str:
    """Return where graphs are. Raises NotAskedError where that is not found."""
    if asking.hints.graph_store:
        return asking.hints.graph_store
    said = asking.publisher.service.objects(None, f"{SD}graph", f"{SD}defaultGraph")
    for each in said:
        address = each.value.partition("?")[0] if isinstance(each, ox.NamedNode) and "?" in each.value else ""
        if asking.publisher.within.holds(address):
            return address
    for name in _USUAL_STORES:
        address = urljoin(asking.endpoint, name)
        answer: Exchange = asking.client.ask(f"{address}?default", ANY_RDF, most=1 << 20)
        if answer.status == 200 and answer.media_type in FORMATS:
            return address
    raise NotAskedError("no graph store was found; --graph-store URL names one")
