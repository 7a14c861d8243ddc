"""From content to a published release: read, derive, validate, freeze, switch."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from metropolis_kg import __version__
from metropolis_kg.content import FOLDERS, Content
from metropolis_kg.curation.authored import Authored, read_authored
from metropolis_kg.curation.canonical import write_canonical
from metropolis_kg.curation.checking import Findings, judge, unread
from metropolis_kg.curation.deriving import IN_MEMORY
from metropolis_kg.curation.dumps import Canonical, write_dumps
from metropolis_kg.curation.filling import InMemory, OnDisk
from metropolis_kg.curation.progress import Progress, Share, Steps
from metropolis_kg.curation.quotations import read_texts
from metropolis_kg.curation.register import write_register
from metropolis_kg.curation.release import DATASET, MANIFEST, Release, Releases
from metropolis_kg.curation.report import Report
from metropolis_kg.curation.reports.machine import as_json
from metropolis_kg.curation.search_index import write_search_index
from metropolis_kg.curation.writers import Writers
from metropolis_kg.errors import ContentErrors, ReleaseError
from metropolis_kg.model.dataset import Dataset
from metropolis_kg.model.publications import Publication
from metropolis_kg.store.register_file import REGISTER
from metropolis_kg.store.search_file import SEARCH

_Written = TypeVar("_Written")

_SPOOL = "bulk.nq"
"""File with what the bulk sources say, while a release is built."""

INPUTS = "inputs"
"""File below ``var`` that says from what the published release was last built."""


@dataclass(frozen=True)
class Outcome:
    """What a build came to."""

    findings: Findings | None
    """What was found; none where the published release was already built from this very content."""

    release: Release | None
    """The published release; none where something stands against releasing the content."""

    unexplained: tuple[str, ...] = ()
    """Paths of the things that this publication removed and of which stewards do not say why."""


def build(
    content: Content,
    var: Path,
    base: str,
    *,
    sources: Path | None = None,
    progress: Progress = lambda _: None,
    share: Share = lambda _: None,
    force: bool = False,
    in_memory: int = IN_MEMORY,
) -> Outcome:
    """Derive, validate and freeze ``content`` under ``base``, publish it below ``var`` and return what came of it.

    ``sources`` is a folder with the texts of the sources, with which quotes are compared. Content that does not conform
    is not released and the published release stays. Unless ``force``, content of which the published release was built
    is not built again. Up to ``in_memory`` statements are derived and judged in memory. ``progress`` is told which step
    begins, ``share`` how much of it is done. Raises ContentError(s), MissingContentError and ReleaseError.
    """
    texts = read_texts(sources) if sources else {}
    with _locked(var, progress):
        releases, inputs = Releases(var), _fingerprint(content, base, texts)
        current = releases.current()
        if current and not force and _inputs_of(current, var) == inputs:
            return Outcome(None, current)
        return _Build(content, releases, base, texts, in_memory, Steps(progress, share)).outcome(inputs)


@dataclass(frozen=True)
class _Build:
    """One build, with what it is made of."""

    content: Content
    releases: Releases
    base: str
    texts: Mapping[str, str]
    in_memory: int
    steps: Steps

    def outcome(self, inputs: str) -> Outcome:
        """Build, publish what conforms, and return what came of it."""
        with _fresh_folder(self.releases.var) as folder:
            self.steps.begin("reading content")
            try:
                authored = read_authored(self.content, self.base, folder / _SPOOL, self.steps)
            except ContentErrors as errors:
                return Outcome(unread(errors, self.content), None)
            findings, canonical = self._made(authored, folder)
            if findings.report is None or canonical is None:
                return Outcome(findings, None)
            (folder / _SPOOL).unlink(missing_ok=True)
            return self._published(folder, authored, findings, findings.report, canonical, inputs)

    def _made(self, authored: Authored, folder: Path) -> tuple[Findings, Canonical | None]:
        """Make all files of a release but those that tell of it; return what was found meanwhile.

        What is written of content that does not conform is left: it was written before anybody knew.
        """
        filling = InMemory if authored.expected <= self.in_memory else OnDisk
        written, names = folder / DATASET, (authored.dataset.prefixes, self.base)
        with filling(authored, folder) as stores, ThreadPoolExecutor(1) as pool, Writers() as processes:
            store = stores.derived(self.content, self.steps)
            self.steps.begin("validating, and writing dumps and the search index beside it")
            judging = pool.submit(
                judge, authored.dataset, self.content, store, self.texts, authored=authored, steps=self.steps
            )
            del store
            _result(processes.submit(write_canonical, stores.raw(), written))
            previous = _whole_dataset(self.releases.current())
            dumping = processes.submit(write_dumps, written, previous, *names)
            indexing = processes.submit(write_search_index, written, folder / SEARCH, *names)
            registering = processes.submit(write_register, written, folder / REGISTER, *names)
            findings = judging.result()
            if not findings.conforms:
                return findings, None
            self.steps.begin("waiting for the dumps and the search index")
            processes.follow(self.steps.share)
            canonical, _, _ = _result(dumping), _result(indexing), _result(registering)
            stores.wait()
        return findings, canonical

    def _published(
        self,
        folder: Path,
        authored: Authored,
        findings: Findings,
        report: Report,
        canonical: Canonical,
        inputs: str,
    ) -> Outcome:
        _write_report(folder, findings, report)
        _write_manifest(folder, authored.dataset, canonical, self.releases.current())
        self.steps.begin("putting it on disk")
        release = self.releases.adopt(folder, canonical.digest)
        self.steps.begin("publishing")
        publication = self.releases.switch(release)
        (self.releases.var / INPUTS).write_text(f"{release.digest} {inputs}\n", encoding="utf-8")
        return Outcome(findings, release, _unexplained(authored.dataset, publication))


def _unexplained(dataset: Dataset, publication: Publication | None) -> tuple[str, ...]:
    retired = ox.NamedNode(f"{dataset.base}ns#RetiredThing")
    explained = {quad.subject for quad in dataset.quads() if quad.object == retired}
    removed = publication.removed if publication else ()
    return tuple(path for path in removed if ox.NamedNode(dataset.base + path) not in explained)


def _result(writing: Future[_Written]) -> _Written:
    try:
        return writing.result()
    except BrokenProcessPool as error:
        what = "a process that writes the dumps, the search index or the register was killed; it may have lacked memory"
        raise ReleaseError(what) from error


def _inputs_of(release: Release, var: Path) -> str | None:
    """Return the fingerprint of what ``release`` was last built from; none where it is damaged or that is not known."""
    try:
        digest, inputs = (var / INPUTS).read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return None
    return inputs if digest == release.digest and release.is_readable else None


def _whole_dataset(release: Release | None) -> Path | None:
    return release.path / DATASET if release and release.is_whole else None


def _write_report(folder: Path, findings: Findings, report: Report) -> None:
    (folder / "report.ttl").write_bytes(report.as_turtle())
    (folder / "report.json").write_bytes(as_json(findings))


def _write_manifest(folder: Path, dataset: Dataset, canonical: Canonical, previous: Release | None) -> None:
    manifest = asdict(canonical) | {
        "base": dataset.base,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "generator": f"metropolis-kg {__version__}",
        "prefixes": dataset.prefixes,
        "previous": previous.digest if previous else None,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fingerprint(content: Content, base: str, texts: Mapping[str, str]) -> str:
    """Return a digest of all that a build comes from: the program, the base, the texts, every file of the content."""
    program = Path(__file__).resolve().parent.parent
    parts = [__version__, base, *sorted(texts)]
    programs = ((program, pattern) for pattern in ("*.py", "*.toml"))
    for root, pattern in (*programs, *((content.root / folder, "*") for folder in FOLDERS)):
        files = sorted(path for path in root.rglob(pattern) if path.is_file())
        parts += [f"{path.relative_to(root.parent)} {_sha256(path)}" for path in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@contextmanager
def _fresh_folder(var: Path) -> Iterator[Path]:
    """Yield an empty folder to build in, which goes where it is no release then. Callers hold the lock.

    What a killed build left goes too.

    Each build has a folder of its own name, since a process that a killed build left behind may still write to its.
    """
    for left in (*var.glob("building-*"), var / "damaged"):
        shutil.rmtree(left, ignore_errors=True)
    folder = var / f"building-{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(var: Path, progress: Progress) -> Iterator[None]:
    """Hold the one lock under which releases are built; a second build waits for the first, and says so."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        lock = os.open(var / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ReleaseError(f"cannot write to {var}: {error.strerror}; choose another folder with --var DIR") from error
    try:
        _acquire(lock, progress)
        yield
    except OSError as error:
        raise ReleaseError(f"cannot write the release below {var}: {error.strerror or error}") from error
    finally:
        os.close(lock)


def _acquire(lock: int, progress: Progress) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        progress("waiting for another build to end")
        fcntl.flock(lock, fcntl.LOCK_EX)
