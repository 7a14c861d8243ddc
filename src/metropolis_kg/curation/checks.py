"""Checks: the questions of ``queries/checks/``, each named after what is wrong; a row of the answer is a fault.

A check sees what was written and what the rules derived. Its header, lines that begin with ``#+``, is TOML: ``title``
and ``message`` in German and English, with ``{?variables}`` of the row, and ``severity``. The variables ``?this``,
``?predicate``, ``?value`` and ``?graph`` place the fault, ``?other`` is what it is about besides; a query that selects
no ``?this`` has a fault wherever ``?value`` was written. ``near`` names the variable whose name may be misspelt; then
``meant`` is said of the nearest name there is, as ``{?meant}``, and ``otherwise`` where none is near. ``explains``
names a variable: what the shapes say of that thing is left out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg.content import Content, read_text
from metropolis_kg.curation.bulk.blocks import SHOWN
from metropolis_kg.curation.bulk.sought import Sought
from metropolis_kg.curation.diagnostics import Diagnostic, Related, of_error
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.progress import SILENT, Steps
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.rules import Function
from metropolis_kg.curation.sources import Place, Places
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.dataset import Dataset, NamedGraph
from metropolis_kg.model.identifiers import SLUG, Term, canonical_path, slugify
from metropolis_kg.model.namespaces import RDF, shorten
from metropolis_kg.model.query_header import LANGUAGES, in_both_languages, read_header

_KEYS = {"title", "message", "severity", "near", "meant", "otherwise", "explains"}
_PLACE = re.compile(r"error at (\d+):(\d+)")
_VARIABLE = re.compile(r"\{\?(\w+)\}")
_NEAR = 0.75
"""How alike two names must be (1: equal) for one to be meant by the other; at 0.6 “emperor” would be “member”."""
_COMPARED = 20_000
"""Names of a kind among which one that may be meant is looked for; each comparison takes microseconds."""
_MOST = 10_000
"""Rows of a check that are looked at where there are bulk sources; the others are counted."""
_TYPE = ox.NamedNode(f"{RDF}type")

Row = Mapping[str, Term]
Texts = Mapping[str, str]
"""Texts by language."""


@dataclass(frozen=True)
class Check:
    """One check; its name is that of its file."""

    name: str
    path: Path
    query: str
    titles: Texts
    messages: Texts
    severity: Severity
    near: str = ""
    meant: Texts | None = None
    otherwise: Texts | None = None
    explains: str = ""

    @property
    def variables(self) -> set[str]:
        """The variables that the query has to select."""
        texts = [*self.messages.values(), *(self.meant or {}).values(), *(self.otherwise or {}).values()]
        used = {name for text in texts for name in _VARIABLE.findall(text)}
        return {*filter(None, (self.near, self.explains))} | used - ({"meant"} if self.near else set())


@dataclass(frozen=True)
class Found:
    """What a check found, and what of it a shape may say too."""

    diagnostic: Diagnostic
    predicate: Term | None = None
    explains: Term | None = None
    """The term of which shapes need say nothing more."""

    meant: Term | None = None
    """The thing that was meant, which only therefore seems not to be used."""


def read_checks(content: Content) -> list[Check]:
    """Return the checks of ``content`` by name. Raises ContentErrors for headers that are not as the module says."""
    checks, errors = [], []
    for path in sorted((content.queries / "checks").glob("*.rq")):
        try:
            checks.append(_read_check(path, content.relative(path)))
        except ContentError as error:
            errors.append(error.within(content.relative(path)))
    if errors:
        raise ContentErrors(errors)
    return checks


def _read_check(path: Path, place: Path) -> Check:
    query = read_text(path)
    header = read_header(query, place, _KEYS)
    near, explains = (_name(header, key, place) for key in ("near", "explains"))
    texts = {key: in_both_languages(header, key, "the header", place) for key in ("title", "message")}
    for key in ("meant", "otherwise"):
        if (key in header) != bool(near):
            raise ContentError(f'"#+ {key}.de" and "#+ {key}.en" go with "#+ near", and only with it', place)
    return Check(
        path.stem, place, query, texts["title"], texts["message"], _severity(header, place), near, explains=explains,
        meant=in_both_languages(header, "meant", "the header", place) if near else None,
        otherwise=in_both_languages(header, "otherwise", "the header", place) if near else None,
    )  # fmt: skip


def _name(header: Mapping[str, Any], key: str, place: Path) -> str:
    name = header.get(key, "")
    if not isinstance(name, str):
        raise ContentError(f'"#+ {key} = …" is the name of a variable, "value"', place)
    return name


def _severity(header: Mapping[str, Any], place: Path) -> Severity:
    known = {severity.lower(): severity for severity in Severity}
    if header.get("severity") not in known:
        raise ContentError(f'the header needs "#+ severity = …", one of {", ".join(known)}', place)
    return known[header["severity"]]


def run_checks(
    checks: Sequence[Check], store: ox.Store, dataset: Dataset, content: Content, steps: Steps = SILENT
) -> list[Found]:
    """Return what ``checks`` find in ``store``, which holds ``dataset`` and what the rules derive from it.

    Raises ContentError for a query that is not a SPARQL SELECT, or lacks a variable that its header names.
    """
    asking = _Asking(store, dataset, content)
    found: list[Found] = []
    for number, check in enumerate(checks):
        steps.share(number / len(checks))
        found += asking.found(check)
    return [*found, *asking.counted()]


class _Asking:
    def __init__(self, store: ox.Store, dataset: Dataset, content: Content) -> None:
        self._store, self._dataset, self._places = store, dataset, Places(dataset, content)
        self._content = content
        self._graphs: dict[object, NamedGraph] = {graph.name: graph for graph in dataset.graphs}
        self._bulk, self._shown = dataset.bulk_graphs, Counter[tuple[str, Path]]()
        self._functions = {ox.NamedNode(dataset.prefixes["fn"] + name): each for name, each in FUNCTIONS.items()}
        self._meant: dict[Term, ox.NamedNode | None] = {}
        self._left: dict[str, int] = {}

    def found(self, check: Check) -> Iterator[Found]:
        for row in self._rows(check):
            (path, line, column), sought = self._place(row) or ((None, None, None), None)
            if sought and self._is_beyond(check, sought.path):
                continue
            diagnostic = Diagnostic(
                check.name, check.severity, self._messages(check, row), path, line, column,
                focus=row["this"], value=row.get("value"), related=tuple(self._others(row)), sought=sought,
            )  # fmt: skip
            meant = self._near(row[check.near]) if check.near else None
            yield Found(diagnostic, row.get("predicate"), row.get(check.explains), meant)

    def _is_beyond(self, check: Check, path: Path) -> bool:
        """Count what is found in a bulk source; tell whether enough of it is shown."""
        self._shown[check.name, path] += 1
        return self._shown[check.name, path] > SHOWN

    def counted(self) -> Iterator[Found]:
        """Yield of each check how much more it found in a bulk source than is shown, and how much more at all."""
        for (code, path), count in self._shown.items():
            if count > SHOWN:
                place = self._content.relative(path)
                yield Found(of_error(fault("more-of-a-kind", place, code=code, count=count - SHOWN)))
        for code, count in self._left.items():
            yield Found(of_error(fault("more-rows", code=code, count=count)))

    def _rows(self, check: Check) -> Iterator[Row]:
        names, rows = self._answer(check)
        for row in rows:
            yield from [row] if "this" in names else self._uses(row)

    def _answer(self, check: Check) -> tuple[list[str], list[Row]]:
        """Return the variables that a check selects, and its rows. Raises ContentError."""
        try:
            result = self._store.query(
                check.query, prefixes=self._dataset.prefixes, use_default_graph_as_union=True,
                custom_functions=self._functions,
            )  # fmt: skip
        except SyntaxError as error:
            place = _PLACE.search(error.msg)
            raise ContentError(f"not SPARQL: {error.msg}", check.path, int(place[1]) if place else None) from error
        try:
            if not isinstance(result, ox.QuerySolutions):
                raise ContentError("a check must be a SELECT query", check.path)
            names = [variable.value for variable in result.variables]
            _require_variables(names, check)
            most = _MOST if self._bulk else None
            rows: list[Row] = [
                {name: row[name] for name in names if row[name] is not None} for row in islice(result, most)
            ]
            if left := sum(1 for _ in result):
                self._left[check.name] = left
            return names, rows
        finally:
            del result  # an error may keep this frame; the result must not be freed on another thread

    def _uses(self, row: Row) -> Iterator[Row]:
        for this, predicate, _, graph in self._store.quads_for_pattern(None, None, row["value"]):
            if graph in self._graphs or graph in self._bulk:
                yield {**row, "this": this, "predicate": predicate, "graph": graph}

    def _others(self, row: Row) -> Iterator[Related]:
        """Yield where the other thing was written that a fault is about."""
        place = self._place({"this": row["other"]}) if "other" in row else None
        if place:
            (path, line, _), sought = place
            yield Related(path, line, sought=sought)

    def _place(self, row: Row) -> tuple[Place, Sought | None] | None:
        """Return where it was written, or what is to be looked for in a bulk source."""
        name = row["graph"] if "graph" in row else self._writing(row)
        about = (row["this"], row.get("predicate"), row.get("value"))
        if graph := self._graphs.get(name):
            return self._places.of(graph, *about), None
        if isinstance(name, ox.NamedNode) and (source := self._bulk.get(name)):
            return (self._content.relative(source.path), None, None), Sought(source.path, name, *about)
        return None

    def _writing(self, row: Row) -> object:
        """Return the graph of the first file that says it, else of that which says what the thing is, else of any."""
        if isinstance(row["this"], ox.Literal):
            return None
        exact = [(row.get("predicate"), row.get("value"))] if {"predicate", "value"} & row.keys() else []
        for predicate, value in (*exact, (_TYPE, None), (None, None)):
            said = self._store.quads_for_pattern(row["this"], predicate, value)  # type: ignore[arg-type] # a row has terms
            graphs = {quad.graph_name for quad in said}
            for name in chain(self._graphs, sorted(graphs & self._bulk.keys(), key=str)):
                if name in graphs:
                    return name
        return None

    def _messages(self, check: Check, row: Row) -> dict[str, str]:
        near = self._near(row[check.near]) if check.near else None
        known = dict(row) | ({"meant": near} if near else {})
        second = (check.meant if near else check.otherwise) or {}
        return {
            lang: " ".join(self._filled(text, known) for text in (check.messages[lang], second.get(lang)) if text)
            for lang in LANGUAGES
        }

    def _filled(self, text: str, row: Row) -> str:
        return _VARIABLE.sub(lambda match: self._written(row.get(match[1])), text)

    def _written(self, term: Term | None) -> str:
        if isinstance(term, ox.NamedNode):
            return shorten(term.value, self._dataset.prefixes)
        return term.value if term is not None else "…"

    def _near(self, term: Term) -> ox.NamedNode | None:
        """Return the thing of the same kind whose name is nearest to that of ``term``."""
        if term not in self._meant:
            namespace, slash, name = term.value.rpartition("/")
            names = self._names.get(namespace + slash, ())
            near = get_close_matches(name, names, n=1, cutoff=_NEAR) if len(names) <= _COMPARED else ()
            self._meant[term] = ox.NamedNode(f"{namespace}/{near[0]}") if near else None
        return self._meant[term]

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """The names, formed as names are, of all things that have a class, by kind."""
        names: dict[str, set[str]] = {}
        written = (quad for graph in self._bulk for quad in self._store.quads_for_pattern(None, _TYPE, None, graph))  # type: ignore[arg-type] # graphs are named
        for quad in chain(self._dataset.quads(), written):
            if quad.predicate == _TYPE and isinstance(quad.subject, ox.NamedNode):
                namespace, slash, name = quad.subject.value.rpartition("/")
                if SLUG.fullmatch(name):
                    names.setdefault(namespace + slash, set()).add(name)
        return {namespace: sorted(found) for namespace, found in names.items()}


def _require_variables(names: Sequence[str], check: Check) -> None:
    """Raise ContentError where a check does not select what places its faults, or what its header names."""
    if not {"this", "value"} & set(names):
        raise ContentError("a check selects ?this or ?value", check.path)
    given = set(names) if "this" in names else {*names, "this", "predicate", "graph"}
    if missing := check.variables - given:
        raise ContentError(f"the query does not select ?{min(missing)}, which the header names", check.path)


def _slug(name: ox.Literal) -> ox.Literal:
    try:
        return ox.Literal(slugify(name.value))
    except ValueError:
        return ox.Literal(name.value)


def _minted(path: ox.Literal) -> ox.Literal | None:
    found = canonical_path(path.value)
    return ox.Literal(found) if found else None


FUNCTIONS: dict[str, Function] = {"slug": _slug, "minted": _minted}
"""What a check may call: ``fn:slug(?name)``, and ``fn:minted(?path)``, the path below ``id/`` as names are formed."""
