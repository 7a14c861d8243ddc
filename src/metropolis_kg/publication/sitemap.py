"""Sitemaps (sitemaps.org 0.9): an index, and pages of the addresses of every HTML document in every language."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from metropolis_kg.model.dataset import THINGS
from metropolis_kg.model.identifiers import document_path
from metropolis_kg.publication.negotiation import LANGUAGES
from metropolis_kg.publication.reading import NAMED_APART
from metropolis_kg.store.release import OpenRelease

MEDIA_TYPE = "application/xml"

DOCUMENTS_A_PAGE = 5_000
"""Each has an entry in every language; 50,000 entries and 50 MB are the most there may be."""

_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
_OPEN = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PAGES = ("", "about", "query/", "doc/shapes.html")
"""Pages that are no document about a thing."""


def sitemap_index(release: OpenRelease) -> bytes:
    """Return the index: as many pages as there are documents."""
    number = -(-(len(_first(release)) + _count(release)) // DOCUMENTS_A_PAGE)
    pages = (
        f"<sitemap><loc>{release.iri(f'sitemap/{page}.xml')}</loc>{_changed(release)}</sitemap>\n"
        for page in range(1, number + 1)
    )
    return f'{_OPEN}<sitemapindex xmlns="{_SCHEMA}">\n{"".join(pages)}</sitemapindex>\n'.encode()


def sitemap_page(release: OpenRelease, page: int) -> bytes | None:
    """Return a page of the sitemap, counted from 1; none where there is no such page."""
    start = max(page - 1, 0) * DOCUMENTS_A_PAGE
    addresses = list(_addresses(release, start, page * DOCUMENTS_A_PAGE))
    if not addresses:
        return None
    entries = "".join(_entries(release, address) for address in addresses)
    opening = f'<urlset xmlns="{_SCHEMA}" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    return f"{_OPEN}{opening}\n{entries}</urlset>\n".encode()


def _addresses(release: OpenRelease, start: int, stop: int) -> Iterator[str]:
    """Yield the paths of the pages from ``start`` to ``stop``, that one excluded, in the order of all."""
    first = _first(release)
    yield from first[start:stop]
    if things := _things(release):
        with things.open("rb") as lines:
            for line in islice(lines, max(start - len(first), 0), max(stop - len(first), 0)):
                yield f"{document_path(line.decode().rstrip())}.html"


def _first(release: OpenRelease) -> Sequence[str]:
    """Return the paths of the pages that are about no single thing."""
    return [*_PAGES, *(["data/"] if release.folder else []), *(f"doc/{name}.html" for name in NAMED_APART)]


def _count(release: OpenRelease) -> int:
    """Return how many things there are, by the ends of lines."""
    things = _things(release)
    if things is None:
        return 0
    with things.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def _things(release: OpenRelease) -> Path | None:
    """Return the file that names all things; none of a remote store, and of a release of an older program."""
    things = release.folder / THINGS if release.folder else None
    return things if things and things.is_file() else None


def _entries(release: OpenRelease, path: str) -> str:
    """Return one entry for each language, each of which names all of them (and so itself, as search engines demand)."""
    address = release.iri(path)
    versions = {each: f"{address}?lang={each}" for each in LANGUAGES} | {"x-default": address}
    inner = _changed(release) + "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{href}"/>' for language, href in versions.items()
    )
    return "".join(f"<url><loc>{address}?lang={each}</loc>{inner}</url>\n" for each in LANGUAGES)


def _changed(release: OpenRelease) -> str:
    return f"<lastmod>{release.created}</lastmod>" if release.created else ""
