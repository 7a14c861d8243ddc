"""From content to a published release: read, derive, validate, freeze, switch."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Self

import pyoxigraph as ox

from metropolis_kg import __version__
from metropolis_kg.content import FOLDERS, Content
from metropolis_kg.curation.canonical import Lines, by_graph, canonical_lines, digest, document
from metropolis_kg.curation.checking import Findings, derive, judge
from metropolis_kg.curation.quotations import read_texts
from metropolis_kg.curation.release import DATASET, MANIFEST, STORE, Release, Releases
from metropolis_kg.curation.sources import Progress, read_dataset
from metropolis_kg.errors import ReleaseError
from metropolis_kg.model.dataset import Dataset

INPUTS = "inputs"
"""File below ``var`` that says from what the published release was last built."""


@dataclass(frozen=True)
class Outcome:
    """What a build came to."""

    findings: Findings | None
    """What was found; none where the published release was already built from this very content."""

    release: Release | None
    """The published release; none where something stands against releasing the content."""


def build(
    content: Content,
    var: Path,
    base: str,
    *,
    sources: Path | None = None,
    progress: Progress = lambda _: None,
    force: bool = False,
) -> Outcome:
    """Derive, validate and freeze ``content`` under ``base``, publish it below ``var`` and return what came of it.

    ``sources`` is a folder with the texts of the sources, with which quotes are compared. Content that does not conform
    is not released and the published release stays. Unless ``force``, content of which the published release was built
    is not built again. Raises ContentError(s), MissingContentError and ReleaseError.
    """
    texts = read_texts(sources) if sources else {}
    with _locked(var, progress):
        releases, inputs = Releases(var), _fingerprint(content, base, texts)
        current = releases.current()
        if current and not force and _inputs_of(current, var) == inputs:
            return Outcome(None, current)
        return _build(content, releases, base, texts, inputs, progress)


def _build(
    content: Content, releases: Releases, base: str, texts: Mapping[str, str], inputs: str, progress: Progress
) -> Outcome:
    progress("reading content")
    dataset = read_dataset(content, base)
    folder = _fresh_folder(releases.var)
    with _Loader(folder / STORE) as loader, ThreadPoolExecutor(1) as pool:
        progress("deriving, and loading the store beside it")
        loader.add_authored(dataset)
        derived = derive(dataset, content, also=loader.add)
        loader.optimize()
        progress("validating, and writing dumps beside it")
        judging = pool.submit(judge, dataset, content, derived, texts)
        frozen = _Frozen.make(folder, dataset, derived)
        frozen.write_dumps()
        findings = judging.result()
        loader.wait()
    if not findings.conforms:
        return Outcome(findings, None)
    release = frozen.finish(findings, releases, progress)
    progress("publishing")
    releases.switch(release)
    (releases.var / INPUTS).write_text(f"{release.digest} {inputs}\n", encoding="utf-8")
    return Outcome(findings, release)


def _inputs_of(release: Release, var: Path) -> str | None:
    """Return the fingerprint of what ``release`` was last built from; none where it is damaged or that is not known."""
    try:
        digest, inputs = (var / INPUTS).read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return None
    return inputs if digest == release.digest and release.is_readable else None


@dataclass(frozen=True)
class _Frozen:
    """A dataset in canonical form, and the folder in which its release grows."""

    folder: Path
    dataset: Dataset
    lines: Lines
    graphs: dict[str, Lines]

    @classmethod
    def make(cls, folder: Path, dataset: Dataset, store: ox.Store) -> "_Frozen":
        """Write the canonical N-Quads into ``folder``."""
        lines = canonical_lines(_nquads(dataset, store))
        (folder / DATASET).write_bytes(document(lines))
        return cls(folder, dataset, lines, by_graph(lines))

    def write_dumps(self) -> None:
        """Write the dumps from the canonical lines, not from the store, which rewrites some literals."""
        prefixes = self.dataset.prefixes
        grouped = b"".join(_in_graph(document(triples), graph) for graph, triples in self.graphs.items())
        quads = ox.parse(grouped, format=ox.RdfFormat.N_QUADS, lenient=True)
        ox.serialize(quads, self.folder / "dataset.trig", format=ox.RdfFormat.TRIG, prefixes=prefixes)
        union = document(dict.fromkeys(chain.from_iterable(self.graphs.values())))
        triples = ox.parse(union, format=ox.RdfFormat.N_TRIPLES, lenient=True)
        ox.serialize(triples, self.folder / "dataset.ttl", format=ox.RdfFormat.TURTLE, prefixes=prefixes)

    def finish(self, findings: Findings, releases: Releases, progress: Progress) -> Release:
        """Add report and manifest, put everything on disk, and return the release that the folder has become."""
        (self.folder / "report.ttl").write_bytes(findings.report.as_turtle())
        (self.folder / "report.json").write_bytes(findings.report.as_json())
        previous = releases.current()
        manifest = self._facts() | {
            "previous": previous.digest if previous else None,
            "difference": self._difference(previous),
        }
        (self.folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        progress("putting it on disk")
        return releases.adopt(self.folder, manifest["digest"])

    def _facts(self) -> dict[str, Any]:
        graphs = {name: {"quads": len(triples), "digest": digest(triples)} for name, triples in self.graphs.items()}
        return {
            "digest": digest(self.lines),
            "base": self.dataset.base,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "generator": f"metropolis-kg {__version__}",
            "quads": len(self.lines),
            "graphs": graphs,
            "prefixes": self.dataset.prefixes,
            "dumps": {path.name: _described(path) for path in sorted(self.folder.glob("dataset.*"))},
        }

    def _difference(self, previous: Release | None) -> dict[str, int]:
        if previous is None or not previous.is_whole:
            return {"added": 0, "removed": 0}
        before = set((previous.path / DATASET).read_bytes().splitlines())
        kept = sum(line in before for line in self.lines)
        return {"added": len(self.lines) - kept, "removed": len(before) - kept}


def _nquads(dataset: Dataset, store: ox.Store) -> bytes:
    """Authored statements as they were read, derived ones from the store: what the store rewrites is never authored."""
    authored = ox.serialize(dataset.quads(), format=ox.RdfFormat.N_QUADS) or b""
    derived = [
        _in_graph(store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph)) or b"", graph)
        for graph in dataset.derived_graphs
    ]
    return b"".join([authored, *derived])


def _in_graph(triples: bytes, graph: str) -> bytes:
    """Return N-Quads from canonical N-Triples: `` .`` and a line feed stand at the end of a line and nowhere else."""
    return triples.replace(b" .\n", f" <{graph}> .\n".encode())


class _Loader:
    """Fills the store of a release on a thread of its own, in the order of the calls; ``wait`` tells what failed."""

    def __init__(self, folder: Path) -> None:
        self._store, self._thread = ox.Store(folder), ThreadPoolExecutor(1)
        self._tasks: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def add_authored(self, dataset: Dataset) -> None:
        """Add what stewards wrote."""
        self._tasks.append(self._thread.submit(self._store.bulk_extend, dataset.quads()))

    def add(self, triples: bytes, graph: ox.NamedNode) -> None:
        """Add N-Triples to a graph."""
        load = partial(self._store.bulk_load, format=ox.RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
        self._tasks.append(self._thread.submit(load, triples))

    def optimize(self) -> None:
        """Put the store in the form in which it answers fastest."""
        self._tasks += [self._thread.submit(self._store.optimize), self._thread.submit(self._store.flush)]

    def wait(self) -> None:
        """Return when all is done."""
        for task in self._tasks:
            task.result()


def _described(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": _sha256(path)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fingerprint(content: Content, base: str, texts: Mapping[str, str]) -> str:
    """Return a digest of all that a build comes from: the program, the base, the texts, every file of the content."""
    program = Path(__file__).resolve().parent.parent
    parts = [__version__, base, *sorted(texts)]
    for root, pattern in ((program, "*.py"), *((content.root / folder, "*") for folder in FOLDERS)):
        files = sorted(path for path in root.rglob(pattern) if path.is_file())
        parts += [f"{path.relative_to(root.parent)} {_sha256(path)}" for path in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _fresh_folder(var: Path) -> Path:
    """Return an empty folder to build in; what a killed build or switch left goes. Callers hold the lock."""
    folder = var / "building"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(var / "damaged", ignore_errors=True)
    folder.mkdir()
    return folder


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
