"""The JSON-LD context under which documents are published.

``contexts/<number>.json`` holds the keys. Once a version of the program has been published with one, it never changes:
other keys are another file. A context is named after a digest of its text, so it never changes under its name; those of
older releases follow from their prefixes and the files that are kept.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from metropolis_kg.publication.own_queries import kept_by_release
from metropolis_kg.store.release import OpenRelease

_OF_THINGS = {"eucountry", "eulang", "eurole", "wd"}
"""Prefixes that shorten IRIs of things; those stay whole, so that they can be followed."""


@kept_by_release(1, of_stores=True)
def context_of(release: OpenRelease) -> dict[str, Any]:
    """Return the context under which documents of ``release`` are published.

    Keys are those of the newest of the ``contexts``; own terms are written by their local names (``@vocab``), others by
    the declared prefixes. The prefixes of things are left out: some of their names (``role``, ``event``) are keys here.
    """
    return _context(release.base, release.prefixes, _keys()[-1])


def context_document(release: OpenRelease) -> bytes:
    """Return the context as the JSON-LD document that is published."""
    return _document(context_of(release))


@kept_by_release(1, of_stores=True)
def context_version(release: OpenRelease) -> str:
    """Return the version of the context: it changes exactly when a key or a namespace does."""
    return _version(context_document(release))


def context_path(release: OpenRelease) -> str:
    """Return the path below the base of the context in its present version, which never changes."""
    return f"context/{context_version(release)}.jsonld"


def contexts_under(base: str, prefixes: Mapping[str, str]) -> dict[str, bytes]:
    """Return version → document of every context under which a release of this base and these prefixes was published.

    The present one comes last.
    """
    documents = [_document(_context(base, prefixes, keys)) for keys in _keys()]
    return {_version(document): document for document in documents}


def _keys() -> list[str]:
    """Return the texts of the files of keys, the oldest first."""
    found = [path for path in (files(__package__) / "contexts").iterdir() if path.name.endswith(".json")]
    return [path.read_text(encoding="utf-8") for path in sorted(found, key=lambda path: int(path.name[:-5]))]


def _context(base: str, prefixes: Mapping[str, str], keys: str) -> dict[str, Any]:
    own = prefixes["mkg"]
    spaces = {name: space for name, space in prefixes.items() if not space.startswith(base) and name not in _OF_THINGS}
    return {"@version": 1.1, "@vocab": own, **spaces, **json.loads(keys.replace('"mkg:', f'"{own}'))}


def _document(context: dict[str, Any]) -> bytes:
    return (json.dumps({"@context": context}, ensure_ascii=False, indent=2) + "\n").encode()


def _version(document: bytes) -> str:
    return sha256(document).hexdigest()[:12]
