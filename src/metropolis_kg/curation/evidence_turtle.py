"""Evidence as a steward would write it in Turtle."""

import re

import pyoxigraph as ox

from metropolis_kg.curation.citations import Page
from metropolis_kg.model.evidence import Quote
from metropolis_kg.model.identifiers import slugify

_NUMBERED = re.compile(r"evidence:(?P<stem>.*-f)(?P<number>\d{2,})")
_WORDS_OF_A_NAME = 5


def free_names(page: Page | None, words: str, count: int) -> list[str]:
    """Return ``count`` names for new evidence that ``page`` does not use: numbered on where its evidence is numbered.

    Else they are made of the page's name and the first words.
    """
    taken = {citation.name for citation in page.citations} if page else set()
    numbered = [match for name in taken if (match := _NUMBERED.fullmatch(name))]
    if numbered:
        last = max(numbered, key=lambda match: int(match["number"]))
        return [f"evidence:{last['stem']}{int(last['number']) + each:02}" for each in range(1, count + 1)]
    stem = "-".join([*([page.name] if page else []), *_slug(words).split("-")[:_WORDS_OF_A_NAME]])
    names = (f"evidence:{stem}{f'-{number}' if number else ''}" for number in (0, *range(2, count + len(taken) + 2)))
    return [name for name in names if name not in taken][:count]


def _slug(words: str) -> str:
    try:
        return slugify(words)
    except ValueError:
        return "quote"


def evidence_turtle(name: str, quote: Quote, language: str, text_kind: str | None) -> str:
    """Return the statement of a piece of evidence in Turtle, without prefixes; ``text_kind`` is written where given."""
    surrounding = {"mkg:quotePrefix": quote.prefix, "mkg:quote": quote.exact, "mkg:quoteSuffix": quote.suffix}
    written = [f"{term} {ox.Literal(words, language=language)}" for term, words in surrounding.items() if words]
    written += [f"mkg:startsAt {quote.start}"] if quote.start is not None else []
    written += [f"mkg:textKind {text_kind}"] if text_kind else []
    return f"{name} a mkg:Evidence ;\n" + " ;\n".join(f"    {each}" for each in written) + " ."
