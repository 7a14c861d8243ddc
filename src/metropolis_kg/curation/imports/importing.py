"""An import as a whole: what is known is read, the source is taken row by row, and the file of its graph is written."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.bulk.kinds import source_name, suffix_of
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.formatting import replace_file
from metropolis_kg.curation.imports.mapping import Mapping, mapping_of
from metropolis_kg.curation.imports.mapping_file import read_mapping
from metropolis_kg.curation.imports.popolo import Popolo, PopoloDescription, read_popolo_description
from metropolis_kg.curation.imports.problems import Account
from metropolis_kg.curation.imports.sources import KnownThings, known_things
from metropolis_kg.curation.imports.tables import Table
from metropolis_kg.curation.imports.writing import MOST_IN_TURTLE, written, written_as
from metropolis_kg.model.dataset import DERIVED_GRAPHS
from metropolis_kg.model.identifiers import SLUG, slugify

JSON = ".json"
Read = TypeVar("Read", Mapping, PopoloDescription)


@dataclass(frozen=True)
class Imported:
    """What came of an import, before it is written."""

    account: Account
    output: Path
    """Where the graph is written."""

    delimiter: str
    quads: list[ox.Quad]
    _prefixes: dict[str, str]

    def write(self) -> None:
        """Write the file in one step; what was there is replaced. Raises OSError, which names it."""
        data = written(self.quads, written_as(self.output) or "", self._prefixes)
        self.output.parent.mkdir(parents=True, exist_ok=True)
        if self.output.exists():
            replace_file(self.output, data)
            return
        temporary = self.output.with_name(f".{self.output.name}.new")
        try:
            temporary.write_bytes(data)
            temporary.replace(self.output)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise OSError(error.errno, error.strerror, str(self.output)) from error


@dataclass(frozen=True)
class Order:
    """What is to be imported, and where to."""

    source: Path
    mapping: Path | None = None
    """None where it lies beside the source."""

    name: str | None = None
    """What the graph is called; none where it is called after the source."""

    output: Path | None = None
    replace: bool = False
    """Whether a file that is there may be replaced."""


def take(order: Order, content: Content) -> Imported:
    """Return what comes of the import, unwritten. Raises ContentError(s) where nothing of the source can be taken."""
    name = _name(order)
    known = known_things(content, but=name)
    reading = _reading(order, name, known)
    quads = list(reading.quads())
    output = order.output or content.data / "enrichment" / f"{name}{'.ttl' if len(quads) <= MOST_IN_TURTLE else '.nq'}"
    _require_free(order, output, content)
    delimiter = reading.delimiter if isinstance(reading, Table) else ","
    return Imported(reading.account, output, delimiter, quads, known.things.prefixes)


def _reading(order: Order, name: str, known: KnownThings) -> Table | Popolo:
    path, own = order.mapping or mapping_of(order.source), mapping_of(order.source)
    if not order.source.is_file():
        raise fault("unreadable-file", order.source, said="No such file")
    if order.mapping and not path.is_file():
        raise fault("unreadable-file", path, said="No such file")
    if not path.is_file():
        raise fault("table-without-mapping", order.source, meant=path.name)
    is_other = path.resolve() != own.resolve()
    if order.source.suffix == JSON:
        described = read_popolo_description(path, known.prefixes)
        return Popolo(order.source, _of_other(described, order) if is_other else described, known.things, name)
    mapping = read_mapping(path, known.prefixes)
    return Table(order.source, _of_other(mapping, order) if is_other else mapping, known.things, name)


def _of_other(read: Read, order: Order) -> Read:
    """Return a mapping that was written for another source as that of this one."""
    return replace(read, description=read.description.of(order.source.name))


def _name(order: Order) -> str:
    """Return what the graph is called. Raises ContentError where it can be no name."""
    if order.output and written_as(order.output) is None:
        raise fault("import-output", order.output)
    output = source_name(order.output) if order.output else None
    name = order.name or output or order.source.stem
    if not SLUG.fullmatch(name) or name in DERIVED_GRAPHS:
        try:
            meant = slugify(name)
        except ValueError:
            meant = "…"
        raise fault("import-name", order.source, name=name, meant=meant)
    return name


def _require_free(order: Order, output: Path, content: Content) -> None:
    name = source_name(output)
    twins = [path for path in content.data.rglob(f"{name}.*") if suffix_of(path) and path != output]
    twins += [order.source] if order.source.resolve().is_relative_to(content.data.resolve()) else []
    if twins:
        raise fault("import-output-otherwise", content.relative(twins[0]), name=name)
    if output.exists() and not order.replace:
        raise fault("import-output-there", content.relative(output))
