"""What the keys of JSON-LD mean, and what they hold: the context and the schemas.

``/context.jsonld`` is the present context; ``/context/<version>.jsonld`` never changes, and stays as long as a release
that was published with it. ``/schema.json`` is the schema of every document, ``/schema/<Class>.json`` of a class.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from pathlib import Path

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from metropolis_kg.content import find_content
from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.errors import ReleaseError
from metropolis_kg.publication.json_schema import schema_document, schema_path
from metropolis_kg.publication.jsonld_context import context_document, context_path, contexts_under
from metropolis_kg.publication.media_types import JSON_LD, JSON_SCHEMA
from metropolis_kg.web.responses import FOR_EVER, representation
from metropolis_kg.web.site import Site


def contexts(site: Site) -> Blueprint:
    """Return the views of the context and the schemas."""
    views = Blueprint("contexts", __name__)
    content = find_content(site.settings.root)

    @views.get("/context.jsonld")
    def present() -> Response:
        release = site.current.release()
        response = representation(release, JSON_LD.media_type, [], lambda: context_document(release))
        response.headers["Content-Location"] = release.iri(context_path(release))
        return response

    @views.get("/context/<version>.jsonld")
    def versioned(version: str) -> Response:
        release = site.current.release()
        known = chain([contexts_under(release.base, release.prefixes)], _older(site))
        document = next((each[version] for each in known if version in each), None)
        if document is None:
            present_one = release.iri("context.jsonld")
            raise NotFound(f"There is no context of this version; {present_one} is the present one.")
        return representation(release, JSON_LD.media_type, [], lambda: document, cache=FOR_EVER)

    @views.get("/schema.json")
    def schema_of_documents() -> Response:
        return schema("")

    @views.get("/schema/<name>.json")
    def schema(name: str) -> Response:
        release = site.current.release()
        document = schema_document(release, content, name)
        if document is None:
            every = release.iri(schema_path())
            raise NotFound(f"There is no class of this name with a schema; {every} names those there are.")
        return representation(release, JSON_SCHEMA.media_type, [sha256(document).hexdigest()], lambda: document)

    return views


def _older(site: Site) -> Iterator[Mapping[str, bytes]]:
    """Yield the contexts of each release on disk."""
    if not site.settings.store:
        for release in Releases(site.settings.var).all():
            yield _contexts_of(release.path)


@lru_cache(maxsize=1024)
def _contexts_of(folder: Path) -> Mapping[str, bytes]:
    """Return the contexts of the release in ``folder``, which never changes; none of one that is damaged."""
    try:
        manifest = Release(folder).manifest
    except ReleaseError:
        return {}
    return contexts_under(manifest["base"], manifest["prefixes"])
