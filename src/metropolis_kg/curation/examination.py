"""Examining RDF that was sent, as if it were a file of the content, over what is published.

It is judged together with ``ontology/`` and what the rules derive, without the rest of ``data/``. So that what it
refers to is not missing, what the release says of the things that it names without their class is taken into account.
Reported is only what concerns the statements that were sent, and what follows from them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.checking import Findings, Validated, judge
from metropolis_kg.curation.derivation import Derivation
from metropolis_kg.curation.diagnostics import Diagnostic, of_error
from metropolis_kg.curation.excerpts import with_excerpts
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.lines import LineIndex, SentGraph, Span
from metropolis_kg.curation.rules import Rule, read_rules, run_rules
from metropolis_kg.curation.sent import BOM, TRIG, TURTLE, Reading, Sent, read_sent
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.curation.sources import read_ontology
from metropolis_kg.curation.validation import validate
from metropolis_kg.errors import MetropolisError
from metropolis_kg.model.dataset import DERIVED_GRAPHS, Dataset, NamedGraph
from metropolis_kg.model.identifiers import Rebase, Term
from metropolis_kg.model.namespaces import RDF

Describe = Callable[[Sequence[str]], bytes]
"""Takes IRIs, returns every statement about them: ?graph ?subject ?predicate ?object, SPARQL results in JSON."""

MOST_NAMED = 20_000
"""Things that may be asked for."""

BATCH = 1000
"""Things that are asked for in one query."""

MOST_SOUGHT = 100
"""Things by which the graph is found that a text belongs to."""

NOTHING = b'{"head":{"vars":[]},"results":{"bindings":[]}}'
"""The answer of a release that says nothing of the things asked for."""

NEEDS_ALL = frozenset({"thing-not-used"})
"""Checks that only all of the data can pass: what they look for may stand elsewhere."""

SENT = "sent"
"""The name of the graph of a text that belongs to none."""

_TYPE = ox.NamedNode(f"{RDF}type")


class TooMuchNamedError(MetropolisError):
    """The RDF names more things than are looked up."""


@dataclass(frozen=True)
class Bench:
    """What RDF is examined with, under one base."""

    content: Content
    base: str

    @cached_property
    def ontology(self) -> Dataset:
        """The vocabulary and the concept schemes. Raises ContentErrors."""
        return read_ontology(self.content, self.base)

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules. Raises ContentError."""
        return read_rules(self.content)

    @cached_property
    def declared(self) -> frozenset[str]:
        """What ``ontology/`` says something about."""
        return frozenset(_subjects(self.ontology.quads()))

    def prepare(self, validated: Validated = validate) -> None:
        """Do what the first texts would otherwise wait for: read queries, and what modules read late.

        Examined is a thing of each class that has a shape, with nothing of what the shape demands. Raises what
        ``examine`` does.
        """
        shapes = read_shapes(self.content, self.base)
        targets = {term.value for shape in shapes.targeting for term in shape.values.get("targetClass", ())}
        text = "".join(f"<{self.base}id/sample/{n}> a <{target}> .\n" for n, target in enumerate(sorted(targets)))
        self.examine(read_sent(Sent(text, TURTLE, "sample.ttl")), lambda _: NOTHING, validated)
        Derivation(self.rules, ox.Store(), self.ontology.prefixes).prepare()

    def examine(self, reading: Reading, describe: Describe, validated: Validated = validate) -> Findings:
        """Return what is found in what was read, each with its line in the text.

        ``describe`` answers from the release, ``validated`` makes the report of the shapes. Raises TooMuchNamedError,
        ValidationError, and ContentError(s) for faults of the content itself.
        """
        sent, rebase = reading.sent, Rebase(self.base)
        quads = [_under(quad, rebase) for quad in reading.quads]
        release = _Release(describe, self.base, self.declared, {graph.name.value for graph in self.ontology.graphs})
        rename = _canonical(rebase)
        index = cache(lambda: reading.index().renamed(rename))
        graphs = _graphs(quads, release, sent, index)
        context = release.context([quad for graph in graphs for quad in graph.quads])
        dataset = replace(self.ontology, graphs=[*self.ontology.graphs, *graphs])
        findings = judge(dataset, self.content, self._derived(dataset, context), {}, validated)
        told = _concerning(findings, sent.path, _subjects(quads), self.declared | _subjects(context))
        nothing = [] if quads else [of_error(fault("no-statement", sent.path))]
        placed = _placed(told.diagnostics, sent, lambda term: index().span(rename(str(term))))
        return replace(told, diagnostics=(*nothing, *placed))

    def _derived(self, dataset: Dataset, context: Iterable[ox.Quad]) -> ox.Store:
        store = ox.Store()
        store.bulk_extend([*dataset.quads(), *context])
        run_rules(self.rules, store, dataset.prefixes, self.base)
        return store


def _names(*terms: object) -> Iterator[str]:
    return (term.value for term in terms if isinstance(term, ox.NamedNode))


def _subjects(quads: Iterable[ox.Quad]) -> frozenset[str]:
    return frozenset(name for quad in quads for name in _names(quad.subject))


def _under(quad: ox.Quad, rebase: Rebase) -> ox.Quad:
    subject, predicate, value, graph = quad
    named = rebase.named_node(graph) if isinstance(graph, ox.NamedNode) else None
    return ox.Quad(rebase.term(subject), rebase.term(predicate), rebase.term(value), named)  # type: ignore[arg-type] # mapping keeps the kind of a term


def _canonical(rebase: Rebase) -> Callable[[str], str]:
    return lambda term: f"<{rebase.canonical(term[1:-1])}>" if term.startswith("<") else term


# Graphs


def _graphs(
    quads: Iterable[ox.Quad], release: "_Release", sent: Sent, index: Callable[[], LineIndex]
) -> list[NamedGraph]:  # fmt: skip
    """Return the graphs of what was sent: those it names, and one of all that it names no graph for."""
    found: defaultdict[ox.NamedNode, list[ox.Quad]] = defaultdict(list)
    unnamed = [quad for quad in quads if not isinstance(quad.graph_name, ox.NamedNode)]
    if unnamed:
        name = _name(unnamed, release)
        found[name] = [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in unnamed]
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            found[quad.graph_name].append(quad)
    text = sent.text if sent.media_type in (TURTLE, TRIG) else ""
    return [SentGraph(name, sent.path, statements, text, index) for name, statements in found.items()]


def _name(quads: Sequence[ox.Quad], release: "_Release") -> ox.NamedNode:
    """Return the one graph that is described, else the one of the release with the most of what is described."""
    subjects = sorted(_subjects(quads))
    described = [subject for subject in subjects if subject.startswith(f"{release.base}graph/")]
    if len(described) == 1:
        return ox.NamedNode(described[0])
    return release.home(subjects) or ox.NamedNode(f"{release.base}graph/{SENT}")


# The release


class _Release:
    """What is published, as far as what was sent refers to it."""

    def __init__(self, describe: Describe, base: str, declared: Container[str], ontology: Iterable[str]) -> None:
        self.base = base
        self._ours = {*ontology, *(f"{base}graph/{name}" for name in DERIVED_GRAPHS)}
        self._describe, self._declared = describe, declared

    def home(self, subjects: Sequence[str]) -> ox.NamedNode | None:
        """Return the graph that says the most about ``subjects``, leaving out ontology and derived; none if none."""
        asked = [subject for subject in subjects if subject.startswith(self.base)][:MOST_SOUGHT]
        named = (name for quad in self._about(asked) for name in _names(quad.graph_name))
        graphs = Counter(name for name in named if name not in self._ours)
        return ox.NamedNode(graphs.most_common(1)[0][0]) if graphs else None

    def context(self, quads: Sequence[ox.Quad]) -> list[ox.Quad]:
        """Return what is said of things that ``quads`` name without their class, of parts of these, and what it needs.

        What is sent about a thing whose class is not is judged with all that is known of it, so that what it points to
        is asked for, too. Raises TooMuchNamedError.
        """
        subjects, seen = _subjects(quads), set(_subjects(quad for quad in quads if quad.predicate == _TYPE))
        asked = {name for quad in quads for name in self._undeclared(quad.subject, quad.object, quad.graph_name)} - seen
        found: list[ox.Quad] = []
        while asked:
            seen |= asked
            if len(seen) > MOST_NAMED:
                raise TooMuchNamedError(f"It names more than {MOST_NAMED:,} things. Send it in parts.")
            said = self._about(sorted(asked))
            found += said
            asked = {
                name for quad in said for name in self._undeclared(quad.object)
                if self._is_part(name) or subjects.intersection(_names(quad.subject))
            } - seen  # fmt: skip
        return found

    def _undeclared(self, *terms: object) -> Iterator[str]:
        return (name for name in _names(*terms) if name not in self._declared)

    def _is_part(self, name: str) -> bool:
        return "#" in name and name.startswith(self.base)

    def _about(self, names: Sequence[str]) -> list[ox.Quad]:
        batches = (names[begin : begin + BATCH] for begin in range(0, len(names), BATCH))
        return [quad for batch in batches for quad in _quads(self._describe(batch))]


def _quads(answer: bytes) -> Iterator[ox.Quad]:
    rows: Any = ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)
    for row in rows:
        yield ox.Quad(row["subject"], row["predicate"], row["object"], row["graph"])


# What is told


def _concerning(findings: Findings, path: Path, subjects: Container[str], others: Container[str]) -> Findings:
    """Return those of ``findings`` that are in what was sent, which is called ``path``, or about it."""

    def concerns(each: Diagnostic) -> bool:
        if each.result is None and (each.path != path or each.code in NEEDS_ALL):
            return False
        if each.result is None:
            return each.focus is None or _is_about(each.focus, subjects, others)
        return _is_about(each.result.focus, subjects, others)

    report = findings.report and replace(
        findings.report,
        results=tuple(each for each in findings.report.results if _is_about(each.focus, subjects, others)),
    )
    return replace(findings, diagnostics=tuple(filter(concerns, findings.diagnostics)), report=report)


def _placed(
    found: Iterable[Diagnostic], sent: Sent, span: Callable[[Term | None], Span | None]
) -> Iterator[Diagnostic]:
    """Yield what was found with its line in what was sent; that of its subject where it stands in another file."""
    lines = sent.text.removeprefix(BOM).split("\n")

    def here(each: Diagnostic) -> Diagnostic:
        if each.path == sent.path:
            return each
        line, column, length = span(each.focus) or (None, None, None)
        return replace(each, path=sent.path, line=line, column=column, length=length)

    return with_excerpts(map(here, found), lambda _: lines)


def _is_about(focus: Term, subjects: Container[str], others: Container[str]) -> bool:
    """Tell whether ``focus`` is described in what was sent, is a part of that, or follows from it alone."""
    names = {focus.value, focus.value.partition("#")[0]} if isinstance(focus, ox.NamedNode) else set()
    return any(name in subjects for name in names) or not any(name in others for name in names)
