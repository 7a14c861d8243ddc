"""The search index of a dataset, from its sorted statements; in a process of its own, while others validate.

What is said of one thing stands together. Which statements point to it does not, so these are read and sorted first.
"""

import gc
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby
from pathlib import Path

from metropolis_kg.curation.differences import Blocks
from metropolis_kg.curation.progress import SILENT, Share, part
from metropolis_kg.store.search_entries import Draft, roles
from metropolis_kg.store.search_entry import Entry
from metropolis_kg.store.search_file import write_search
from metropolis_kg.store.sorted_lines import SortedLines, file_blocks

_Roles = Mapping[bytes, int]


def write_search_index(
    dataset: Path, path: Path, prefixes: Mapping[str, str], base: str, share: Share = SILENT.share
) -> None:
    """Write to ``path`` the index of the dataset whose canonical N-Quads are in ``dataset``.

    In it is every thing that has a document, and every term of the vocabulary. ``share`` is told how much is done.
    Raises OSError.
    """
    gc.disable()  # nothing here goes in circles, and looking for it takes a fifth of the time
    known = {f"<{iri}>".encode(): role for iri, role in roles(prefixes).items()}
    pointed = SortedLines(path.parent, once=False)
    for block in file_blocks(dataset, part(share, 0, 0.3)):
        pointed.extend(_pointed(block, known, f"<{base}id/".encode()))
    blocks = file_blocks(dataset, part(share, 0.3, 0.7))
    write_search(path, _entries(blocks, known, pointed.lines(), base), prefixes)
    gc.enable()


def _pointed(block: Iterable[bytes], known: _Roles, things: bytes) -> list[bytes]:
    """Return the things that statements point to, as lines; not those that say what a thing is called and the like."""
    parts = (statement.split(b" ", 2) for statement in block)
    return [
        rest.partition(b" ")[0] + b"\n"
        for _, predicate, rest in parts
        if rest.startswith(things) and predicate not in known
    ]


def _entries(dataset: Blocks, known: _Roles, pointed: Iterable[bytes], base: str) -> Iterator[Entry]:
    links = _Links(pointed)
    for subject, draft in _drafts(dataset, known, base):
        iri = subject[1:-1].decode()
        if draft.is_sought(iri, base):
            yield draft.entry(iri, links.to(subject))


def _drafts(dataset: Blocks, known: _Roles, base: str) -> Iterator[tuple[bytes, Draft]]:
    """Yield what is said of each thing and term, in the order of their names."""
    own = (f"<{base}id/".encode(), f"<{base}ns#".encode())
    last, draft = b"", Draft()
    for statement in chain.from_iterable(dataset):
        subject, predicate, rest = statement.split(b" ", 2)
        role = known.get(predicate)
        if role is not None and subject.startswith(own):
            if subject != last:
                if last:
                    yield last, draft
                last, draft = subject, Draft()
            draft.add(role, *read_term(rest.rsplit(b" ", 2)[0]))
    if last:
        yield last, draft


class _Links:
    """How many statements point to a thing, from sorted lines; things are asked for in their order."""

    def __init__(self, pointed: Iterable[bytes]) -> None:
        self._counted = ((term, sum(1 for _ in same)) for term, same in groupby(pointed))
        self._next = next(self._counted, None)

    def to(self, term: bytes) -> int:
        """Return the number of statements that point to ``term``, which is an N-Quads term."""
        line = term + b"\n"
        while self._next and self._next[0] < line:
            self._next = next(self._counted, None)
        return self._next[1] if self._next and self._next[0] == line else 0


def read_term(term: bytes) -> tuple[str, str]:
    """Return the text of an N-Triples term and its language; ``""`` where it has none."""
    if term.startswith(b"<"):
        return term[1:-1].decode(), ""
    text, _, suffix = term.rpartition(b'"')
    language = suffix[1:].decode() if suffix.startswith(b"@") else ""
    plain = text[1:].decode()
    return (json.loads(f'"{plain}"', strict=False) if "\\" in plain else plain), language
