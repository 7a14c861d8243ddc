"""Servers that do to a client what servers should not: each writes raw bytes."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

Behaving = Callable[[socket.socket, bytes], None]
"""Connection and what was asked → whatever it does."""


@contextmanager
def misbehaving(behave: Behaving) -> Iterator[str]:
    """Serve ``behave`` on a free port, every connection in a thread, and yield the address."""
    listening, stop = socket.create_server(("127.0.0.1", 0)), Event()

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            behave(connection, connection.recv(1 << 16))

    def serve() -> None:
        with suppress(OSError):
            while not stop.is_set():
                Thread(target=one, args=(listening.accept()[0],), daemon=True).start()

    Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        stop.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
