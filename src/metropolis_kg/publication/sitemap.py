"""Sitemaps (sitemaps.org 0.9): an index, and pages of the addresses of every HTML document in every language."""

from collections.abc import Iterator
from itertools import islice

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
    number = -(-sum(1 for _ in _addresses(release)) // DOCUMENTS_A_PAGE)
    pages = (
        f"<sitemap><loc>{release.iri(f'sitemap/{page}.xml')}</loc>{_changed(release)}</sitemap>\n"
        for page in range(1, number + 1)
    )
    return f'{_OPEN}<sitemapindex xmlns="{_SCHEMA}">\n{"".join(pages)}</sitemapindex>\n'.encode()


def sitemap_page(release: OpenRelease, page: int) -> bytes | None:
    """Return a page of the sitemap, counted from 1; none where there is no such page."""
    addresses = list(islice(_addresses(release), max(page - 1, 0) * DOCUMENTS_A_PAGE, page * DOCUMENTS_A_PAGE))
    if not addresses:
        return None
    entries = "".join(_entries(release, address) for address in addresses)
    opening = f'<urlset xmlns="{_SCHEMA}" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    return f"{_OPEN}{opening}\n{entries}</urlset>\n".encode()


def _addresses(release: OpenRelease) -> Iterator[str]:
    """Yield the paths of all pages; of a remote store, and of a release of an older program, no things are known."""
    yield from _PAGES
    if release.folder:
        yield "data/"
    for name in NAMED_APART:
        yield f"doc/{name}.html"
    things = release.folder / THINGS if release.folder else None
    if things and things.is_file():
        with things.open(encoding="utf-8") as lines:
            for line in lines:
                yield f"{document_path(line.rstrip())}.html"


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
