"""Turtle files are laid out one way, and the stewards' guide shows what is true."""

import re
from pathlib import Path

import pytest

from metropolis_kg.content import Content, find_content
from metropolis_kg.curation.formatting import formatted, turtle_files
from metropolis_kg.curation.sources import content_files
from metropolis_kg.model.intervals import parse_interval
from metropolis_kg.model.namespaces import read_prefixes

FILES = content_files(find_content())
EXAMPLE = re.compile(r"^```turtle\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EDTF_ROW = re.compile(r"^\| [^|]+ \| `([^`]+)` \|$", re.MULTILINE)
OWN_NAME = re.compile(r"`([a-z][a-z-]*):(\w+)`")


def guide(content: Content) -> str:
    """Return the stewards' guide."""
    return (content.data / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_begins_with_what_it_is_about(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_every_file_is_laid_out_as_formatting_does_it(content: Content) -> None:
    known = read_prefixes(content.prefixes_file)
    for path in turtle_files(content):
        assert formatted(path.read_bytes(), known) == path.read_bytes(), f"{path.name}: run metropolis-kg format"


def test_the_turtle_that_the_guide_shows_is_laid_out_so_too(content: Content) -> None:
    known = read_prefixes(content.prefixes_file)
    examples = EXAMPLE.findall(guide(content))
    assert examples
    for example in examples:
        laid_out = formatted(example.encode(), known).decode()
        assert laid_out.partition("\n\n")[2] == example


def test_the_claim_that_the_guide_shows_stands_so_in_the_data(content: Content) -> None:
    page = (content.data / "pages/berlin-metropolis.ttl").read_text(encoding="utf-8")
    example, *_ = EXAMPLE.findall(guide(content))
    for part in example.strip().split("\n\n"):
        assert part in page


def test_the_times_that_the_guide_shows_can_be_read(content: Content) -> None:
    rows = EDTF_ROW.findall(guide(content))
    german, english = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    assert german
    assert german == english
    assert all(parse_interval(row) for row in rows)


def test_the_terms_that_the_guide_names_are_in_the_content(content: Content) -> None:
    prefixes = read_prefixes(content.prefixes_file)
    everything = "".join(path.read_text(encoding="utf-8") for path in content_files(content))
    names = OWN_NAME.findall(guide(content))
    assert names
    for prefix, name in names:
        assert prefix in prefixes, f"{prefix}:{name}"
        assert re.search(rf"\b{prefix}:{name}\b", everything), f"{prefix}:{name}"
