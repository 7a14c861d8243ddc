"""What a search found, as its page and as JSON show it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from metropolis_kg.model.identifiers import document_path
from metropolis_kg.model.kinds import SHELVES
from metropolis_kg.publication.drawn_text import shortened
from metropolis_kg.publication.names import Names
from metropolis_kg.publication.paging import pages_of, refuse_unknown
from metropolis_kg.publication.reading import Links, Value
from metropolis_kg.publication.search import Found, Results, browse, find, kinds, most_connected
from metropolis_kg.publication.time_words import stated
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.search_results import LONGEST_TEXT, Compared

PAGE = 20
"""Things on a page of results."""

MOST_SUGGESTED = 8
MOST_FIRST = 5

_LONGEST_SHOWN = 240
_LIKELY = 60
"""How alike what was found and what was sought are, of 100, for the one to be offered as what was meant."""

_WORD = re.compile(r"[^\W_]+")
_GENERAL = ("Claim", "Source", "Evidence", "Graph")
"""Classes of the vocabulary that say less than their kind does."""


@dataclass(frozen=True)
class Asked:
    """What is sought: a text, things of a kind, which page of them."""

    text: str
    kind: str | None
    page: int

    def query(self, **other: Any) -> str:
        """Return the fields of an address that asks for the same but for ``other``, with its question mark."""
        fields = {"q": self.text, "kind": self.kind, "page": self.page, **other}
        kept = {name: value for name, value in fields.items() if value and (name, value) != ("page", 1)}
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def seeks(self) -> bool:
        """Whether anything particular is sought."""
        return bool(self.text.strip() or self.kind)

    @property
    def is_cut(self) -> bool:
        """Whether the text is longer than what is read of it."""
        return len(self.text) > LONGEST_TEXT


@dataclass(frozen=True)
class Hit:
    """A result as the page shows it."""

    name: Sequence[tuple[str, bool]]
    """What it is called, of evidence the quote, in pieces, each with whether it was sought."""

    language: str | None
    """The language of the name, where it is not the page's."""

    href: str
    is_quote: bool
    kind: str
    """Its class or kind, in words."""

    when: str | None
    note: Value | None
    other: Value | None
    """The name that matched, where that is none of its labels."""


@dataclass(frozen=True)
class Shown:
    """A page of results."""

    hits: list[Hit]
    place: int
    """Which of all results the first of the page is, from 1."""

    total: int
    total_is_exact: bool
    kinds: Mapping[str, int]
    first: Mapping[str, list[Hit]]
    """Kind → the things of it that are most connected; without a text and a kind."""

    letters: Mapping[str, int]
    """First letter → the page on which the things begin whose names begin with it; of one kind, without a text."""

    pages: int
    suggestion: str | None
    """What may have been meant."""


def results_of(release: OpenRelease, asked: Asked, language: str) -> tuple[Results, Mapping[str, int]]:
    """Return what was found and, of a kind in alphabetical order, first letter → place from 0.

    Without a text and a kind, nothing but how many there are of each kind. Raises UnknownPageError, and what ``find``
    raises.
    """
    offset = (asked.page - 1) * PAGE
    letters: Mapping[str, int] = {}
    if asked.text.strip():
        results = find(release, asked.text, kind=asked.kind, limit=PAGE, offset=offset)
    elif asked.kind:
        shelf = browse(release, asked.kind, PAGE, offset, language)
        results, letters = Results(shelf.total, True, shelf.found, kinds(release)), shelf.letters
    else:
        results = Results(sum(kinds(release).values()), True, [], kinds(release))
    refuse_unknown(asked.page, pages_of(results.total, PAGE))
    return results, letters


@dataclass(frozen=True)
class SearchReader:
    """Reads what was found to someone in a language."""

    release: OpenRelease
    names: Names
    links: Links
    words: Words

    def page(self, asked: Asked) -> Shown:
        """Return the page. Raises as ``results_of``."""
        results, letters = results_of(self.release, asked, self.words.language)
        compared = Compared(asked.text)
        kinds = {kind: results.kinds[kind] for kind in SHELVES if results.kinds.get(kind)}
        return Shown(
            hits=[self._hit(found, compared) for found in results.found],
            place=(asked.page - 1) * PAGE + 1,
            total=results.total,
            total_is_exact=results.total_is_exact,
            kinds=kinds,
            first={} if asked.seeks else {kind: self._first(kind, compared) for kind in kinds},
            letters={letter: place // PAGE + 1 for letter, place in letters.items()},
            pages=pages_of(results.total, PAGE) if asked.seeks else 1,
            suggestion=_suggestion(results),
        )

    def _first(self, kind: str, compared: Compared) -> list[Hit]:
        return [self._hit(found, compared) for found in most_connected(self.release, kind, MOST_FIRST)]

    def suggestions(self, text: str, address: Callable[[str], str]) -> list[Any]:
        """Return what an unfinished text may become, as OpenSearch Suggestions 1.1: text, names, what they are, where.

        ``address`` makes an absolute address of one of this site.
        """
        found = find(self.release, text, limit=MOST_SUGGESTED).found if text.strip() else []
        return [
            text,
            [shortened(self._label(each).text, _LONGEST_SHOWN) for each in found],
            [", ".join(part for part in (self._kind(each), self._when(each)) if part) for each in found],
            [address(self.links.of(each.iri)) for each in found],
        ]

    def _hit(self, found: Found, compared: Compared) -> Hit:
        label, is_quote = self._label(found), found.kind == "quotes"
        shown = Value(found.matched, self._other(found.language)) if is_quote and compared.words else label
        is_other = compared.words and not is_quote and found.matched not in found.labels.values()
        return Hit(
            name=marked(shortened(shown.text, _LONGEST_SHOWN), compared),
            language=shown.language,
            href=self.links.of(found.iri),
            is_quote=is_quote,
            kind=self._kind(found),
            when=self._when(found),
            note=self._note(found),
            other=Value(shortened(found.matched, _LONGEST_SHOWN), self._other(found.language)) if is_other else None,
        )

    def _label(self, found: Found) -> Value:
        return _best(found.labels, self.words.language) or Value(found.matched)

    def _note(self, found: Found) -> Value | None:
        return _best(found.notes, self.words.language)

    def _other(self, language: str) -> str | None:
        return language if language not in ("", self.words.language) else None

    def _when(self, found: Found) -> str | None:
        return stated(found.when, self.words.language) if found.when else None

    def _kind(self, found: Found) -> str:
        vocabulary = self.release.prefixes["mkg"]
        own = [each for each in found.types if each.startswith(vocabulary)]
        telling = [each for each in own if each.removeprefix(vocabulary) not in _GENERAL]
        named = next((each for each in telling if each in self.names.labels), None)
        return self.names.name(named, self.words.language) if named else self.words.one(found.kind)


def marked(text: str, compared: Compared) -> list[tuple[str, bool]]:
    """Return ``text`` in pieces, each with whether it is a word that was sought."""
    pieces, end = [], 0
    for match in _WORD.finditer(text):
        if compared.has(match[0]):
            pieces += [(text[end : match.start()], False), (match[0], True)]
            end = match.end()
    return [piece for piece in [*pieces, (text[end:], False)] if piece[0]]


def as_json(release: OpenRelease, asked: Asked, address: Callable[[str], str]) -> dict[str, Any]:
    """Return what was found as JSON has it; ``address`` makes the address of another page. Raises as ``results_of``."""
    results, _ = results_of(release, asked, "en")
    last = pages_of(results.total, PAGE)
    return {
        "query": asked.text[:LONGEST_TEXT],
        "queryWasCut": asked.is_cut,
        "kind": asked.kind,
        "total": results.total,
        "totalIsExact": results.total_is_exact,
        "isGuess": results.is_guess and bool(results.found),
        "suggestion": _suggestion(results),
        "kinds": {kind: results.kinds[kind] for kind in SHELVES if results.kinds.get(kind)},
        "page": asked.page,
        "pages": last,
        "next": address(asked.query(page=asked.page + 1)) if asked.page < last and results.found else None,
        "previous": address(asked.query(page=asked.page - 1)) if asked.page > 1 else None,
        "results": [_result(release, each, bool(asked.text.strip())) for each in results.found],
    }


def _result(release: OpenRelease, found: Found, matched: bool) -> dict[str, Any]:
    path, hash_, fragment = found.iri.removeprefix(release.base).partition("#")
    shown: dict[str, Any] = {
        "id": found.iri,
        "document": release.base + document_path(path) + hash_ + fragment,
        "labels": _languages(found.labels),
        "kind": found.kind,
        "types": list(found.types),
        "identifiers": list(found.codes),
        "notes": _languages(found.notes),
        "when": found.when or None,
        "links": found.links,
    }
    if matched:
        name = {"text": found.matched, "language": found.language or None}
        shown |= {"matched": name, "score": found.score, "exact": found.exact}
    return shown


def _languages(texts: Mapping[str, str]) -> dict[str, str]:
    """Return language → text; of a text in no language, ``und`` (BCP 47)."""
    return {language or "und": text for language, text in texts.items()}


def _suggestion(results: Results) -> str | None:
    first = results.found[0] if results.found and results.is_guess else None
    return first.matched if first and first.score >= _LIKELY else None


def _best(texts: Mapping[str, str], language: str) -> Value | None:
    """Return the text in the language, else one in none or in another."""
    for known in (language, ""):
        if known in texts:
            return Value(shortened(texts[known], _LONGEST_SHOWN))
    return next((Value(shortened(text, _LONGEST_SHOWN), other) for other, text in texts.items()), None)
