"""Deriving: the rules of ``queries/rules/``, each a SPARQL CONSTRUCT, run into the graph its header names.

A rule sees what was written and what the rules before it derived. Its header, lines that begin with ``#+``, is TOML:
``title.de`` and ``title.en``, ``graph`` (``"derived"`` for what follows mechanically, ``"inferred"`` for claims), and
``after``, the names of the rules it builds on.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg.content import Content, read_text
from metropolis_kg.curation.progress import SILENT, Steps
from metropolis_kg.errors import ContentError
from metropolis_kg.model.dataset import DERIVED_GRAPHS
from metropolis_kg.model.intervals import Interval, IntervalError, Moment, parse_interval
from metropolis_kg.model.namespaces import RDF, RDFS, XSD
from metropolis_kg.model.query_header import read_header
from metropolis_kg.store.query_text import tokens

_PLACE = re.compile(r"error at (\d+):(\d+)")
_KEYS = {"title", "graph", "after"}
_UNSTEADY = {"SERVICE", "NOW", "RAND", "UUID", "STRUUID", "BNODE"}
_DATATYPES = {"year": "gYear", "month": "gYearMonth", "day": "date"}

Receive = Callable[[bytes, ox.NamedNode], None]
"""Takes N-Triples and the graph they belong to."""

Function = Callable[..., ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None]


@dataclass(frozen=True)
class Rule:
    """One rule; its name is that of its file."""

    name: str
    path: Path
    query: str
    titles: dict[str, str]
    graph: str
    after: tuple[str, ...]


def read_rules(content: Content) -> list[Rule]:
    """Return the rules of ``content`` in an order in which each comes after those it names.

    Raises ContentError for a header that is not as the module says, an unknown rule in ``after``, a circle, and a query
    that would not give the same result each time.
    """
    folder = content.queries / "rules"
    rules = {path.stem: _read_rule(path, content) for path in sorted(folder.glob("*.rq"))}
    for rule in rules.values():
        for missing in sorted(set(rule.after) - set(rules)):
            raise ContentError(f'after names "{missing}", but there is no rule {missing}.rq', rule.path)
    try:
        order = TopologicalSorter({name: sorted(rule.after) for name, rule in rules.items()}).static_order()
        return [rules[name] for name in order]
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise ContentError(f"rules wait for one another: {circle}", content.relative(folder)) from error


def _read_rule(path: Path, content: Content) -> Rule:
    query, place = read_text(path), content.relative(path)
    header = read_header(query, place, _KEYS)
    titles, after = header["title"], header.get("after", [])
    if header.get("graph") not in DERIVED_GRAPHS:
        raise ContentError(f'the header needs "#+ graph = …", one of {", ".join(DERIVED_GRAPHS)}', place)
    if not isinstance(after, list) or not all(isinstance(name, str) for name in (*after, *titles.values())):
        raise ContentError('after is a list of names, ["…", "…"], and titles are texts', place)
    for token in tokens(query):
        if token.kind == "word" and token.text in _UNSTEADY:
            line = query.count("\n", 0, token.start) + 1
            raise ContentError(f"a rule must give the same each time, so it cannot use {token.text}", place, line)
    return Rule(path.stem, place, query, titles, header["graph"], tuple(after))


def run_rules(
    rules: Sequence[Rule],
    store: ox.Store,
    prefixes: dict[str, str],
    base: str,
    also: Receive = lambda *_: None,
    steps: Steps = SILENT,
) -> None:
    """Add to ``store`` what the rules derive, into the graphs ``<base>graph/derived`` and ``<base>graph/inferred``.

    ``also`` is given each addition, as N-Triples and the graph, as it is made. Raises ContentError for a rule that is
    not a SPARQL CONSTRUCT.
    """

    def add(triples: bytes, graph: ox.NamedNode) -> None:
        store.bulk_load(triples, format=ox.RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
        also(triples, graph)

    graphs = graphs_of_rules(base)
    for name, graph in graphs.items():
        add(ox.serialize(all_described(rules, name, prefixes), format=ox.RdfFormat.N_TRIPLES) or b"", graph)
    for rule in in_turn(rules, steps):
        if triples := construct(rule, store, prefixes):
            add(triples, graphs[rule.graph])


def in_turn(rules: Sequence[Rule], steps: Steps) -> Iterator[Rule]:
    """Yield the rules, telling how many are done."""
    for number, rule in enumerate(rules):
        steps.share(number / len(rules))
        yield rule


def graphs_of_rules(base: str) -> dict[str, ox.NamedNode]:
    """Return the graphs that rules fill by the names that their headers have for them."""
    return {name: ox.NamedNode(f"{base}graph/{name}") for name in DERIVED_GRAPHS}


def all_described(rules: Iterable[Rule], graph: str, prefixes: dict[str, str]) -> list[ox.Triple]:
    """Return what the graph of that name says of its rules."""
    return [triple for rule in rules if rule.graph == graph for triple in described(rule, prefixes)]


def rule_functions(prefixes: Mapping[str, str]) -> dict[ox.NamedNode, Function]:
    """Return what rules may call, by the IRI under which they call it."""
    return {ox.NamedNode(prefixes["fn"] + name): function for name, function in FUNCTIONS.items()}


def described(rule: Rule, prefixes: dict[str, str]) -> Iterator[ox.Triple]:
    """Yield what the rule's graph says of the rule itself, so that an inferred claim can name it."""
    name = ox.NamedNode(prefixes["rule"] + rule.name)
    yield ox.Triple(name, ox.NamedNode(f"{RDF}type"), ox.NamedNode(prefixes["mkg"] + "Rule"))
    for language, title in rule.titles.items():
        yield ox.Triple(name, ox.NamedNode(f"{RDFS}label"), ox.Literal(title, language=language))


def construct(rule: Rule, store: ox.Store, prefixes: dict[str, str], file: Path | None = None) -> bytes:
    """Return what a rule derives from ``store`` as it is, as N-Triples; nothing where it goes to a ``file`` instead.

    Raises ContentError where the rule is not a SPARQL CONSTRUCT.
    """
    functions = rule_functions(prefixes)
    try:
        result = store.query(
            rule.query, prefixes=prefixes, use_default_graph_as_union=True, custom_functions=functions
        )  # fmt: skip
    except SyntaxError as error:
        place = _PLACE.search(error.msg)
        where = f" (column {place[2]})" if place else f": {error.msg}"
        raise ContentError(f"not SPARQL{where}", rule.path, int(place[1]) if place else None) from error
    if not isinstance(result, ox.QueryTriples):
        raise ContentError("a rule must be a CONSTRUCT query", rule.path)
    try:
        return result.serialize(file, format=ox.RdfFormat.N_TRIPLES) or b""
    finally:
        del result  # an error in a function may keep this frame; the result must not be freed on another thread


def _bound(side: Callable[[Interval], Any]) -> Function:
    def bound(term: ox.Literal) -> ox.Literal | None:
        day = _reading(term, side)
        return None if day is None else ox.Literal(day.isoformat(), datatype=ox.NamedNode(f"{XSD}date"))

    return bound


def _stated(side: Callable[[Interval], Moment | None]) -> Function:
    def stated(term: ox.Literal) -> ox.Literal | None:
        moment = _reading(term, side)
        if moment is None or moment.text is None or moment.granularity is None:
            return None
        return ox.Literal(moment.text, datatype=ox.NamedNode(XSD + _DATATYPES[moment.granularity]))

    return stated


def _open_end(term: ox.Literal) -> ox.Literal:
    return ox.Literal(bool(_reading(term, lambda interval: interval.open_end)))


def _reading(term: object, side: Callable[[Interval], Any]) -> Any:
    """Read one side of an EDTF literal; nothing where it is none, which ``checks`` reports by file and line."""
    try:
        return side(parse_interval(term.value)) if isinstance(term, ox.Literal) else None
    except IntervalError:
        return None


FUNCTIONS: dict[str, Function] = {
    "startEarliest": _bound(lambda interval: interval.start_earliest),
    "startLatest": _bound(lambda interval: interval.start_latest),
    "endEarliest": _bound(lambda interval: interval.end_earliest),
    "endLatest": _bound(lambda interval: interval.end_latest),
    "begin": _stated(lambda interval: interval.begin),
    "end": _stated(lambda interval: interval.end),
    "openEnd": _open_end,
}
"""What a rule may call as ``fn:<name>(?edtf)``; an unbound result where the expression does not say."""
