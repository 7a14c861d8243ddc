"""The dataset as a whole: where its description is, and the files that have all of it.

``/data/`` lists the files of the present release and names the others; ``/data/<digest>/`` those of one release, whose
addresses never change. ``/data/<file>`` is the same file of the present release.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, request
from werkzeug.exceptions import PreconditionFailed, RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.errors import ReleaseError
from metropolis_kg.publication.catalogue import distributions
from metropolis_kg.publication.data_page import data_page_of
from metropolis_kg.publication.dumps import Dump, UnknownDumpError, data_path, dumps_of
from metropolis_kg.publication.media_types import DOCUMENTS, HTML, content_type
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.results import write_triples
from metropolis_kg.web.downloads import Downloads
from metropolis_kg.web.requests import choose_here
from metropolis_kg.web.responses import BRIEFLY, FOR_EVER, moved, representation, see_other
from metropolis_kg.web.site import Site, View

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 16
"""Bytes of a file that are read at once."""


def dataset(site: Site) -> Blueprint:
    """Return the views of the dataset."""
    views = Blueprint("dataset", __name__)
    downloads = Downloads(site.settings.downloads_at_once)

    @views.get("/.well-known/void")
    def well_known() -> Response:
        return _to_document(site.current.release())

    @views.get("/catalogue")
    def catalogue() -> Response:
        return _to_document(site.current.release())

    @views.get("/data")
    def without_slash() -> Response:
        """Lead on; Werkzeug would, but to the host that the request names."""
        return moved(f"{site.base}data/")

    @views.get("/data/")
    def files() -> Response:
        view = site.view()
        return _list(view, _present(view))

    @views.get("/data/<name>")
    def present_file(name: str) -> Response:
        view = site.view()
        if _DIGEST.fullmatch(name):
            return moved(view.release.iri(data_path(name)))
        release = _present(view)
        response = _Sending(release, downloads).file(_dump(view, release, name), BRIEFLY)
        response.headers["Content-Location"] = view.release.iri(data_path(str(view.release.digest), name))
        return response

    @views.get("/data/<digest>/")
    def files_of(digest: str) -> Response:
        view = site.view()
        return _list(view, _kept(view, digest))

    @views.get("/data/<digest>/<name>")
    def file_of(digest: str, name: str) -> Response:
        view = site.view()
        release = _kept(view, digest)
        return _Sending(release, downloads).file(_dump(view, release, name), FOR_EVER)

    return views


def _to_document(release: OpenRelease) -> Response:
    return see_other(release.iri("doc/dataset"), release)


def _present(view: View) -> Release:
    """Return the release that is served. Raises UnknownDumpError where a remote store is."""
    if view.release.folder is None:
        raise UnknownDumpError(
            "There are no files of the whole dataset: it is served from another SPARQL endpoint, "
            f"which answers at {view.release.iri('sparql')}."
        )
    return Release(view.release.folder.resolve())


def _kept(view: View, digest: str) -> Release:
    """Return the release of that digest, present or not. Raises UnknownDumpError where it is not kept."""
    present = _present(view)
    if digest == view.release.digest:
        return present
    release = Release(Releases(view.site.settings.var).folder / digest)
    if _DIGEST.fullmatch(digest) and _is_listed(view, release):
        return release
    raise UnknownDumpError(
        f"No release “{digest[:12]}” is kept here; {view.release.iri('data/')} names those that are."
    )


def _is_listed(view: View, release: Release) -> bool:
    """Return whether the files of ``release`` can be fetched: where it has a manifest, and names things as we do."""
    return release.is_readable and release.manifest["base"] == view.release.base


@dataclass(frozen=True)
class _Sending:
    """Sends files of a release, which nothing reads into memory."""

    release: Release
    downloads: Downloads

    def file(self, dump: Dump, cache: str) -> Response:
        """Return a file as it is, whole or the range that is wanted (RFC 9110 section 14), or 304.

        Its entity tag is its checksum. Raises PreconditionFailed, RequestedRangeNotSatisfiable, TooManyDownloadsError,
        and ReleaseError where the file is not there.
        """
        if request.if_match and not request.if_match.contains(dump.sha256):
            raise PreconditionFailed("What is here now has another entity tag than those in If-Match.")
        kept = request.if_none_match.contains_weak(dump.sha256)
        response = Response(status=304) if kept else self._opened(dump)
        response.set_etag(dump.sha256)
        response.last_modified = datetime.fromisoformat(self.release.manifest["created"])
        response.headers["Cache-Control"] = f"{cache}, no-transform"
        response.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(dump.sha256)).decode()}:"
        if not kept and _wants_range(dump):
            _cut(response, dump.bytes)
        return response

    def _opened(self, dump: Dump) -> Response:
        path = self.release.path / dump.name
        try:
            path.stat()
            file = self.downloads.open(path) if request.method == "GET" else None
        except OSError as error:
            raise ReleaseError(f"release {self.release.digest[:12]} lacks {dump.name}: {error.strerror}") from error
        response = Response(wrap_file(request.environ, file, _CHUNK) if file else None, direct_passthrough=True)
        response.headers["Content-Type"] = content_type(dump.media_type)
        response.headers["Content-Disposition"] = f"attachment; filename={self._called(dump)}"
        response.content_length = dump.bytes
        response.accept_ranges = "bytes"
        return response

    def _called(self, dump: Dump) -> str:
        """Return the name under which clients keep the file."""
        created, digest = self.release.manifest["created"][:10], self.release.digest[:12]
        return f"metropolis-kg-{created}-{digest}{dump.name.removeprefix('dataset')}"


def _dump(view: View, release: Release, name: str) -> Dump:
    """Return the file of that name. Raises UnknownDumpError."""
    for dump in dumps_of(release.manifest):
        if dump.name == name:
            return dump
    place = view.release.iri(data_path(release.digest))
    raise UnknownDumpError(f"The release has no file “{name[:40]}”; {place} lists them.")


def _cut(response: Response, length: int) -> None:
    """Make ``response`` one with the range that is wanted. Raises RequestedRangeNotSatisfiable.

    Where more is wanted from the end than there is, that is all of it (RFC 9110 section 14.1.2).
    """
    wanted = request.range.ranges[0][0] if request.range else 0
    environ = {**request.environ, "HTTP_RANGE": f"bytes=-{length}"} if wanted < -length else request.environ
    try:
        response.make_conditional(environ, accept_ranges=True, complete_length=length)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise


def _wants_range(dump: Dump) -> bool:
    """Tell whether one range of bytes is wanted, of this very file; anything else is answered with the whole of it.

    Ranges are defined for GET only (RFC 9110 section 14.2). A date in If-Range cannot tell releases apart: after a
    rollback, what is current is older than what was.
    """
    ranges = request.range
    if request.method != "GET" or ranges is None or ranges.units != "bytes" or len(ranges.ranges) != 1:
        return False
    return request.headers.get("If-Range", f'"{dump.sha256}"') == f'"{dump.sha256}"'


def _list(view: View, release: Release) -> Response:
    """Return the list of files of a release, as a page that names the others too, or as distributions in RDF."""
    chosen = choose_here(DOCUMENTS)
    others = Releases(view.site.settings.var).all()
    kept = {each.digest: each.manifest for each in others if _is_listed(view, each)}
    manifests = {release.digest: release.manifest} | kept

    def written() -> bytes:
        if chosen.syntax is HTML:
            return view.render("data.html", page=data_page_of(release.digest, manifests, view.language)).encode()
        found = distributions(view.release, view.site.queries, release.digest, release.manifest)
        return write_triples(found, chosen.syntax.media_type, view.release.prefixes)

    language = view.variant if chosen.syntax is HTML else []
    response = representation(
        view.release, chosen.media_type, [release.digest, *manifests, *language], written, kept=False
    )
    response.vary.add("Accept")
    if chosen.syntax is HTML:
        view.name_language(response)
    return response
