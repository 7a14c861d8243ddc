"""The one table of the kinds of files that are sources: by the end of their name, how each is read."""

from collections.abc import Mapping
from pathlib import Path

from metropolis_kg.curation.bulk.blocks import Stream
from metropolis_kg.curation.bulk.nquads import read_nquads

TURTLE = ".ttl"
"""Written by stewards: read whole and held, every statement with its place in the text."""

STREAMED: Mapping[str, Stream] = {".nq": read_nquads, ".nq.gz": read_nquads, ".nq.zst": read_nquads}
"""Written by programs, of any size: read as a stream."""

TABLES = (".csv",)
"""Tables, each with its mapping beside it: read as a stream too, after the others, whose things they name."""

SUFFIXES = (TURTLE, *STREAMED, *TABLES)


def suffix_of(path: Path) -> str | None:
    """Return by which end of its name ``path`` is a source; none where it is none.

    >>> suffix_of(Path("data/networks.nq.gz")), suffix_of(Path("data/README.md"))
    ('.nq.gz', None)
    """
    return next((suffix for suffix in SUFFIXES if path.name.endswith(suffix)), None)


def source_name(path: Path) -> str:
    """Return what a source is called: the name of its file without the suffix.

    >>> source_name(Path("data/networks.nq.gz"))
    'networks'
    """
    return path.name.removesuffix(suffix_of(path) or "")
