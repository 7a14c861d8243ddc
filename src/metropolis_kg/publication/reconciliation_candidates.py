"""What speaks for a thing being the one that a reconciliation query means; decision 22 has the rule in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from metropolis_kg.publication.reconciliation_names import likeness
from metropolis_kg.publication.search import Found

ALIKE = 55.0
"""How alike a name must be, of 100, for a thing to be offered."""

_WEIGHT = 0.3
"""The share of a score that the properties asked for decide."""

_OTHER_TYPE = 0.7
"""What is left of a score where a thing only should be of a type, and is not."""

_IDENTIFYING = {"owl:sameAs", "schema:sameAs", "schema:identifier", "skos:notation", "foaf:homepage"}
"""Properties of which a value is enough for a match, without a name."""


@dataclass(frozen=True)
class Candidate:
    """A thing that may be meant by a query, and why."""

    thing: Found
    likeness: float
    """How alike the names are, 0 to 100."""

    is_identified: bool = False
    """Whether the text of the query identifies it."""

    is_of_type: bool = True
    """Whether it is of the types asked for."""

    is_named: bool = True
    """Whether the query has a name at all."""

    agreements: Mapping[str, bool | None] = field(default_factory=dict)
    """Id of a property asked for → whether the thing has the value; none where it has no value."""

    @property
    def score(self) -> float:
        """How well it fits, 0 to 100."""
        likely = 100.0 if self.is_identified else self.likeness
        if self.agreements:
            points = sum(50.0 if each is None else 100.0 * each for each in self.agreements.values())
            share = _WEIGHT if self.is_named else 1.0
            likely = (1 - share) * likely + share * points / len(self.agreements)
        return round(likely if self.is_of_type else likely * _OTHER_TYPE, 1)

    @property
    def may_match(self) -> bool:
        """Whether nothing speaks against it, and enough for it."""
        agreed = {name for name, agrees in self.agreements.items() if agrees}
        if not self.is_of_type or False in self.agreements.values() or (self.agreements and not agreed):
            return False
        if not self.is_named:
            return bool(agreed & _IDENTIFYING)
        return self.is_identified or self.likeness == 100

    @property
    def features(self) -> list[dict[str, Any]]:
        """What decides the score, as the API has it."""
        known = {"name": self.likeness} if self.is_named else {}
        known |= {"identifier": self.is_identified, "type": self.is_of_type}
        compared = {name: agrees for name, agrees in self.agreements.items() if agrees is not None}
        return [{"id": name, "value": value} for name, value in (known | compared).items()]


def match(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return the one candidate that is a match; none where there is none, or more than one."""
    fitting = [each for each in candidates if each.may_match]
    fitting = [each for each in fitting if each.is_identified] or fitting
    return fitting[0] if len(fitting) == 1 else None


def by_score(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return ``candidates``, the best first; among equals one called so before one only also called so."""
    return sorted(candidates, key=lambda each: (-each.score, not _is_label(each), each.thing.iri))


def is_of(thing: Found, types: Sequence[str], strictness: str) -> bool:
    """Return whether ``thing`` is of ``types``: of all of them where that is asked, else of any."""
    held = set(types).intersection(thing.types)
    return not types or (held == set(types) if strictness == "all" else bool(held))


def name_likeness(text: str, thing: Found) -> float:
    """Return how alike ``text`` and a name of ``thing`` are, 0 to 100; what identifies it elsewhere is no name."""
    names = {*thing.labels.values(), thing.matched}.difference(thing.codes)
    return max((likeness(text, name) for name in names), default=0.0)


def _is_label(candidate: Candidate) -> bool:
    return candidate.thing.matched in candidate.thing.labels.values()
