"""How a name is written, leniently: its words without case and accents, and what words have in common that few letters
set apart.

``ü``, ``ue`` and ``u`` are one letter here, in every word: what begins alike does so still when it is folded, so that
what is typed can be found before it is whole.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST_WORD = 48
"""Letters of a word that count; what is longer is cut."""

_LETTERS = {
    "æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n",
}  # fmt: skip
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe"})
_IDEOGRAPHS = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
_NOT_ACCENTS = (0, 7, 8, 9)  # combining classes of vowels, and of marks that make another letter


class _Plain(dict[int, str]):
    """Character → what it is without case and accents, by compatibility (NFKC); a blank for what is in no word.

    A character of Chinese or Japanese stands between blanks.
    """

    def __missing__(self, code: int) -> str:
        self[code] = plain = "".join(map(self._in_word, self._letters(chr(code))))
        return plain

    @staticmethod
    def _letters(character: str) -> str:
        letters = "".join(_LETTERS.get(each, each) for each in character.casefold())
        apart = unicodedata.normalize("NFKD", letters)
        kept = "".join(each for each in apart if each.isascii() or unicodedata.combining(each) in _NOT_ACCENTS)
        return unicodedata.normalize("NFKC", kept).casefold()

    @staticmethod
    def _in_word(character: str) -> str:
        if any(first <= ord(character) <= last for first, last in _IDEOGRAPHS):
            return f" {character} "
        return character if unicodedata.category(character)[0] in "LNM" else " "


_plain = _Plain()
for _code in range(128):
    _ = _plain[_code]


def words(text: str) -> list[str]:
    """Return the words of ``text``, without case and accents; German and Nordic digraphs are one letter.

    >>> words("Müller MUELLER, Straße; Łódź"), words("DE-BE 東京 ГОРОД")
    (['muller', 'muller', 'strasse', 'lodz'], ['de', 'be', '東', '京', 'город'])
    """
    return list(map(folded, plain_words(text)))


def plain_words(text: str) -> list[str]:
    """Return the words of ``text``, without case and accents; digraphs stay as they are written.

    >>> plain_words("Müller MUELLER")
    ['muller', 'mueller']
    """
    plain = (text if text.isascii() else unicodedata.normalize("NFC", text)).translate(_plain)
    return [word[:LONGEST_WORD] for word in plain.split()]


def folded(word: str) -> str:
    """Return a plain word with its digraphs as one letter."""
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def spellings(text: str) -> set[str]:
    """Return how ``text`` may be written without accents: ``ü`` as ``u`` and as ``ue``, but ``ue`` as it is.

    >>> sorted(spellings("Michael Müller")), spellings("Mueller") & spellings("Muller")
    (['michael mueller', 'michael muller'], set())
    """
    if text.isascii():
        return {" ".join(plain_words(text))}
    german = unicodedata.normalize("NFC", text).casefold().translate(_GERMAN)
    return {" ".join(plain_words(form)) for form in (text, german)}


def edits(length: int) -> int:
    """Return how many letters of a word of this length may be wrong."""
    return 0 if length < 4 else 1 if length < 8 else 2


def has_spellings(word: str) -> bool:
    """Tell whether ``word`` may be misspelt: it is long enough, and no number or code.

    >>> [word for word in ("berlin", "un", "2018", "q34647", "ber1in", "sha256") if has_spellings(word)]
    ['berlin', 'ber1in', 'sha256']
    """
    if word.isalpha():
        return len(word) > 3
    letters = sum(map(str.isalpha, word))
    return letters > 1 and 3 * letters >= len(word) > 3


def pieces(word: str) -> Iterator[str]:
    """Yield the pieces of ``word``, one more than letters may be wrong, each with its place and the word's length.

    A word within that many insertions, deletions and substitutions has one of them unchanged, at most as many places
    further on (Li, Deng, Wang, Feng: Pass-Join, VLDB 2011).

    >>> list(pieces("berlin")), list(pieces("metropolis"))
    (['6a:ber', '6b:lin'], ['10a:met', '10b:rop', '10c:olis'])
    """
    length = len(word)
    for name, start, end in _segments(length):
        yield f"{length}{name}:{word[start:end]}"


def likely_pieces(word: str) -> set[str]:
    """Return the pieces of which each word that is spelt nearly as ``word`` has one; swapped neighbours are one edit.

    Beside ``word`` those forms of it are taken apart in which two neighbours change places, with one edit less.
    """
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    found: set[str] = set()
    for length in range(max(len(word) - 2, 4), len(word) + 3):
        allowed = edits(length)
        if abs(length - len(word)) <= allowed:
            found.update(_within(word, length, allowed))
            for form in swapped:
                found.update(_within(form, length, allowed - 1))
    return found


def _within(word: str, length: int, shifts: int) -> Iterator[str]:
    if abs(length - len(word)) > shifts:
        return
    for name, start, end in _segments(length):
        for shift in range(-min(shifts, start), shifts + 1):
            piece = word[start + shift : end + shift]
            if len(piece) == end - start:
                yield f"{length}{name}:{piece}"


@lru_cache(maxsize=LONGEST_WORD + 3)
def _segments(length: int) -> tuple[tuple[str, int, int], ...]:
    parts = edits(length) + 1
    ends = [length * part // parts for part in range(parts + 1)]
    return tuple(("abc"[part], ends[part], ends[part + 1]) for part in range(parts))
