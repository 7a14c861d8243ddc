"""Content with bulk sources is judged and built as the same content in Turtle is, in memory or on disk."""

import gzip
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest

from bulk import into_bulk
from metropolis_kg.content import Content
from metropolis_kg.curation.authored import read_authored
from metropolis_kg.curation.build import build
from metropolis_kg.curation.checking import Findings, judge
from metropolis_kg.curation.deriving import derive_in_memory
from metropolis_kg.curation.quotations import read_texts
from metropolis_kg.curation.release import Release
from metropolis_kg.curation.validation import judge_here, validate
from metropolis_kg.model.namespaces import CANONICAL_BASE

PAGE = "data/pages/berlin-metropolis.ttl"
FAULTS = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
person:one a mkg:Person ; foaf:name "Eins"@de ; mkg:nott "x" ; owl:sameAs <http://www.wikidata.org/entity/Q64> .
person:two foaf:name "Eins"@de, "One"@en .
tenure:wrong a mkg:Tenure ; org:member person:one ; org:organization organisation:metropolis ; org:role role:presidnet ;
    mkg:when "2018-13"^^edtf:EDTF ; mkg:evidence evidence:wrong .
evidence:wrong a mkg:Evidence ; mkg:quote "Worte, die nicht dastehen"@de ; mkg:startsAt 007 ;
    mkg:textKind mkg:BodyText .
"""


def examined(root: Path, spool: Path, texts: Path) -> Findings:
    content = Content(root)
    authored = read_authored(content, CANONICAL_BASE, spool)
    store, judged = derive_in_memory(authored, content), partial(validate, judge=judge_here)
    return judge(authored.dataset, content, store, read_texts(texts), judged, authored=authored)


def told(findings: Findings) -> set[tuple[str, ...]]:
    return {
        (each.code, each.severity, str(each.focus), str(each.value), each.message("en"), " ".join(each.rules))
        for each in findings.diagnostics
    }


@pytest.fixture
def faulty(workspace: Path) -> Path:
    page = workspace / PAGE
    page.write_text(page.read_text(encoding="utf-8") + FAULTS, encoding="utf-8")
    return workspace


def test_what_is_wrong_in_a_bulk_source_is_what_is_wrong_in_turtle(faulty: Path, shared: Path, tmp_path: Path) -> None:
    in_turtle = examined(faulty, tmp_path / "spool", shared / "source")
    bulk = into_bulk(faulty)
    in_bulk = examined(faulty, tmp_path / "spool", shared / "source")
    assert told(in_bulk) == told(in_turtle)
    assert {"misspelt-term", "no-such-month", "dangling-reference", "duplicate-thing", "quote-otherwise"} <= {
        each.code for each in in_bulk.diagnostics
    }
    lines = gzip.decompress(bulk.read_bytes()).decode().split("\n")
    placed = [each for each in in_bulk.diagnostics if each.path == Path("data/networks.nq.gz")]
    assert len(placed) >= 10
    for each in placed:
        assert each.line, each
        assert each.excerpt == lines[each.line - 1], each
        if isinstance(each.focus, ox.NamedNode) and not each.rules:
            assert each.focus.value.partition("#")[0] in each.excerpt, each


def test_a_build_that_cannot_write_says_where_and_leaves_nothing(workspace: Path, tmp_path: Path) -> None:
    into_bulk(workspace)
    command = [sys.executable, "-m", "metropolis_kg", "--root", workspace, "--var", tmp_path / "var", "build"]
    small = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
    done = subprocess.run(command, preexec_fn=small, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith(f"metropolis-kg: cannot write the release below {tmp_path / 'var'}: File too large\n")
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["lock"]


def test_a_release_of_a_bulk_source_made_on_disk_is_that_of_the_turtle(
    workspace: Path, release: Release, tmp_path: Path
) -> None:
    into_bulk(workspace)
    again = build(Content(workspace), tmp_path / "var", "http://localhost:8000/", in_memory=0).release
    assert again
    assert again.digest == release.digest
    store = ox.Store.read_only(str(again.path / "store"))
    assert set(store) == set(ox.Store.read_only(str(release.path / "store")))
