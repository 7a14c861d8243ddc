"""What becomes of a release that another one replaces: it is closed as soon as nobody is at it any more.

A page that was written leaves a cycle behind (a template's macros and its context), which holds the release until the
garbage collector comes by. In a process that has much, that is minutes: a store and query processes for each release.
"""

import gc
import threading
import time
from weakref import ReferenceType, ref

from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.log import log_switch

_PAUSES = (1, 2, 4, 8, 16, 32)
"""Seconds before each look whether somebody still holds the release, as a request that runs does."""


def replaced(before: OpenRelease | None, release: OpenRelease) -> None:
    """Say that ``release`` is served now, and let go of the one ``before``, where it is another one."""
    log_switch(before, release)
    if before and before is not release:
        threading.Thread(target=_let_go, args=[ref(before)], daemon=True, name="a replaced release").start()


def _let_go(release: ReferenceType[OpenRelease]) -> None:
    for pause in _PAUSES:
        time.sleep(pause)
        if release() is None:
            return
        gc.collect()
