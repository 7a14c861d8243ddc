"""A description as JSON-LD, in the forms that ``media_types.PROFILES`` names. Nothing is loaded from the network.

``jsonld_tree`` shapes it, ``jsonld_compaction`` compacts it by the context of ``jsonld_context``.
"""

from collections.abc import Callable
from typing import Any

import orjson

from metropolis_kg.publication.description import Description
from metropolis_kg.publication.jsonld_compaction import Compaction, ConfusedPrefixError
from metropolis_kg.publication.jsonld_context import context_of, context_path
from metropolis_kg.publication.jsonld_tree import nodes_of, tree_of
from metropolis_kg.publication.media_types import COMPACTED, EXPANDED, FLATTENED, FRAMED, Profile
from metropolis_kg.publication.own_queries import kept_by_release
from metropolis_kg.store.release import OpenRelease


def write_jsonld(description: Description, release: OpenRelease, profile: Profile | None = None) -> bytes:
    """Return the description as JSON-LD 1.1 in the form that ``profile`` names.

    Without one it is compacted and framed: a tree rooted at its thing, with the context by its IRI.
    """
    written = FORMS[profile or FRAMED](description, release)
    return orjson.dumps(written, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def framed(description: Description, release: OpenRelease) -> dict[str, Any]:
    """Return the tree compacted (JSON-LD 1.1 section 5.2)."""
    tree = tree_of(description, compaction_of(release).bare)
    return _in_context(release, lambda compaction: compaction.node(tree))


def expanded(description: Description, release: OpenRelease) -> list[dict[str, Any]]:
    """Return the tree without a context (JSON-LD 1.1 section 5.1)."""
    return [tree_of(description, compaction_of(release).bare)]


def flattened(description: Description, release: OpenRelease) -> dict[str, Any]:
    """Return the nodes side by side, each with all that is said of it, compacted (JSON-LD 1.1 section 5.3)."""
    nodes = nodes_of(description)
    return _in_context(release, lambda compaction: {"@graph": compaction.nodes(nodes)})


FORMS: dict[Profile, Callable[[Description, OpenRelease], object]] = {
    COMPACTED: framed,
    EXPANDED: expanded,
    FLATTENED: flattened,
    FRAMED: framed,
}
"""What writes each of ``media_types.PROFILES``."""


@kept_by_release(1, of_stores=True)
def compaction_of(release: OpenRelease) -> Compaction:
    """Return the compaction by the context of ``release``."""
    return Compaction(context_of(release))


def _in_context(release: OpenRelease, compacted: Callable[[Compaction], dict[str, Any]]) -> dict[str, Any]:
    """Return what is ``compacted`` by the context of ``release``, with that by its IRI.

    A prefix that is the scheme of an IRI in the document as well is taken out of the context for this document.
    """
    url, compaction = release.iri(context_path(release)), compaction_of(release)
    confused: list[str] = []
    while True:
        try:
            content = compacted(compaction)
        except ConfusedPrefixError as error:
            confused.append(error.prefix)
            compaction = Compaction(context_of(release), confused)
        else:
            return {"@context": [url, dict.fromkeys(confused)] if confused else url, **content}
