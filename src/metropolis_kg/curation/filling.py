"""Filling the store of a release, beside a store in memory or by itself, and the file with all statements of it."""

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Self

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.authored import Authored
from metropolis_kg.curation.canonical import in_graph
from metropolis_kg.curation.deriving import derive_in_memory, derive_on_disk
from metropolis_kg.curation.progress import Steps
from metropolis_kg.curation.release import STORE

_HELD, _BULK, _DERIVED = "held.nq", "streamed.nq", "derived.nq"
"""Files with statements of a release, while it is built."""
_LOADED_AT_ONCE = 16 << 20
"""Bytes from which what is added to a graph is loaded."""


class InMemory:
    """Derives in memory, while the store of the release in ``folder`` is filled on a thread of its own."""

    def __init__(self, authored: Authored, folder: Path) -> None:
        self._authored, self._folder, self._store = authored, folder, ox.Store()
        self._loader = _Loader(folder / STORE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store of the release, which is read-only from here on."""
        self._loader.close()

    def derived(self, content: Content, steps: Steps) -> ox.Store:
        """Return a store with all that is written and derived. Raises ContentError."""
        steps.begin("deriving, and loading the store beside it")
        self._loader.do(self._authored.load_into)
        self._store = derive_in_memory(self._authored, content, self._loader.add, steps)
        self._loader.optimize()
        return self._store

    def raw(self) -> list[Path]:
        """Write all statements, the derived ones, which no store rewrites, from the store; return in which files."""
        files = write_authored(self._folder, self._authored)
        with files[0].open("ab") as file:
            for graph in self._authored.dataset.derived_graphs:
                triples = self._store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph)) or b""
                file.write(in_graph(triples, graph))
        return files

    def wait(self) -> None:
        """Return when the store of the release is filled."""
        self._loader.wait()


class OnDisk:
    """Derives in the store of the release itself; the same to those who use it."""

    def __init__(self, authored: Authored, folder: Path) -> None:
        self._authored, self._folder = authored, folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave: the store is closed when nobody has it any more."""

    def derived(self, content: Content, steps: Steps) -> ox.Store:
        """Return a store with all that is written and derived. Raises ContentError."""
        return derive_on_disk(self._authored, content, self._folder / STORE, self._folder / _DERIVED, steps)

    def raw(self) -> list[Path]:
        """Return the files with all statements, of which the derived ones were written as they were derived."""
        return [*write_authored(self._folder, self._authored), self._folder / _DERIVED]

    def wait(self) -> None:
        """Do nothing: the store is filled as soon as all is derived."""


def write_authored(folder: Path, authored: Authored) -> list[Path]:
    """Write what is held as N-Quads, each statement as it was read; return this file and that of the bulk sources."""
    held = folder / _HELD
    with held.open("wb") as file:
        ox.serialize(authored.dataset.quads(), file, format=ox.RdfFormat.N_QUADS)
    if authored.spool is None:
        return [held]
    (folder / _BULK).symlink_to(authored.spool.absolute())  # which is read after this one was removed
    return [held, folder / _BULK]


class _Loader:
    """Fills the store of a release on a thread of its own, in the order of the calls; ``wait`` tells what failed.

    What is added to a graph bit by bit is loaded together: however little it is, a load waits for the disk.
    """

    def __init__(self, folder: Path) -> None:
        self._store, self._thread = ox.Store(folder), ThreadPoolExecutor(1)
        self._tasks: list[Future[None]] = []
        self._added: defaultdict[ox.NamedNode, list[bytes]] = defaultdict(list)

    def close(self) -> None:
        """Close the store."""
        self._thread.shutdown(cancel_futures=True)
        del self._store

    def do(self, load: Callable[[ox.Store], None]) -> None:
        """Do something with the store."""
        self._tasks.append(self._thread.submit(load, self._store))

    def add(self, triples: bytes, graph: ox.NamedNode) -> None:
        """Add N-Triples to a graph."""
        self._added[graph].append(triples)
        if sum(map(len, self._added[graph])) > _LOADED_AT_ONCE:
            self._load(graph)

    def _load(self, graph: ox.NamedNode) -> None:
        load = partial(self._store.bulk_load, format=ox.RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
        self._tasks.append(self._thread.submit(load, b"".join(self._added.pop(graph))))

    def optimize(self) -> None:
        """Put the store in the form in which it answers fastest."""
        for graph in tuple(self._added):
            self._load(graph)
        self._tasks += [self._thread.submit(self._store.optimize), self._thread.submit(self._store.flush)]

    def wait(self) -> None:
        """Return when all is done."""
        for task in self._tasks:
            task.result()
