"""Statements of bulk sources whose values the store keeps otherwise, so that they are judged as they were written."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.rewritten import Rewritten, stored_forms
from metropolis_kg.curation.steps import End
from metropolis_kg.model.dataset import Dataset

FOLLOWED = 100_000
"""Up to how many such statements there are they are judged as written."""


def as_written(dataset: Dataset, spool: Path | None, forms: Mapping[bytes, End]) -> Rewritten | None:
    """Return which statements the store keeps otherwise; none where they are too many.

    ``spool`` has the statements of the bulk sources, and ``forms`` what the store keeps of their values. It is read
    again only where there are such, here or in what is held: once for them, once for what then looks the same.
    """
    held = stored_forms(quad.object for quad in dataset.quads())
    if not (forms or held):
        return Rewritten()
    if spool is None:
        return Rewritten(dataset.quads())
    written = list(islice(_with_values(spool, set(forms)), FOLLOWED + 1))
    if len(written) > FOLLOWED:
        return None
    changed = {_property(line) for line in written}
    changed |= {f"{quad.subject} {quad.predicate}".encode() for quad in dataset.quads() if quad.object in held}
    kept = {str(term).encode() for term in chain(forms.values(), held.values())}
    alike = [line for line in _with_values(spool, kept) if _property(line) in changed]
    return Rewritten(chain(dataset.quads(), ox.parse(b"".join((*written, *alike)), format=ox.RdfFormat.N_QUADS)))


def _with_values(spool: Path, values: set[bytes]) -> Iterator[bytes]:
    with spool.open("rb") as lines:
        for line in lines if values else ():
            if line.split(b" ", 2)[2].rsplit(b" ", 2)[0] in values:
                yield line


def _property(line: bytes) -> bytes:
    return b" ".join(line.split(b" ", 2)[:2])
