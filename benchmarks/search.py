"""How long does a search among a million things take, and how large is its index?

Names are made of syllables and distributed as real ones are, few of them frequent, most rare: people, places and
organisations in two languages, claims that tell of them, and quotes. The index is written as ``build`` writes it, and
asked in this process by what people type: whole names, the beginning of one, words in another order, one that very many
have, and misspelt ones; a page of 20 results each. What a search costs over HTTP: ``pages.py``.
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from machine import busy, machine
from metropolis_kg.store.search import find
from metropolis_kg.store.search_entry import Entry
from metropolis_kg.store.search_file import write_search
from metropolis_kg.store.search_index import SearchIndex

BASE = "https://example.org/"
PREFIXES = {"foaf": "http://xmlns.com/foaf/0.1/", "dct": "http://purl.org/dc/terms/", "mkg": f"{BASE}ns#"} | {
    "org": "http://www.w3.org/ns/org#"
}
ONSETS = (
    "b", "br", "d", "f", "g", "gr", "h", "j", "k", "kl", "l", "m", "n", "p", "r", "s", "sch", "st", "t", "tr", "v", "w",
)  # fmt: skip
VOWELS = ("a", "e", "i", "o", "u", "ä", "ö", "ü", "ei", "au", "ie", "é")
CODAS = ("", "", "", "n", "r", "s", "t", "l", "ng", "nd", "ck", "rt")
ENDINGS = ("", "", "er", "mann", "berg", "stadt", "ow", "ski", "sen", "ville", "ton", "burg")
TYPES = ("Institut für {}", "Verband {}", "{} Stiftung", "Stadtwerke {}", "Universität {}")
IN_ENGLISH = ("Institute of {}", "Association {}", "{} Foundation", "City works of {}", "University of {}")
ROLES = (("Präsident", "president"), ("Mitglied", "member"), ("Vorsitzende", "chair"))


class Names:
    """Makes names; the same seed makes the same."""

    def __init__(self, distinct: int) -> None:
        self.random = random.Random(1)
        words = (self.word() for _ in range(2 * distinct))
        self.words = list(dict.fromkeys(words))[:distinct]
        self.given = [self.word(2) for _ in range(2000)]

    def word(self, most: int = 3) -> str:
        """Return a new word."""
        choose = self.random.choice
        syllables = self.random.randint(1, most)
        parts = [choose(ONSETS) + choose(VOWELS) + choose(CODAS) for _ in range(syllables)]
        return "".join([*parts, choose(ENDINGS)]).capitalize()

    @cached_property
    def _weights(self) -> list[float]:
        return list(accumulate(1 / rank for rank in range(20, len(self.words) + 20)))

    def some(self, number: int) -> list[str]:
        """Return words, frequent ones more often (Zipf)."""
        return self.random.choices(self.words, cum_weights=self._weights, k=number)

    def first(self) -> str:
        """Return a given name, early ones more often."""
        return self.given[int(len(self.given) * self.random.random() ** 3)]


def things(number: int, names: Names) -> Iterator[Entry]:
    """Yield that many things: people, organisations, places, claims and quotes, a fifth each."""
    chosen = names.some(3 * number)
    for at in range(number):
        one, two, three = chosen[3 * at : 3 * at + 3]
        yield _thing(at, one, two, three, names)


def _thing(at: int, one: str, two: str, three: str, names: Names) -> Entry:
    kind, links = at % 5, int(names.random.paretovariate(1))
    iri, code = f"{BASE}id/thing/{at}", [f"Q{at}"]
    if kind == 0:
        name = f"{names.first()} {one}"
        return Entry(iri, (f"{BASE}ns#Person",), {"de": name, "en": name}, codes=code, links=links)
    if kind == 1:
        form = at // 5 % len(TYPES)
        labels = {"de": TYPES[form].format(f"{one} {two}"), "en": IN_ENGLISH[form].format(f"{one} {two}")}
        return Entry(iri, (f"{PREFIXES['org']}Organization",), labels, codes=code, links=links)
    if kind == 2:
        labels = {"de": one, "en": one, "": f"{one} {two}"}
        return Entry(iri, (f"{PREFIXES['dct']}Location",), labels, codes=code, links=links)
    role, in_english = ROLES[at // 5 % len(ROLES)]
    if kind == 3:
        years = f"{names.random.randint(1950, 2000)}/{names.random.randint(2001, 2024)}"
        labels = {"de": f"{one}: {role}, {two} ({years})", "en": f"{one}: {in_english}, {two} ({years})"}
        return Entry(iri, (f"{BASE}ns#Claim",), labels, when=years, links=1)
    return Entry(iri, (f"{BASE}ns#Evidence",), {"de": f"{one} war in {three} {role} von {two}."}, links=1)


def wrong(name: str, random_: random.Random) -> str:
    """Return ``name`` with one edit in its longest word."""
    word = max(name.split(), key=len)
    at, letter = random_.randrange(len(word)), random_.choice("abcdefghijklmnopqrstuvwxyz")
    edited = random_.choice([
        word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :],
        word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    ])  # fmt: skip
    return name.replace(word, edited)


def questions(names: Names, number: int) -> dict[str, list[str]]:
    """Return kind of question → what is typed."""
    random_ = random.Random(2)
    one, two = names.some(number), names.some(number)
    people = [f"{names.first()} {word}" for word in one]
    return {
        "a name": people,
        "a word": one,
        "a frequent word": [random_.choice(["Präsident", "member", "Stiftung", "war", names.words[0]]) for _ in one],
        "one to three letters": [word[: random_.randint(1, 3)] for word in two],
        "the beginning of a word": [word[: max(4, len(word) - 3)] for word in two],
        "an unfinished name, turned round": [" ".join(reversed(name.split()))[:-2] for name in people],
        "a misspelt word": [wrong(word, random_) for word in one if len(word) > 4],
        "a misspelt name": [wrong(name, random_) for name in people],
        "words of which one is unknown": [f"{word} Universität Xyzzyqu" for word in one],
        "three words": [
            f"{role} {word} {random_.choice(two)}" for word, (role, _) in zip(one, ROLES * number, strict=False)
        ],
        "nothing there is": ["".join(random_.choices("qxyzjvw", k=12)) for _ in one],
    }


def timed(index: SearchIndex, texts: Sequence[str]) -> list[float]:
    """Return the milliseconds that finding each text takes, a page of 20."""
    taken = []
    for text in texts:
        began = time.perf_counter()
        find(index, text, limit=20)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def measure(number: int, work: Path, asked: int) -> None:
    """Print what the index takes, and what finding takes."""
    names = Names(number // 4)
    path = work / "search.sqlite"
    entries = list(things(number, names))
    began = time.monotonic()
    write_search(path, entries, PREFIXES)
    seconds, size = time.monotonic() - began, path.stat().st_size
    del entries
    print(f"{number:,} things, {len(names.words):,} words beside given names;", end=" ")
    print(f"{machine()}, SQLite {sqlite3.sqlite_version}; {busy()}\n")
    print(f"Index written in {seconds:.1f} s, {size / 1e6:,.0f} MB ({size / number:,.0f} bytes a thing).\n")
    index = SearchIndex(path)
    find(index, "warm")
    print("| sought | median ms | 99th percentile | worst |\n|---|---|---|---|")
    every: list[float] = []
    for kind, texts in questions(names, asked).items():
        taken = timed(index, texts)
        every += taken
        show(kind, taken)
    show("all of them", every)


def show(kind: str, taken: Sequence[float]) -> None:
    """Print a row."""
    late = statistics.quantiles(taken, n=100)[-1]
    print(f"| {kind} | {statistics.median(taken):.1f} | {late:.1f} | {max(taken):.1f} |", flush=True)


def main() -> None:
    """Read the arguments and measure."""
    example = "Example: python benchmarks/search.py --things 1000000"
    parser = argparse.ArgumentParser(description=__doc__, epilog=example)
    parser.add_argument("--things", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=200, help="texts of each kind")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(arguments.things, Path(folder), arguments.asked)


if __name__ == "__main__":
    main()
