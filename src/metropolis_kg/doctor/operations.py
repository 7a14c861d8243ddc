"""What those need who run the publisher, and those who write RDF."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, NotAskedError, expect, left_out
from metropolis_kg.doctor.graphs import ANY_RDF, TURTLE
from metropolis_kg.doctor.limits import Listener
from metropolis_kg.doctor.protocol import has_place
from metropolis_kg.doctor.terms import DCAT, OWL

_LARGE = 1 << 30
_ALIVE = ("healthz", "livez", "health")
_READY = ("readyz", "ready", "health/ready")
_VALID = f"<{DCAT}Dataset> a <{OWL}Class> .".encode()
_IMPORTING = f"<urn:o> a <{OWL}Ontology> ; <{OWL}imports> <{{}}> ."
_SLIP = b"<http://example.org/a> <http://example.org/b> .\n"


@asks("V1")
def rdf_is_checked(asking: Asking) -> Iterator[Finding]:
    """RDF that is sent is judged by the shapes; a slip is told with its place; nothing is fetched."""
    address = asking.hints.validator or _validator(asking)
    report = asking.post(address, TURTLE, _VALID, TURTLE)
    yield expect(report, report.is_whole, "RDF that can be read is 200, whether it conforms or not")
    yield expect(report, "ValidationReport" in report.text, "the report comes in RDF", "it does not")
    for accept in ("application/json", "application/ld+json", "text/html"):
        other = asking.post(address, TURTLE, _VALID, accept)
        yield expect(other, other.is_whole and other.media_type == accept, f"the report comes in {accept}")
    slip = asking.post(address, TURTLE, _SLIP, "application/json")
    yield expect(slip, slip.status == 400 and has_place(slip), "what is no RDF is 400, with line and column")
    fields = {"Content-Type": TURTLE, "Content-Length": str(_LARGE)}
    large = asking.client.ask(address, method="POST", headers=fields, seconds=3)
    if large.status:
        yield expect(large, large.status == 413, "a body that is too large is 413")
    else:
        yield left_out("a body that is too large is 413", "announcing a gigabyte has no answer")
    with Listener(address) as listener:
        asked = asking.post(address, TURTLE, _IMPORTING.format(listener.url).encode(), "application/json")
        yield expect(asked, not listener.connections, "owl:imports is not followed", "the listener was asked")


def _validator(asking: Asking) -> str:
    """Return the address to which OpenAPI says that Turtle can be posted. Raises NotAskedError where there is none."""
    described: Any = asking.publisher.openapi or {"paths": {}}
    root = asking.publisher.server
    for path, item in described["paths"].items():
        posted = item.get("post") if isinstance(item, Mapping) else None
        takes = ((posted or {}).get("requestBody") or {}).get("content", {})
        said = f"{path} {(posted or {}).get('operationId')} {(posted or {}).get('summary')}".lower()
        if TURTLE in takes and "valid" in said and "{" not in path and asking.publisher.within.holds(f"{root}{path}"):
            return f"{root}{path}"
    raise NotAskedError("no address that validates RDF was found in OpenAPI; --validator URL names one")


@asks("O1")
def for_those_who_run_it(asking: Asking) -> Iterator[Finding]:
    """Whether it lives and whether it can serve are two questions; there are numbers, and requests have ids."""
    for names, what in ((_ALIVE, "alive"), (_READY, "ready")):
        answer = _first(asking, names)
        yield expect(answer, answer.is_whole, f"/{names[0]} says whether it is {what}")
        yield expect(
            answer,
            not answer.is_whole or _is_fresh(answer),
            "that is not kept in caches",
            answer.header("Cache-Control"),
        )
    numbers = asking.get(urljoin(asking.publisher.start.url, "/metrics"))
    if numbers.status in (401, 403):
        yield left_out("/metrics counts, for Prometheus", f"it is kept from us: {numbers.status}")
    else:
        counts = numbers.is_whole and "# TYPE" in numbers.text
        yield expect(numbers, counts, "/metrics counts, for Prometheus")
    timed = asking.turtle if asking.publisher.thing else asking.publisher.start
    yield expect(timed, timed.header("Server-Timing"), "Server-Timing says where the time went", "there is none")
    wrong = asking.get(asking.unknown, ANY_RDF, x_request_id="doctor-request-1")
    name = wrong.header("X-Request-Id")
    yield expect(
        wrong, name and name in wrong.text, "an error has the id of its request, as the log has", "it has none"
    )


def _first(asking: Asking, names: tuple[str, ...]) -> Exchange:
    tried = [asking.get(urljoin(asking.publisher.start.url, f"/{name}")) for name in names]
    return next((each for each in tried if each.is_whole), tried[0])


def _is_fresh(answer: Exchange) -> bool:
    return bool({"no-store", "no-cache"} & answer.tokens("Cache-Control"))
