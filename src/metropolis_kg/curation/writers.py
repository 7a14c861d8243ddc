"""Processes that write files of a release while others validate. They import this and what they write with, no more."""

import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, wait
from ctypes import Array, c_double
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, Self, TypeVar

from metropolis_kg.curation.progress import Share

_Written = TypeVar("_Written")

_MOST = 8
_PAUSE = 0.5
"""Seconds between two looks at how much is done."""

_shares: "Array[c_double]"
"""In a process that writes: how much is done of each piece of work."""


class Writers:
    """Two processes that share nothing with this one but how far they are, and end when it is killed."""

    def __init__(self) -> None:
        """Start nothing yet."""
        context = get_context("spawn")
        self._shares = context.RawArray(c_double, _MOST)
        self._pool = ProcessPoolExecutor(2, mp_context=context, initializer=_begin, initargs=(self._shares,))
        self._writing: list[Future[Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what is being written; what is not yet will not be."""
        self._pool.shutdown(cancel_futures=True)

    def submit(self, write: Callable[..., _Written], *arguments: object) -> Future[_Written]:
        """Have ``write`` called with ``arguments``, and with ``share``, which it tells how much of its work is done."""
        writing = self._pool.submit(_written, len(self._writing), write, arguments)
        self._writing.append(writing)
        return writing

    def follow(self, share: Share) -> None:
        """Return when all is written; tell ``share`` meanwhile how much that is."""
        while wait(self._writing, _PAUSE).not_done:
            share(sum(self._shares) / len(self._writing))


def _begin(shares: "Array[c_double]") -> None:
    global _shares
    _shares = shares
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _written(number: int, write: Callable[..., _Written], arguments: tuple[object, ...]) -> _Written:
    def tell(share: float) -> None:
        _shares[number] = share

    written = write(*arguments, share=tell)
    tell(1)
    return written
