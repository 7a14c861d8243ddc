"""One row of a table: its cells read as the mapping says, its things found, and the claim that it becomes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyoxigraph as ox

from metropolis_kg.curation.imports.description import Value
from metropolis_kg.curation.imports.mapping import IDENTIFYING, KINDS, NUMBERS, THINGS, TIMES, Column
from metropolis_kg.curation.imports.mapping import Mapping as TableMapping
from metropolis_kg.curation.imports.problems import RowProblem
from metropolis_kg.curation.imports.records import Record
from metropolis_kg.curation.imports.statements import number, time
from metropolis_kg.curation.imports.things import Link, Things, Wanted
from metropolis_kg.curation.imports.times import goes_on_from_after, joined, read_side, read_time
from metropolis_kg.curation.imports.values import checked, placed

SAME_AS = re.compile(
    r"http://www[.]wikidata[.]org/entity/Q[1-9][0-9]*|https://sws[.]geonames[.]org/[1-9][0-9]*/"
    r"|https://ror[.]org/0[0-9a-z]{6}[0-9]{2}|https://d-nb[.]info/gnd/[0-9X-]+"
)
"""What the shape of ``owl:sameAs`` allows."""

Cells = Mapping[str, str]
"""Name of a column → what stands in it, where something does."""


class Problems(Exception):
    """Everything that is wrong with a row."""

    def __init__(self, found: Sequence[RowProblem]) -> None:
        self.found = tuple(found)
        super().__init__()


@dataclass
class Claim:
    """What a row says: properties of the claim, and the things that it names."""

    said: list[tuple[str, Value]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


@contextmanager
def collected(problems: list[RowProblem]) -> Iterator[None]:
    """Add what is raised to ``problems``, and go on."""
    try:
        yield
    except RowProblem as problem:
        problems.append(problem)


class Rows:
    """Reads the rows of one table."""

    def __init__(self, mapping: TableMapping, header: Sequence[str], things: Things) -> None:
        """``header`` has the titles of the columns, each of which the mapping describes."""
        self._mapping, self._things = mapping, things
        by_title = {title: each for each in mapping.columns for title in each.titles if not each.virtual}
        self._columns: list[Column | None] = [by_title.get(title) for title in header]
        self._kind = KINDS[mapping.kind]
        self._constants = [each for each in mapping.own if each.virtual]
        self._always = Claim()
        self._cells = [each for each in mapping.own if not each.virtual and each.term not in TIMES]
        self._times = {each.term: each for each in mapping.own if each.term in TIMES and not each.virtual}

    def cells(self, record: Record) -> dict[str, str]:
        """Return what stands in the columns. Raises Problems."""
        if record.fault:
            raise Problems([RowProblem(record.fault, None, record.text)])
        if not record.cells:
            raise Problems([RowProblem("row-blank")])
        if len(record.cells) != len(self._columns):
            raise Problems([
                RowProblem("row-cells", None, record.text, found=len(record.cells), expected=len(self._columns))
            ])  # fmt: skip
        found: dict[str, str] = {}
        problems = list[RowProblem]()
        for column, text in zip(self._columns, record.cells, strict=True):
            if column is None or not column.term:
                continue
            with collected(problems):
                value = self._cell(column, text)
                if value is not None:
                    found[column.name] = value
        if problems:
            raise Problems(problems)
        return found

    def _cell(self, column: Column, text: str) -> str | None:
        """Return the value of a cell; none where it has none (Model for Tabular Data, section 6.4)."""
        value = text.strip() if self._mapping.dialect.trim else text
        value = value or column.default
        if value in column.nulls:
            if column.required or (not column.about and column.term in self._kind.needs):
                raise RowProblem("row-cell-missing", column.title, text)
            return None
        return checked(column.title, value, text)

    def claim(self, cells: Cells) -> Claim:
        """Return what the row says. Raises Problems with everything wrong with it."""
        claim, problems = Claim(), list[RowProblem]()
        for column in self._cells:
            with collected(problems):
                self._say(column, cells, claim)
        with collected(problems):
            self._say_times(cells, claim)
        partners = [value for name, value in (*self._always.said, *claim.said) if name == "mkg:partner"]
        if len(set(partners)) < len(partners):
            column = next(each for each in self._cells if each.term == "mkg:partner")
            problems.append(RowProblem("row-same-partner", column.title, cells.get(column.name, "")))
        if problems:
            raise Problems(problems)
        return claim

    def constants(self) -> Claim:
        """Return what every row says, by virtual columns, and remember it. Raises RowProblem."""
        claim = Claim([("rdf:type", ox.NamedNode(self._things.iri(self._mapping.kind)))])
        for each in self._constants:
            cells = {each.name: each.value or each.default}
            self._say_times(cells, claim, each) if each.term in TIMES else self._say(each, cells, claim)
        self._always = claim
        return claim

    def _say(self, column: Column, cells: Cells, claim: Claim) -> None:
        text = cells.get(column.name)
        if text is None:
            return
        if column.term in NUMBERS:
            claim.said.append((column.term, _number(column, text)))
            return
        link = self._things.link(self._wanted(column, text, cells), column.title)
        claim.links.append(link)
        claim.said.append((column.term, ox.NamedNode(link.iri)))

    def _wanted(self, column: Column, text: str, cells: Cells) -> Wanted:
        identifiers, names = [], {}
        for each in self._mapping.about(column.name):
            value = cells.get(each.name)
            if value is None:
                continue
            if each.term in IDENTIFYING:
                identifiers.append((each.term, _identifier(each, value)))
            else:
                names[each.lang or self._mapping.lang] = value
        makes = self._mapping.makes.get(column.name)
        return Wanted(
            text, self._kind.classes.get(column.term) or THINGS[column.term], makes, tuple(identifiers), names
        )

    def _say_times(self, cells: Cells, claim: Claim, only: Column | None = None) -> None:
        columns = {only.term: only} if only else self._times
        for name in ("mkg:when", "mkg:attestedDuring"):
            column = columns.get(name)
            if column and (text := cells.get(column.name)):
                claim.said.append((name, time(placed(column.title, lambda: read_time(text, column.date_format)))))  # noqa: B023 - called at once
        if when := self._stretch(cells, columns):
            claim.said.append(("mkg:when", time(when)))
        self._require_before_source(claim, cells, columns)

    def _stretch(self, cells: Cells, columns: Mapping[str, Column]) -> str | None:
        """Return the time that two columns state, one for the beginning and one for the end."""
        begin, end = columns.get("schema:startDate"), columns.get("schema:endDate")
        sides = ["", ""]
        for number_, column in enumerate((begin, end)):
            if column and (text := cells.get(column.name)):
                sides[number_] = placed(column.title, lambda: read_side(text, column.date_format, is_end=column is end))  # noqa: B023 - called at once
        if sides[0] == "" and sides[1] in ("", ".."):
            return None
        place = end or begin
        return placed(place.title, lambda: joined(*sides)) if place else None

    def _require_before_source(self, claim: Claim, cells: Cells, columns: Mapping[str, Column]) -> None:
        """Raise RowProblem for what is said to go on and began after the day on which the source may be written."""
        known_from = self._mapping.description.known_from
        for name, value in claim.said:
            if name == "mkg:when" and goes_on_from_after(value.value, known_from):
                column = columns.get("mkg:when") or columns.get("schema:startDate")
                text = cells.get(column.name, "") if column else ""
                title = column.title if column else None
                raise RowProblem("row-time-after-source", title, text, day=known_from.isoformat())


def _number(column: Column, text: str) -> ox.Literal:
    if not (text.isascii() and text.isdecimal()):
        raise RowProblem("row-number", column.title, text)
    return number(int(text))


def _identifier(column: Column, text: str) -> str:
    value = column.value.replace(f"{{{column.name}}}", text) if column.value else text
    if column.term == "owl:sameAs" and not SAME_AS.fullmatch(value):
        raise RowProblem("row-identifier", column.title, text, meant=None, iri=value)
    return value


def titles(header: Iterable[str], columns: Iterable[Column]) -> Iterator[str]:
    """Yield the titles of the columns that are not kept back, in the order of the header."""
    kept = {title for each in columns for title in each.titles if each.term and not each.virtual}
    return (title for title in header if title in kept)
