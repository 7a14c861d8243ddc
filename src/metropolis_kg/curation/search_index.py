"""The search index of a dataset, from one pass over its statements; in a process of its own, while others validate."""

import gc
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from metropolis_kg.store.search_entries import TYPE, Draft, roles
from metropolis_kg.store.search_file import Entry, write_search


def write_search_index(raw: Path, path: Path, prefixes: Mapping[str, str], base: str) -> None:
    """Write to ``path`` the index of the dataset whose canonical N-Quads, in any order, are in ``raw``.

    In it is every thing that has a document, and every term of the vocabulary. ``raw`` is removed. Raises OSError.
    """
    gc.disable()  # nothing here goes in circles, and looking for it takes a fifth of the time
    with raw.open("rb") as statements:
        entries = list(_entries(statements, prefixes, base))
    raw.unlink()
    write_search(path, entries, prefixes)
    gc.enable()


def _entries(statements: Iterable[bytes], prefixes: Mapping[str, str], base: str) -> Iterator[Entry]:
    known = {f"<{iri}>".encode(): role for iri, role in roles(prefixes).items()}
    things, own = f"<{base}id/".encode(), (f"<{base}id/".encode(), f"<{base}ns#".encode())
    drafts: dict[bytes, Draft] = {}
    links: Counter[bytes] = Counter()
    pointed: list[bytes] = []
    classes: dict[bytes, str] = {}
    for statement in statements:
        subject, predicate, rest = statement.split(b" ", 2)
        role = known.get(predicate)
        if role is None:
            if rest.startswith(things):
                pointed.append(rest.partition(b" ")[0])
        elif subject.startswith(own):
            value = rest.rsplit(b" ", 2)[0]
            draft = drafts.get(subject) or drafts.setdefault(subject, Draft())
            if role == TYPE:
                draft.classes.add(classes.get(value) or classes.setdefault(value, value[1:-1].decode()))
            else:
                draft.add(role, *read_term(value))
    links.update(pointed)
    for subject, draft in drafts.items():
        iri = subject[1:-1].decode()
        if draft.is_sought(iri, base):
            yield draft.entry(iri, links[subject])


def read_term(term: bytes) -> tuple[str, str]:
    """Return the text of an N-Triples term and its language; ``""`` where it has none."""
    if term.startswith(b"<"):
        return term[1:-1].decode(), ""
    text, _, suffix = term.rpartition(b'"')
    language = suffix[1:].decode() if suffix.startswith(b"@") else ""
    plain = text[1:].decode()
    return (json.loads(f'"{plain}"', strict=False) if "\\" in plain else plain), language
