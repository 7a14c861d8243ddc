"""Things, documents, their versions, files and changes in the OpenAPI document."""

from metropolis_kg.publication.citing import CITATIONS, CSL_JSON
from metropolis_kg.publication.dumps import COMPRESSIONS, SYNTAXES, dumps_of
from metropolis_kg.publication.feed import FEEDS
from metropolis_kg.publication.media_types import ATOM, DOCUMENTS, HTML, LINK_FORMAT, PROFILES, SCHEMA_ORG
from metropolis_kg.publication.openapi_nodes import (
    DATE,
    Node,
    contents,
    in_format,
    in_query,
    language,
    operation,
    thing_name,
)
from metropolis_kg.store.release import OpenRelease

_FILE = {"200": "The file.", "206": "The range of it that was asked for."}


def document_paths(release: OpenRelease) -> Node:
    """Return the addresses, each with its operations; files only where ``release`` has some."""
    return {
        "/id/{kind}/{slug}": {"get": _thing()},
        "/doc/{kind}/{slug}": {"get": _document()},
        "/cite/{kind}/{slug}": {"get": _citation()},
        **({"/data/": {"get": _files()}, "/data/{name}": {"get": _file()}} if dumps_of(release.manifest) else {}),
        "/timegate/doc/{kind}/{slug}": {"get": _timegate()},
        "/timemap/doc/{kind}/{slug}": {"get": _timemap()},
        "/memento/{moment}/doc/{kind}/{slug}": {"get": _memento()},
        "/doc/ns": {"get": _reference("vocabulary", "The vocabulary, with all its terms")},
        "/doc/shapes": {"get": _reference("shapes", "The shapes: what the data must look like, in SHACL")},
        "/feed": {"get": _feed()},
        "/feed/{first}/{page}": {"get": _feed_page()},
        "/feed.atom": {"get": _atom()},
    }


def _thing() -> Node:
    found = {"303": {"description": "See the document about the thing.", "headers": {
        "Location": {"schema": {"type": "string", "format": "uri"}}
    }}}  # fmt: skip
    return operation("thing", "A thing, by its name", "things", thing_name(), found, (404, 410, 503))


def _document() -> Node:
    names = [profile.name for profile in (*PROFILES, SCHEMA_ORG)]
    profile = in_query(
        "profile", {"type": "string", "enum": names}, "The form of JSON-LD; or schema.org, in any RDF syntax."
    )  # fmt: skip
    day = in_query("at", DATE, "Only what held on the day.")
    page = in_query("page", {"type": "integer", "minimum": 1}, "Which page of the things that it is linked with.")
    return operation(
        "document", "What is said about a thing, with evidence", "things",
        [*thing_name(), profile, day, page, language()], contents(DOCUMENTS), (400, 404, 406, 410, 503),
        description="With an extension (.ttl, .jsonld, .html …) it comes in that format, whatever Accept says.",
    )  # fmt: skip


def _citation() -> Node:
    answers, item = contents(CITATIONS), {"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": 1}
    answers["200"]["content"][CSL_JSON.media_type]["schema"] = item
    return operation(
        "citation", "How to cite a thing and the version that was read", "things", [*thing_name(), language()],
        answers, (404, 406, 410, 503),
        description="With an extension (.json, .bib, .html) it comes in that format, whatever Accept says.",
    )  # fmt: skip


def _reference(name: str, summary: str) -> Node:
    return operation(name, summary, "things", [language()], contents(DOCUMENTS), (404, 406, 503))


def _timegate() -> Node:
    found = {"302": {"description": "The document of that time.", "headers": {
        "Location": {"schema": {"type": "string", "format": "uri"}}
    }}}  # fmt: skip
    moment = {
        "name": "Accept-Datetime", "in": "header", "required": False, "schema": {"type": "string"},
        "description": "A time of publication, such as Thu, 31 May 2007 20:35:00 GMT; without it, the latest.",
    }  # fmt: skip
    return operation(
        "timegate", "The document as it was published at a time (RFC 7089)", "things", [*thing_name(), moment], found,
        (400, 404, 406, 503),
    )  # fmt: skip


def _timemap() -> Node:
    return operation(
        "timemap", "Every version of a document (RFC 7089)", "things", thing_name(), contents((LINK_FORMAT, HTML)),
        (404, 406, 503),
    )  # fmt: skip


def _memento() -> Node:
    moment = {
        "name": "moment", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9]{14}$"},
        "description": "When it was published, in UTC: YYYYMMDDhhmmss. The TimeMap has the times there are.",
    }  # fmt: skip
    return operation(
        "memento", "A document as it was published once (RFC 7089)", "things", [moment, *thing_name()],
        contents(DOCUMENTS), (404, 406, 503),
    )  # fmt: skip


def _files() -> Node:
    return operation(
        "files", "The files that have the whole dataset", "files", [in_format(DOCUMENTS)], contents(DOCUMENTS),
        (404, 406, 503), description="In RDF, each is a dcat:Distribution with its size and SHA-256.",
    )  # fmt: skip


def _file() -> Node:
    example = "dataset.nq.gz"
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}, "example": example}
    kinds = [*(syntax.media_type for syntax in SYNTAXES), *COMPRESSIONS.values()]
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    answers = {status: {"description": text, "content": content} for status, text in _FILE.items()}
    return operation(
        "file", "The whole dataset in one file", "files", [name], answers, (404, 416, 429, 503),
        description="The name says the syntax and the compression; Accept says nothing. Range and If-Range are "
        "understood. The entity tag is the SHA-256.",
    )  # fmt: skip


def _feed() -> Node:
    return operation(
        "feed", "What each publication created, updated or removed", "changes", [], contents(FEEDS), (404, 406, 503),
        description="The root node of a Linked Data Event Stream; its relations lead to pages of members.",
    )  # fmt: skip


def _feed_page() -> Node:
    number: Node = {"in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}, "example": 1}
    return operation(
        "feedPage", "A page of the feed", "changes", [{"name": name} | number for name in ("first", "page")],
        contents(FEEDS), (404, 406, 410, 503),
        description="With its members, the oldest first. Its address is found at the root node.",
    )  # fmt: skip


def _atom() -> Node:
    page = in_query("page", {"type": "integer", "minimum": 1, "default": 1}, "Which page, the newest first.")
    return operation("atom", "The publications, for feed readers", "changes", [page], contents([ATOM]), (400, 404, 503))
