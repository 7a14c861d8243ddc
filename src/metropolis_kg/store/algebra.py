"""The algebra of a query, as rdflib has it (SPARQL 1.1 section 18): its parts, and which variables they bind."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from metropolis_kg.model.namespaces import XSD
from metropolis_kg.store.query_form import algebra_of
from metropolis_kg.store.query_text import first_keyword, group, tokens

Terms = frozenset[Any] | None
"""The terms that a variable, or a place in a pattern, can have; none: any."""

XSD_STRING = f"{XSD}string"


@lru_cache(maxsize=256)
def algebra(query: str, prefixes: tuple[tuple[str, str], ...], base: str) -> Any:
    """Return the algebra of ``query``, which is shared. Raises QueryRefusedError, QueryMalformedError."""
    return algebra_of(query, dict(prefixes), base)


def without_template(query: str) -> str:
    """Return ``query`` with an empty template, where it is a CONSTRUCT that has one of its own.

    >>> without_template("CONSTRUCT { ?s ?p 1 } WHERE { ?s ?p ?o }")
    'CONSTRUCT { } WHERE { ?s ?p ?o }'
    """
    word = first_keyword(query)
    after = [piece for piece in tokens(query) if word and piece.start >= word.end]
    if not word or word.text != "CONSTRUCT" or not after or after[0].text != "{":
        return query
    template = group(after)
    return f"{query[: template[0].start]}{{ }}{query[template[-1].end :]}" if template else query


def bound(node: Any, given: Collection[str]) -> set[str]:
    """Return the variables that every solution of ``node`` binds, where the parameters ``given`` are given."""
    kind = node.name
    if kind in ("LeftJoin", "Minus"):
        return bound(node.p1, given)
    if kind == "BGP":
        return {name_of(each) for triple in node.triples for each in triple if is_variable(each)}
    if kind == "values":
        if place := parameter_of(node):
            return {place} & set(given)
        some = [{str(name) for name in row} - set(_names_undefined(row)) for row in node.res]
        return set.intersection(*some) if some else set()
    if kind == "Join":
        return bound(node.p1, given) | bound(node.p2, given)
    if kind == "Union":
        return bound(node.p1, given) & bound(node.p2, given)
    return set() if kind == "AggregateJoin" else _bound_with(node, bound(node.p, given))


def _bound_with(node: Any, below: set[str]) -> set[str]:
    """Return the variables that ``node`` binds where what it is made of binds ``below``."""
    if node.name == "Graph" and is_variable(node.term):
        return below | {str(node.term)}
    if node.name == "Extend" and is_variable(node.expr) and str(node.expr) in below:
        return below | {str(node.var)}
    return below & {str(each) for each in node.PV} if node.name == "Project" else below


def term_of(term: Any) -> Any:
    """Return an IRI or a literal of the algebra as Oxigraph has it."""
    kind = type(term).__name__
    if kind == "URIRef":
        return ox.NamedNode(str(term))
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or XSD_STRING)))


def is_variable(term: Any) -> bool:
    """Tell whether ``term`` is a variable, or a blank node, which is as good as one (section 4.1.4)."""
    return type(term).__name__ in ("Variable", "BNode")


def is_path(term: Any) -> bool:
    """Tell whether ``term`` is a path of properties, and not one property."""
    return type(term).__name__.endswith("Path")


def steps(path: Any) -> Terms:
    """Return the properties of which ``path`` has one at least; none where it may have no step, or one of any."""
    kind = type(path).__name__
    if kind == "URIRef":
        return frozenset([term_of(path)])
    if kind == "InvPath":
        return steps(path.arg)
    if kind == "MulPath":
        return steps(path.path) if path.mod == "+" else None
    each = [steps(step) for step in path.args] if kind in ("SequencePath", "AlternativePath") else [None]
    if kind == "SequencePath":
        return next((steps for steps in each if steps is not None), None)
    return None if None in each else frozenset().union(*(steps for steps in each if steps))


def name_of(term: Any) -> str:
    """Return the name of a variable, or the label of a blank node, which is as good as one (section 4.1.4)."""
    return str(term) if type(term).__name__ == "Variable" else f"_:{term}" if is_variable(term) else ""


def is_values(node: Any) -> bool:
    """Tell whether ``node`` is a VALUES."""
    return bool(node.name == "ToMultiSet" and node.p.name == "values")


def joined(node: Any) -> Iterator[Any]:
    """Yield what ``node`` joins, which is no join itself."""
    for part in (node.p1, node.p2):
        if part.name == "Join":
            yield from joined(part)
        else:
            yield part


def projected_by(node: Any) -> Sequence[Any]:
    """Return what a sub-SELECT selects."""
    while node.name != "Project":
        node = node.p
    projected: Sequence[Any] = node.PV
    return projected


def parameter_of(values: Any) -> str:
    """Return the parameter for which ``values`` leaves a place, as ``query_text.with_bindings`` says; else nothing."""
    (row,) = values.res if len(values.res) == 1 else ({},)
    return next(_names_undefined(row), "") if len(row) == 1 else ""


def _names_undefined(row: Mapping[Any, Any]) -> Iterator[str]:
    return (str(name) for name, term in row.items() if str(term) == "UNDEF" and not hasattr(term, "n3"))


def parts(node: Any, kind: str) -> Iterator[Any]:
    """Yield the parts of ``node`` of a kind, wherever they are in it."""
    waiting, seen = [node], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, str) or id(part) in seen:
            continue
        seen.add(id(part))
        if getattr(part, "name", None) == kind:
            yield part
        if hasattr(part, "values") and callable(part.values):
            waiting.extend(part.values())
        elif isinstance(part, list | tuple | set | frozenset):
            waiting.extend(part)
