"""Things by what identifies them: their id or IRI, that of the same thing elsewhere, its last part, or a code.

“Q64” is tried at the end of each beginning of outside IRIs that the release has (“http://www.wikidata.org/entity/”), so
that no identifier scheme is built in. A bare number identifies nothing: it may be a count as well.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.publication.own_queries import kept_by_release, rows
from metropolis_kg.publication.reconciliation_terms import entity_iri, is_iri, node, nodes
from metropolis_kg.store.release import OpenRelease

_END_OF_IRI = re.compile(r"(?=[^\s]*\d)(?=[^\s]*\D)[\w.:-]{2,60}")
_CODE = 60
"""Characters of the longest code that is looked up."""


@kept_by_release(4)
def _spaces(release: OpenRelease, queries: Path) -> tuple[str, ...]:
    """Return the beginnings of outside IRIs."""
    found = rows(release, queries / "reconciliation" / "identifier-spaces.rq")
    return tuple(sorted(row["space"]["value"] for row in found))


def things_identified(release: OpenRelease, queries: Path, texts: Iterable[str]) -> Mapping[str, set[str]]:
    """Return text → IRIs of what it identifies; own ones be they known or not. Raises what the store raises."""
    spaces = _spaces(release, queries)
    sought: dict[ox.NamedNode | ox.Literal, set[str]] = {}
    found: dict[str, set[str]] = {}
    for text in dict.fromkeys(texts):
        for term in _identifiers(text, spaces):
            sought.setdefault(term, set()).add(text)
        own = entity_iri(release, text)
        if own.startswith(release.iri("id/")) and "/" in own.removeprefix(release.iri("id/")) and node(own):
            found.setdefault(text, set()).add(own)
    by_value = {(type(term) is ox.Literal, term.value): meant for term, meant in sought.items()}
    answer = rows(release, queries / "reconciliation" / "identified.rq", {"identifier": [*sought]}) if sought else []
    for row in answer:
        key = row["identifier"]["type"] == "literal", row["identifier"]["value"]
        for text in by_value[key]:
            found.setdefault(text, set()).add(row["thing"]["value"])
    return found


def _identifiers(text: str, spaces: Iterable[str]) -> list[ox.NamedNode | ox.Literal]:
    """Return the terms that may stand for a thing where ``text`` names it."""
    if is_iri(text):
        other = text.removesuffix("/") if text.endswith("/") else f"{text}/"
        scheme = re.sub("^http(s?)", lambda found: "http" if found[1] else "https", text)
        return [*nodes([text, other, scheme])]
    if not text or len(text) > _CODE:
        return []
    ends = [f"{space}{text}{slash}" for space in spaces for slash in ("", "/")] if _END_OF_IRI.fullmatch(text) else []
    return [ox.Literal(text), *nodes(ends)]
