"""Finding things by their names in the search index of a release.

Whatever is sought is folded into words first, and only words reach the database: no syntax of a query language does.
Matches come in steps: the whole name, every word, the last word unfinished, words misspelt, a word that nothing has.
Each step is asked only where the ones before it found little, and to a bounded depth.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from metropolis_kg.store.protocol import QueryTimeoutError
from metropolis_kg.store.search_index import SearchIndex
from metropolis_kg.store.search_results import Compared, Results
from metropolis_kg.store.search_text import every, in_part, misspelt, unfinished, within

MOST_FOUND = 10_000
"""Matches that are counted; beyond, there are at least so many."""

_FEW = 50
"""Things below which misspelt words are looked for as well."""

_HARDLY_ANY = 10
"""Things below which one of the words may be missing, where nothing has all of them."""

_MOST_COMPARED = 100
_LEAST_ALIKE = 50
"""What has only some of the words is found where its name is so much like what is sought."""


def find(
    index: SearchIndex, text: str, *, kind: str | None = None, types: Collection[str] = (), limit: int = 10,
    offset: int = 0, fuzzy: bool = True,
) -> Results:  # fmt: skip
    """Return the things whose names fit ``text``, the best first; ``limit`` of them from ``offset`` on.

    Only things of ``kind``, and with one of the classes ``types``, where these are given. Words that are misspelt
    are understood where ``fuzzy``. Raises QueryTimeoutError and StoreUnavailableError.
    """
    compared = Compared(text)
    wanted = index.signatures_of(kind, types) if kind or types else None
    with index.in_time():
        search = _Search(index, compared, wanted, by_types=bool(types), fuzzy=fuzzy)
        search.run()
        ids = [*search.ids][:MOST_FOUND]
        found = index.things(ids[offset : offset + limit], compared)
    return Results(len(ids), search.is_whole, found, search.kinds, search.is_guess)


class _Search:
    """Goes on step by step until enough is found."""

    def __init__(
        self, index: SearchIndex, compared: Compared, wanted: set[int] | None, *, by_types: bool, fuzzy: bool
    ) -> None:
        self._index, self._compared, self._wanted = index, compared, wanted
        self._by_types, self._fuzzy = by_types, fuzzy
        self._known: dict[str, bool] = {}
        self._near: dict[str, list[str]] = {}
        self._every: dict[int, None] = {}
        self.ids: dict[int, None] = {}
        self.is_whole, self.is_guess, self._has_all = True, False, False

    def run(self) -> None:
        """Find the numbers of what fits, the best first."""
        sought = self._compared.words
        if not sought:
            return
        self._take(self._index.named(self._compared.whole, MOST_FOUND), "")
        self._step(every(sought))
        self._has_all = bool(self._every)
        if self.is_whole:
            self._step(unfinished(sought))
        self.is_guess = not self._every
        if self._fuzzy and self._count < _FEW:
            self._guess(sought)

    @property
    def kinds(self) -> Mapping[str, int]:
        """Kind → how many of what was found are of it."""
        return Counter(map(self._index.kind_of, self._every))

    @property
    def _count(self) -> int:
        return len(self.ids if self._by_types else self._every)

    def _guess(self, sought: Sequence[str]) -> None:
        try:
            self._step(misspelt(sought, self), by_alikeness=True)
            if not self._has_all and self._count < _HARDLY_ANY and (expression := in_part(sought, self)):
                self._take_alike(within(expression, self._wanted) if self._wanted else expression)
        except QueryTimeoutError:
            self.is_whole = False

    def knows(self, word: str) -> bool:
        """Tell whether anything has ``word``."""
        if word not in self._known:
            self._known[word] = self._index.knows(word)
        return self._known[word]

    def spellings(self, word: str) -> Sequence[str]:
        """Return the other words that are spelt nearly as ``word``."""
        if word not in self._near:
            forms = {word, self._compared.plain.get(word, word)}
            self._near[word] = self._index.spellings(forms)
        return self._near[word]

    def _step(self, expression: str, *, by_alikeness: bool = False) -> None:
        ids = self._index.matches(expression, MOST_FOUND + 1)
        if by_alikeness:
            ids = self._by_alikeness([id_ for id_ in ids if id_ not in self._every])
        self._take(ids, expression)

    def _take(self, ids: Sequence[int], expression: str) -> None:
        self.is_whole = self.is_whole and len(ids) <= MOST_FOUND
        self._every.update(dict.fromkeys(ids))
        wanted = self._wanted
        if wanted is None:
            self.ids.update(dict.fromkeys(ids))
        elif len(ids) <= MOST_FOUND:
            self.ids.update(dict.fromkeys(id_ for id_ in ids if self._index.signature_of(id_) in wanted))
        elif wanted:
            fitting = self._index.matches(within(expression, wanted), MOST_FOUND + 1)
            self.is_whole = len(fitting) <= MOST_FOUND
            self.ids.update(dict.fromkeys(fitting))

    def _take_alike(self, expression: str) -> None:
        ids = self._index.matches(expression, 2 * _MOST_COMPARED + 1)
        self.is_whole = self.is_whole and len(ids) <= 2 * _MOST_COMPARED
        placed = self._placed([id_ for id_ in ids if id_ not in self._every])
        self._take([id_ for alike, id_ in placed if alike >= _LEAST_ALIKE], expression)

    def _by_alikeness(self, ids: list[int]) -> list[int]:
        first, rest = ids[:_MOST_COMPARED], ids[_MOST_COMPARED:]
        return [id_ for _, id_ in self._placed(first)] + rest

    def _placed(self, ids: list[int]) -> list[tuple[float, int]]:
        """Return how alike things and what is sought are, and the things' numbers, the most alike first."""
        alike = [found.score for found in self._index.things(ids, self._compared)]
        return sorted(zip(alike, ids, strict=True), key=lambda each: (-each[0], each[1]))
