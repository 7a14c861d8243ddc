"""The store that holds what was written and what follows of it: in memory, or on disk where there is too much for that.

Rules and questions take longer on disk, two to three times; in memory a statement needs 0.4 KB. On disk memory grows
too, by what the largest rule keeps while it runs (of each triple it makes, that it was made), but by far less.
"""

from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.authored import Authored
from metropolis_kg.curation.canonical import in_graph
from metropolis_kg.curation.progress import SILENT, Steps
from metropolis_kg.curation.rules import (
    Receive,
    all_described,
    construct,
    graphs_of_rules,
    in_turn,
    read_rules,
    run_rules,
)

IN_MEMORY = 2_000_000
"""Statements up to which content is derived and judged in memory, unless a setting says otherwise."""
_PIECE = 1 << 22
"""Bytes that are copied at once."""


def derive_in_memory(
    authored: Authored, content: Content, also: Receive = lambda *_: None, steps: Steps = SILENT
) -> ox.Store:  # fmt: skip
    """Return an in-memory store of what is written and of all that the rules derive from it. Raises ContentError.

    ``also`` is given what each rule derives (``rules.run_rules``).
    """
    store, dataset = ox.Store(), authored.dataset
    authored.load_into(store, steps)
    run_rules(read_rules(content), store, dataset.prefixes, dataset.base, also, steps)
    return store


def derive_on_disk(
    authored: Authored, content: Content, folder: Path, raw: Path | None = None, steps: Steps = SILENT
) -> ox.Store:
    """Return a store in ``folder`` that holds the same, in the form in which it answers fastest.

    What is derived goes to the file ``raw`` as well, as N-Quads. Raises ContentError.
    """
    store = ox.Store(folder)
    steps.begin("loading the store")
    authored.load_into(store, steps)
    steps.begin("putting the store in order")
    store.optimize()
    steps.begin("deriving")
    _OnDisk(store, folder.with_name("derived.nt"), raw, authored).run(content, steps)
    steps.begin("putting the store in order")
    store.optimize()
    store.flush()
    return store


class _OnDisk:
    """Runs rules on a store on disk; what each derives goes through a file, for it may be large."""

    def __init__(self, store: ox.Store, made: Path, raw: Path | None, authored: Authored) -> None:
        self._store, self._made, self._raw = store, made, raw
        self._prefixes, self._graphs = authored.dataset.prefixes, graphs_of_rules(authored.dataset.base)

    def run(self, content: Content, steps: Steps) -> None:
        """Run the rules of ``content``."""
        rules = read_rules(content)
        for name, graph in self._graphs.items():
            ox.serialize(all_described(rules, name, self._prefixes), self._made, format=ox.RdfFormat.N_TRIPLES)
            self._take(graph)
        for rule in in_turn(rules, steps):
            construct(rule, self._store, self._prefixes, self._made)
            self._take(self._graphs[rule.graph])
        self._made.unlink()

    def _take(self, graph: ox.NamedNode) -> None:
        """Load what was made into its graph, and append it to the statements of the release."""
        if not self._made.stat().st_size:
            return
        self._store.bulk_load(path=str(self._made), format=ox.RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
        if self._raw:
            with self._made.open("rb") as triples, self._raw.open("ab") as statements:
                while piece := triples.read(_PIECE):
                    statements.write(in_graph(piece + triples.readline(), graph.value))
