"""Content whose pages are put into one bulk source."""

import gzip
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.model.namespaces import CANONICAL_BASE


def into_bulk(root: Path, folder: str = "data") -> Path:
    """Put all pages and enrichment below ``folder`` into one bulk source, each as a named graph; return its path."""
    files = [path for path in sorted((root / folder).rglob("*.ttl")) if path.name != "dataset.ttl"]
    lines = b""
    for path in files:
        triples = ox.serialize(ox.parse(path=path, format=ox.RdfFormat.TURTLE), format=ox.RdfFormat.N_TRIPLES) or b""
        lines += triples.replace(b" .\n", f" <{CANONICAL_BASE}graph/{path.stem}> .\n".encode())
        path.unlink()
    bulk = root / "data" / "networks.nq.gz"
    bulk.write_bytes(gzip.compress(lines))
    return bulk
