"""The context: its version follows from its text, and older ones from what a release and the program keep."""

import json
from importlib.resources import files

import pytest
from pyld import jsonld

from metropolis_kg.publication.jsonld_compaction import Compaction
from metropolis_kg.publication.jsonld_context import context_document, context_of, context_version, contexts_under
from metropolis_kg.store.release import OpenRelease

KEYS = sorted(
    (path for path in (files("metropolis_kg.publication") / "contexts").iterdir() if path.name.endswith(".json")),
    key=lambda path: int(path.name.removesuffix(".json")),
)


def test_files_of_keys_are_numbered_without_a_gap() -> None:
    """A file that a published release was written with is never removed, and never changes; other keys are another."""
    assert [path.name for path in KEYS] == [f"{number + 1}.json" for number in range(len(KEYS))]


def test_the_newest_keys_are_the_present_context_and_all_others_can_be_had(opened: OpenRelease) -> None:
    contexts = contexts_under(opened.base, opened.prefixes)
    assert len(contexts) == len(KEYS)
    assert list(contexts)[-1] == context_version(opened)
    assert contexts[context_version(opened)] == context_document(opened)


def test_another_prefix_or_base_is_another_version_and_a_thing_of_ours_no_prefix(opened: OpenRelease) -> None:
    here = set(contexts_under(opened.base, opened.prefixes))
    assert not here & set(contexts_under(opened.base, {**opened.prefixes, "ex": "http://example.org/"}))
    elsewhere = {name: space.replace(opened.base, "http://example.org/") for name, space in opened.prefixes.items()}
    assert not here & set(contexts_under("http://example.org/", elsewhere))
    assert here == set(contexts_under(opened.base, {**opened.prefixes, "thing": f"{opened.base}id/thing/"}))


@pytest.mark.parametrize("number", range(len(KEYS)))
def test_every_context_is_one_to_a_json_ld_processor_and_has_one_key_a_property(
    number: int, opened: OpenRelease
) -> None:  # fmt: skip
    context = json.loads(list(contexts_under(opened.base, opened.prefixes).values())[number])["@context"]
    assert jsonld.expand({"@context": context, "id": "urn:x", "label": {"en": "a"}})
    compaction = Compaction(context)
    keys = {key for key in context if key[0] != "@" and key not in compaction.prefixes}
    assert keys == {term.key for term in compaction.terms.values()}


def test_no_prefix_of_the_context_is_a_key(opened: OpenRelease) -> None:
    keys = {key for path in KEYS for key in json.loads(path.read_text(encoding="utf-8"))}
    assert keys & set(Compaction(context_of(opened)).prefixes) == set()
