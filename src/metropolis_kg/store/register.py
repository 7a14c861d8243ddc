"""The register of a release as processes and threads read it: pages of what would else be read whole."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from metropolis_kg.model.bounds import STANDINGS, Certainty, Standing
from metropolis_kg.model.claims import ALL_KINDS
from metropolis_kg.model.coverage import Coverage, Place
from metropolis_kg.store.read_only import ReadOnlyFile
from metropolis_kg.store.register_file import VERSION

_HELD: Mapping[Standing, str] = {
    "certain": "certain_from <= ?1 AND certain_to >= ?1",
    "possible": "held_from <= ?1 AND held_to >= ?1 AND NOT ifnull(certain_from <= ?1 AND certain_to >= ?1, 0)",
    "last known": "known_from <= ?1",
}
_HELD_THEN = "held_from <= ?1 AND held_to >= ?1"
_CERTAIN_THEN = "ifnull(certain_from <= ?1 AND certain_to >= ?1, 0)"
_KEPT = f"(links.claim IS NULL OR ({_HELD_THEN}) OR (?3 AND named))"
_WITHIN = "substr(linked, 1, length(?3)) = ?3 AND instr(linked, '#') = 0"
_SPANS = {0: "day", 1: "year", 10: "year / 10", 100: "year / 100"}


@dataclass(frozen=True)
class ListedSource:
    """A source, its place in the list of all, and what rests on it."""

    place: int
    iri: str
    kind: int
    claims: int
    quotes: int
    conflicts: int


@dataclass(frozen=True)
class Resting:
    """What rests on a source, counted."""

    place: int
    """Its place in the list of sources."""

    claims: int
    places: int
    """Claims, each as often as it rests on evidence."""

    quotes: int
    coverage: Coverage | None
    by_kind: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class CountedPlaces:
    """How many places of a source there are, how many claims rest on how many pieces of evidence there, and how far it
    has been told with them.
    """

    places: int
    claims: int
    evidence: int
    reached: int


@dataclass(frozen=True)
class Hub:
    """A thing that many others are linked with: how many they are, and how many of each kind point to it."""

    id: int
    total: int
    claims: Mapping[str, int]
    others: Mapping[str, int]


@dataclass(frozen=True)
class LinkedThing:
    """A thing that another is linked with."""

    iri: str
    points: bool
    certainty: Certainty | None = None
    """How certainly it held on the day, where it is a claim and a day is asked for."""


@dataclass(frozen=True)
class HeldLinks:
    """How many things a thing is linked with by what held on a day, and how many claims among all of them held."""

    total: int
    held: int
    not_held: int


class Register(ReadOnlyFile):
    """The register in one file."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        super().__init__(path, "The register of the release", VERSION)

    @cached_property
    def number_of_claims(self) -> int:
        """How many claims there are."""
        return int(self.fact("claims"))

    @cached_property
    def undated(self) -> int:
        """How many claims are not certain, possible or last known on any day."""
        return int(self.fact("undated"))

    def held_on(self, day: date) -> Mapping[Standing, int]:
        """Return how many claims stand in each way on a day."""
        query = "SELECT certain, possible, last_known FROM days WHERE day <= ? ORDER BY day DESC LIMIT 1"
        rows = self.rows(query, day.toordinal()) or [(0, 0, 0)]
        return dict(zip(STANDINGS, rows[0], strict=True))

    def claims_on(self, day: date, standing: Standing, limit: int, offset: int) -> Sequence[tuple[str, str]]:
        """Return claims that stand in this way on a day, each with its kind, by kind and by when they began."""
        query = f"""
            SELECT iri, kind FROM (
              SELECT id, kind FROM claims WHERE {_HELD[standing]} ORDER BY id LIMIT ?2 OFFSET ?3
            ) JOIN claim_names USING (id) ORDER BY id
        """  # noqa: S608 # of what stands above
        rows = self.rows(query, day.toordinal(), limit, offset)
        return [(iri, ALL_KINDS[kind]) for iri, kind in rows]

    def neighbours(self, day: date) -> tuple[date | None, date | None]:
        """Return the last day before ``day`` on which something changes, and the first after it."""
        found = (
            self.rows("SELECT max(day) FROM days WHERE day < ?", day.toordinal()),
            self.rows("SELECT min(day) FROM days WHERE day > ?", day.toordinal()),
        )
        before, after = (date.fromordinal(number) if number else None for ((number,),) in found)
        return before, after

    def days_of_change(self, years: int, most: int) -> Sequence[tuple[date, int]]:
        """Return the days on which something changes, and how many claims do; up to ``most`` of them.

        With ``years``, 1, 10 or 100, the first one of each so many years, and how many claims change in these.
        """
        query = f"SELECT min(day), sum(changing) FROM days GROUP BY {_SPANS[years]} ORDER BY 1 LIMIT ?"  # noqa: S608
        return [(date.fromordinal(day), claims) for day, claims in self.rows(query, most)]

    @cached_property
    def number_of_sources(self) -> int:
        """How many sources there are."""
        return int(self.rows("SELECT count(*) FROM sources")[0][0])

    def sources(self, limit: int, offset: int) -> Sequence[ListedSource]:
        """Return sources in the order of their list."""
        query = "SELECT place, iri, kind, claims, quotes, conflicts FROM sources ORDER BY place LIMIT ? OFFSET ?"
        return [ListedSource(*row) for row in self.rows(query, limit, offset)]

    def conflicts(self, limit: int) -> tuple[Sequence[tuple[str, str]], int]:
        """Return pairs of claims of two sources that conflict, and how many there are."""
        pairs = self.rows("SELECT claim, other FROM conflicts ORDER BY place LIMIT ?", limit)
        return pairs, int(self.rows("SELECT count(*) FROM conflicts")[0][0])

    def resting(self, source: str) -> Resting | None:
        """Return how much rests on a source; none where there is no such source."""
        query = "SELECT place, claims, resting, quoted_evidence, quoted, reached, bar, kinds FROM sources WHERE iri = ?"
        rows = self.rows(query, source)
        if not rows:
            return None
        place, claims, places, quotes, quoted, reached, bar, kinds = rows[0]
        coverage = Coverage(quoted, reached, [tuple(each) for each in json.loads(bar)]) if bar else None
        by_kind = tuple((kind, number) for kind, number in json.loads(kinds or "[]"))
        return Resting(place, claims, places or 0, quotes or 0, coverage, by_kind)

    def rested(self, place: int, limit: int, offset: int) -> Sequence[Place]:
        """Return what rests on the source at this place of the list, in the order of its text."""
        query = """
            SELECT start, length, evidence, iri, number FROM resting JOIN claim_names ON claim_names.id = claim
            WHERE source = ?1 AND resting.place >= ?3 AND resting.place < ?2 + ?3 ORDER BY resting.place
        """
        return [Place(*row) for row in self.rows(query, place, limit, offset)]

    def told_before(self, place: int, offset: int) -> int:
        """Return how far the text of a source has been told before what is at ``offset``."""
        rows = self.rows("SELECT told FROM resting WHERE source = ? AND place = ?", place, offset)
        return int(rows[0][0]) if rows else 0

    def rested_on(self, place: int, day: date, limit: int, offset: int) -> Sequence[Place]:
        """Return what rests on the source of claims that held on a day, in the order of its text."""
        query = f"""
            SELECT start, length, evidence, iri, number FROM (
              SELECT resting.place, start, length, evidence, number, claim FROM resting JOIN claims ON claims.id = claim
              WHERE source = ?2 AND {_HELD_THEN} ORDER BY resting.place LIMIT ?3 OFFSET ?4
            ) JOIN claim_names ON claim_names.id = claim ORDER BY place
        """  # noqa: S608 # of what stands above
        return [Place(*row) for row in self.rows(query, day.toordinal(), place, limit, offset)]

    def counted_rested_on(self, place: int, day: date, most: int = -1) -> CountedPlaces:
        """Return how much rests on the source of claims that held on a day; of the first ``most`` places, if given."""
        query = f"""
            SELECT count(*), count(DISTINCT claim), count(DISTINCT number), max(start + length) FROM (
              SELECT claim, number, start, length FROM resting JOIN claims ON claims.id = claim
              WHERE source = ?2 AND {_HELD_THEN} ORDER BY resting.place LIMIT ?3
            )
        """  # noqa: S608 # of what stands above
        return CountedPlaces(*(number or 0 for number in self.rows(query, day.toordinal(), place, most)[0]))

    def quoted_near(self, evidence: Sequence[str], before: int, after: int, most: int) -> Sequence[str]:
        """Return evidence whose quotes begin near those of ``evidence``, itself among it; in the order of the texts.

        Near is within so many characters ``before`` and ``after`` the beginning of one, in the same source.
        """
        query = """
            SELECT DISTINCT near.source, near.start, near.evidence
            FROM positions AS asked JOIN positions AS near ON near.source = asked.source
              AND near.start > asked.start - ?2 AND near.start < asked.start + ?3
            WHERE asked.evidence IN (SELECT value FROM json_each(?1)) LIMIT ?4
        """
        return [iri for *_, iri in sorted(self.rows(query, json.dumps(list(evidence)), before, after, most))]

    def conflicts_of(self, place: int) -> Sequence[tuple[str, str]]:
        """Return pairs of a claim of the source at this place and one of another that conflicts with it."""
        query = "SELECT claim, other FROM source_conflicts WHERE source = ? ORDER BY claim, other"
        return self.rows(query, place)

    def stated_in(self, graph: str) -> int:
        """Return how many claims a named graph states."""
        rows = self.rows("SELECT claims FROM stated WHERE graph = ?", graph)
        return int(rows[0][0]) if rows else 0

    def hub(self, iri: str) -> Hub | None:
        """Return the thing as one with many links; none where it has few."""
        rows = self.rows("SELECT id, total, counted FROM hubs WHERE iri = ?", iri)
        if not rows:
            return None
        id_, total, counted = rows[0]
        counts = json.loads(counted or "{}")
        return Hub(id_, total, counts.get("claims", {}), counts.get("others", {}))

    def links(self, hub: Hub, limit: int, offset: int) -> Sequence[LinkedThing]:
        """Return things that it is linked with: first those that do not point to it, then by IRI."""
        query = "SELECT linked, points FROM links WHERE hub = ?1 AND place >= ?3 AND place < ?2 + ?3 ORDER BY place"
        return [LinkedThing(iri, bool(points)) for iri, points in self.rows(query, hub.id, limit, offset)]

    def counted_on(self, hub: Hub, day: date, *, keep_named: bool) -> HeldLinks:
        """Return how much it is linked with by what held on a day.

        With ``keep_named``, what it names itself counts, even a claim that did not hold.
        """
        query = f"""
            SELECT sum({_KEPT}), sum(links.claim IS NOT NULL AND ifnull({_HELD_THEN}, 0)),
              sum(links.claim IS NOT NULL AND NOT ifnull({_HELD_THEN}, 0))
            FROM links LEFT JOIN claims ON claims.id = links.claim WHERE hub = ?2
        """  # noqa: S608 # of what stands above
        return HeldLinks(*(number or 0 for number in self.rows(query, day.toordinal(), hub.id, keep_named)[0]))

    def links_on(
        self, hub: Hub, day: date, limit: int, offset: int, *, keep_named: bool
    ) -> Sequence[LinkedThing]:  # fmt: skip
        """Return what it is linked with by what held on a day, in the same order."""
        query = f"""
            SELECT linked, points AND (links.claim IS NULL OR ifnull({_HELD_THEN}, 0)),
              CASE WHEN links.claim IS NULL THEN NULL WHEN {_CERTAIN_THEN} THEN 'certain'
                WHEN {_HELD_THEN} THEN 'possible' END
            FROM links LEFT JOIN claims ON claims.id = links.claim
            WHERE hub = ?2 AND {_KEPT} ORDER BY links.place LIMIT ?4 OFFSET ?5
        """  # noqa: S608 # of what stands above
        rows = self.rows(query, day.toordinal(), hub.id, keep_named, limit, offset)
        return [LinkedThing(iri, bool(points), certainty) for iri, points, certainty in rows]

    def links_within(self, hub: Hub, space: str, day: date | None, limit: int) -> Sequence[LinkedThing]:
        """Return what it is linked with of things whose IRIs begin with ``space``, without fragments.

        With ``day``, claims that did not hold on that come last.
        """
        gone = f"links.claim IS NOT NULL AND NOT ifnull({_HELD_THEN}, 0)" if day else "NULL"
        query = f"""
            SELECT linked, points FROM links LEFT JOIN claims ON claims.id = links.claim
            WHERE hub = ?2 AND {_WITHIN} ORDER BY {gone}, links.place LIMIT ?4
        """  # noqa: S608 # of what stands above
        rows = self.rows(query, (day or date.min).toordinal(), hub.id, space, limit)
        return [LinkedThing(iri, bool(points)) for iri, points in rows]

    def count_within(self, hub: Hub, space: str, day: date | None) -> int:
        """Return how many these are, without the claims that did not hold on ``day``."""
        kept = f"(links.claim IS NULL OR {_HELD_THEN})" if day else "1"
        query = f"""
            SELECT count(*) FROM links LEFT JOIN claims ON claims.id = links.claim
            WHERE hub = ?2 AND {_WITHIN} AND {kept}
        """  # noqa: S608 # of what stands above
        return int(self.rows(query, (day or date.min).toordinal(), hub.id, space)[0][0])

    def certainty_on(self, claim: str, day: date) -> Certainty | None:
        """Return how certainly a claim held on a day; none where it did not, or is no claim."""
        query = f"""
            SELECT CASE WHEN {_CERTAIN_THEN} THEN 'certain' WHEN {_HELD_THEN} THEN 'possible' END
            FROM claim_names JOIN claims USING (id) WHERE iri = ?2
        """  # noqa: S608 # of what stands above
        rows = self.rows(query, day.toordinal(), claim)
        found: Certainty | None = rows[0][0] if rows else None
        return found

    def is_claim(self, iri: str) -> bool:
        """Return whether it is a claim."""
        return bool(self.rows("SELECT id FROM claim_names WHERE iri = ?", iri))
