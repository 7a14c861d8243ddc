"""Releases of any dataset, frozen and published as ``build`` does, without stewards' content."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import find_content
from metropolis_kg.curation.release import DATASET, MANIFEST, STORE, Release, Releases
from metropolis_kg.model.identifiers import Rebase
from metropolis_kg.model.namespaces import read_prefixes
from repository import REPOSITORY


def publish(quads: Iterable[ox.Quad], var: Path, base: str) -> Release:
    """Freeze ``quads`` as a release under ``base``, publish it below ``var`` and return it."""
    folder = var / "building"
    folder.mkdir(parents=True)
    store = ox.Store(folder / STORE)
    store.extend(quads)
    store.flush()
    dataset = b"".join(sorted((store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)))
    del store
    digest = hashlib.sha256(dataset).hexdigest()
    (folder / DATASET).write_bytes(dataset)
    (folder / MANIFEST).write_text(json.dumps(_manifest(digest, dataset.count(b"\n"), base)), encoding="utf-8")
    releases = Releases(var)
    release = releases.adopt(folder, digest)
    releases.switch(release)
    return release


def _manifest(digest: str, quads: int, base: str) -> dict[str, object]:
    prefixes = read_prefixes(find_content(REPOSITORY).prefixes_file, Rebase(base).literal)
    return {
        "digest": digest,
        "base": base,
        "quads": quads,
        "created": "2018-03-15T12:00:00+00:00",
        "prefixes": prefixes,
        "difference": {"added": quads, "removed": 0},
        "dumps": {},
    }
