"""Processes that write files of a release while others validate. They import this and what they write with, no more."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread


def writers() -> ProcessPoolExecutor:
    """Return a pool of two processes that share nothing with this one, and end when it is killed."""
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)
