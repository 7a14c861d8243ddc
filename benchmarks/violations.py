"""Data of our own domain that conform, but for forty known violations over every kind of constraint of SHACL.

The data are generated content with all that the rules derive from it, as one graph. ``validation/violations.toml`` says
how to break them and what has to be found; ``validation/shapes.ttl`` has the constraints that ``shapes/`` do not use.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from generate import TENURES_PER_PAGE, generate
from metropolis_kg.content import Content
from metropolis_kg.curation.checking import derive
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.model.namespaces import CANONICAL_BASE, SH, read_prefixes

HERE = Path(__file__).parent / "validation"
BESIDE_TENURES, OF_A_TENURE = 2_060, 58.6
"""Triples, as measured: of the ontology, and of one tenure with all that comes with it and follows from it."""

_AT_ONCE = 100_000
"""Statements that are read at once."""

Finding = tuple[str, str, str, str]
"""Focus node, local name of the constraint component, path where it is one property, value; terms as in N-Triples."""


@dataclass(frozen=True)
class Violation:
    """A SPARQL update that breaks conforming data, and the one result this has."""

    update: str
    finding: Finding


def tenures_for(triples: int) -> int:
    """Return how many tenures give about so many triples."""
    return round((triples - BESIDE_TENURES) / OF_A_TENURE)


def violations(tenures: int, prefixes: dict[str, str]) -> list[Violation]:
    """Return the violations in data with so many tenures, each about tenures of its own, spread over all of them."""
    table = tomllib.loads((HERE / "violations.toml").read_text(encoding="utf-8"))["violation"]
    step = tenures // (2 * len(table))
    if not step:
        raise ValueError(f"{len(table)} violations need {2 * len(table)} tenures")
    return [_violation(row, 2 * number * step, step, prefixes) for number, row in enumerate(table)]


def _violation(row: dict[str, str], place: int, step: int, prefixes: dict[str, str]) -> Violation:
    one, other = _slug(place), _slug(place + step)
    row = {key: text.replace("OTHER", other).replace("ONE", one) for key, text in row.items()}
    terms = " ".join(row.get(key, "UNDEF") for key in ("focus", "path", "value"))
    asked = f"SELECT * WHERE {{ VALUES (?focus ?path ?value) {{ ({terms}) }} }}"
    (found,) = ox.Store().query(asked, prefixes=prefixes)
    focus, path, value = (str(found[name] or "") for name in ("focus", "path", "value"))
    return Violation(row["update"], (focus, row["component"], path, value))


def _slug(tenure: int) -> str:
    """Return what ``generate`` calls the tenure."""
    return f"network-{tenure // TENURES_PER_PAGE}-{tenure % TENURES_PER_PAGE}"


def write_data(work: Path, tenures: int) -> tuple[int, frozenset[Finding]]:
    """Write ``data.nt`` and ``shapes.ttl`` to ``work``; return how many triples there are, and what has to be found."""
    generate(work / "content", tenures)
    content = Content(work / "content")
    derived = derive(read_dataset(content), content)
    store = ox.Store()
    store.bulk_extend(ox.Quad(*quad.triple) for quad in derived)
    return break_data(store, work, tenures, content)


def write_released(work: Path, dataset: Path, tenures: int, content: Content) -> tuple[int, frozenset[Finding]]:
    """Do the same with the N-Quads of a release of generated content, under the base of its sources."""
    base = json.loads(dataset.with_name("manifest.json").read_bytes())["base"].encode()
    store = ox.Store()
    with dataset.open("rb") as lines:
        while some := b"".join(islice(lines, _AT_ONCE)):
            quads = ox.parse(some.replace(base, CANONICAL_BASE.encode()), format=ox.RdfFormat.N_QUADS, lenient=True)
            store.bulk_extend(ox.Quad(*quad.triple) for quad in quads)
    return break_data(store, work, tenures, content)


def break_data(store: ox.Store, work: Path, tenures: int, content: Content) -> tuple[int, frozenset[Finding]]:
    """Break the conforming data of ``store`` and write them."""
    prefixes = read_prefixes(content.prefixes_file)
    broken = violations(tenures, prefixes)
    for violation in broken:
        store.update(violation.update, prefixes=prefixes)
    store.dump(work / "data.nt", format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    write_shapes(work / "shapes.ttl", content)
    return len(store), frozenset(violation.finding for violation in broken)


def write_shapes(path: Path, content: Content) -> None:
    """Write one shapes graph: that of ``content``, its prefixes, and what the benchmark adds."""
    files = [content.prefixes_file, *sorted(content.shapes.glob("*.ttl")), HERE / "shapes.ttl"]
    triples = (triple for file in files for triple in ox.parse(path=file, format=ox.RdfFormat.TURTLE))
    path.write_bytes(ox.serialize((quad.triple for quad in triples), format=ox.RdfFormat.TURTLE) or b"")


def findings(report: Iterable[ox.Quad]) -> Iterator[Finding]:
    """Yield what a SHACL validation report found (section 3.6), results of every severity."""
    store = ox.Store()
    store.extend(ox.Quad(*quad.triple) for quad in report)
    for row in store.query(_RESULTS, prefixes={"sh": SH}):
        path = row["path"] if isinstance(row["path"], ox.NamedNode) else None
        component = row["component"].value.removeprefix(SH).removesuffix("ConstraintComponent")
        yield str(row["focus"]), component, str(path or ""), str(row["value"] or "")


_RESULTS = """
SELECT ?focus ?component ?path ?value WHERE {
  ?report sh:result ?result .
  ?result sh:focusNode ?focus ; sh:sourceConstraintComponent ?component .
  OPTIONAL { ?result sh:resultPath ?path }
  OPTIONAL { ?result sh:value ?value }
}
"""
