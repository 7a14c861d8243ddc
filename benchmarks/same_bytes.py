"""Two WSGI applications that send what they find in a file: a bare callable, and a Flask application.

The file, which the environment variable SAME_BYTES names, holds a pickled mapping: path and Accept → status, headers,
body. What is asked for with If-None-Match is under path and that.
"""

import os
import pickle
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

Sent = tuple[str, list[tuple[str, str]], bytes]

_SENT: dict[tuple[str, str], Sent] = pickle.loads(Path(os.environ["SAME_BYTES"]).read_bytes())  # noqa: S301 - our own


def bare(environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]) -> Iterable[bytes]:
    """Answer as any WSGI server calls it (PEP 3333)."""
    asked = environ.get("HTTP_IF_NONE_MATCH") or environ["HTTP_ACCEPT"]
    status, headers, body = _SENT[environ["PATH_INFO"], asked]
    start_response(status, headers)
    return [body]


flask = Flask(__name__)


@flask.get("/<path:path>")
def view(path: str) -> Response:
    """Answer as a view of Flask."""
    asked = request.headers.get("If-None-Match") or request.headers["Accept"]
    status, headers, body = _SENT[f"/{path}", asked]
    return Response(body, int(status[:3]), headers)
