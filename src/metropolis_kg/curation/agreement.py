"""Where the engine that screens (Oxigraph) and the judge (pySHACL on rdflib) read terms and expressions alike.

Screening may only clear what the judge would clear. So this module is about certainty: an expression it gives is true
only of terms that both take for well-formed and order alike, and a SPARQL constraint it accepts gives the same rows in
both. What it does not know, it refuses.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox
from rdflib import Literal, URIRef, Variable
from rdflib.paths import MulPath, OneOrMore
from rdflib.plugins.sparql.parserutils import CompValue

from metropolis_kg.curation.shapes import parse_select, parts_of
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import RDF, XSD


class NotScreenedError(Exception):
    """A constraint that screening does not compile; says why. The judge then sees all focus nodes of its shape."""


_PROBE = ox.NamedNode("urn:probe")
_PLAIN = ox.NamedNode(f"{XSD}string")

# Literals

_KINDS = {
    "date": f'DATATYPE({{0}}) = <{XSD}date> && STRLEN(STR({{0}})) = 10 && {{0}} >= "0001-01-01"^^<{XSD}date>',
    "integer": f"DATATYPE({{0}}) = <{XSD}integer> && isNumeric({{0}})",
    "decimal": f"DATATYPE({{0}}) = <{XSD}decimal> && isNumeric({{0}})",
    "boolean": f"DATATYPE({{0}}) = <{XSD}boolean> && ({{0}} = true || {{0}} = false)",
    "string": f"DATATYPE({{0}}) = <{XSD}string>",
}
"""By kind of literal, when a term is certainly well-formed and compares alike: {0} is the variable."""

_WITHOUT_FORM = {"anyURI", "gYear", "gYearMonth", "gMonthDay", "gDay", "gMonth"}
"""Datatypes of XSD whose lexical form the judge does not look at."""


_ORDERED = ({"date"}, {"integer", "decimal"}, {"string"})
"""Kinds of literals that are ordered alike, among each other."""


_NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.][0-9]{1,5})?")
_NUMBERS = {ox.NamedNode(f"{XSD}{name}") for name in ("integer", "decimal")}


def datatype_expressions(datatype: ox.NamedNode, variable: str) -> tuple[str, str]:
    """Return when ``variable`` is certainly well-formed as ``datatype`` to the judge, and when certainly of another.

    Raises NotScreenedError.
    """
    name, another = datatype.value.removeprefix(XSD), f"!isLiteral({variable}) || DATATYPE({variable}) != {datatype}"
    if name in _KINDS:
        return _KINDS[name].format(variable), another
    if datatype.value == f"{RDF}langString":
        return f'LANG({variable}) != ""', another
    if name not in _WITHOUT_FORM and datatype.value.startswith((XSD, RDF, "http://www.w3.org/2000/01/rdf-schema#")):
        raise NotScreenedError(f"literals of {datatype} may read differently")
    return f"DATATYPE({variable}) = {datatype}", another


def _any_kind(kinds: set[str], variable: str) -> str:
    return " || ".join(f"({test.format(variable)})" for kind, test in _KINDS.items() if kind in kinds)


def fine_comparison(left: str, operator: str, right: str) -> str:
    """Return when two variables are certainly literals of one kind that stand in the order ``operator``."""
    alike = (f"(({_any_kind(kinds, left)}) && ({_any_kind(kinds, right)}))" for kinds in _ORDERED)
    return f"({' || '.join(alike)}) && {left} {operator} {right}"


def range_expressions(variable: str, operator: str, bound: Term) -> tuple[str, str]:
    """Return when ``variable`` is certainly within a bound, and when certainly beyond it or not to be compared.

    Raises NotScreenedError for bounds of unusual datatypes.
    """
    bound = _as_kept(bound)
    kind = kind_of(bound)
    alike = next((kinds for kinds in _ORDERED if kind in kinds), None)
    if alike is None:
        raise NotScreenedError(f"{bound} may be ordered differently")
    known, within = f"({_any_kind(alike, variable)})", f"{variable} {operator} {bound}"
    return f"{known} && {within}", f"!isLiteral({variable}) || ({known} && !({within}))"


def _as_kept(bound: Term) -> Term:
    """Return a number as a store keeps it, which is as great; any other term as it is."""
    number = isinstance(bound, ox.Literal) and bound.datatype in _NUMBERS
    return next(iter(_holding(bound))).object if number and _NUMBER.fullmatch(bound.value) else bound


def kind_of(term: Term) -> str | None:
    """Return the kind of a constant, ``"IRI"`` or that of a literal; none where engines may read it differently."""
    if isinstance(term, ox.NamedNode):
        return "IRI"
    if not isinstance(term, ox.Literal) or term.language or not kept_as_written(term):
        return None
    asked = f"SELECT ?kind WHERE {{ ?s ?p ?o BIND({kinds_expression('?o')} AS ?kind) }}"
    kinds = [row["kind"].value for row in _holding(term).query(asked)]  # type: ignore[union-attr]
    return None if kinds == ["odd"] else kinds[0]


def _holding(term: Term) -> ox.Store:
    store = ox.Store()
    store.add(ox.Quad(_PROBE, _PROBE, term))
    return store


def kinds_expression(variable: str) -> str:
    """Return a SPARQL expression for the kind of the term a variable has; ``"odd"`` where engines may differ."""
    expression = '"odd"'
    for kind, test in _KINDS.items():
        expression = f'IF(COALESCE({test.format(variable)}, false), "{kind}", {expression})'
    return f'IF(isIRI({variable}), "IRI", {expression})'


def kept_as_written(term: Term) -> bool:
    """Return whether a store gives ``term`` back as it is: Oxigraph rewrites ``01`` to ``1``, the judge does not."""
    return bool(next(iter(_holding(term))).object == term)


# Patterns

_UNLIKE = re.compile(r"\\[A-Za-z0-9<>]|\(\?(?!:)|&&|--|~~|\|\||[*+?}]\+|\[[^\]]*\[")
"""What Python and Rust may read differently: escapes, flags, operations on sets, possessive repetition."""

_OF_ASCII = re.compile(r"\\[dDwWsSbB]")
"""Escaped classes, which mean the same only of characters of ASCII."""

ASCII = "^[\t\n\r -~]*$"
"""Matches text of which Python and Rust say the same whatever classes and flags a pattern uses."""


def check_pattern(pattern: str) -> None:
    """Return where a regular expression means the same in Python and Rust. Raises NotScreenedError otherwise.

    ``$`` is allowed: it also matches before a final line feed in Python alone, so what Rust finds Python finds too.
    """
    found = _UNLIKE.search(pattern)
    if found:
        raise NotScreenedError(f"the pattern's {found[0]} may be read differently")
    _compiled(pattern)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise NotScreenedError(f"a pattern is no regular expression: {error}") from error


def pattern_flags(pattern: str, flags: tuple[Term, ...]) -> tuple[str, bool]:
    """Return the flags that the judge heeds, and whether a pattern means the same only of text of ASCII.

    Raises NotScreenedError.
    """
    check_pattern(_OF_ASCII.sub("a", pattern))
    _compiled(pattern)
    if len(flags) > 1 or not all(isinstance(each, ox.Literal) and each.datatype == _PLAIN for each in flags):
        raise NotScreenedError("sh:flags is not one string")
    heeded = "".join(flag for flag in "im" if any(flag in each.value.lower() for each in flags))
    if "i" in heeded and not pattern.isascii():
        raise NotScreenedError("a pattern that ignores case is not of ASCII")
    return heeded, bool("i" in heeded or _OF_ASCII.search(pattern))


# SPARQL constraints

_OPERATORS = {"Project", "Distinct", "Reduced", "Filter", "Extend", "Join", "LeftJoin", "BGP"}
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
    ``$this`` (SHACL section 5.3.1) gives node by node. Raises NotScreenedError.
    """
    query, written = parse_select(select, prefixes)
    if "GroupOrUnionGraphPattern" in written:
        raise NotScreenedError("UNION or a nested group in a SPARQL constraint")
    pattern = query.algebra.p
    _check_pattern(pattern, _OPERATORS, this_is_bound=True)
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
    if isinstance(subject, Variable):
        found.subjects.add(subject)
    if isinstance(predicate, Variable):
        found.predicates.add(predicate)
    if isinstance(value, Variable) and isinstance(predicate, Variable):
        found.anything.add(value)
        return
    property_ = None if isinstance(predicate, Variable) else _predicate(predicate)
    if isinstance(value, Variable) and property_:
        found.objects[value].add(property_)


def _predicate(path: object) -> str:
    """Return the one property that a path is or repeats (``+``). Raises NotScreenedError for any other path."""
    if isinstance(path, MulPath) and path.mod == OneOrMore:
        path = path.path
    if not isinstance(path, URIRef):
        raise NotScreenedError("a property path in a SPARQL constraint")
    return str(path)


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
