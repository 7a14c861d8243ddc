"""Make content of our own domain, of any size: networks, persons, and who held which role when, each with its quote.

The content is a root as ``metropolis-kg --root`` takes it: ontology, shapes and queries of this checkout, and pages
made here, each a file of Turtle, or all of them one file of N-Quads with as many named graphs. The same arguments give
the same files. A quarter of the statements that are released is written here; the other ones are derived.
"""

import argparse
import gzip
import random
import re
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

import pyoxigraph as ox
import zstandard

REPOSITORY = Path(__file__).resolve().parent.parent
W = "https://w3id.org/metropolis-kg/"
TENURES_PER_PAGE = 200
HUB_QUOTES = 4
"""Pieces of evidence of each claim of a hub."""
ROLES = ("president", "interim-president", "co-president", "member")
KINDS = ("organisation", "person", "role", "organisation-type", "tenure", "evidence", "source")
STANDARD = {
    "dct": "http://purl.org/dc/terms/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "eulang": "http://publications.europa.eu/resource/authority/language/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def prologue() -> str:
    """Return the @prefix lines every page needs."""
    own = {"mkg": f"{W}ns#", "graph": f"{W}graph/"} | {kind: f"{W}id/{kind}/" for kind in KINDS}
    return "".join(f"@prefix {name}: <{space}> .\n" for name, space in sorted((own | STANDARD).items()))


def interval(random_: random.Random) -> str:
    """Return an EDTF interval of year, month or day precision, one in ten with an open end."""
    start = random_.randint(1960, 2015)
    end = start + random_.randint(1, 5)
    form = random_.random()
    if form < 0.1:
        return f"{start}-{random_.randint(1, 12):02}/.."
    if form < 0.5:
        return f"{start}/{end}"
    month = f"{random_.randint(1, 12):02}"
    return f"{start}-{month}/{end}-{month}" if form < 0.8 else f"{start}-{month}-15/{end}-{month}-14"


def tenure(page: str, number: int, random_: random.Random) -> str:
    """Return one person and one tenure with its evidence, as Turtle."""
    slug, role, when = f"{page}-{number}", random_.choice(ROLES), interval(random_)
    quote = f"Person {slug} war von {when} in der Rolle {role}."
    return f"""
person:{slug} a mkg:Person ;
    foaf:name "Person {slug}"@de, "Person {slug}"@en .

tenure:{slug} a mkg:Tenure ;
    org:member person:{slug} ;
    org:organization organisation:{page} ;
    org:role role:{role} ;
    mkg:when "{when}"^^edtf:EDTF ;
    mkg:evidence evidence:{slug} .

evidence:{slug} a mkg:Evidence ;
    mkg:quote "{quote}"@de ;
    mkg:startsAt {number * 100} ;
    mkg:textKind mkg:BodyText .
"""


def page(number: int, tenures: int, random_: random.Random) -> str:
    """Return one page as Turtle: its graph, its source, one network, and ``tenures`` tenures in it."""
    slug = f"network-{number}"
    return page_head(slug) + "".join(tenure(slug, index, random_) for index in range(tenures))


def page_head(slug: str) -> str:
    """Return the graph, the source and the network of a page, as Turtle."""
    number = slug.removeprefix("network-")
    return f"""{prologue()}
graph:{slug} a mkg:PageGraph ;
    dct:title "Seite {number}"@de, "Page {number}"@en ;
    dct:license <https://creativecommons.org/licenses/by/4.0/> ;
    dct:rightsHolder organisation:{slug} ;
    schema:creditText "Erzeugte Daten."@de, "Generated data."@en ;
    mkg:source source:{slug} .

source:{slug} a mkg:SourceSnapshot ;
    dct:title "Seite {number}"@de, "Page {number}"@en ;
    dct:language eulang:DEU ;
    schema:url <https://example.org/{slug}> ;
    mkg:sha256 "{sha256(slug.encode()).hexdigest()}" ;
    mkg:observedNotBefore "2020-11-30"^^xsd:date ;
    mkg:observedNotAfter "2021-12-21"^^xsd:date ;
    mkg:windowBasis "erzeugt"@de, "generated"@en .

organisation:{slug} a mkg:CityNetwork ;
    skos:prefLabel "Netzwerk {number}"@de, "Network {number}"@en ;
    org:classification organisation-type:city-network .
"""


def hub(claims: int, random_: random.Random) -> str:
    """Return a page on which much hangs, as Turtle: one organisation that all its ``claims`` are about.

    One source states all of them, each with four quotes; and every hundredth is about the same person.
    """
    person = '\nperson:hub a mkg:Person ; foaf:name "Person hub"@de, "Person hub"@en .\n'
    return page_head("hub") + person + "".join(_hub_tenure(number, random_) for number in range(claims))


def _hub_tenure(number: int, random_: random.Random) -> str:
    slug, role, when = f"hub-{number}", random_.choice(ROLES), interval(random_)
    person = "hub" if number % 100 == 0 else slug
    resting = ", ".join(f"evidence:{slug}-{each}" for each in range(HUB_QUOTES))
    quotes = "".join(
        f"""
evidence:{slug}-{each} a mkg:Evidence ;
    mkg:quote "Zitat {each}: Person {slug} war von {when} in der Rolle {role}."@de ;
    mkg:startsAt {(number * HUB_QUOTES + each) * 100} ;
    mkg:textKind mkg:BodyText .
"""
        for each in range(HUB_QUOTES)
    )
    return f"""
person:{slug} a mkg:Person ;
    foaf:name "Person {slug}"@de, "Person {slug}"@en .

tenure:{slug} a mkg:Tenure ;
    org:member person:{person} ;
    org:organization organisation:hub ;
    org:role role:{role} ;
    mkg:when "{when}"^^edtf:EDTF ;
    mkg:evidence {resting} .
{quotes}"""


def generate(
    root: Path, tenures: int, seed: int = 1, nquads: str | None = None, hub_claims: int = 0
) -> None:  # fmt: skip
    """Write content with ``tenures`` tenures to ``root``, which must not exist yet.

    ``nquads`` is the suffix of the one file that is to hold all pages (a key of ``COMPRESSED``). There are
    ``hub_claims`` more tenures, all of one organisation.
    """
    for folder in ("ontology", "shapes", "queries"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    pages = root / "data" / "pages"
    pages.mkdir(parents=True)
    text = (REPOSITORY / "data" / "dataset.ttl").read_text(encoding="utf-8")
    examples = re.compile(
        r" *void:exampleResource[^;]*;\n"
    )  # things of the repository's own pages, which are not there
    (root / "data" / "dataset.ttl").write_text(examples.sub("", text), encoding="utf-8")
    if nquads:
        write_nquads(pages / f"networks{nquads}", generated(tenures, seed, hub_claims))
        return
    for slug, text in generated(tenures, seed, hub_claims):
        (pages / f"{slug}.ttl").write_text(text, encoding="utf-8")


def generated(tenures: int, seed: int, hub_claims: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the name and the Turtle of each page."""
    random_ = random.Random(seed)
    for number, done in enumerate(range(0, tenures, TENURES_PER_PAGE)):
        yield f"network-{number}", page(number, min(TENURES_PER_PAGE, tenures - done), random_)
    if hub_claims:
        yield "hub", hub(hub_claims, random_)


def plain(file: BinaryIO) -> BinaryIO:
    """Return what writes to ``file`` without compressing."""
    return file


def by_gzip(file: BinaryIO) -> BinaryIO:
    """Return what compresses to ``file``, the same bytes each time."""
    return cast(BinaryIO, gzip.GzipFile("", "wb", 1, file, mtime=0))


def by_zstandard(file: BinaryIO) -> BinaryIO:
    """Return what compresses to ``file``."""
    return cast(BinaryIO, zstandard.ZstdCompressor(1).stream_writer(file, closefd=False))


COMPRESSED = {".nq": plain, ".nq.gz": by_gzip, ".nq.zst": by_zstandard}


def write_nquads(path: Path, pages: Iterator[tuple[str, str]]) -> None:
    """Write pages, each as a named graph, to one file of N-Quads, compressed as the name says."""
    compressed = COMPRESSED["".join(path.suffixes)]
    with path.open("wb") as file, compressed(file) as stream:
        for slug, text in pages:
            graph = f" <{W}graph/{slug}> .\n".encode()
            triples = ox.serialize(ox.parse(text, format=ox.RdfFormat.TURTLE), format=ox.RdfFormat.N_TRIPLES) or b""
            stream.write(triples.replace(b" .\n", graph))


def main() -> None:
    """Read the arguments and write the content."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="Example: python benchmarks/generate.py big --tenures 200000 --nquads .nq.zst"
    )
    parser.add_argument("root", type=Path, help="folder to make")
    parser.add_argument("--tenures", type=int, default=20_000, help="how many (20000 give about a million statements)")
    parser.add_argument("--nquads", choices=COMPRESSED, help="write all pages to one file of N-Quads, so compressed")
    parser.add_argument("--hub", type=int, default=0, help="more of them, all in one organisation and one source")
    arguments = parser.parse_args()
    generate(arguments.root, arguments.tenures, nquads=arguments.nquads, hub_claims=arguments.hub)


if __name__ == "__main__":
    main()
