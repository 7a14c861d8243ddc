"""Where the engine that screens (Oxigraph) and the judge (pySHACL on rdflib) read terms alike.

Screening may only clear what the judge would clear. So this module is about certainty: an expression it gives is true
only of terms that both take for well-formed and order alike. What it does not know, it refuses.
"""

import re

import pyoxigraph as ox

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
