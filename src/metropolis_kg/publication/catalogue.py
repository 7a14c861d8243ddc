"""What the document about the dataset says beyond what the data say of it: VoID and DCAT."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg.content import read_text
from metropolis_kg.publication.dcat import dcat, distributed
from metropolis_kg.publication.description import Description, describe, ordered
from metropolis_kg.publication.media_types import N_TRIPLES
from metropolis_kg.publication.own_queries import kept_by_release
from metropolis_kg.publication.statements import triples
from metropolis_kg.publication.void import void
from metropolis_kg.store.release import OpenRelease


def with_catalogue(description: Description, release: OpenRelease, queries: Path) -> Description:
    """Return the description of the dataset with the catalogue it stands in, from the manifest of ``release``.

    ``queries`` is the folder of that name in the content. Of a remote store, nothing is known but where it is. Raises
    what the store raises.
    """
    said = [*void(release), *dcat(release, description)]
    known = {*description.triples, *triples(release, said), *_agents(release, queries)}
    return replace(description, triples=tuple(ordered(known, description.thing)))


def distributions(release: OpenRelease, queries: Path, digest: str, manifest: Mapping[str, Any]) -> list[ox.Triple]:
    """Return the files of the release with this digest and manifest, which is one of the dataset of ``release``.

    Raises what the store raises.
    """
    description = describe(release, queries, release.iri("dataset"))
    return ordered(set(triples(release, distributed(release, description, digest, manifest))), description.thing)


@kept_by_release(4)
def _agents(release: OpenRelease, queries: Path) -> tuple[ox.Triple, ...]:
    """Return what the data say of those who publish the dataset, and of the time it covers."""
    query = read_text(queries / "description" / "dataset.rq")
    dataset = ox.NamedNode(release.iri("dataset"))
    answer = release.service.query(query, N_TRIPLES.media_type, bindings={"thing": dataset})
    return tuple(quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES))
