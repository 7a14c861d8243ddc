"""The dataset as a whole: where its description is, and the files that have all of it.

``/data/`` lists the files of the present release and names the others; ``/data/<digest>/`` those of one release, whose
addresses never change. ``/data/<file>`` is the same file of the present release.
"""

import re
from base64 import b64encode
from datetime import datetime

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import PreconditionFailed

from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.errors import ReleaseError
from metropolis_kg.publication.catalogue import distributions
from metropolis_kg.publication.data_page import data_page_of
from metropolis_kg.publication.dumps import Dump, UnknownDumpError, data_path, dumps_of
from metropolis_kg.publication.media_types import DOCUMENTS, HTML, content_type
from metropolis_kg.store.results import write_triples
from metropolis_kg.web.requests import choose_here
from metropolis_kg.web.responses import BRIEFLY, FOR_EVER, moved, representation, see_other
from metropolis_kg.web.site import Site, View

_DIGEST = re.compile(r"[0-9a-f]{64}")


def dataset(site: Site) -> Blueprint:
    """Return the views of the dataset."""
    views = Blueprint("dataset", __name__)

    @views.get("/.well-known/void")
    def well_known() -> Response:
        release = site.current.release()
        return see_other(release.iri("doc/dataset"), release)

    @views.get("/catalogue")
    def catalogue() -> Response:
        release = site.current.release()
        return see_other(release.iri("doc/dataset"), release)

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
        response = _file(view, _present(view), name, BRIEFLY)
        response.headers["Content-Location"] = view.release.iri(data_path(str(view.release.digest), name))
        return response

    @views.get("/data/<digest>/")
    def files_of(digest: str) -> Response:
        view = site.view()
        return _list(view, _kept(view, digest))

    @views.get("/data/<digest>/<name>")
    def file_of(digest: str, name: str) -> Response:
        view = site.view()
        return _file(view, _kept(view, digest), name, FOR_EVER)

    return views


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
    release = Release(view.site.settings.var / "releases" / digest)
    if _DIGEST.fullmatch(digest) and release.is_readable:
        return release
    raise UnknownDumpError(
        f"No release “{digest[:12]}” is kept here; {view.release.iri('data/')} names those that are."
    )


def _file(view: View, release: Release, name: str, cache: str) -> Response:
    """Return a file as it is, whole or the range that is wanted (RFC 9110 section 14), or 304.

    Its entity tag is its checksum. Raises UnknownDumpError, PreconditionFailed and RequestedRangeNotSatisfiable.
    """
    dump = next((each for each in dumps_of(release.manifest) if each.name == name), None)
    if dump is None:
        place = view.release.iri(data_path(release.digest))
        raise UnknownDumpError(f"The release has no file “{name[:40]}”; {place} lists them.")
    if request.if_match and not request.if_match.contains(dump.sha256):
        raise PreconditionFailed("What is here now has another entity tag than those in If-Match.")
    created = datetime.fromisoformat(release.manifest["created"])
    if request.if_none_match.contains_weak(dump.sha256):
        response = Response(status=304)
    else:
        response = _sent(release, dump, created)
    response.set_etag(dump.sha256)
    response.last_modified = created
    response.headers["Cache-Control"] = f"{cache}, no-transform"
    response.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(dump.sha256)).decode()}:"
    if response.status_code == 200 and _wants_range(dump):
        response.make_conditional(request.environ, accept_ranges=True, complete_length=dump.bytes)
    return response


def _sent(release: Release, dump: Dump, created: datetime) -> Response:
    called = f"metropolis-kg-{created:%Y-%m-%d}-{release.digest[:12]}{dump.name.removeprefix('dataset')}"
    try:
        response = send_file(
            (release.path / dump.name).absolute(),
            as_attachment=True,
            download_name=called,
            conditional=False,
            etag=False,
        )
    except OSError as error:
        raise ReleaseError(f"release {release.digest[:12]} lacks {dump.name}: {error.strerror}") from error
    response.headers["Content-Type"] = content_type(dump.media_type)
    response.accept_ranges = "bytes"
    return response


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
    kept = {each.digest: each.manifest for each in Releases(view.site.settings.var).all() if each.is_readable}
    manifests = {release.digest: release.manifest} | kept

    def written() -> bytes:
        if chosen.syntax is HTML:
            return view.render("data.html", page=data_page_of(release.digest, manifests, view.language)).encode()
        found = distributions(view.release, view.site.queries, release.digest, release.manifest)
        return write_triples(found, chosen.syntax.media_type, view.release.prefixes)

    language = [view.language, view.links.page("")] if chosen.syntax is HTML else []
    variant = [release.digest, *manifests, *language]
    response = representation(view.release, chosen.media_type, variant, written, kept=False)
    response.vary.add("Accept")
    if chosen.syntax is HTML:
        response.content_language.add(view.language)
        response.vary.add("Accept-Language")
    return response
