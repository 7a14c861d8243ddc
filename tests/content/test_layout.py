"""Turtle files are laid out one way, and the stewards' guide shows what is true."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from metropolis_kg.content import Content, find_content
from metropolis_kg.curation.sources import content_files
from metropolis_kg.model.intervals import parse_interval
from metropolis_kg.model.namespaces import read_prefixes

FILES = content_files(find_content())
INDENTATION = {0, 4, 8}
EXAMPLE = re.compile(r"^```turtle\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EDTF_ROW = re.compile(r"^\| [^|]+ \| `([^`]+)` \|$", re.MULTILINE)
OWN_NAME = re.compile(r"`([a-z][a-z-]*):(\w+)`")


def guide(content: Content) -> str:
    """Return the stewards' guide."""
    return (content.data / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lines_are_indented_by_four_or_eight_and_end_without_blanks(path: Path) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        assert line == line.rstrip(), f"{path.name}:{number} ends with a blank"
        assert len(line) - len(line.lstrip()) in INDENTATION, f"{path.name}:{number}"
        assert "\t" not in line, f"{path.name}:{number}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_subject_follows_an_empty_line_or_its_comment(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, (before, line) in enumerate(pairwise(lines), start=2):
        if line and not line.startswith((" ", "#", "@prefix")):
            assert not before or before.startswith("#"), f"{path.name}:{number}: put an empty line before the subject"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_begins_with_what_it_is_about_and_ends_with_one_newline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


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
