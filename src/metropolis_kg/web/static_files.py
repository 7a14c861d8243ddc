"""``/static/…``: style sheet, icon, and the scripts of pages."""

import mimetypes
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from metropolis_kg.web.responses import BRIEFLY, FOR_EVER, tagged

FOLDER = Path(__file__).parent / "static"


def static_files() -> Blueprint:
    """Return the view of the files beside the program."""
    views = Blueprint("static_files", __name__)

    @views.get("/static/<path:name>")
    def file(name: str) -> Response:
        found = safe_join(str(FOLDER), name)
        if not found or not Path(found).is_file():
            raise NotFound("There is no such file.")
        return _sent(Path(found))

    return views


@cache
def built(name: str, extension: str = "js") -> str | None:
    """Return the path below ``static/`` of a file that ``frontend/`` makes; none where it has not been made."""
    made = sorted(FOLDER.glob(f"built/{name}-*.{extension}"))
    return made[0].relative_to(FOLDER).as_posix() if made else None


def _sent(path: Path) -> Response:
    """Return the file, in parts where that is asked for; what is named after its content keeps for ever."""
    tag, modified = _digest(path), path.stat().st_mtime
    cache = FOR_EVER if path.parent.name == "built" else BRIEFLY
    if "Range" in request.headers:
        response = send_file(path, etag=tag, last_modified=modified, conditional=True)
        response.headers["Cache-Control"] = cache
        return response
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response = tagged(tag, media_type, path.read_bytes, cache=cache)
    response.headers["Accept-Ranges"] = "bytes"
    return response


@lru_cache
def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:32]
