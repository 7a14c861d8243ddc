"""What the start page shows: things to begin with."""

from pathlib import Path

from metropolis_kg.publication.own_queries import rows
from metropolis_kg.publication.reading import Links, Value
from metropolis_kg.store.release import OpenRelease

QUESTIONS = ("conflicts", "evidence-of", "partners", "state-at", "succession", "timeline", "who-led")
"""The stored queries that the page offers, where the content has them."""

KINDS = {
    "organisations": ("org:Organization",),
    "offices": ("mkg:Office",),
    "people": ("mkg:Person",),
    "places": ("dct:Location",),
    "events": ("mkg:Event", "schema:EventSeries"),
    "platforms": ("mkg:OnlinePlatform",),
    "sources": ("mkg:Source",),
}
"""The kinds of things in the order of the page, by the key of their heading in ``words.toml``, and their classes."""


def things_by_kind(release: OpenRelease, queries: Path, language: str, links: Links) -> dict[str, list[Value]]:
    """Return heading → things in alphabetical order, each once. Raises what the store raises."""
    labels: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows(release, queries / "description" / "things.rq"):
        key = row["kind"]["value"], row["thing"]["value"]
        labels.setdefault(key, {})[row["label"].get("xml:lang", language)] = row["label"]["value"]
    kinds = {_iri(release, name): heading for heading, names in KINDS.items() for name in names}
    found: dict[str, list[Value]] = {heading: [] for heading in KINDS}
    for (kind, thing), names in labels.items():
        other = next(iter(names))
        shown = language if language in names else other
        found[kinds[kind]].append(Value(names[shown], None if shown == language else shown, links.of(thing)))
    return {
        heading: sorted(values, key=lambda value: value.text.casefold()) for heading, values in found.items() if values
    }


def _iri(release: OpenRelease, name: str) -> str:
    prefix, _, local = name.partition(":")
    return release.prefixes[prefix] + local
