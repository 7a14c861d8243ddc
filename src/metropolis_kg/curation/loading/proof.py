"""Whether a store has what was loaded into it: by count, and by the digest of what it gives back.

A store may keep some literals otherwise than they were written (``01`` as ``1``). That is taken for the same where it
is just what the embedded store makes of them; anything else is not.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.loading.statements import batches
from metropolis_kg.curation.loading.target import Target
from metropolis_kg.errors import ReleaseError
from metropolis_kg.store.sorted_lines import SortedLines

_CHUNK = 20_000
_TYPED = b'"^^<'


@dataclass(frozen=True)
class Sum:
    """How many lines there are, and the SHA-256 of them in order."""

    number: int
    digest: str

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> "Sum":
        """Return the sum of ``lines``."""
        number, found = 0, sha256()
        for line in lines:
            number += 1
            found.update(line)
        return cls(number, found.hexdigest())

    def __str__(self) -> str:
        """Return both for people."""
        return f"{self.number:,} statements with the digest {self.digest[:12]}"


def prove(target: Target, graph: str, name: str, lines: Callable[[], Iterator[bytes]], folder: Path) -> int:
    """Return how many statements ``graph`` has where they are just those of ``lines``, which are sorted.

    ``name`` is what people call it. Raises ReleaseError with what was expected and what was found, and what the store
    raises; OSError where ``folder`` cannot hold what has to be sorted.
    """
    expected = Sum.of(lines())
    found = _read(target, graph, expected.number, folder)
    given = Sum.of(found.lines())
    if given != expected:
        kept, again = _as_kept(lines(), folder), _as_kept(found.lines(), folder)
        expected, given = Sum.of(kept.lines()), Sum.of(again.lines())
        if given != expected:
            raise _mismatch(name, expected, given, _first(kept.lines(), again.lines()))
    counted = target.count(graph, expected.number)
    if counted != expected.number:
        raise ReleaseError(
            f"The store counts {counted:,} statements in {name}, of which it gives back {expected.number:,}. Nothing "
            "was switched."
        )
    return counted


def _mismatch(name: str, expected: Sum, given: Sum, first: str) -> ReleaseError:
    return ReleaseError(
        f"The store does not have what was loaded into {name}: expected {expected}, found {given}. {first} The release "
        "served before goes on being served."
    )


def _first(expected: Iterator[bytes], found: Iterator[bytes]) -> str:
    """Say where two sorted documents begin to differ."""
    for one, other in zip_longest(expected, found):
        if one is not None and (other is None or one < other):
            return f"It lacks: {_shown(one)}"
        if one != other:
            return f"Nobody loaded: {_shown(other)}"
    return ""


def _shown(line: bytes) -> str:
    return line.decode(errors="replace").strip()[:500]


def _read(target: Target, graph: str, about: int, folder: Path) -> SortedLines:
    found = SortedLines(folder)
    for chunk in batches(target.triples(graph, about), _CHUNK):
        found.extend((ox.serialize(chunk, format=ox.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True))
    return found


def _as_kept(lines: Iterator[bytes], folder: Path) -> SortedLines:
    """Return the lines as the embedded store gives them back."""
    kept = SortedLines(folder)
    for chunk in batches(lines, _CHUNK):
        kept.extend([line for line in chunk if _TYPED not in line])
        store = ox.Store()
        store.load(b"".join(line for line in chunk if _TYPED in line), format=ox.RdfFormat.N_TRIPLES, lenient=True)
        kept.extend(
            (store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b"").splitlines(keepends=True)
        )
    return kept
