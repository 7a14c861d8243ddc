"""The dataset as files."""

import zlib
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

import pyoxigraph as ox

from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.caching import is_strong, keeps_for
from metropolis_kg.doctor.dataset import LARGEST_FILE
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, expect
from metropolis_kg.doctor.graphs import ANY_RDF, JSON_LD, N_QUADS, TRIG, TURTLE
from metropolis_kg.doctor.names import said
from metropolis_kg.doctor.terms import DCAT, VOID

_KINDS = {
    N_QUADS: (".nq", ".nquads"),
    TRIG: (".trig",),
    TURTLE: (".ttl", ".turtle"),
    JSON_LD: (".jsonld", ".json"),
}
_PACKED = (".gz", ".zst", ".bz2", ".xz", ".zip")
_DAY = 24 * 3600


@asks("D3")
def dumps(asking: Asking) -> Iterator[Finding]:
    """The dataset can be loaded as files: in each syntax, compressed, in parts, the same as long as it is the same."""
    files = _files(asking)
    about = asking.get(
        asking.publisher.description_url or urljoin(asking.publisher.start.url, "/.well-known/void"), ANY_RDF
    )
    yield expect(about, files, "files are told of by void:dataDump or dcat:downloadURL", "none is")
    if not files:
        return
    names = {each: urlsplit(each).path.lower() for each in files}
    for media_type, endings in _KINDS.items():
        there = any(name.removesuffix(packed).endswith(endings) for name in names.values() for packed in ("", *_PACKED))
        yield expect(about, there, f"there is a file in {media_type}", "there is none")
    yield expect(
        about, any(name.endswith(_PACKED) for name in names.values()), "there are compressed files", "there are none"
    )
    packed = min(files, key=lambda each: (not names[each].endswith(".gz"), each))
    yield from _one(asking, packed)
    for url in [each for each, name in names.items() if name.endswith(_KINDS[N_QUADS])][:1]:
        yield from _canonical(asking, url)


def _files(asking: Asking) -> list[str]:
    graph = asking.publisher.description
    found = graph.objects(None, f"{VOID}dataDump", f"{DCAT}downloadURL")
    addresses = {each.value for each in found if isinstance(each, ox.NamedNode)}
    return sorted(each for each in addresses if asking.publisher.within.holds(each))


def _one(asking: Asking, url: str) -> Iterator[Finding]:
    head = asking.client.ask(url, method="HEAD")
    length = head.header("Content-Length")
    yield expect(
        head, head.status == 200 and length.isdecimal(), "a file has Content-Length", said(head, "Content-Length")
    )
    yield expect(head, is_strong(head.header("ETag")), "a file has a strong entity tag", said(head, "ETag"))
    yield expect(
        head,
        not head.header("Content-Encoding"),
        "a .gz has no Content-Encoding, or clients unpack it",
        said(head, "Content-Encoding"),
    )
    has_version = keeps_for(head) > _DAY
    yield expect(head, has_version or head.header("Cache-Control"), "it says how long it may be kept", "it does not")
    part = asking.get(url, range="bytes=0-9")
    yield expect(part, part.status == 206 and len(part.body) == 10, "a range of bytes is 206")
    yield expect(
        part, part.header("Content-Range") == f"bytes 0-9/{length}", "with Content-Range", said(part, "Content-Range")
    )
    beyond = asking.get(url, range=f"bytes={length or 1}-")
    yield expect(beyond, beyond.status == 416, "a range beyond the end is 416")
    if length.isdecimal() and int(length) <= LARGEST_FILE:
        loads = [asking.client.ask(url, most=LARGEST_FILE, seconds=30, fresh=True) for _ in range(2)]
        yield expect(loads[1], loads[0].body == loads[1].body and loads[0].is_whole, "loaded twice, it is the same")
        yield expect(loads[0], not url.endswith(".gz") or _unpacks(loads[0].body), "it can be unpacked", "it cannot")


def _unpacks(body: bytes) -> bool:
    try:
        zlib.decompressobj(wbits=31).decompress(body, 1 << 20)
    except zlib.error:
        return False
    return True


def _canonical(asking: Asking, url: str) -> Iterator[Finding]:
    head = asking.client.ask(url, method="HEAD")
    length = head.header("Content-Length")
    if not length.isdecimal() or int(length) > LARGEST_FILE:
        return
    answer: Exchange = asking.client.ask(url, most=LARGEST_FILE, seconds=30)
    lines = answer.body.splitlines(keepends=True)
    is_sorted = answer.is_whole and all(one < other for one, other in pairwise(lines))
    yield expect(answer, is_sorted, "N-Quads are canonical: each line once, in order (RDFC-1.0)", "they are not")
