"""A CSV file with its mapping: each row a claim with its evidence, or reported."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.imports.description import Value
from metropolis_kg.curation.imports.mapping import KINDS, REASON, THINGS, Column, Mapping
from metropolis_kg.curation.imports.problems import Account, Reported, RowProblem, shown
from metropolis_kg.curation.imports.records import Record, read_records, snapshot
from metropolis_kg.curation.imports.rows import Claim, Problems, Rows, titles
from metropolis_kg.curation.imports.statements import Graph, Said, number
from metropolis_kg.curation.imports.things import Things
from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import slugify

_TAGS = {"DEU": "de", "ENG": "en", "FRA": "fr", "SPA": "es"}
_NOTE = {"de": ("Zeile {row}: ", "{title} „{cell}“"), "en": ("Row {row}: ", "{title} “{cell}”")}


class Table:
    """A table to import."""

    def __init__(self, path: Path, mapping: Mapping, things: Things, slug: str) -> None:
        """``slug`` names the graph, its source and what is minted in it; ``things`` are those known, and grow.

        Raises ContentError where nothing of the table can be taken.
        """
        self._path, self._mapping, self._things = path, mapping, things
        things.lang = mapping.lang
        self.digest = snapshot(path, mapping.dialect.encoding)
        self.graph = Graph(slug, things.prefixes)
        self._records = read_records(path, mapping.dialect)
        self._head = self._header()
        self.account = Account(path, tuple(self._head.cells))
        self._rows = Rows(mapping, self._head.cells, things)
        self._constants = self._resolved_constants()
        self._keys: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._claims: dict[int, int] = {}
        self._titles = tuple(titles(self._head.cells, mapping.columns))
        self._is_whole = len(self._titles) == len([each for each in self._head.cells if each != REASON])

    @property
    def delimiter(self) -> str:
        """What separates the cells."""
        return self._mapping.dialect.delimiter

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the statements: graph and source, then row by row. What comes of each row goes into ``account``."""
        return (quad for _, quads in self.parts() for quad in quads)

    def parts(self) -> Iterator[tuple[int, Iterator[ox.Quad]]]:
        """Yield the same part by part, each with its line in the file: that of the row, or that of the header."""
        yield self._head.line, self.graph.head(self._mapping.description, self._of_source())
        for record in self._records:
            yield record.line, self._row(record)

    def _of_source(self) -> list[tuple[str, Value]]:
        about: list[tuple[str, Value]] = [("mkg:sha256", ox.Literal(self.digest))]
        if self._is_whole:
            about.append(("mkg:columnTitles", ox.Literal(self._head.text)))
            about.append(("mkg:delimiter", ox.Literal(self._mapping.dialect.delimiter)))
        return about

    # Before the first row

    def _header(self) -> Record:
        head = next((each for each in self._records if each.row > self._mapping.dialect.skip_rows), None)
        if head is None or not head.cells:
            raise fault("table-empty", self._path, head.line if head else 1)
        if self._mapping.dialect.trim:
            head = head._replace(cells=[each.strip() for each in head.cells])
        found = head.cells
        known = {title: each for each in self._mapping.columns if not each.virtual for title in each.titles}
        if twice := next((title for title in found if found.count(title) > 1), None):
            raise fault("table-header-twice", self._path, head.line, title=shown(twice))
        for title in found:
            if title not in known and title != REASON:
                raise self._undescribed(head, title, known)
        for column in self._mapping.columns:
            if not column.virtual and not any(title in found for title in column.titles):
                raise fault("table-column-missing", self._path, head.line, title=column.title,
                            found=", ".join(map(shown, found)))  # fmt: skip
        return head

    def _undescribed(self, head: Record, title: str, known: dict[str, Column]) -> Exception:
        if len(head.cells) == 1:
            other = next((each for each in ";\t,|" if each in title), None)
            if other:
                said = {"delimiter": self._mapping.dialect.delimiter, "other": other.replace("\t", "\\t")}
                return fault("table-delimiter", self._path, head.line, **said)
        stripped = title.strip()
        if stripped in known:
            return fault("table-title-blank", self._path, head.line, title=shown(title), meant=stripped)
        return fault("table-column-undescribed", self._path, head.line, title=shown(title), known=", ".join(known))

    def _resolved_constants(self) -> Claim:
        for name, made in self._mapping.makes.items():
            column = next(each for each in self._mapping.columns if each.name == name)
            wanted = THINGS[column.term]
            if not self._things.is_below(made, wanted):
                raise fault("mapping-class-otherwise", self._mapping.path, name=name, kind=wanted, made=made)
        try:
            return self._rows.constants()
        except RowProblem as problem:
            raise self._constant(problem) from problem

    def _constant(self, problem: RowProblem) -> ContentError:
        """Return what is wrong with a value that every row would have."""
        lead = fault("mapping-constant", self._mapping.path, name=problem.column or "", value=problem.value).messages
        said = {lang: f"{text} {problem.text(lang)}" for lang, text in lead.items()}
        return ContentError(said["en"], self._mapping.path, code="mapping-constant", messages=said)

    # Row by row

    def _row(self, record: Record) -> Iterator[ox.Quad]:
        account = self.account
        if not record.cells and not record.fault and self._mapping.dialect.skip_blank_rows:
            account.skipped += 1
            return
        account.rows += 1
        try:
            said = self._taken(record)
        except Problems as problems:
            account.reported.append(Reported(record.row, record.line, problems.found, tuple(record.cells)))
            return
        account.claims += 1
        yield from self.graph.quads(said)

    def _taken(self, record: Record) -> list[Said]:
        cells = self._rows.cells(record)
        slug, key = self._slug(cells)
        claim = self._rows.claim(cells)
        same = self._same(claim)
        if other := self._claims.get(same):
            raise Problems([RowProblem("row-same-claim", None, record.text, other=other)])
        self._keys[slug], self._claims[same] = (record.row, key), record.row
        return self._said(record, slug, cells, claim)

    def _same(self, claim: Claim) -> int:
        """Return what two rows have in common that say the same: whatever the claim needs, and its time."""
        telling = {*KINDS[self._mapping.kind].needs, "mkg:when"}
        return hash(frozenset((name, str(value)) for name, value in claim.said if name in telling))

    def _slug(self, cells: dict[str, str]) -> tuple[str, tuple[str, ...]]:
        """Return the slug of the row, made of the graph's and its key, and the key. Raises Problems."""
        key = tuple(cells.get(name, "") for name in self._mapping.key)
        try:
            slug = f"{self.graph.slug}-{slugify(' '.join(key))}"
        except ValueError as error:
            raise Problems([RowProblem("row-key-missing", None, " ".join(key))]) from error
        if slug in self._keys:
            other, its = self._keys[slug]
            code = "row-key-twice" if its == key else "row-key-alike"
            raise Problems([RowProblem(code, None, ", ".join(key), other=other, columns=", ".join(self._key_titles))])
        iri = self.graph.iri(f"{KINDS[self._mapping.kind].prefix}:{slug}")
        if self._things.is_described(iri):
            raise Problems([RowProblem("row-name-taken", None, ", ".join(key), other=self._things.short(iri))])
        return slug, key

    @property
    def _key_titles(self) -> Sequence[str]:
        return [each.title for each in self._mapping.columns if each.name in self._mapping.key]

    def _said(self, record: Record, slug: str, cells: dict[str, str], claim: Claim) -> list[Said]:
        said: list[Said] = []
        for link in claim.links:
            self.account.things += link.is_new
            self._things.keep(link)
            said += [(link.iri, name, value) for name, value in link.said]
        iri = self.graph.iri(f"{KINDS[self._mapping.kind].prefix}:{slug}")
        evidence = self.graph.iri(f"evidence:{slug}")
        said += [(iri, name, value) for name, value in (*self._constants.said, *claim.said)]
        said.append((iri, "mkg:evidence", self.graph.node(evidence)))
        said.append((evidence, "rdf:type", self.graph.term("mkg:Evidence")))
        return [*said, *((evidence, name, value) for name, value in self._evidence(record))]

    def _evidence(self, record: Record) -> Iterator[tuple[str, Value]]:
        """Yield what the evidence says: the words of the row, or a note where columns of it are kept back."""
        if self._is_whole and REASON not in self._head.cells:
            yield "mkg:quote", ox.Literal(record.text, language=self._language)
            yield "mkg:startsAt", number(record.start)
        else:
            yield from (("mkg:note", ox.Literal(text, language=lang)) for lang, text in self._notes(record))
        yield "mkg:row", number(record.row)
        yield "mkg:textKind", self.graph.term("mkg:TableRow")

    @property
    def _language(self) -> str:
        named = self._mapping.description.said["dct:language"][0].value
        return _TAGS.get(named.rpartition("/")[2], "und")

    def _notes(self, record: Record) -> Iterator[tuple[str, str]]:
        shown_cells = [
            (title, cell)
            for title, cell in zip(self._head.cells, record.cells, strict=True)
            if title in self._titles and cell
        ]
        for lang, (lead, each) in _NOTE.items():
            parts = "; ".join(each.format(title=title, cell=cell) for title, cell in shown_cells)
            yield lang, lead.format(row=record.row) + parts
