"""A store that cannot be served from yet is asked once a second, however many requests wait for it."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from metropolis_kg.settings import Settings
from metropolis_kg.store.protocol import StoreUnavailableError
from metropolis_kg.web.current import Current


class Failing(BaseHTTPRequestHandler):
    """Is asked, and has no answer."""

    def do_POST(self) -> None:
        server: Any = self.server
        server.asked += 1
        self.send_error(500)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_store_that_fails_before_anything_is_open_is_not_asked_by_every_request() -> None:
    with HTTPServer(("127.0.0.1", 0), Failing) as server:
        server.asked = 0  # type: ignore[attr-defined] # for its handler
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        current, asked = Current(Settings(store=f"http://127.0.0.1:{server.server_port}/sparql")), list[int]()
        for _ in range(5):
            with pytest.raises(StoreUnavailableError, match="HTTP status 500"):
                current.release()
            asked.append(server.asked)  # type: ignore[attr-defined] # as above
        server.shutdown()
        thread.join()
    assert asked[0] > 0
    assert asked == asked[:1] * 5
