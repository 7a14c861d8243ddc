"""A history to test with: four publications; the third takes the second back, the fourth brings it again."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from metropolis_kg.content import FOLDERS, Content, find_content
from metropolis_kg.curation.build import build
from metropolis_kg.curation.release import Releases

COUNT = "count/metropolis-member-cities-141"
PAGE = "data/pages/berlin-metropolis.ttl"
PREFIXES = """
@prefix dct: <http://purl.org/dc/terms/> .
@prefix graph: <https://w3id.org/metropolis-kg/graph/> .
@prefix mkg: <https://w3id.org/metropolis-kg/ns#> .
@prefix organisation: <https://w3id.org/metropolis-kg/id/organisation/> .
@prefix place: <https://w3id.org/metropolis-kg/id/place/> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix source: <https://w3id.org/metropolis-kg/id/source/> .
"""
GRAPH = """
    dct:title "Probe"@de , "Trial"@en ;
    dct:license <https://creativecommons.org/licenses/by/4.0/> ;
    dct:rightsHolder organisation:metropolis-kg-maintainers ;
    schema:creditText "Probe"@de , "Trial"@en .
"""
TRIAL = f"{PREFIXES}graph:trial a mkg:EnrichmentGraph ; mkg:source source:trial ;{GRAPH}"
SOURCE = 'source:trial a mkg:Source ; dct:title "Probe"@de , "Trial"@en .\n'
RETIRED = (
    f"{PREFIXES}graph:retired a mkg:DatasetGraph ;{GRAPH}"
    """
place:merged a mkg:RetiredThing ; dct:isReplacedBy place:between .
place:between a mkg:RetiredThing ; dct:isReplacedBy place:kept .
place:mistaken a mkg:RetiredThing ; skos:prefLabel "Irrtum"@de , "Mistake"@en ;
    mkg:note "Den Ort gab es nie."@de , "There never was such a place; \\"quoted\\" <b>."@en .
"""
)


def place(name: str) -> str:
    return f'place:{name} a dct:Location ; skos:prefLabel "{name} (Ort)"@de , "{name}"@en .\n'


def copied(content: Content, root: Path) -> Path:
    """Return ``root`` with a copy of the content."""
    for folder in FOLDERS:
        shutil.copytree(content.root / folder, root / folder)
    return root


def publish_history(content: Content, root: Path, base: str) -> Path:
    """Build a copy of the content twice below ``root``, switch back and forth, and return the folder of releases.

    First there are the places ``merged``, ``mistaken``, ``lost`` and ``kept``, and 141 cities; then ``kept`` and
    ``new``, and 777.
    """
    trial = copied(content, root) / "data" / "enrichment" / "trial.ttl"
    places = [place(name) for name in ("merged", "mistaken", "lost", "kept")]
    trial.write_text(TRIAL + SOURCE + "".join(places), encoding="utf-8")
    first = build(find_content(root), root / "var", base)
    assert first.release, first.findings
    trial.write_text(TRIAL + SOURCE + place("kept") + place("new"), encoding="utf-8")
    (root / "data" / "retired.ttl").write_text(RETIRED, encoding="utf-8")
    page = root / PAGE
    page.write_text(page.read_text(encoding="utf-8").replace("schema:value 141", "schema:value 777"), encoding="utf-8")
    second = build(find_content(root), root / "var", base)
    assert second.release, second.findings
    releases = Releases(root / "var")
    releases.switch(first.release)
    releases.switch(second.release)
    return root / "var"


@dataclass(frozen=True)
class Link:
    """A link of a Link header (RFC 8288) or of a TimeMap."""

    target: str
    parameters: Mapping[str, str]


def links(text: str) -> dict[str, list[Link]]:
    """Return relation → links, in order."""
    found: dict[str, list[Link]] = {}
    for target, rest in re.findall(r'<([^>]*)>((?:\s*;\s*[\w*-]+="[^"]*")*)', text):
        link = Link(target, dict(re.findall(r'([\w*-]+)="([^"]*)"', rest)))
        for relation in link.parameters.get("rel", "").split():
            found.setdefault(relation, []).append(link)
    return found
