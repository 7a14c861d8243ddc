"""JSON-LD: what we shape and compact ourselves is what PyLD makes of it, for every thing of the release."""

import json
from functools import partial
from typing import Any

import pyoxigraph as ox
import pytest
from pyld import jsonld

from graphs import canonical
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.documents import write
from metropolis_kg.publication.jsonld import compaction_of, expanded, flattened, framed
from metropolis_kg.publication.jsonld_context import context_of, context_path
from metropolis_kg.publication.media_types import JSON_LD, PROFILES, TURTLE, Profile
from metropolis_kg.store.release import OpenRelease


def loading(opened: OpenRelease, url: str, _: object = None) -> dict[str, Any]:
    """Load the one context that documents name; anything else would be the network."""
    assert url == opened.iri(context_path(opened))
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": context_of(opened)}}


def graph_of(document: object, opened: OpenRelease) -> ox.Dataset:
    """Return what PyLD reads from a document."""
    options = {"format": "application/n-quads", "documentLoader": partial(loading, opened)}
    return canonical(ox.parse(jsonld.to_rdf(document, options).encode(), format=ox.RdfFormat.N_QUADS))


def in_turtle(description: Description, opened: OpenRelease) -> ox.Dataset:
    return canonical(ox.parse(write(description, opened, TURTLE), format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_every_document_is_in_every_form_the_graph_that_it_is_in_turtle(
    profile: Profile, documents: list[Description], opened: OpenRelease
) -> None:
    assert len(documents) > 250
    for description in documents:
        document = json.loads(write(description, opened, JSON_LD, profile))
        assert graph_of(document, opened) == in_turtle(description, opened), description.thing


def test_the_tree_is_compacted_as_pyld_compacts_it(documents: list[Description], opened: OpenRelease) -> None:
    context, alone = {"@context": context_of(opened)}, compaction_of(opened)
    for description in documents:
        [tree] = expanded(description, opened)
        theirs = jsonld.compact(tree, context)
        ours = framed(description, opened)
        del theirs["@context"], ours["@context"]
        assert ours == ours_of(theirs, alone.prefixes, {alone.key(iri) for iri in alone.bare}), description.thing


def ours_of(value: Any, prefixes: dict[str, str], bare: set[str], key: str = "") -> Any:
    """Return what PyLD compacted as we have it.

    IRIs of things are whole, there is an array where a key has no term, ``type`` is for classes alone, own ones first.
    """
    if key == "type":
        return sorted(value, key=lambda name: ":" in name)
    if isinstance(value, list):
        return [ours_of(each, prefixes, bare, key) for each in value]
    if isinstance(value, dict) and "@value" in value:
        return {"@type" if name == "type" else name: each for name, each in value.items()}
    if isinstance(value, dict):
        arrays = {name for name in value if ":" in name or name == "included" or key == "reverse"}
        seen = {name: ours_of(each, prefixes, bare, name) for name, each in value.items()}
        return {name: [each] if name in arrays and not isinstance(each, list) else each for name, each in seen.items()}
    if key == "id" or key in bare:
        prefix, _, local = value.partition(":")
        return prefixes[prefix] + local if prefix in prefixes else value
    return value


def test_the_nodes_are_flattened_as_pyld_flattens_them(documents: list[Description], opened: OpenRelease) -> None:
    for description in documents:
        ours = flattened(description, opened)["@graph"]
        nodes = jsonld.expand({"@context": context_of(opened), "@graph": ours})
        theirs = jsonld.flatten(expanded(description, opened))
        assert by_id(nodes) == by_id(theirs), description.thing


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def by_id(nodes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the nodes by their IRIs, without the order of keys and values, which has no meaning."""
    return {node["@id"]: {key: sorted(map(_text, node[key])) for key in sorted(node) if key != "@id"} for node in nodes}


def test_the_expanded_form_is_what_pyld_expands_to(documents: list[Description], opened: OpenRelease) -> None:
    for description in documents:
        ours = expanded(description, opened)
        assert jsonld.expand(ours) == ours, description.thing
