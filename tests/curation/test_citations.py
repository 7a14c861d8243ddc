"""Which claims rest on which words, read from files."""

from pathlib import Path

import pytest

from metropolis_kg.content import Content, find_content
from metropolis_kg.curation.citations import Pages
from metropolis_kg.curation.sources import read_dataset
from repository import Edit

PAGE = "data/pages/berlin-metropolis.ttl"


def pages(content: Content) -> Pages:
    return Pages(read_dataset(content), content)


@pytest.fixture(scope="module")
def known(content: Content) -> Pages:
    """The pages of the repository."""
    return pages(content)


def test_pages_are_the_files_that_hold_evidence_or_know_their_text(known: Pages) -> None:
    assert {"berlin-metropolis", "dpa-report"} <= set(known.names())
    assert "geonames" not in known.names()
    with pytest.raises(KeyError):
        known.page("nix")


def test_a_citation_knows_its_words_its_claims_and_their_places(known: Pages, content: Content) -> None:
    page = known.page("berlin-metropolis")
    found = next(each for each in page.citations if each.name == "evidence:berlin-metropolis-f09")
    assert found.quote
    assert found.quote.start == 566
    assert {claim.name for claim in found.claims} > {"list:metropolis-partners", "partnership:metropolis-giz"}
    giz = next(claim for claim in found.claims if claim.name == "partnership:metropolis-giz")
    assert giz.labels["en"] == "GIZ – Metropolis"
    path, line = giz.place
    assert path == Path(PAGE)
    assert (
        (content.root / path)
        .read_text(encoding="utf-8")
        .splitlines()[(line or 0) - 1]
        .startswith("partnership:metropolis-giz a")
    )


def test_citations_come_in_the_order_of_the_text_and_claims_in_that_of_the_lines(known: Pages) -> None:
    page = known.page("berlin-metropolis")
    starts = [quote.start or 0 for _, quote in page.quoted]
    assert starts == sorted(starts)
    lines = [claim.place[1] or 0 for claim in page.claims]
    assert lines == sorted(lines)


def test_evidence_without_a_wording_has_no_quote(known: Pages) -> None:
    (noted,) = known.page("dpa-report").citations
    assert noted.quote is None
    assert [claim.name for claim in noted.claims] == ["relation:presidency-planned-end"]


def test_a_page_is_found_by_the_hash_of_its_text(known: Pages) -> None:
    (digest,) = known.page("berlin-metropolis").digests
    found = known.by_digest(digest)
    assert found
    assert found.name == "berlin-metropolis"
    assert known.by_digest("0" * 64) is None


def test_a_page_that_has_no_evidence_yet_is_known_by_the_hash_of_its_text(workspace: Path) -> None:
    page = (workspace / PAGE).read_text(encoding="utf-8").split("\norganisation:")[0]
    (workspace / "data" / "pages" / "new.ttl").write_text(page.replace(":berlin-metropolis", ":new"), encoding="utf-8")
    (workspace / PAGE).unlink()
    found = pages(find_content(workspace))
    assert "new" in found.names()
    assert (found.page("new").citations, found.page("new").claims) == ((), ())


def test_a_claim_of_another_file_that_rests_on_the_words_is_named_by_its_own_place(workspace: Path, edit: Edit) -> None:
    file = "data/enrichment/press-release-2018-08-24.ttl"
    own = "evidence:press-release-2018-08-24-interim-president"
    line = edit(file, f"mkg:evidence {own} .", f"mkg:evidence evidence:berlin-metropolis-f43 , {own} .")
    page = pages(find_content(workspace)).page("berlin-metropolis")
    claims = next(each.claims for each in page.citations if each.name == "evidence:berlin-metropolis-f43")
    assert {claim.name for claim in claims} == {
        "tenure:governing-mayor-interim-president-2017", "tenure:mueller-interim-president",
    }  # fmt: skip
    (other,) = (claim.place for claim in claims if claim.name == "tenure:mueller-interim-president")
    assert other[0] == Path(file)
    assert (other[1] or 0) < line
