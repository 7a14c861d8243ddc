"""A release, open in this process, and what its documents say."""

import json

import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.release import Release
from metropolis_kg.publication.description import Description, describe
from metropolis_kg.publication.documents import with_document
from metropolis_kg.store.release import OpenRelease, open_embedded


@pytest.fixture(scope="session")
def opened(release: Release) -> OpenRelease:
    """The release of the repository's own content, open."""
    return open_embedded(release.path / "store", release.manifest)


@pytest.fixture(scope="session")
def documents(opened: OpenRelease, content: Content) -> list[Description]:
    """Every thing that has a document, described as that does."""
    query = "SELECT DISTINCT ?s { ?s ?p ?o FILTER(ISIRI(?s) && !CONTAINS(STR(?s), '#')) }"
    rows = json.loads(opened.service.query(query, "application/sparql-results+json"))["results"]["bindings"]
    named = [row["s"]["value"] for row in rows if row["s"]["value"].startswith(opened.base)]
    return [_document(opened, content, iri) for iri in [*named, opened.prefixes["mkg"]]]


def _document(opened: OpenRelease, content: Content, iri: str) -> Description:
    name = iri.removeprefix(opened.base).removeprefix("id/")
    return with_document(describe(opened, content.queries, iri), opened, opened.iri(f"doc/{name}"))
