"""Building: the same content gives the same bytes, bad content gives nothing, and a killed build loses nothing."""

import fcntl
import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest
import zstandard

from metropolis_kg.content import Content
from metropolis_kg.curation.build import build
from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.release import NOTED, Release, Releases
from metropolis_kg.curation.report import Severity
from repository import Edit
from told_program import TOLD

BASE = "http://localhost:8000/"
PAGE = "data/pages/berlin-metropolis.ttl"


def cli(workspace: Path, *arguments: str, hashseed: str = "0") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "metropolis_kg", "--root", str(workspace), "--var", str(workspace / "var")]
    environ = os.environ | {"PYTHONHASHSEED": hashseed}
    return subprocess.run([*command, *arguments], env=environ, capture_output=True, text=True, check=False)


def published(workspace: Path) -> Release:
    current = Releases(workspace / "var").current()
    assert current
    return current


def test_another_folder_and_process_give_the_same_digest_and_the_same_dumps(release: Release, workspace: Path) -> None:
    done = cli(workspace, "build", hashseed="12345")
    assert done.returncode == 0, done.stderr
    again = published(workspace)
    assert again.digest == release.digest
    assert len(again.manifest["dumps"]) == 12
    for name in (*again.manifest["dumps"], "things.txt", "report.ttl", "report.json"):
        assert (again.path / name).read_bytes() == (release.path / name).read_bytes(), name


def test_the_digest_is_the_sha256_of_the_canonical_dump(release: Release) -> None:
    assert hashlib.sha256((release.path / "dataset.nq").read_bytes()).hexdigest() == release.digest


def test_every_dump_and_the_store_say_the_same(release: Release) -> None:
    def canonical(quads: object) -> bytes:
        dataset = ox.Dataset(quads)  # type: ignore[arg-type]
        return b"\n".join(sorted((ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"").splitlines()))

    nquads = canonical(ox.parse(path=release.path / "dataset.nq"))
    assert canonical(ox.parse(path=release.path / "dataset.trig")) == nquads
    assert canonical(ox.parse(path=release.path / "dataset.jsonld")) == nquads
    assert canonical(ox.Store.read_only(str(release.path / "store"))) == nquads
    triples = {quad.triple for quad in ox.parse(nquads, format=ox.RdfFormat.N_QUADS)}
    assert {quad.triple for quad in ox.parse(path=release.path / "dataset.ttl")} == triples


def test_every_dump_is_there_compressed_in_two_ways_without_a_time_in_it(release: Release) -> None:
    for suffix in ("nq", "trig", "ttl", "jsonld"):
        whole = (release.path / f"dataset.{suffix}").read_bytes()
        compressed = (release.path / f"dataset.{suffix}.gz").read_bytes()
        assert gzip.decompress(compressed) == whole
        assert compressed[3:8] == b"\0\0\0\0\0", "RFC 1952: no name, no time"
        zstd = (release.path / f"dataset.{suffix}.zst").read_bytes()
        assert zstandard.ZstdDecompressor().decompress(zstd) == whole


def test_the_things_with_documents_are_listed_each_once(release: Release) -> None:
    listed = (release.path / "things.txt").read_text().splitlines()
    assert {"id/person/michael-mueller", "id/evidence/berlin-metropolis-f43", "graph/derived"} <= set(listed)
    assert listed == sorted(set(listed))
    assert [path for path in listed if "#" in path or not path.startswith(("id/", "graph/"))] == []


def test_the_manifest_counts_and_digests_every_graph(release: Release) -> None:
    graphs = release.manifest["graphs"]
    assert sum(graph["quads"] for graph in graphs.values()) == release.manifest["quads"]
    assert {f"{BASE}graph/{name}" for name in ("berlin-metropolis", "derived", "inferred", "roles")} <= graphs.keys()
    for name, dump in release.manifest["dumps"].items():
        content = (release.path / name).read_bytes()
        assert dump == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def test_nothing_is_derived_that_is_written_already(release: Release) -> None:
    store = ox.Store.read_only(str(release.path / "store"))
    twice = """SELECT DISTINCT ?s ?p ?o WHERE {
      GRAPH ?one { ?s ?p ?o } GRAPH ?other { ?s ?p ?o }
      FILTER(?one != ?other && STRENDS(STR(?one), "ed"))
    }"""
    assert [str(row) for row in store.query(twice)] == []


def test_another_base_gives_another_release_in_which_no_canonical_iri_is_left(
    workspace: Path, release: Release
) -> None:
    done = cli(workspace, "build", "--base", "https://data.example.org/kg/")
    assert done.returncode == 0, done.stderr
    other = published(workspace)
    assert other.digest != release.digest
    text = (other.path / "dataset.nq").read_bytes()
    assert b"<https://w3id.org/metropolis-kg/" not in text
    assert b"<http://localhost:8000/" not in text
    assert b"<https://data.example.org/kg/id/organisation/metropolis>" in text


def test_unchanged_content_is_not_built_again(workspace: Path) -> None:
    assert cli(workspace, "build").returncode == 0
    start = time.monotonic()
    again = cli(workspace, "build")
    assert again.stdout.startswith("unchanged: ")
    assert "deriving" not in again.stderr
    assert time.monotonic() - start < 30


def test_a_comment_is_no_new_release_and_after_it_nothing_is_built_again(workspace: Path) -> None:
    assert cli(workspace, "build").returncode == 0
    first = published(workspace).digest
    with (workspace / PAGE).open("a", encoding="utf-8") as page:
        page.write("# a comment\n")
    assert cli(workspace, "build").stdout.splitlines()[-1].startswith("released")
    assert published(workspace).digest == first
    assert cli(workspace, "build").stdout.startswith("unchanged: ")


def test_a_damaged_release_is_built_again(workspace: Path) -> None:
    assert cli(workspace, "build").returncode == 0
    (published(workspace).path / "dataset.nq").write_text("garbage")
    (published(workspace).path / "manifest.json").write_text("{}")
    assert cli(workspace, "build").returncode == 0
    assert_whole(published(workspace))


def said(findings: Findings, severity: Severity) -> list[str]:
    found = (each for each in findings.diagnostics if each.severity is severity)
    return [each.message("en").split("“")[0] for each in found]


def test_a_wrong_quote_stands_against_a_release_where_the_texts_are_named(
    workspace: Path, edit: Edit, shared: Path
) -> None:
    edit(PAGE, '"zuvor seit November 2017 Interimspräsident"', '"zuvor seit November 2017 Interimsprasident"')
    findings = build(Content(workspace), workspace / "var", BASE, sources=shared / "source").findings
    assert findings is not None
    assert said(findings, Severity.VIOLATION) == ["The source does not contain "]
    assert Releases(workspace / "var").current() is None


def test_a_second_build_waits_for_the_first_and_says_so(workspace: Path) -> None:
    (workspace / "var").mkdir()
    said: list[str] = []
    with (workspace / "var" / "lock").open("w") as lock, ThreadPoolExecutor(1) as pool:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = pool.submit(build, Content(workspace), workspace / "var", BASE, progress=said.append)
        deadline = time.monotonic() + 30
        while not said and time.monotonic() < deadline:
            time.sleep(0.01)
        assert said == ["waiting for another build to end"]
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert waiting.result().release


def test_an_interrupted_build_exits_with_130(workspace: Path) -> None:
    with building(workspace) as process:
        assert process.stderr
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert "Traceback" not in said


def test_content_that_does_not_conform_releases_nothing_and_leaves_the_published_release(
    workspace: Path, edit: Edit
) -> None:
    assert cli(workspace, "build").returncode == 0
    before = published(workspace).digest
    edit(PAGE, "org:role role:president ;", "org:role role:emperor ;")
    done = cli(workspace, "build", "--lang", "en")
    assert done.returncode == 1
    assert f"{PAGE}:" in done.stdout
    assert "Nothing was released" in done.stderr
    assert published(workspace).digest == before
    assert [release.digest for release in Releases(workspace / "var").all()] == [before]
    assert list((workspace / "var").glob("building-*")) == []


def test_a_changed_fact_is_a_new_release_that_can_be_compared_and_rolled_back(workspace: Path, edit: Edit) -> None:
    assert cli(workspace, "build").returncode == 0
    first = published(workspace).digest
    edit(PAGE, "schema:value 141", "schema:value 144")
    assert cli(workspace, "build").returncode == 0
    second = published(workspace)
    assert second.manifest["previous"] == first
    assert second.manifest["difference"]["added"] >= 1
    compared = cli(workspace, "releases", "compare", first).stdout
    assert any(line.startswith("+ ") and '"144"' in line for line in compared.splitlines())
    assert cli(workspace, "releases", "rollback").returncode == 0
    assert published(workspace).digest == first
    assert cli(workspace, "releases", "list").stdout.count("*") == 1


STEPS = ["reading", "deriving", "validating", "putting", "publishing"]


@pytest.mark.parametrize("step", STEPS)
def test_a_build_killed_at_any_step_leaves_the_old_release_or_the_new_one_whole(
    workspace: Path, content: Content, edit: Edit, step: str
) -> None:
    old = build(content, workspace / "var", BASE).release
    assert old
    edit(PAGE, "schema:value 141", "schema:value 144")
    kill_at(step, workspace)
    assert_whole(published(workspace))
    assert_journal_ends_with_what_is_published(workspace / "var")
    done = cli(workspace, "build")
    assert done.returncode == 0, done.stderr
    assert_whole(published(workspace))
    assert published(workspace).digest != old.digest
    assert_journal_ends_with_what_is_published(workspace / "var")
    assert Releases(workspace / "var").publications()[0].digest == old.digest


def building(workspace: Path) -> subprocess.Popen[str]:
    """Start a build whose progress can be read from its standard error."""
    where = ["--root", str(workspace), "--var", str(workspace / "var")]
    return subprocess.Popen([*TOLD, *where, "build"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def kill_at(step: str, workspace: Path) -> None:
    with building(workspace) as process:
        assert process.stderr
        for line in process.stderr:
            if step in line:
                os.kill(process.pid, signal.SIGKILL)
                break
        process.wait()
    assert process.returncode == -signal.SIGKILL


def assert_whole(release: Release) -> None:
    text = (release.path / "dataset.nq").read_bytes()
    assert hashlib.sha256(text).hexdigest() == release.digest
    store = ox.Store.read_only(str(release.path / "store"))
    assert sum(1 for _ in store) == release.manifest["quads"] == text.count(b"\n")
    assert json.loads((release.path / "report.json").read_bytes())["conforms"]


def assert_journal_ends_with_what_is_published(var: Path) -> None:
    current = Releases(var).current()
    assert current is not None
    assert Releases(var).publications()[-1].digest == current.digest


def test_processes_of_a_killed_build_end_with_it() -> None:
    program = (
        "import os, signal, time; from metropolis_kg.curation.writers import Writers\n"
        "list(Writers()._pool.map(time.sleep, [0.1, 0.1]))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    # whoever lives on holds the pipe open, so that its end is not read in time
    killed = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, timeout=30, check=False)
    assert killed.returncode == -signal.SIGKILL


def test_switching_killed_over_and_over_leaves_one_of_the_two(tmp_path: Path) -> None:
    for digest in ("aa", "bb"):
        folder = tmp_path / "releases" / digest
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(json.dumps(dict.fromkeys(NOTED, digest)))
        (folder / "dataset.nq").write_text("")
    program = (
        "import itertools, sys; from pathlib import Path; from metropolis_kg.curation.release import Releases\n"
        "releases = Releases(Path(sys.argv[1])); both = [releases.find('aa'), releases.find('bb')]\n"
        "releases.switch(both[0]); print('ready', flush=True)\n"
        "for release in itertools.cycle(both): releases.switch(release)\n"
    )
    for _ in range(10):
        with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(0.02)
            process.kill()
        current = Releases(tmp_path).current()
        assert current is not None
        assert current.digest in {"aa", "bb"}
        assert_journal_ends_with_what_is_published(tmp_path)
