"""What is said about the dataset as a whole, and how crawlers find its parts."""

import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox

from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, expect, left_out
from metropolis_kg.doctor.graphs import ANY_RDF, FORMATS, Graph
from metropolis_kg.doctor.queries import query
from metropolis_kg.doctor.sitemap import places, sitemap_of
from metropolis_kg.doctor.terms import DCAT, DCT, RDF_TYPE, SPDX, VOID

LARGEST_FILE = 16 << 20
"""Bytes up to which a file is loaded to compare its checksum."""

_COUNTABLE = 20_000_000
_SAMPLE = 3
_NEEDED = {
    f"{DCAT}Catalog": ("title", "description", "publisher"),
    f"{DCAT}Dataset": ("title", "description"),
    f"{DCAT}DataService": ("title",),
}
"""What DCAT-AP 3 makes mandatory, by class: properties of Dublin Core."""


@asks("D1")
def void_counts(asking: Asking) -> Iterator[Finding]:
    """``/.well-known/void`` leads to VoID (its section 7.2), whose numbers are those that SPARQL counts."""
    address = urljoin(asking.publisher.start.url, "/.well-known/void")
    last = asking.client.follow(address, ANY_RDF, within=asking.publisher.within)[-1]
    yield expect(last, last.is_whole and last.media_type in FORMATS, "/.well-known/void leads to RDF")
    graph, dataset = asking.publisher.description, ox.NamedNode(asking.publisher.dataset or last.url)
    yield expect(last, asking.publisher.dataset, "a dataset is described", "none is")
    triples = _number(graph, dataset, "triples")
    yield expect(last, triples is not None, "void:triples says how many statements there are", "it does not")
    for part in ("classPartition", "propertyPartition"):
        yield expect(last, graph.objects(dataset, f"{VOID}{part}"), f"there is a void:{part}", "there is none")
    if not asking.publisher.endpoint or (triples or 0) > _COUNTABLE:
        yield left_out("the numbers are those that SPARQL counts", "there is no endpoint, or too much to count")
    elif triples is not None:
        yield from _counted(asking, last, dataset, triples)


def _number(graph: Graph, node: Any, name: str) -> int | None:
    is_node = isinstance(node, ox.NamedNode | ox.BlankNode)
    found = [each.value for each in graph.objects(node, f"{VOID}{name}")] if is_node else []
    return int(found[0]) if found and found[0].isdecimal() else None


def _counted(asking: Asking, answer: Exchange, dataset: ox.NamedNode, triples: int) -> Iterator[Finding]:
    graph = asking.publisher.description
    count = asking.number(query("count"))
    yield expect(answer, count == triples, "void:triples is what SPARQL counts", f"{triples} is said, {count} counted")
    for part, term, number, name in (
        ("classPartition", "class", "entities", "count_class"),
        ("propertyPartition", "property", "triples", "count_property"),
    ):
        for node in graph.objects(dataset, f"{VOID}{part}")[:_SAMPLE]:
            of = graph.objects(node, f"{VOID}{term}")
            told = _number(graph, node, number)
            if not of or told is None:
                yield expect(answer, False, f"each void:{part} has void:{term} and void:{number}", "one has not")
                continue
            count = asking.number(query(name, **{term: of[0]}))
            yield expect(
                answer,
                count == told,
                f"void:{number} of {of[0].value} is what SPARQL counts",
                f"{told}, counted {count}",
            )


@asks("D2")
def catalogue(asking: Asking) -> Iterator[Finding]:
    """The dataset is described in DCAT-AP, by negotiation, and its files are what is said of them."""
    dataset, graph = asking.publisher.dataset, asking.publisher.description
    last = asking.get(
        asking.publisher.description_url or urljoin(asking.publisher.start.url, "/.well-known/void"), ANY_RDF
    )
    yield expect(last, dataset, "the dataset is described", "no description was found")
    if not dataset:
        return
    if asking.publisher.within.holds(dataset):
        passed = asking.client.follow(dataset.partition("#")[0], ANY_RDF, within=asking.publisher.within)
        last = passed[-1]
        yield expect(
            last, last.is_whole and last.media_type in FORMATS, "the dataset's IRI leads to its description in RDF"
        )
        page = asking.client.follow(dataset.partition("#")[0], "text/html", within=asking.publisher.within)[-1]
        yield expect(page, page.is_whole and page.media_type == "text/html", "and to one for people")
    for kind, properties in _NEEDED.items():
        nodes = graph.subjects(RDF_TYPE, ox.NamedNode(kind))
        yield expect(last, nodes, f"there is a {_local(kind)}", "there is none")
        lacking = {name for node in nodes for name in properties if not graph.objects(node, f"{DCT}{name}")}
        yield expect(
            last,
            not lacking,
            f"each {_local(kind)} has what DCAT-AP demands",
            f"without dct:{', dct:'.join(sorted(lacking))}",
        )
    yield from _distributions(asking, last)


def _local(term: str) -> str:
    return f"dcat:{term.removeprefix(DCAT)}"


def _distributions(asking: Asking, answer: Exchange) -> Iterator[Finding]:
    graph = asking.publisher.description
    files = graph.subjects(RDF_TYPE, ox.NamedNode(f"{DCAT}Distribution"))
    yield expect(answer, files, "there is a dcat:Distribution", "there is none")
    for node in files:
        yield expect(
            answer, graph.objects(node, f"{DCAT}accessURL"), "each distribution has dcat:accessURL", "one has none"
        )
        addresses = graph.objects(node, f"{DCAT}downloadURL")
        if addresses and asking.publisher.within.holds(addresses[0].value):
            yield from _file(asking, node, addresses[0].value)


def _file(asking: Asking, node: ox.NamedNode, url: str) -> Iterator[Finding]:
    graph = asking.publisher.description
    head = asking.client.ask(url, method="HEAD")
    yield expect(head, head.status == 200, "dcat:downloadURL leads to a file")
    media, packed = (_media_type(graph, node, each) for each in ("mediaType", "compressFormat"))
    stated = packed or media
    yield expect(head, not stated or head.media_type == stated, f"its type is {stated}, as stated")
    size = next((each.value for each in graph.objects(node, f"{DCAT}byteSize")), "")
    length = head.header("Content-Length")
    yield expect(
        head, not size or length == size.partition(".")[0], f"its size is {size}, as stated", length or "no length"
    )
    sums = [
        each.value
        for one in graph.objects(node, f"{SPDX}checksum")
        for each in graph.objects(one, f"{SPDX}checksumValue")
    ]
    if sums and len(sums[0]) == 64 and length.isdecimal() and int(length) <= LARGEST_FILE // 8:
        loaded = asking.client.ask(url, most=LARGEST_FILE, seconds=30)
        found = hashlib.sha256(loaded.body).hexdigest()
        yield expect(loaded, found == sums[0].lower(), "its SHA-256 is as stated", found)


def _media_type(graph: Graph, node: ox.NamedNode, name: str) -> str:
    found = [each.value for each in graph.objects(node, f"{DCAT}{name}")]
    return found[0].rpartition("media-types/")[2].lower() if found else ""


@asks("D4")
def for_crawlers(asking: Asking) -> Iterator[Finding]:
    """Crawlers find the documents, when each changed, what not to fetch, and what all this is."""
    start = asking.publisher.start.url
    sitemap = sitemap_of(asking.client, start, asking.publisher.within)
    found = places(sitemap)
    yield expect(
        sitemap,
        found,
        "there is a sitemap that lists addresses",
        sitemap.came if not sitemap.is_whole else "it lists none",
    )
    yield expect(sitemap, "<lastmod>" in sitemap.text, "it says when they changed (lastmod)", "it does not")
    for place in found[:1]:
        if asking.publisher.within.holds(place):
            listed = asking.client.follow(place, within=asking.publisher.within)[-1]
            yield expect(listed, listed.status == 200, "what it lists is there")
    for name in ("/robots.txt", "/llms.txt"):
        address = urljoin(start, name)
        answer = asking.get(address)
        if not answer.is_whole:
            answer = asking.get(urljoin(start, name[1:]))
        yield expect(answer, answer.is_whole and answer.media_type.startswith("text/"), f"there is {name}")
