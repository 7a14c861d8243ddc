"""Sitemaps (sitemaps.org), as far as they lead to documents."""

import re
from html import unescape
from urllib.parse import urljoin

from metropolis_kg.doctor.client import Client, Origins
from metropolis_kg.doctor.exchange import Exchange

_PLACE = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>")
_NAMED = re.compile(r"(?im)^sitemap:\s*(\S+)")


def sitemap_of(client: Client, start: str, within: Origins) -> Exchange:
    """Return the sitemap that robots.txt names, or the one at the usual address."""
    robots = client.ask(urljoin(start, "/robots.txt"))
    named = _NAMED.search(robots.text) if robots.is_whole else None
    address = named[1] if named and within.holds(named[1]) else urljoin(start, "sitemap.xml")
    return client.follow(address, within=within)[-1]


def places(sitemap: Exchange) -> list[str]:
    """Return the addresses that a sitemap, or an index of sitemaps, lists."""
    return [unescape(each) for each in _PLACE.findall(sitemap.text)] if sitemap.is_whole else []


def documents_in(client: Client, start: str, within: Origins, most: int) -> list[str]:
    """Return some documents from the middle of the sitemap, or of the first that an index lists."""
    sitemap = sitemap_of(client, start, within)
    found = places(sitemap)
    if "<sitemapindex" in sitemap.text[:2000]:
        inner = [client.ask(each) for each in found[:1] if within.holds(each)]
        found = [place for each in inner for place in places(each)]
    middle = len(found) // 2
    return found[middle : middle + most]
