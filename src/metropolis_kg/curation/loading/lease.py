"""One loader at a time: a lease in the store itself, which a dead loader does not hold for ever.

A loader enters its name and looks whether it is alone; if not, it withdraws and tries again later. For this an engine
need only do one insertion after another, and have what was inserted found.
"""

import os
import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.loading.target import Target
from metropolis_kg.curation.progress import Progress
from metropolis_kg.store.layout import CONTROL, LOADER, PLACE, UNTIL, loader_node
from metropolis_kg.store.pointer import Loading
from metropolis_kg.store.protocol import StoreError

LIVES = 60
"""Seconds after which a loader that has not said again that it lives counts as dead."""

_BEAT = LIVES / 6
_PAUSE = 1.0


@contextmanager
def lease(target: Target, progress: Progress) -> Iterator[str]:
    """Hold the lease of ``target`` and yield the node of its holder; wait for others, and say so."""
    node = loader_node(uuid.uuid4().hex)
    _enter(target, node, progress)
    gone = threading.Event()
    beating = threading.Thread(target=_beat, args=[target, node, gone], daemon=True)
    beating.start()
    try:
        yield node
    finally:
        gone.set()
        beating.join()
        with suppress(StoreError):  # where it is away, the lease runs out
            target.forget(node)


def _enter(target: Target, node: str, progress: Progress) -> None:
    has_waited = False
    while True:
        target.state(
            (node, UNTIL, _until()), (node, PLACE, ox.Literal(_place())), (CONTROL, LOADER, ox.NamedNode(node))
        )  # fmt: skip
        if not _others_live(target, node):
            return
        target.forget(node)
        if not has_waited:
            progress("waiting for another loader to end")
        has_waited = True
        time.sleep(_PAUSE * random.uniform(0.5, 1.5))  # noqa: S311 - so that two do not go on meeting


def _others_live(target: Target, node: str) -> bool:
    """Tell whether another loader lives; what is left of dead ones goes."""
    others = [each for each in target.standing().loaders if each.node != node]
    for other in others:
        if _is_dead(other):
            target.forget(other.node)
    return not all(map(_is_dead, others))


def _is_dead(loader: Loading) -> bool:
    return loader.until < _now() or _has_ended(loader.place)


def _beat(target: Target, node: str, gone: threading.Event) -> None:
    """Say again and again that the loader lives; the latest word counts."""
    while not gone.wait(_BEAT):
        with suppress(StoreError):  # whoever loads meets the same, and says so
            target.state((node, UNTIL, _until()))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _until() -> ox.Literal:
    return ox.Literal((datetime.now(UTC) + timedelta(seconds=LIVES)).isoformat(timespec="seconds"))


def _place() -> str:
    """Return where this process runs: the start of the machine, its space of process numbers, its number and start."""
    return f"{_space()} {os.getpid()} {_started(os.getpid())}"


def _has_ended(place: str) -> bool:
    """Tell whether the process that gave ``place`` ran here and is no more; of others that is not known."""
    space, _, process = place.rpartition(" ")[0].rpartition(" ")
    return bool(space) and space == _space() and _started(int(process)) != place.rpartition(" ")[2]


def _space() -> str:
    try:
        booted = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{booted}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(process: int) -> str:
    """Return when a process of this machine started, in ticks since the machine did; empty where there is none."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
