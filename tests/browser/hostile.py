"""Content and requests that would break out of a page, mislead its reader or burst it, where it does not take care."""

import shutil
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from metropolis_kg.content import FOLDERS
from repository import REPOSITORY

MARKUP = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)><!-- ]]> </title></textarea> \" ' &amp; {{ 7*7 }}"
)
DIRECTION = "\u202egnp.exe\u2066 \u05e9\u05dc\u05d5\u05dd \u2067"
"""Overrides and isolates that nobody closes, and letters that run from right to left."""

PILE = "\u0351\u036b\u0343\u036a\u0302" * 3
STRANGE = f"\u200b\u200d\ufeff\u00ad Z{PILE}a\u0001\u0007 \U0001f469\u200d\U0001f4bb"
"""What has no width, what piles up, what controls, and what is several characters but one sign."""

TEXT = f"{MARKUP} {DIRECTION} {STRANGE}"
UNBROKEN, BROKEN = "W" * 10_000, "Wort " * 2_000
SCRIPTS = ("javascript:alert(3)", "data:text/html,<script>alert(4)</script>".replace("<", "%3C").replace(">", "%3E"))

PREFIXES = "https://w3id.org/metropolis-kg/id/"
LONG = {
    f"{PREFIXES}organisation/metropolis": UNBROKEN,
    f"{PREFIXES}place/berlin": BROKEN,
    f"{PREFIXES}person/michael-mueller": UNBROKEN,
    f"{PREFIXES}evidence/berlin-metropolis-f31": UNBROKEN,
    f"{PREFIXES}source/berlin-metropolis": BROKEN,
    f"{PREFIXES}event/metropolis-annual-meeting-2018": UNBROKEN,
}
"""Things whose texts are long as well."""

ADDRESSES = {"https://schema.org/url", "http://www.w3.org/2000/01/rdf-schema#seeAlso"}
SEE_ALSO = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#seeAlso")

ASKED = {
    "search": "/search?q={}",
    "search by a kind": "/search?q=Metropolis&kind={}",
    "page of a search": "/search?q=Metropolis&page={}",
    "day": "/at/{}",
    "day of a thing": "/doc/organisation/metropolis?at={}",
    "day asked for": "/at?at={}",
    "language": "/doc/place/berlin?lang={}",
    "argument": "/query/who-led?at=2018-03-15&organisation={}",
    "day of a question": "/query/who-led?at={}",
    "query": "/sparql?query={}",
    "document": "/doc/place/{}",
    "citation": "/cite/place/{}",
    "neighbourhood": "/neighbourhood/place/{}",
    "versions": "/timemap/doc/place/{}",
    "question": "/query/{}",
    "elsewhere": "/{}",
}
"""What a request can say, and where."""


def asked(kind: str) -> str:
    """Return the address that says what is hostile."""
    return ASKED[kind].format(quote(f"{MARKUP} {DIRECTION} javascript:alert(3) {'W' * 1_000}", safe=""))


def copy_with_hostile_texts(root: Path) -> None:
    """Copy the content, and write something hostile behind each text and at each address that shapes let pass."""
    for folder in FOLDERS:
        shutil.copytree(REPOSITORY / folder, root / folder)
    for file in (root / "data").rglob("*.ttl"):
        quads = list(ox.parse(path=file, format=ox.RdfFormat.TURTLE))
        changed = [ox.Quad(each.subject, each.predicate, _changed(each)) for each in quads]
        things = {each.subject for each in quads if str(each.subject.value) in LONG}
        also = [ox.Quad(thing, SEE_ALSO, ox.NamedNode(script)) for thing in things for script in SCRIPTS]
        ox.serialize([*changed, *also], file, format=ox.RdfFormat.TURTLE)


def _changed(quad: ox.Quad) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
    value = quad.object
    if quad.predicate.value in ADDRESSES:
        return ox.NamedNode(SCRIPTS[0])
    if isinstance(value, ox.Literal) and value.language:
        return ox.Literal(
            f"{value.value} {TEXT} {LONG.get(str(quad.subject.value), '')}".strip(), language=value.language
        )
    return value
