"""The sitemap in pages: each document is on one of them, and a page needs no other to be read."""

import re

import pytest

from metropolis_kg.model.dataset import THINGS
from metropolis_kg.model.identifiers import document_path
from metropolis_kg.publication.sitemap import sitemap_index, sitemap_page
from metropolis_kg.store.release import OpenRelease


@pytest.mark.parametrize("size", [3, 50, 100_000])
def test_every_document_is_on_one_page_and_the_index_names_all_pages(
    opened: OpenRelease, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("metropolis_kg.publication.sitemap.DOCUMENTS_A_PAGE", size)
    assert opened.folder
    things = (opened.folder / THINGS).read_text(encoding="utf-8").split()
    pages = [sitemap_page(opened, number) for number in range(1, sitemap_index(opened).count(b"<loc>") + 1)]
    found = [re.findall(r'hreflang="x-default" href="([^"]+)"', (page or b"").decode())[::2] for page in pages]
    every = [address for page in found for address in page]
    documents = {opened.iri(f"{document_path(thing)}.html") for thing in things}
    assert len(every) == len(set(every))
    assert documents < set(every)
    assert len(set(every) - documents) == 8
    assert {len(page) for page in found[:-1]} <= {size}
    assert sitemap_page(opened, len(pages) + 1) is None
