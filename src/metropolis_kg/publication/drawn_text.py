"""Text in a drawing, and beside it: how wide it is about, and what of it is shown where it is long."""

from unicodedata import category, east_asian_width

_WIDTHS = {"W": 1.0, "F": 1.0}
_NARROWEST = 0.38
_NARROW = frozenset("fijlrtI.,:;'|!()[]/ ")
_WIDE = frozenset("mwMWQGO%@—")


def width_of(text: str, size: float) -> float:
    """Return about how wide ``text`` is in a sans-serif type of ``size``, in the same unit; rather more than less.

    >>> round(width_of("Berlin", 10)), round(width_of("東京", 10))
    (30, 20)
    """
    return size * sum(_width(character) for character in text)


def drawn(text: str, most: int) -> str:
    """Return ``text`` as it is drawn: on one line, without marks that turn its direction, ``most`` characters at most.

    >>> drawn("General assembly of the network", 16), drawn("left\\u202ethgir", 16)
    ('General assembl…', 'leftthgir')
    """
    line = "".join(
        " " if each.isspace() else each for each in text if category(each) not in ("Cf", "Cc") or each.isspace()
    )
    return shortened(" ".join(line.split()), most)


def _width(character: str) -> float:
    if category(character) in ("Mn", "Me"):
        return 0
    if character in _NARROW:
        return _NARROWEST
    if character in _WIDE:
        return 0.9
    wide = 0.7 if character.isupper() else 0.58
    return _WIDTHS.get(east_asian_width(character), wide)


def shortened(text: str, most: int) -> str:
    """Return ``text``, with an ellipsis where it has more than ``most`` characters and is cut.

    >>> shortened("Berlin", 6), shortened("Johannesburg", 6)
    ('Berlin', 'Johan…')
    """
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def fitted(text: str, size: float, width: float) -> str:
    """Return as much of ``text`` as is about ``width`` wide in a type of ``size``, with an ellipsis where it is cut.

    >>> fitted("Governing Mayor of Berlin", 10, 80), fitted("Berlin", 10, 80)
    ('Governing Ma…', 'Berlin')
    """
    line = drawn(text, int(width / (size * _NARROWEST)) + 2)
    most = len(line)
    while most > 1 and width_of(drawn(line, most), size) > width:
        most -= 1
    return drawn(line, most)
