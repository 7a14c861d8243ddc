"""Where Oxigraph and rdflib give the same rows for a SPARQL constraint.

A constraint is looked at as rdflib's algebra has it. What is accepted is what both engines were seen to agree on; what
is not known is refused. What a constraint compares is told, for it depends on the data whether they agree on it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox
from rdflib import Literal, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, OneOrMore, SequencePath
from rdflib.plugins.sparql.parserutils import CompValue

from metropolis_kg.curation.screening.agreement import NotScreenedError, check_pattern, kind_of
from metropolis_kg.curation.shapes import certainly_bound, parse_select, parts_of

_OPERATORS = {"Project", "Distinct", "Reduced", "Filter", "Extend", "Join", "LeftJoin", "Union", "BGP"}
_IN_EXISTS = {"Filter", "Extend", "Join", "BGP"}
_LOGIC = {"ConditionalAndExpression", "ConditionalOrExpression", "UnaryNot"}
_CONDITIONS = _LOGIC | {"Filter", "LeftJoin"}
_BOOLEAN = {
    "RelationalExpression",
    *(f"Builtin_{name}" for name in ("EXISTS", "NOTEXISTS", "BOUND", "sameTerm", "isIRI", "isURI", "isBLANK")),
    *(f"Builtin_{name}" for name in ("isLITERAL", "CONTAINS", "STRSTARTS", "STRENDS", "REGEX")),
}
_STRING = {f"Builtin_{name}" for name in ("STR", "LANG", "SUBSTR", "STRBEFORE", "STRAFTER", "CONCAT", "REPLACE")}
_CHOICE = {"Builtin_IF", "Builtin_COALESCE"}
_RESULTS = {"Builtin_STRLEN": "integer", "Builtin_DATATYPE": "IRI"}
_TAKES_ANY = {"Builtin_STR", "Builtin_LANG"}
_RESERVED = {"PATH", "shapesGraph", "currentShape"}


@dataclass(frozen=True)
class Comparison:
    """Terms that a SPARQL constraint compares: constants of ``kinds`` and values of ``predicates``.

    Engines agree on it where all of them are of one kind.
    """

    predicates: frozenset[str]
    kinds: frozenset[str]


@dataclass
class _Variables:
    """Where the variables of a query get their terms."""

    subjects: set[Variable] = field(default_factory=set)
    predicates: set[Variable] = field(default_factory=set)
    objects: defaultdict[Variable, set[str]] = field(default_factory=lambda: defaultdict(set))
    anything: set[Variable] = field(default_factory=set)
    bound: dict[Variable, object] = field(default_factory=dict)


def check_constraint(select: str, prefixes: Mapping[str, str]) -> list[Comparison]:
    """Return what a SPARQL constraint compares; where each comparison is of one kind, engines give the same rows.

    Accepted are queries that give, with a pattern for ``$this`` put before their patterns, the rows which pre-binding
    ``$this`` (SHACL section 5.3.1) gives node by node; of a query that groups by ``$this`` those of what it groups, of
    which ``HAVING`` may leave out some. Raises NotScreenedError.
    """
    query, written = parse_select(select, prefixes)
    pattern = _grouped(query.algebra.p)
    _check_pattern(pattern, _OPERATORS, this_is_bound=True)
    if "GroupOrUnionGraphPattern" in written:
        _check_groups(pattern)
    variables = _variables(pattern)
    comparisons = []
    for part in parts_of(pattern):
        _check_expression(part, variables)
        if part.name == "RelationalExpression":
            if part.op in {"IN", "NOT IN"} and not isinstance(part.other, list):
                raise NotScreenedError("an empty list in a SPARQL constraint")
            others = part.other if isinstance(part.other, list) else [part.other]
            comparisons.append(_comparison([part.expr, *others], variables))
    return comparisons


def _grouped(pattern: CompValue) -> CompValue:
    """Return what a query groups by ``$this``, or the pattern of a query that does not group."""
    part, above = pattern, []
    while part.name in {"Project", "Distinct", "Reduced", "Filter", "Extend"}:
        above.append(part)
        part = part.p
    if part.name != "AggregateJoin":
        return pattern
    if Variable("this") not in (part.p.expr or []) or not all(isinstance(each, Variable) for each in part.p.expr):
        raise NotScreenedError("a SPARQL constraint counts, but not by $this")
    itself = {each.res for each in part.A if each.name == "Aggregate_Sample" and each.vars == Variable("this")}
    renamed = (each for each in above if each.get("var") == Variable("this") and each.expr not in itself)
    if any(renamed) or any(map(_has_exists, above)):
        raise NotScreenedError("a SPARQL constraint counts in an unusual way")
    counted: CompValue = part.p.p
    return counted


def _has_exists(pattern: CompValue) -> bool:
    return any("graph" in part for part in _expressions(pattern))


def _check_groups(pattern: CompValue) -> None:
    """Raise NotScreenedError where a nested group could see what is bound outside of it: in rdflib it does."""
    for part in parts_of(pattern):
        operands = {"Join": ("p1", "p2"), "Union": ("p1", "p2"), "LeftJoin": ("p2",)}.get(part.name, ())
        for inner in (each for key in operands for each in parts_of(part[key])):
            alone = inner.name == "Filter" and not _has_exists(inner) and _is_bound_inside(inner)
            if inner.name in {"Filter", "Extend", "LeftJoin"} and not alone:
                raise NotScreenedError("a nested group in a SPARQL constraint")


def _is_bound_inside(condition: CompValue) -> bool:
    return _variables_in(condition.expr) <= certainly_bound(condition.p)


def _variables_in(expression: object) -> set[Variable]:
    return {each for part in [expression, *parts_of(expression)] for each in _named(part)}


def _named(part: object) -> list[Variable]:
    below = _operands(part) if isinstance(part, CompValue) else [part]
    return [each for each in below if isinstance(each, Variable)]


def _check_pattern(pattern: CompValue, allowed: set[str], *, this_is_bound: bool) -> None:
    if pattern.name not in allowed:
        raise NotScreenedError(f"{pattern.name} in a SPARQL constraint")
    if not this_is_bound and _mentions(dict(pattern).get("expr"), Variable("this")):
        raise NotScreenedError("an expression in OPTIONAL uses $this")
    for key in pattern.keys() & {"p", "p1", "p2"}:
        optional = pattern.name == "LeftJoin" and key == "p2"
        _check_pattern(pattern[key], allowed, this_is_bound=this_is_bound and not optional)
    for part in _expressions(pattern):
        if "graph" in part:
            _check_pattern(part.graph, _IN_EXISTS, this_is_bound=True)


def _expressions(pattern: CompValue) -> Iterator[CompValue]:
    """Yield the expressions of one operator, those within EXISTS left out."""
    waiting = [pattern[key] for key in ("expr",) if key in pattern]
    while waiting:
        part = waiting.pop()
        if isinstance(part, CompValue):
            yield part
            waiting += [] if "graph" in part else list(part.values())
        elif isinstance(part, list):
            waiting += part


def _mentions(part: object, variable: Variable) -> bool:
    """Return whether an expression names ``variable``, within EXISTS too."""
    if isinstance(part, CompValue):
        below = [part.graph] if "graph" in part else [value for key, value in part.items() if key != "_vars"]
        return any(_mentions(each, variable) for each in below)
    if isinstance(part, list | tuple):
        return any(_mentions(each, variable) for each in part)
    return part == variable


def _variables(pattern: CompValue) -> _Variables:
    found = _Variables()
    for part in parts_of(pattern):
        if part.name == "Extend":
            found.bound[part.var] = part.expr
        for subject, predicate, value in part.triples if part.name == "BGP" else ():
            _note_triple(found, subject, predicate, value)
    if any(str(name) in _RESERVED for name in (*found.subjects, *found.predicates, *found.objects, *found.bound)):
        raise NotScreenedError("the constraint uses $PATH, $shapesGraph or $currentShape")
    if Variable("this") in found.bound:
        raise NotScreenedError("the constraint gives $this another value")
    return found


def _note_triple(found: _Variables, subject: object, predicate: object, value: object) -> None:
    if isinstance(predicate, Variable):
        found.predicates.add(predicate)
        _note(found, subject, {None})
        found.anything.update({value} if isinstance(value, Variable) else ())
        return
    starts, ends = _ends(predicate)
    _note(found, subject, starts)
    _note(found, value, ends)


def _note(found: _Variables, term: object, sources: set[str | None]) -> None:
    if isinstance(term, Variable):
        found.subjects.update({term} if None in sources else ())
        found.objects[term].update(source for source in sources if source is not None)


def _ends(path: object) -> tuple[set[str | None], set[str | None]]:
    """Return of which properties a path begins and ends with a value; none stands for the subject of one.

    Raises NotScreenedError for paths that may take no step, of whose ends little is known.
    """
    if isinstance(path, MulPath) and path.mod == OneOrMore and isinstance(path.path, URIRef):
        path = path.path
    if isinstance(path, URIRef):
        return {None}, {str(path)}
    if isinstance(path, InvPath) and isinstance(path.arg, URIRef):
        return {str(path.arg)}, {None}
    if isinstance(path, SequencePath):
        ends = [_ends(each) for each in path.args]
        return ends[0][0], ends[-1][1]
    if isinstance(path, AlternativePath):
        ends = [_ends(each) for each in path.args]
        return set().union(*(start for start, _ in ends)), set().union(*(end for _, end in ends))
    raise NotScreenedError("a property path in a SPARQL constraint")


def _check_expression(part: CompValue, variables: _Variables) -> None:
    name = part.name
    if name in _CONDITIONS and any(isinstance(each, Variable) for each in _conditions(part)):
        raise NotScreenedError("a bare variable as a condition")
    if name in _OPERATORS or name in _TAKES_ANY or name == "TrueFilter":
        return
    if name not in _LOGIC | _BOOLEAN | _STRING | _CHOICE | _RESULTS.keys():
        raise NotScreenedError(f"{name.removeprefix('Builtin_')} in a SPARQL constraint")
    if name in {"Builtin_REGEX", "Builtin_REPLACE"}:
        _check_regular_expression(part)
    if name in _STRING or name in {"Builtin_CONTAINS", "Builtin_STRSTARTS", "Builtin_STRENDS", "Builtin_REGEX"}:
        for operand in _operands(part):
            _check_argument(operand, variables, {"string", "integer"} if name == "Builtin_SUBSTR" else {"string"})


def _conditions(part: CompValue) -> list[object]:
    return _operands(part) if part.name in _LOGIC else [part.expr]


def _check_argument(operand: object, variables: _Variables, kinds: set[str]) -> None:
    predicates, found = _sources(operand, variables)
    if predicates or found - kinds:
        raise NotScreenedError("a string function of something that may be no plain string; use STR()")


def _check_regular_expression(part: CompValue) -> None:
    pattern = part.pattern
    if not isinstance(pattern, Literal) or "flags" in part:
        raise NotScreenedError("a regular expression that is no plain constant")
    check_pattern(str(pattern))


def _operands(part: CompValue) -> list[object]:
    below = [value for key, value in part.items() if key != "_vars"]
    return [each for value in below for each in (value if isinstance(value, list) else [value])]


def _comparison(operands: list[object], variables: _Variables) -> Comparison:
    predicates: set[str] = set()
    kinds: set[str] = set()
    for operand in operands:
        more_predicates, more_kinds = _sources(operand, variables)
        predicates |= more_predicates
        kinds |= more_kinds
    return Comparison(frozenset(predicates), frozenset(kinds))


def _sources(operand: object, variables: _Variables) -> tuple[set[str], set[str]]:
    """Return the predicates and kinds whose terms ``operand`` can be."""
    if isinstance(operand, Variable):
        return _sources_of_variable(operand, variables)
    if isinstance(operand, URIRef | Literal):
        return set(), {_kind_of_constant(operand)}
    name = operand.name if isinstance(operand, CompValue) else ""
    if isinstance(operand, CompValue) and name in _CHOICE:
        comparison = _comparison(_operands(operand)[name == "Builtin_IF" :], variables)
        return set(comparison.predicates), set(comparison.kinds)
    kind = _RESULTS.get(name) or ("string" if name in _STRING else "boolean" if name in _BOOLEAN | _LOGIC else "")
    if not kind:
        raise NotScreenedError("a comparison of something unusual")
    return set(), {kind}


def _sources_of_variable(variable: Variable, variables: _Variables) -> tuple[set[str], set[str]]:
    if variable in variables.bound:
        return _sources(variables.bound[variable], variables)
    predicates = variables.objects.get(variable, set())
    named = variable in variables.subjects | variables.predicates
    if variable in variables.anything:
        raise NotScreenedError(f"a comparison of ?{variable}, which is the value of any property")
    if not predicates and not named:
        raise NotScreenedError(f"a comparison of ?{variable}, which no pattern binds")
    return set(predicates), {"IRI"} if named else set()


def _kind_of_constant(constant: URIRef | Literal) -> str:
    if isinstance(constant, URIRef):
        return "IRI"
    datatype = ox.NamedNode(str(constant.datatype)) if constant.datatype else None
    kind = kind_of(ox.Literal(str(constant), datatype=datatype, language=constant.language))
    if kind is None:
        raise NotScreenedError(f"{constant!r} may be read differently")
    return kind
