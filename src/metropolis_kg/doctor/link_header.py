"""Web links as headers and pages carry them (RFC 8288)."""

import re
from dataclasses import dataclass

from metropolis_kg.doctor.addresses import joined

_PARAMETER = r"""\s*;\s*[\w!#$&+^`|~*.-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*+"|[^\s;,"]*+))?"""
_LINK = re.compile(rf"<([^>]*)>((?:{_PARAMETER})*+)")
_NAMED = re.compile(r"""([\w!#$&+^`|~*.-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*+)"|([^\s;,"]*+))""")


@dataclass(frozen=True)
class Link:
    """A link: where it leads, what it means, and what is there."""

    target: str
    relations: frozenset[str]
    media_type: str = ""
    profile: str = ""
    anchor: str = ""


def links_of(header: str, base: str) -> tuple[Link, ...]:
    """Return the links that a ``Link`` header or a document of type ``application/linkset`` holds.

    >>> [(link.target, sorted(link.relations)) for link in links_of('<x>; rel="a b"; type="text/turtle"', "http://e.org/")]
    [('http://e.org/x', ['a', 'b'])]
    """
    return tuple(_link(target, parameters, base) for target, parameters in _LINK.findall(header))


def _link(target: str, parameters: str, base: str) -> Link:
    said = {name.lower(): quoted or bare for name, quoted, bare in reversed(_NAMED.findall(parameters))}
    relations = frozenset(said.get("rel", "").lower().split())
    anchor = joined(base, said["anchor"]) if "anchor" in said else base
    return Link(joined(base, target), relations, said.get("type", "").lower(), said.get("profile", ""), anchor)
