"""A thing as the search index is written from it: one line of text, so that things can be sorted outside of memory.

Fields are separated by a tabulator, which sorts before whatever is in them. The first ones are what things are sorted
by; none of them can have a tabulator or a line feed, nor has JSON.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from metropolis_kg.model.kinds import LAST
from metropolis_kg.model.spelling import folded, has_spellings, plain_words
from metropolis_kg.store.search_entry import LANGUAGES, Entry

MOST_WORDS = 100
"""Words of one thing's names, from the first, by which it is found."""

_FEW_WORDS = 5
_MOST_LINKS = 9_999_999_999


@dataclass(slots=True)
class Record:
    """A thing, ready to be written."""

    kind: str
    keys: list[str]
    """What it is sorted by, in each of the languages."""

    iri: str
    signature: int
    """Number of its set of classes."""

    words: str
    """The words of its names, plain, with blanks between them."""

    names: list[str]
    """Its names, folded and without blanks."""

    shown: bytes
    """What is shown of it, as the reading side knows it, without its signature: a part of a JSON array."""

    @classmethod
    def read(cls, line: bytes) -> "Record":
        """Return the thing of a line."""
        *texts, shown = line.rstrip(b"\n").split(b"\t")
        _, _, kind, key, iri, signature, other, words, names = (text.decode() for text in texts)
        return cls(kind, [key, other], iri, int(signature), words, names.split(), shown)

    def kept(self, signature: int) -> bytes:
        """Return what is shown, with the number that its set of classes has in the index."""
        return b"[%d,%b" % (signature, self.shown)

    def indexed(self, signature: int) -> str:
        """Return the words by which it is found, the last of which stands for its classes."""
        return f"{folded(self.words)} _{signature}"


def record_line(entry: Entry, kind: str, signature: int) -> bytes:
    """Return an entry as a line that sorts by its place among equally good matches."""
    read: dict[str, list[str]] = {}
    for name in (*entry.labels.values(), *(name for name, _ in entry.names), *entry.codes):
        if name not in read:
            read[name] = plain_words(name)
    known = dict.fromkeys(word for name, parts in read.items() if "://" not in name for word in parts)
    known |= dict.fromkeys(_together(entry.labels.values(), read))
    key, other = (folded(" ".join(read.get(_label(entry, language), ()))) for language in LANGUAGES)
    whole = {folded("".join(parts)) for parts in read.values()} - {""}
    order = f"{LAST.get(kind, 0)}\t{_MOST_LINKS - entry.links:010}\t{kind}\t{key}\t{entry.iri}"
    found = f"{signature}\t{other}\t{' '.join(list(known)[:MOST_WORDS])}\t{' '.join(sorted(whole))}"
    return b"%b\t%b\t%b\n" % (order.encode(), found.encode(), _shown(entry))


def _shown(entry: Entry) -> bytes:
    return orjson.dumps([entry.labels, entry.names, entry.codes, entry.notes, entry.when, entry.links])[1:]


def _together(names: Iterable[str], read: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield the words of each name in one, where none of them is long enough to be understood if it is misspelt."""
    for name in names:
        parts = read[name]
        if 1 < len(parts) < _FEW_WORDS and not any(map(has_spellings, parts)):
            yield "".join(parts)


def _label(entry: Entry, language: str) -> str:
    labels = entry.labels
    return labels.get(language) or next(iter(labels.values()), "") or entry.iri
