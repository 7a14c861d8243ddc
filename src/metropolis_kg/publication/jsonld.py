"""A description as JSON-LD, in the forms that ``media_types.PROFILES`` names. Nothing is loaded from the network.

``jsonld_tree`` shapes it, ``jsonld_compaction`` compacts it by the context of ``jsonld_context``.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import orjson
import pyoxigraph as ox

from metropolis_kg.publication.description import Description
from metropolis_kg.publication.jsonld_compaction import Compaction
from metropolis_kg.publication.jsonld_context import context_of, context_path
from metropolis_kg.publication.jsonld_tree import nodes_of, tree_of
from metropolis_kg.publication.media_types import COMPACTED, EXPANDED, FLATTENED, FRAMED, Profile
from metropolis_kg.store.release import OpenRelease


def write_jsonld(description: Description, release: OpenRelease, profile: Profile | None = None) -> bytes:
    """Return the description as JSON-LD 1.1 in the form that ``profile`` names.

    Without one it is compacted and framed: a tree rooted at its thing, with the context by its IRI.
    """
    written = FORMS[profile or FRAMED](description, release)
    return orjson.dumps(written, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def framed(description: Description, release: OpenRelease) -> dict[str, Any]:
    """Return the tree compacted (JSON-LD 1.1 section 5.2)."""
    context, compaction = _compaction(description, release)
    return {"@context": context, **compaction.node(tree_of(description, compaction.bare))}


def expanded(description: Description, release: OpenRelease) -> list[dict[str, Any]]:
    """Return the tree without a context (JSON-LD 1.1 section 5.1)."""
    return [tree_of(description, compaction_of(release).bare)]


def flattened(description: Description, release: OpenRelease) -> dict[str, Any]:
    """Return the nodes side by side, each with all that is said of it, compacted (JSON-LD 1.1 section 5.3)."""
    context, compaction = _compaction(description, release)
    return {"@context": context, "@graph": compaction.nodes(nodes_of(description))}


FORMS: dict[Profile, Callable[[Description, OpenRelease], object]] = {
    COMPACTED: framed,
    EXPANDED: expanded,
    FLATTENED: flattened,
    FRAMED: framed,
}
"""What writes each of ``media_types.PROFILES``."""


@lru_cache(maxsize=4)
def compaction_of(release: OpenRelease) -> Compaction:
    """Return the compaction by the context of ``release``."""
    return Compaction(context_of(release))


def _compaction(description: Description, release: OpenRelease) -> tuple[object, Compaction]:
    """Return the value of ``@context``, and the compaction by it.

    A prefix of the context that is the scheme of an IRI in the description as well is taken out of the context.
    """
    url, compaction = release.iri(context_path(release)), compaction_of(release)
    schemes = {iri.partition(":")[0] for iri in _iris(description) if not iri.startswith(("http://", "https://"))}
    confused = sorted(schemes.intersection(compaction.prefixes))
    if not confused:
        return url, compaction
    return [url, dict.fromkeys(confused)], Compaction(context_of(release), confused)


def _iris(description: Description) -> Iterator[str]:
    for triple in description.triples:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, ox.NamedNode):
                yield term.value
            elif isinstance(term, ox.Literal):
                yield term.datatype.value
