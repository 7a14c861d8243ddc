"""The process behind ``Workers``: it holds a store and forks the processes that answer, one query at a time each.

``python -m metropolis_kg.store.prefork SOCKET LOCK`` reads a recipe from its standard input. Once the store is there it
writes ``ready``, else why not. A store in memory is shared with the forked processes, which cost some milliseconds;
one on disk starts threads, which a fork would lack, so each process opens it for itself.

It has a single thread and evaluates nothing. A process whose query takes too long is ended by the kernel's timer, one
that takes too much memory by its own limit; either is replaced. When nobody holds the lock any more, all of them end.
"""

import fcntl
import logging
import os
import pickle
import resource
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from metropolis_kg.store.deaths import Deaths
from metropolis_kg.store.event_log import Events, event, signal_name, to_stderr
from metropolis_kg.store.guarded import GuardedStore
from metropolis_kg.store.process_limits import end_with_parent, limit_memory, secluded
from metropolis_kg.store.protocol import N_TRIPLES, Output, QueryEndedError, Question, Store, StoreError
from metropolis_kg.store.query_form import load_parser
from metropolis_kg.store.recipe import Recipe
from metropolis_kg.store.results import GRAPH_FORMATS, write_graph
from metropolis_kg.store.sheet import Sheet

BEGUN = b"B"
"""What an asker hears when its query is taken."""

DEATHS = "deaths"
"""The folder, beside the address, in which deaths are counted."""

_TIME_IS_UP = "SIGALRM"
"""What ends a query that takes longer than it may."""

_LARGEST_GROWTH = 32 << 20
"""Bytes by which a process may have grown before it is replaced, so that memory comes back after a large answer."""

_STACK = 64 << 20
"""Bytes of stack for an engine that reads by recursion."""

_log = logging.getLogger("metropolis_kg.store.prefork")  # not by the name of this module, which is run as a program


class Prefork:
    """The process that holds the store and keeps ``recipe.limits.at_once`` processes answering."""

    def __init__(self, recipe: Recipe, address: Path, lock: Path) -> None:
        """Open what can be shared. Raises StoreUnavailableError."""
        self._recipe, self._address = recipe, address
        self._lock = lock.open("a")
        self._shared = recipe.open() if recipe.kind == "memory" else None
        self._children: set[int] = set()
        self._deaths = Deaths(address.parent / DEATHS)
        self._life, self._held = os.pipe()  # the forked processes hear the end of this one by it
        self._wake, self._alarm = os.pipe()
        self._listener = _listening(address, recipe.limits.waiting)

    def run(self) -> None:
        """Keep the processes going until nobody wants them."""
        os.set_blocking(self._alarm, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._alarm, warn_on_full_buffer=False)
        self._fill()
        print("ready", flush=True)  # noqa: T201 - what the starter waits for
        while self._wanted():
            if select.select([self._wake], [], [], 1.0)[0]:
                os.read(self._wake, 4096)
            self._reap()
            self._fill()
        self._retire()

    def _retire(self) -> None:
        """Make way for whoever starts anew, and end when those that still answer have finished."""
        self._address.unlink(missing_ok=True)
        self._listener.close()
        self._lock.close()
        os.close(self._held)
        with suppress(ChildProcessError):
            while True:
                os.wait()

    def _wanted(self) -> bool:
        """Tell whether anybody holds the lock. Where nobody does, this process has it for the rest of its life."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self._children.discard(ended[0])
                if os.WIFSIGNALED(ended[1]):
                    self._note_death(signal_name(os.WTERMSIG(ended[1])))

    def _note_death(self, cause: str) -> None:
        self._deaths.note(cause)
        level = logging.INFO if cause == _TIME_IS_UP else logging.WARNING
        _log.log(
            level, "a query ended its process (%s); there is another one now", cause,
            extra=event("query-process-died", signal=cause),
        )  # fmt: skip

    def _fill(self) -> None:
        with suppress(OSError):  # no process can be had now; tried again within a second
            while len(self._children) < self._recipe.limits.at_once:
                if child := os.fork():
                    self._children.add(child)
                else:
                    self._answer_queries()

    def _answer_queries(self) -> NoReturn:
        """Answer in a thread: glibc gives it memory of its own to allocate from.

        That of the main thread has the gaps that loading has left. They would be filled, and copied, page by page.
        """
        try:
            end_with_parent()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # an engine that a query breaks leaves no gigabytes behind
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for unused in (self._held, self._wake, self._alarm, self._lock.fileno()):
                os.close(unused)
            worker = _Worker(self._recipe, self._shared, self._listener, self._life)
            threading.stack_size(_STACK)
            with ThreadPoolExecutor(1) as thread:
                thread.submit(worker.run).result()
        except BaseException:
            _log.exception("a process that answers queries fails")
            time.sleep(1)  # the next one may fail as well
        finally:
            os._exit(0)  # nothing of what was forked is to be cleaned up twice


class _Worker:
    """A process that answers one query after another."""

    def __init__(self, recipe: Recipe, shared: Store | None, listener: socket.socket, life: int) -> None:
        self._recipe, self._shared, self._listener, self._life = recipe, shared, listener, life

    def run(self) -> None:
        """Answer until the process that forked this one ends, or this one has grown."""
        with suppress(StoreError):  # said to who asks
            _ = self._store  # opened before the limit, which is what a query needs beyond the store
        limit_memory(self._recipe.limits.memory << 20)
        at_first = _most_memory()
        is_called = _calls(self._listener, self._life)
        while _most_memory() - at_first < _LARGEST_GROWTH and is_called():
            with suppress(BlockingIOError):  # another process was faster
                asker = self._listener.accept()[0]
                with asker, suppress(ConnectionError, TimeoutError):  # the asker has gone
                    asker.settimeout(10)
                    self._serve(asker)

    def _serve(self, asker: socket.socket) -> None:
        asked = asker.makefile("rb").read()
        if not asked:
            return
        asker.sendall(BEGUN)
        question: Question = pickle.loads(asked)  # noqa: S301 - from the server's own processes, in a folder of theirs
        signal.setitimer(signal.ITIMER_REAL, self._recipe.limits.seconds)  # its signal ends the process
        try:
            with self._answer(question) as sheet:
                signal.setitimer(signal.ITIMER_REAL, 0)
                said = pickle.dumps(sheet.size if sheet.descriptors else sheet.kept)
                socket.send_fds(asker, [said], sheet.descriptors)
        except MemoryError:
            _tell(asker, QueryEndedError("The query needs more memory than it may have."))
        except StoreError as error:
            _tell(asker, error)
        except Exception:
            _log.exception("a query meets a fault of the program")
            _tell(asker, StoreError("A fault of the program has ended the query; it has been logged."))

    def _answer(self, question: Question) -> Sheet:
        """Return the finished sheet with the answer. Raises what ``QueryService.query`` raises."""
        if question.media_type not in GRAPH_FORMATS or question.media_type == N_TRIPLES:
            return self._written(question)
        with self._written(replace(question, media_type=N_TRIPLES)) as graph:
            body = write_graph(graph.read(), question.media_type, self._recipe.prefixes)
        sheet = Sheet(question.media_type, self._recipe.limits)
        sheet.write(body)
        sheet.flush()
        return sheet

    def _written(self, question: Question) -> Sheet:
        sheet = Sheet(question.media_type, self._recipe.limits)
        self._store.write(question, sheet)
        sheet.finish()
        return sheet

    @cached_property
    def _store(self) -> Store:
        store = Secluded(self._shared) if self._shared else self._recipe.open()
        return GuardedStore(store, self._recipe.prefixes, self._recipe.base, self._recipe.federation)


class Secluded(Store):
    """Keeps an engine that has all in memory from opening any file or connection while it answers."""

    def __init__(self, store: Store) -> None:
        """Answer from ``store``."""
        self._store = store

    def write(self, question: Question, output: Output) -> None:
        """Write the answer to ``question`` to ``output``, as ``Store.write`` promises."""
        with secluded():
            self._store.write(question, output)


def _tell(asker: socket.socket, error: StoreError) -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    asker.sendall(pickle.dumps(error))


def _calls(listener: socket.socket, life: int) -> Callable[[], bool]:
    """Return a function that waits until somebody asks and tells whether to go on, which ends with ``life``.

    On Linux only one waiting process is woken for each that asks, the first in a fixed order, whose memory the
    processor is the likeliest to have at hand (epoll(7), EPOLLEXCLUSIVE). Elsewhere all are woken.
    """
    if not hasattr(select, "EPOLLEXCLUSIVE"):
        return lambda: life not in select.select([listener.fileno(), life], [], [])[0]
    calls = select.epoll()
    calls.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE)
    calls.register(life, select.EPOLLIN)
    return lambda: life not in dict(calls.poll())


def _listening(address: Path, waiting: int) -> socket.socket:
    """Return a socket at ``address``, where nobody listens any more, on which ``waiting`` may wait to be accepted."""
    address.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(address))
    listener.listen(waiting)
    listener.setblocking(False)
    return listener


def _most_memory() -> int:
    """Return the most bytes of memory that this process has had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> int:
    """Read the recipe and run; return the exit status."""
    address, lock = (Path(each) for each in sys.argv[1:])
    recipe = sys.stdin.read()
    if not recipe:  # the starter has gone
        return 1
    os.nice(5)  # documents come first
    to_stderr(Events())
    try:
        prefork = Prefork(Recipe.from_json(recipe), address, lock)
    except (StoreError, OSError) as error:
        print(error, flush=True)  # noqa: T201 - what the starter waits for
        return 1
    load_parser()
    prefork.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
