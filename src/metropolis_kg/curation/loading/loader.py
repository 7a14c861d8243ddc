"""The way of a release into a store: graph by graph, each proved, then the pointer, then away with what it replaced."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg.curation.grouping import Graphs
from metropolis_kg.curation.loading.lease import lease
from metropolis_kg.curation.loading.proof import prove
from metropolis_kg.curation.loading.statements import batches, grouped, triples_of, union_of
from metropolis_kg.curation.loading.target import Target
from metropolis_kg.curation.progress import Progress
from metropolis_kg.curation.release import DATASET, Release
from metropolis_kg.errors import ReleaseError
from metropolis_kg.store.layout import CREATED, LOADED, LOGICAL, MANIFEST, names_graph, physical, union_graph

_TOLD = 2.0
"""Seconds between two lines about how far loading has come."""

_WITH_FOLDER = ("dumps",)
"""What a manifest says of files, which a store does not have."""


@dataclass(frozen=True)
class _Part:
    """A graph to load."""

    name: str
    graph: str
    lines: Callable[[], Iterator[bytes]]
    statements: int


class Loader:
    """Loads releases into ``target``."""

    def __init__(self, target: Target, progress: Progress) -> None:
        """Say in ``progress`` how far it has come."""
        self._target, self._progress = target, progress

    def load(self, release: Release) -> list[str]:
        """Have ``release`` served from the store, where it is loaded if it is not there.

        Returns the digests of the whole releases that it replaces, which are left to ``remove``. Raises ReleaseError,
        and what the store raises; the release that was served before is served then as ever.
        """
        with lease(self._target, self._progress) as loader:
            whole = self._tidied()
            if release.digest not in whole:
                _refuse_unfit(release)
                self._load(release)
            self._switch(release.digest, loader)
        return [digest for digest in whole if digest != release.digest]

    def switch(self, digest: str) -> str:
        """Have the release in the store whose digest begins with ``digest`` served, and return all of its digest.

        Raises ReleaseError, and what the store raises.
        """
        with lease(self._target, self._progress) as loader:
            fitting = [each.digest for each in self._target.standing().releases if each.digest.startswith(digest)]
            if len(fitting) != 1:
                what = "no release begins" if not fitting else f"{len(fitting)} releases begin"
                raise ReleaseError(
                    f"{what} with {digest!r} in the store; 'metropolis-kg releases list --to URL' shows them"
                )
            self._switch(fitting[0], loader)
        return fitting[0]

    def remove(self, digests: list[str], grace: float) -> None:
        """Remove releases ``grace`` seconds from now, but not the one that is served then."""
        if not digests:
            return
        self._progress(f"waiting {grace:g} seconds until nobody reads the release before; then it is removed")
        time.sleep(grace)
        with lease(self._target, self._progress):
            standing = self._target.standing()
            there = {each.digest for each in standing.releases} - {standing.current}
            for digest in digests:
                if digest in there:
                    self._remove(digest, "replaced")

    def _tidied(self) -> list[str]:
        """Remove what killed loaders left, and return the digests of the releases that are there as a whole."""
        releases = self._target.standing().releases
        for each in releases:
            if not each.is_whole:
                self._remove(each.digest, "loaded in part")
        return [each.digest for each in releases if each.is_whole]

    def _remove(self, digest: str, why: str) -> None:
        self._progress(f"removing the release {digest[:12]}, {why}")
        self._target.remove(digest)

    def _load(self, release: Release) -> None:
        node = union_graph(release.digest)
        self._target.state((node, CREATED, ox.Literal(str(release.manifest["created"]))))
        folder = release.path.parent.parent
        parts = _parts(release, grouped(release.path / DATASET, folder))
        telling = _Telling(self._progress, sum(part.statements for part in parts))
        proved = [self._load_part(part, folder, telling) for part in parts]
        self._check_counts(parts, proved)
        self._target.state((node, LOADED, ox.Literal(datetime.now(UTC).isoformat(timespec="seconds"))))

    def _load_part(self, part: _Part, folder: Path, telling: "_Telling") -> int:
        """Return how many statements the graph has once it is loaded and proved."""
        for batch in batches(part.lines(), self._target.batch):
            self._target.insert(part.graph, batch)
            telling.done(len(batch))
        proved = prove(self._target, part.graph, part.name, part.lines, folder)
        telling.done(part.statements)
        return proved

    def _check_counts(self, parts: list[_Part], proved: list[int]) -> None:
        """Look once more at all of them, since others may write to the store as well. Raises ReleaseError."""
        for part, expected in zip(parts, proved, strict=True):
            counted = self._target.count(part.graph, expected)
            if counted != expected:
                raise ReleaseError(
                    f"{part.name} was changed by others while the release was loaded: expected {expected:,} "
                    f"statements, found {counted:,}. The release served before goes on being served."
                )

    def _switch(self, digest: str, loader: str) -> None:
        if digest not in {each.digest for each in self._target.standing().releases if each.is_whole}:
            raise ReleaseError(f"The store does not have the release {digest[:12]} as a whole; load it.")
        self._progress(f"switching to {digest[:12]}")
        self._target.switch(union_graph(digest), loader)
        if self._target.standing().current != digest:
            raise ReleaseError("Another loader has taken over; the release served before goes on being served.")


class _Telling:
    """Says how far loading has come and how long it will go on."""

    def __init__(self, progress: Progress, statements: int) -> None:
        self._progress, self._all, self._done = progress, 2 * statements, 0
        self._began = self._told = time.monotonic()
        progress(f"loading {statements:,} statements, each graph and all graphs together")

    def done(self, statements: int) -> None:
        """Count so many statements, loaded or proved."""
        self._done += statements
        now = time.monotonic()
        if now - self._told > _TOLD and self._done:
            left = (now - self._began) * (self._all - self._done) / self._done
            self._progress(f"{100 * self._done // self._all} per cent loaded and proved, about {left:.0f} seconds left")
            self._told = now


def _parts(release: Release, graphs: Graphs) -> list[_Part]:
    """Return what to load: first the names, by which the next loader finds what this one leaves."""
    digest, sizes = release.digest, graphs.sizes()
    names = [f"<{physical(digest, graph)}> <{LOGICAL}> <{graph}> .\n".encode() for graph in sizes]
    manifest = ox.Literal(json.dumps(_noted(release), ensure_ascii=False))
    names.append(f"<{union_graph(digest)}> <{MANIFEST}> {manifest} .\n".encode())
    union = partial(union_of, release.path / DATASET)
    return [
        _Part("the list of graphs", names_graph(digest), lambda: iter(sorted(names)), len(names)),
        *(
            _Part(f"the graph {graph}", physical(digest, graph), partial(triples_of, graphs, graph), size)
            for graph, size in sizes.items()
        ),
        _Part("the union of all graphs", union_graph(digest), union, sum(1 for _ in union())),
    ]


def _noted(release: Release) -> dict[str, Any]:
    """Return what the store notes of a release: its manifest, without what is said of files, and the report."""
    report = json.loads((release.path / "report.json").read_bytes())
    return {name: each for name, each in release.manifest.items() if name not in _WITH_FOLDER} | {"report": report}


def _refuse_unfit(release: Release) -> None:
    """Raise ReleaseError where the release is damaged, does not conform, or has blank nodes."""
    if not release.is_whole:
        raise ReleaseError(f"Release {release.digest[:12]} is damaged and is not loaded; build it again.")
    try:
        conforms = json.loads((release.path / "report.json").read_bytes())["conforms"]
    except (OSError, ValueError, KeyError) as error:
        raise ReleaseError(f"Release {release.digest[:12]} has no readable report.json; build it again.") from error
    if conforms is not True:
        raise ReleaseError(f"Release {release.digest[:12]} does not conform, says its report.json; it is not loaded.")
