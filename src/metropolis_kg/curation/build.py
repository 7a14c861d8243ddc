"""From content to a published release: read, derive, validate, freeze, switch."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg import __version__
from metropolis_kg.content import FOLDERS, Content
from metropolis_kg.curation.canonical import Lines, by_graph, canonical_lines, digest
from metropolis_kg.curation.checking import Findings, derive, judge
from metropolis_kg.curation.release import DATASET, MANIFEST, STORE, Release, Releases
from metropolis_kg.curation.sources import Progress, read_dataset
from metropolis_kg.errors import ReleaseError
from metropolis_kg.model.dataset import Dataset

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Outcome:
    """What a build came to."""

    findings: Findings | None
    """What was found; none where the published release was already built from this very content."""

    release: Release | None
    """The published release; none where something stands against releasing the content."""


def build(
    content: Content, var: Path, base: str, *, progress: Progress = lambda _: None, force: bool = False
) -> Outcome:
    """Derive, validate and freeze ``content`` under ``base``, publish it below ``var`` and return what came of it.

    Content that does not conform is not released and the published release stays. Unless ``force``, content of which
    the published release was built is not built again. Raises ContentError(s) and ReleaseError.
    """
    with _locked(var):
        releases = Releases(var)
        inputs = _fingerprint(content, base)
        current = releases.current()
        if current and current.manifest.get("inputs") == inputs and not force:
            return Outcome(None, current)
        return _build(content, releases, base, inputs, progress)


def _build(content: Content, releases: Releases, base: str, inputs: str, progress: Progress) -> Outcome:
    progress("reading content")
    dataset = read_dataset(content, base)
    progress("deriving")
    store = derive(dataset, content)
    progress("validating")
    findings = judge(dataset, content, store)
    if not findings.conforms:
        return Outcome(findings, None)
    folder = _fresh_folder(releases.var)
    try:
        release = _freeze(folder, dataset, store, findings, releases, inputs, progress)
    except OSError as error:
        raise ReleaseError(f"cannot write the release below {releases.var}: {error.strerror or error}") from error
    progress("publishing")
    releases.switch(release)
    return Outcome(findings, release)


def _freeze(
    folder: Path,
    dataset: Dataset,
    store: ox.Store,
    findings: Findings,
    releases: Releases,
    inputs: str,
    progress: Progress,
) -> Release:
    progress("writing the canonical dataset")
    lines = canonical_lines(_nquads(dataset, store))
    _write_lines(folder / DATASET, lines)
    with ThreadPoolExecutor(1) as loader:
        progress("loading the store, writing dumps")
        loading = loader.submit(_load, folder)
        graphs = by_graph(lines)
        _write_dumps(folder, graphs, dataset.prefixes)
        facts = _facts(dataset, lines, graphs)
        loading.result()
    _write_report(folder, findings)
    previous = releases.current()
    manifest = facts | {"inputs": inputs, "previous": previous.digest if previous else None, "dumps": _dumps(folder)}
    manifest["difference"] = _difference(releases, previous, Release(folder))
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    progress("putting it on disk")
    return releases.adopt(folder, manifest["digest"])


def _nquads(dataset: Dataset, store: ox.Store) -> bytes:
    """Authored statements as they were read, derived ones from the store: what the store rewrites is never authored."""
    names = {graph.name for graph in dataset.graphs}
    derived = [store.quads_for_pattern(None, None, None, graph) for graph in store.named_graphs() if graph not in names]
    return ox.serialize(chain(dataset.quads(), *derived), format=ox.RdfFormat.N_QUADS) or b""


def _write_lines(path: Path, lines: Lines) -> None:
    with path.open("wb", buffering=_CHUNK) as file:
        file.writelines(line + b"\n" for line in lines)


def _load(folder: Path) -> None:
    store = ox.Store(folder / STORE)
    store.bulk_load(path=folder / DATASET, format=ox.RdfFormat.N_QUADS, lenient=True)
    store.optimize()
    store.flush()


def _write_dumps(folder: Path, graphs: dict[str, Lines], prefixes: dict[str, str]) -> None:
    ox.serialize(_all_quads(graphs), folder / "dataset.trig", format=ox.RdfFormat.TRIG, prefixes=prefixes)
    union = sorted({triple for triples in graphs.values() for triple in triples})
    ox.serialize(_triples(union), folder / "dataset.ttl", format=ox.RdfFormat.TURTLE, prefixes=prefixes)


def _all_quads(graphs: dict[str, Lines]) -> Iterator[ox.Quad]:
    for graph, triples in graphs.items():
        name = ox.NamedNode(graph)
        for triple in _triples(triples):
            yield ox.Quad(triple.subject, triple.predicate, triple.object, name)


def _triples(lines: Lines) -> Iterator[ox.Triple]:
    for quad in ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_TRIPLES):
        yield quad.triple


def _write_report(folder: Path, findings: Findings) -> None:
    (folder / "report.ttl").write_bytes(findings.report.as_turtle())
    (folder / "report.json").write_bytes(findings.report.as_json(findings.locate))


def _facts(dataset: Dataset, lines: Lines, graphs: dict[str, Lines]) -> dict[str, Any]:
    return {
        "digest": digest(lines),
        "base": dataset.base,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "generator": f"metropolis-kg {__version__}",
        "quads": len(lines),
        "graphs": {name: {"quads": len(triples), "digest": digest(triples)} for name, triples in graphs.items()},
        "prefixes": dataset.prefixes,
    }


def _dumps(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        path.name: {"bytes": path.stat().st_size, "sha256": _sha256(path)} for path in sorted(folder.glob("dataset.*"))
    }


def _difference(releases: Releases, previous: Release | None, release: Release) -> dict[str, int]:
    signs = [sign for sign, _ in releases.difference(previous, release)] if previous else []
    return {"added": signs.count("+"), "removed": signs.count("-")}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fingerprint(content: Content, base: str) -> str:
    """Return a digest of all that a release is made of: program version, base, and every file of the content."""
    parts = [__version__, base]
    for folder in FOLDERS:
        files = sorted(path for path in (content.root / folder).rglob("*") if path.is_file())
        parts += [f"{path.relative_to(content.root)} {_sha256(path)}" for path in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _fresh_folder(var: Path) -> Path:
    """Return an empty folder to build in; what a killed build left there goes. Callers hold the lock."""
    folder = var / "building"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


@contextmanager
def _locked(var: Path) -> Iterator[None]:
    """Hold the one lock under which releases are built; a second build waits for the first."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        lock = os.open(var / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ReleaseError(f"cannot write to {var}: {error.strerror}; choose another folder with --var DIR") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
