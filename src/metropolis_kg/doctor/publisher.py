"""What a publisher has, found from one address: a thing, its document, formats, the endpoint, the dataset.

Nothing is assumed of how addresses are made. What was found, and by what, is kept, since a report has to say it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import pyoxigraph as ox

from metropolis_kg.doctor.addresses import with_fields
from metropolis_kg.doctor.client import Client, Origins
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import NotAskedError, UnreadableError
from metropolis_kg.doctor.graphs import ANY_RDF, FORMATS, Graph, Reader
from metropolis_kg.doctor.page import Page, page_of
from metropolis_kg.doctor.queries import query
from metropolis_kg.doctor.sitemap import documents_in
from metropolis_kg.doctor.terms import DATASETS, DCAT, PRIMARY_TOPIC, RDF_TYPE, SD, VOID
from metropolis_kg.errors import MetropolisError
from metropolis_kg.store.protocol import RESULTS_JSON

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

_TRIED = 8
"""How many candidates are tried for a role."""


class UnreachableError(MetropolisError):
    """Nothing at the address answers HTTP."""


@dataclass(frozen=True)
class Hints:
    """What the one who asks knows of the publisher, and what may be sent."""

    url: str
    thing: str | None = None
    sparql: str | None = None
    graph_store: str | None = None
    stored_query: str | None = None
    validator: str | None = None
    removed: str | None = None
    merged: str | None = None
    intrusive: bool = False


@dataclass
class Publisher:
    """The roles of a publisher's addresses; what was not found is ``""`` or empty. ``how`` says what found each."""

    start: Exchange
    start_page: Page
    within: Origins
    reader: Reader
    thing: str = ""
    document: str = ""
    leads: str = ""
    """How the thing leads to its document: ``redirect``, ``itself`` (200 at its own address) or ``hash``."""

    one_document: bool = True
    """Whether the thing leads everyone to the same document, which then negotiates."""

    formats: dict[str, str] = field(default_factory=dict)
    """Media type → the address of that format of the document."""

    endpoint: str = ""
    service: Graph = field(default_factory=lambda: Graph(frozenset()))
    """What the endpoint says of itself."""

    dataset: str = ""
    description: Graph = field(default_factory=lambda: Graph(frozenset()))
    """What is said about the dataset."""

    description_url: str = ""
    openapi: Any = None
    how: dict[str, str] = field(default_factory=dict)

    @property
    def server(self) -> str:
        """The address below which OpenAPI has its paths, without a closing slash."""
        servers = (self.openapi or {}).get("servers") or [{"url": "/"}]
        return urljoin(self.start.url, str(servers[0].get("url", "/"))).rstrip("/")


def discover(client: Client, hints: Hints) -> Publisher:
    """Find what there is, as far as time allows. Raises UnreachableError where nothing answers, or someone else."""
    within = Origins(hints.url, hints.thing, hints.sparql, hints.graph_store, hints.stored_query, hints.validator)
    start = client.follow(hints.url, BROWSER, within=within)[-1]
    if not start.status:
        raise UnreachableError(f"{hints.url} cannot be asked: {start.trouble}")
    if start.location and not within.holds(start.location):
        raise UnreachableError(f"{hints.url} leads to another host; ask that: {start.location}")
    found = Publisher(start, page_of(start), within, Reader(client, within))
    seeking = _Seeking(client, hints, found)
    for step in (
        seeking.endpoint, seeking.description, seeking.endpoint, seeking.service, seeking.openapi, seeking.thing,
        seeking.document, seeking.formats,
    ):  # fmt: skip
        with suppress(NotAskedError):
            step()
    return found


class _Seeking:
    """Fills in the roles, one after the other."""

    def __init__(self, client: Client, hints: Hints, found: Publisher) -> None:
        self._client, self._hints, self._found = client, hints, found

    def _first(self, role: str, candidates: Iterable[tuple[str, str]], suits: Callable[[str], bool]) -> str:
        """Return the first of the candidates, address and what named it, that suits; at most eight are tried."""
        tried: set[str] = set()
        for address, how in candidates:
            if address in tried or not self._found.within.holds(address):
                continue
            tried.add(address)
            if suits(address):
                self._found.how[role] = how
                return address
            if len(tried) >= _TRIED:
                break
        return ""

    # ---- the endpoint ----

    def endpoint(self) -> None:
        """Find the address that answers SPARQL; asked again once the dataset is described."""
        if not self._found.endpoint:
            self._found.endpoint = self._first("endpoint", self._endpoints(), self._answers_sparql)

    def _endpoints(self) -> Iterator[tuple[str, str]]:
        if self._hints.sparql:
            yield self._hints.sparql, "told"
            return
        said = self._found.description
        for term in (f"{VOID}sparqlEndpoint", f"{SD}endpoint", f"{DCAT}endpointURL"):
            yield from ((each.value, term) for each in said.objects(None, term) if isinstance(each, ox.NamedNode))
        yield self._hints.url, "the address itself"
        for address in self._found.start_page.anchors:
            if urlsplit(address).path.rstrip("/").endswith(("sparql", "query")):
                yield urljoin(address, urlsplit(address).path), "a link of the start page"
        for name in ("sparql", "query"):
            yield urljoin(self._found.start.url, name), "a usual address"
            yield urljoin(self._found.start.url, f"/{name}"), "a usual address"

    def _answers_sparql(self, address: str) -> bool:
        answer = self._client.ask(with_fields(address, {"query": "ASK{}"}), RESULTS_JSON)
        said = answer.json() if answer.is_whole else None
        return isinstance(said, dict) and isinstance(said.get("boolean"), bool)

    def service(self) -> None:
        """Read what the endpoint says of itself."""
        if self._found.endpoint:
            self._found.service = self._graph(self._found.endpoint) or Graph(frozenset())

    # ---- the dataset ----

    def description(self) -> None:
        """Find the description of the dataset, and in it the dataset."""
        address = self._first("description", self._descriptions(), self._describes_a_dataset)
        if address:
            self._found.how["dataset"] = self._found.how["description"]

    def _descriptions(self) -> Iterator[tuple[str, str]]:
        yield urljoin(self._found.start.url, "/.well-known/void"), "/.well-known/void"
        yield urljoin(self._found.start.url, ".well-known/void"), ".well-known/void below the address"
        for link in (*self._found.start.links, *self._found.start_page.links):
            if link.relations & {"describedby", "alternate"} and link.media_type in FORMATS:
                yield link.target, "a link of the start page"
        yield self._found.start.url, "the address itself"
        if self._found.endpoint:
            yield self._found.endpoint, "the service description"

    def _describes_a_dataset(self, address: str) -> bool:
        passed = self._client.follow(address, ANY_RDF, within=self._found.within)
        graph = self._read(passed[-1])
        datasets = [each for kind in DATASETS for each in _typed(graph, kind)] if graph else []
        if not graph or not datasets:
            return False
        self._found.description, self._found.description_url = graph, passed[-1].url
        self._found.dataset = _main(graph, datasets)
        return True

    # ---- a description of the HTTP interface ----

    def openapi(self) -> None:
        """Read the OpenAPI document, where there is one."""
        said = (*self._found.start.links, *self._found.start_page.links)
        linked = [(link.target, "service-desc") for link in said if "service-desc" in link.relations]
        named = self._found.description.objects(None, f"{DCAT}endpointDescription")
        described = [(each.value, "dcat:endpointDescription") for each in named if isinstance(each, ox.NamedNode)]
        usual = [(urljoin(self._found.start.url, "openapi.json"), "a usual address")]
        self._first("openapi", [*linked, *described, *usual], self._is_openapi)

    def _is_openapi(self, address: str) -> bool:
        accept = "application/openapi+json, application/json"
        answer = self._client.follow(address, accept, within=self._found.within)[-1]
        said = answer.json() if answer.is_whole else None
        if not isinstance(said, dict) or not isinstance(said.get("paths"), dict):
            return False
        self._found.openapi = said
        return True

    # ---- a thing ----

    def thing(self) -> None:
        """Find a thing that has a document."""
        if self._hints.thing:
            self._found.thing, self._found.how["thing"] = self._hints.thing, "told"
        else:
            self._found.thing = self._first("thing", self._things(), self._is_described)

    def _things(self) -> Iterator[tuple[str, str]]:
        for each in self._found.description.objects(None, f"{VOID}exampleResource", f"{VOID}rootResource"):
            yield str(getattr(each, "value", "")), "void:exampleResource"
        if urlsplit(self._hints.url).path.strip("/") and self._hints.url != self._found.endpoint:
            yield self._hints.url, "the address itself"
        for document in documents_in(self._client, self._found.start.url, self._found.within, _TRIED // 2):
            yield from ((each, "the sitemap") for each in self._topics(document))
        for address in self._found.start_page.anchors[: 4 * _TRIED]:
            if self._found.within.holds(address) and address != self._found.start.url:
                yield from ((each, "a link of the start page") for each in self._topics(address))
        yield from ((each, "a query") for each in self._subjects())

    def _topics(self, document: str) -> list[str]:
        """Return what a document says it is about: by ``cite-as``, or ``foaf:primaryTopic``."""
        answer = self._client.follow(document, ANY_RDF, within=self._found.within)[-1]
        cited = [link.target for link in answer.linked("cite-as")]
        if cited:
            return cited[:1]
        graph = self._read(answer) if answer.media_type in FORMATS else None
        return [each.value for each in graph.objects(None, PRIMARY_TOPIC)][:1] if graph else []

    def _subjects(self) -> list[str]:
        if not self._found.endpoint:
            return []
        parts = urlsplit(self._found.start.url)
        asked = query("things", base=ox.Literal(f"{parts.scheme}://{parts.netloc}/"))
        answer = self._client.ask(with_fields(self._found.endpoint, {"query": asked}), RESULTS_JSON)
        return [row["thing"] for row in rows_of(answer)]

    def _is_described(self, iri: str) -> bool:
        graph = self._graph(iri)
        return graph is not None and graph.mentions(iri)

    def document(self) -> None:
        """Find the document of the thing, and how the thing leads there."""
        if not self._found.thing:
            return
        passed = self._client.follow(self._found.thing, "text/turtle", within=self._found.within)
        self._found.document = passed[-1].url
        if "#" in self._found.thing:
            self._found.leads = "hash"
        elif len(passed) > 1:
            self._found.leads = "redirect"
            for_people = self._client.follow(self._found.thing, BROWSER, within=self._found.within)[-1]
            self._found.one_document = for_people.url == passed[-1].url
        else:
            self._found.leads = "itself"

    def formats(self) -> None:
        """Find where each format of the document is: announced by links, or told by Content-Location."""
        if not self._found.document:
            return
        for media_type in (*FORMATS, "text/html"):
            answer = self._client.ask(self._found.document, media_type)
            own = answer.content_location
            if answer.is_whole and answer.media_type == media_type and own and own != self._found.document:
                self._found.formats[media_type] = own
            page = page_of(answer).links if media_type == "text/html" else []
            for link in (*answer.links, *page):
                is_format = link.relations & {"describedby", "alternate"} and link.media_type in FORMATS
                if is_format and not link.profile and link.target != self._found.document:
                    self._found.formats.setdefault(link.media_type, link.target)

    # ---- reading ----

    def _graph(self, address: str) -> Graph | None:
        return self._read(self._client.follow(address, ANY_RDF, within=self._found.within)[-1])

    def _read(self, answer: Exchange) -> Graph | None:
        try:
            return self._found.reader.graph(answer)
        except UnreadableError:
            return None


def _typed(graph: Graph, kind: str) -> list[ox.NamedNode]:
    return [each for each in graph.subjects(RDF_TYPE, ox.NamedNode(kind)) if isinstance(each, ox.NamedNode)]


def _main(graph: Graph, datasets: list[ox.NamedNode]) -> str:
    """Return the dataset that a description is about: its topic, or the one of which most is said."""
    topics = graph.objects(None, PRIMARY_TOPIC)
    parts = graph.objects(None, *(f"{VOID}{each}" for each in ("subset", "classPartition", "propertyPartition")))
    whole = [each for each in datasets if each not in parts] or datasets
    sizes = Counter(each.subject for each in graph.triples)
    return max(whole, key=lambda each: (each in topics, sizes[each], each.value)).value


def rows_of(answer: Exchange) -> list[dict[str, str]]:
    """Return the rows of results in JSON, name → value; none where they are no such results."""
    said: Any = answer.json() if answer.is_whole else None
    try:
        found = said["results"]["bindings"]
        return [{name: str(term["value"]) for name, term in row.items()} for row in found]
    except (TypeError, KeyError, AttributeError):
        return []


def needed(value: str, role: str, option: str) -> str:
    """Return ``value``. Raises NotAskedError where it is ``""``: nothing in that role was found."""
    if not value:
        raise NotAskedError(f"no {role} was found; {option} names one")
    return value
