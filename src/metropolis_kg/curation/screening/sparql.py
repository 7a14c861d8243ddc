"""SPARQL constraints: the query of a constraint, asked of all focus nodes at once.

pySHACL asks it of each focus node, with ``$this`` bound before. Where ``agreement`` is certain that both ways and both
engines give the same rows, a pattern for the focus nodes is put before the patterns of the query.
"""

import re

import pyoxigraph as ox

from metropolis_kg.curation.screening.agreement import NotScreenedError
from metropolis_kg.curation.screening.agreement_sparql import Comparison, check_constraint
from metropolis_kg.curation.screening.scope import NEVER, Failing, Scope
from metropolis_kg.curation.screening.sets import OF_CLASS, Query, select
from metropolis_kg.curation.screening.values import truth_of
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH

_HEAD = re.compile(r"\s*SELECT\s+(?:(?:DISTINCT|REDUCED)\s+)?(?:[$?]\w+\s+|\([^{}]*\)\s*)+WHERE\s*\{", re.IGNORECASE)
_THIS, _PATH = re.compile(r"[\s{}()][$?]this\b"), re.compile(r"([\s{}()])[$?]PATH\b")
_REFUSED = re.compile(r"INUS|ERVICE|(?<![\w:-])VALUES\b", re.IGNORECASE)


def by_sparql(scope: Scope, constraint: Term) -> Failing:
    """Return which focus nodes may have a row. Raises NotScreenedError."""
    deactivated = scope.shapes.values(constraint, f"{SH}deactivated")
    if True in {truth_of(value) for value in deactivated}:
        return NEVER
    text, prefixes = _query_of(scope, constraint), scope.shapes.declared_prefixes(constraint)
    if prefixes is None:
        raise NotScreenedError("prefixes that are declared twice")
    if refused := _REFUSED.search(text):
        raise NotScreenedError(f"pySHACL may take {refused[0]} for what a SPARQL constraint must not have")
    comparisons = _comparisons(text, prefixes)
    if not all(scope.data.agrees_on(comparison) for comparison in comparisons):
        raise NotScreenedError("a SPARQL constraint compares terms that may be ordered differently")
    head = _HEAD.match(text)
    if not head or not _THIS.search(text):
        raise NotScreenedError("a SPARQL constraint that is not SELECT … WHERE { … $this … }")
    found = f"{scope.target} {text[head.end() : text.rindex('}')]}"
    return Failing((Query(select(found), None, tuple(sorted(prefixes.items()))),))


def _comparisons(text: str, prefixes: dict[str, str]) -> list[Comparison]:
    try:
        return check_constraint(text, prefixes)
    except SyntaxError as error:
        raise NotScreenedError(f"a SPARQL constraint is ill-formed: {error.msg}") from error


def _query_of(scope: Scope, constraint: Term) -> str:
    selects = scope.shapes.values(constraint, f"{SH}select")
    messages = scope.shapes.values(constraint, f"{SH}message")
    if len(selects) != 1 or not isinstance(selects[0], ox.Literal):
        raise NotScreenedError("sh:sparql without one sh:select")
    if not all(isinstance(message, ox.Literal) for message in messages):
        raise NotScreenedError("a message of a SPARQL constraint is no string")
    if "#" in selects[0].value or OF_CLASS in selects[0].value:
        raise NotScreenedError(f"a SPARQL constraint that may have comments, or names a variable …{OF_CLASS}")
    if isinstance(scope.shape.path, ox.NamedNode):
        return _PATH.sub(lambda found: f"{found[1]}{scope.shape.path}", selects[0].value)
    return selects[0].value
