"""Constraints that look at one value node at a time, as SPARQL expressions over ``?value``."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from metropolis_kg.curation.screening.agreement import (
    ASCII,
    NotScreenedError,
    datatype_expressions,
    kept_as_written,
    pattern_flags,
    range_expressions,
)
from metropolis_kg.curation.screening.scope import Scope, constant, iri
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH, XSD


@dataclass(frozen=True)
class Verdict:
    """When a value is certainly fine, and when it certainly fails; of any other value nothing is known."""

    fine: str
    fails: str

    @classmethod
    def exact(cls, fine: str) -> "Verdict":
        """Return the verdict of an expression that is true or false of every value as it is to the judge."""
        return cls(fine, f"!({fine})")


Judged = Callable[[Scope, Term], Verdict]

_NODE_KINDS = {
    "IRI": "isIRI(?value)",
    "Literal": "isLiteral(?value)",
    "BlankNode": "isBlank(?value)",
    "BlankNodeOrIRI": "!isLiteral(?value)",
    "BlankNodeOrLiteral": "!isIRI(?value)",
    "IRIOrLiteral": "!isBlank(?value)",
}


def _kind(scope: Scope, _: Term) -> Verdict:
    kind = iri(scope.the_only("nodeKind")).value.removeprefix(SH)
    if kind not in _NODE_KINDS:
        raise NotScreenedError(f"sh:nodeKind sh:{kind} is unknown")
    return Verdict.exact(_NODE_KINDS[kind])


def _datatype(scope: Scope, _: Term) -> Verdict:
    return Verdict(*datatype_expressions(iri(scope.the_only("datatype")), "?value"))


def _pattern(scope: Scope, pattern: Term) -> Verdict:
    if not isinstance(pattern, ox.Literal) or pattern.datatype.value != f"{XSD}string":
        raise NotScreenedError("sh:pattern is no string")
    flags, only_ascii = pattern_flags(pattern.value, scope.shape.values.get("flags", ()))
    text = "STR(?value)"
    matches = f"REGEX({text}, {ox.Literal(pattern.value)}{f', {ox.Literal(flags)}' if flags else ''})"
    known = f"REGEX({text}, {ox.Literal(ASCII)}) && " if only_ascii else ""
    without_line_feed = f'!CONTAINS({text}, "\\n")'
    return Verdict(
        f"!isBlank(?value) && {known}{matches}",
        f"isBlank(?value) || ({known}{without_line_feed} && !{matches})",
    )


def number_of(term: Term) -> int:
    """Return a whole number from 0 on. Raises NotScreenedError for anything else, at which pySHACL stops."""
    integer = isinstance(term, ox.Literal) and term.datatype.value == f"{XSD}integer"
    if not integer or not re.fullmatch(r"\+?[0-9]+", term.value):
        raise NotScreenedError(f"{term} is no whole number from 0 on")
    return int(term.value)


def truth_of(term: Term) -> bool:
    """Return a truth value. Raises NotScreenedError for anything but ``true`` and ``false``."""
    boolean = isinstance(term, ox.Literal) and term.datatype.value == f"{XSD}boolean"
    if not boolean or term.value not in {"true", "false"}:
        raise NotScreenedError(f"{term} is neither true nor false")
    return term.value == "true"


def _shortest(scope: Scope, _: Term) -> Verdict:
    number = number_of(scope.the_only("minLength"))
    long = f"STRLEN(STR(?value)) >= {number}"
    fails = f"isBlank(?value) || !({long})" if number else "false"
    return Verdict(f"!isBlank(?value) && {long}", fails)


def _longest(scope: Scope, _: Term) -> Verdict:
    short = f"STRLEN(STR(?value)) <= {number_of(scope.the_only('maxLength'))}"
    return Verdict(f"!isBlank(?value) && {short}", f"isBlank(?value) || !({short})")


def _range(operator: str) -> Judged:
    return lambda _, bound: Verdict(*range_expressions("?value", operator, bound))


def _choice(scope: Scope, _: Term) -> Verdict:
    members = scope.list(scope.the_only("in"))
    certain = [member for member in members if not isinstance(member, ox.BlankNode) and kept_as_written(member)]
    among = " || ".join(f"sameTerm(?value, {constant(member)})" for member in certain) or "false"
    return Verdict(among, f"!({among})" if certain == members else "false")


def _language(scope: Scope, _: Term) -> Verdict:
    members = scope.list(scope.the_only("languageIn"))
    if not all(isinstance(tag, ox.Literal) and tag.datatype.value == f"{XSD}string" for tag in members):
        raise NotScreenedError("sh:languageIn with something that is no string")
    tags = [tag.value.lower() for tag in members]
    tag = "LCASE(LANG(?value))"
    same = " || ".join(
        f"{each} = {ox.Literal(allowed)}" for allowed in tags for each in (tag, f'STRBEFORE({tag}, "-")')
    )
    return Verdict.exact(f'isLiteral(?value) && LANG(?value) != "" && ({"true" if "*" in tags else same or "false"})')


VALUE_CONSTRAINTS: dict[str, Judged] = {
    "nodeKind": _kind,
    "datatype": _datatype,
    "pattern": _pattern,
    "minLength": _shortest,
    "maxLength": _longest,
    "minInclusive": _range(">="),
    "maxInclusive": _range("<="),
    "minExclusive": _range(">"),
    "maxExclusive": _range("<"),
    "in": _choice,
    "languageIn": _language,
}
"""By term of the SHACL namespace, what is known of ``?value``."""
