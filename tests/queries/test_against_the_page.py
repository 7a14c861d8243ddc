"""Questions 20 and 21, which the graph alone cannot answer: their rows held against the text of the page."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from engines import Ask

WITHOUT_CLAIM = Path(__file__).with_name("expected") / "20-sentences-without-claim.txt"

_SENTENCE = re.compile(r"(?<=[a-zäöüß]{2}\.) (?=[A-ZÄÖÜ])")


@pytest.fixture(scope="module")
def page(shared: Path) -> str:
    """The text of the page, its line ends untouched."""
    return (shared / "source" / "berlin-metropolis.txt").read_bytes().decode("utf-8")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence starts and ends: a line of the page, or a part of one that holds several."""
    for line in re.finditer(r"[^\n]*[^\s•][^\n]*", text):
        start = line.start()
        for part in _SENTENCE.split(line[0]):
            yield start, start + len(part)
            start += len(part) + 1


def test_the_sentences_without_a_claim_direct_readers_or_name_parts_of_the_page(page: str, ask: Ask) -> None:
    quoted = [(int(start.value), int(end.value)) for start, end, *_ in ask("20-claims-in-page-order").rows]
    silent = [
        page[start:end].strip()
        for start, end in sentences(page)
        if not any(start < until and begin < end for begin, until in quoted)
    ]
    assert silent == WITHOUT_CLAIM.read_text(encoding="utf-8").splitlines()


def test_every_claim_of_the_page_rests_on_a_place_of_its_text(ask: Ask) -> None:
    assert [claim.value for start, _, claim, _ in ask("20-claims-in-page-order").rows if not start.value] == []


def test_every_quote_still_occurs_at_its_position_in_the_source_with_that_hash(page: str, ask: Ask) -> None:
    rows = ask("21-quotes-at-positions").rows
    digest = sha256(page.encode("utf-8")).hexdigest()
    for sha, start, end, quote, prefix, suffix, evidence in rows:
        assert sha.value == digest
        assert page[int(start.value) : int(end.value)] == quote.value, evidence.value
        assert page[: int(start.value)].endswith(prefix.value), evidence.value
        assert page[int(end.value) :].startswith(suffix.value), evidence.value


def test_each_quote_between_its_prefix_and_suffix_occurs_once(page: str, ask: Ask) -> None:
    for _, _, _, quote, prefix, suffix, evidence in ask("21-quotes-at-positions").rows:
        assert page.count(prefix.value + quote.value + suffix.value) == 1, evidence.value
