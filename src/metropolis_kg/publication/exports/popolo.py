"""Popolo JSON (popoloproject.com): persons, organizations, posts, memberships.

Popolo knows a date or none. What a source says beyond that (uncertain, last known, not before) stands in the extra
member ``metropolis_kg`` of a membership, and is counted; no date is made up and none is made more certain than it is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from metropolis_kg.model.intervals import Interval, IntervalError, parse_interval
from metropolis_kg.model.registers import REGISTERS
from metropolis_kg.publication.exports.reading import BOUNDS, Evidence, Reader, Tenure, batches, named, value

Entry = dict[str, Any]
Names = Mapping[str, Mapping[str, str]]

EXTRA = "metropolis_kg"
"""Member of a membership that holds what Popolo has no place for."""

_REGISTERS = {form.partition("{")[0]: name for name, form in REGISTERS.items()}
_CLASSES = {"persons": "foaf:Person", "organizations": "org:Organization", "posts": "org:Post"}


class Popolo:
    """A release as a Popolo document. ``losses`` counts what Popolo cannot say, once it is written."""

    def __init__(self, reader: Reader, language: str) -> None:
        """Names are given in ``language`` where there are such."""
        self._reader, self._language = reader, language
        self.losses: Counter[str] = Counter()
        self._kinds: dict[str, str] = {}

    def written(self) -> Iterator[bytes]:
        """Yield the document, an entry a line."""
        for number, kind in enumerate(_CLASSES):
            yield (b"{" if number == 0 else b"],\n") + b'"%s": [' % kind.encode()
            yield from _listed(self._things(kind))
        yield b'],\n"memberships": ['
        yield from _listed(entry for tenures in self._reader.tenures() for entry in self._memberships(tenures))
        yield b"]}\n"

    # ---- persons, organizations, posts ----

    def _things(self, kind: str) -> Iterator[Entry]:
        iris = [iri for iri in self._reader.of_class(_CLASSES[kind]) if iri not in self._kinds]
        self._kinds |= dict.fromkeys(iris, kind)
        for some in batches(iris):
            said: dict[str, dict[str, list[str]]] = {iri: {} for iri in some}
            for row in self._reader.about("properties", some):
                local = value(row, "property").replace("#", "/").rpartition("/")[2]
                said[value(row, "thing")].setdefault(local, []).append(value(row, "value"))
            other = [
                each for told in said.values() for name in ("classification", "role") for each in told.get(name, [])
            ]
            names = self._reader.names([*some, *other])
            yield from (self._thing(kind, iri, said[iri], names) for iri in some)

    def _thing(self, kind: str, iri: str, said: Mapping[str, list[str]], names: Names) -> Entry:
        label = "label" if kind == "posts" else "name"
        entry: Entry = {"id": iri, label: named(names, iri, self._language)}
        others = sorted({text for text in names.get(iri, {}).values() if text != entry[label]})
        if others and kind != "posts":
            entry["other_names"] = [{"name": text} for text in others]
        for key, name in (("classification", "classification"), ("role", "role")):
            if name in said:
                entry[key] = named(names, min(said[name]), self._language)
        for key, name in (("parent_id", "unitOf"), ("organization_id", "postIn")):
            if name in said:
                entry[key] = min(said[name])
        entry |= _identified(said)
        return entry

    # ---- memberships ----

    def _memberships(self, tenures: list[Tenure]) -> Iterator[Entry]:
        names = self._reader.names([iri for each in tenures for iri in (each.role, each.member)])
        sources = sorted({each.source for tenure in tenures for each in tenure.evidence if each.source})
        urls = {value(row, "thing"): value(row, "url") for row in self._reader.about("sources", sources)}
        yield from (self._membership(each, names, urls) for each in tenures)

    def _membership(self, tenure: Tenure, names: Names, urls: Mapping[str, str]) -> Entry:
        entry: Entry = {"id": tenure.iri, **self._member(tenure, names), "organization_id": tenure.organisation}
        if tenure.post:
            entry["post_id"] = tenure.post
        if tenure.role:
            entry["role"] = named(names, tenure.role, self._language)
        if tenure.representing:
            if self._kinds.get(tenure.representing) == "organizations":
                entry["on_behalf_of_id"] = tenure.representing
            else:
                self.losses["represents a place"] += 1
        entry |= self._dates(tenure)
        entry["sources"] = [_source(each, urls) for each in tenure.evidence]
        entry[EXTRA] = _extra(tenure)
        return entry

    def _member(self, tenure: Tenure, names: Names) -> Entry:
        kind = self._kinds.get(tenure.member)
        if kind == "persons":
            return {"person_id": tenure.member}
        self.losses["member is a post" if kind == "posts" else "member is an organisation"] += 1
        return {"member": {"id": tenure.member, "name": named(names, tenure.member, self._language)}}

    def _dates(self, tenure: Tenure) -> Entry:
        """Return the dates that Popolo can have; what it cannot have is counted."""
        interval = _interval(tenure.edtf)
        if interval is None:
            self.losses["bounds without a date" if any(tenure.bounds) else "no time"] += 1
            return {}
        dates: Entry = {}
        for key, side in (("start_date", interval.begin), ("end_date", interval.end)):
            if side and side.text:
                dates[key] = side.text
            elif side:
                self.losses["uncertain or approximate date"] += 1
        if interval.end is None:
            self.losses["goes on, or last known" if interval.open_end else "end unknown"] += 1
        if interval.begin is None:
            self.losses["start unknown"] += 1
        return dates


def _interval(edtf: str) -> Interval | None:
    try:
        return parse_interval(edtf) if edtf else None
    except IntervalError:
        return None


def _extra(tenure: Tenure) -> Entry:
    said: Entry = {"edtf": tenure.edtf, **dict(zip(BOUNDS, tenure.bounds, strict=True))}
    said |= {"certainty": tenure.certainty, "endBasis": tenure.end_basis, "plannedEnd": tenure.planned_end}
    said |= {"representing": tenure.representing, "member": tenure.member}
    return {key: each for key, each in said.items() if each}


def _source(evidence: Evidence, urls: Mapping[str, str]) -> Entry:
    link = {"url": urls.get(evidence.source) or evidence.source or evidence.iri}
    return link | ({"note": evidence.quote or evidence.pointer} if evidence.quote or evidence.pointer else {})


def _identified(said: Mapping[str, list[str]]) -> Entry:
    """Return identifiers of registers by their scheme, others as they are, and what else the thing is at as links."""
    identifiers = [{"identifier": each} for each in sorted(said.get("identifier", []))]
    links = [{"url": each, "note": "homepage"} for each in sorted(said.get("homepage", []))]
    for iri in sorted(said.get("sameAs", [])):
        space = next((each for each in _REGISTERS if iri.startswith(each)), "")
        if space:
            identifiers.append({"identifier": iri.removeprefix(space).rstrip("/"), "scheme": _REGISTERS[space]})
        else:
            links.append({"url": iri, "note": "same as"})
    return ({"identifiers": identifiers} if identifiers else {}) | ({"links": links} if links else {})


def _listed(entries: Iterable[Entry]) -> Iterator[bytes]:
    for number, entry in enumerate(entries):
        yield (b",\n" if number else b"\n") + orjson.dumps(entry)
