"""Constraints that compare the value nodes of a focus node with each other, with a class, or with another property."""

import pyoxigraph as ox

from metropolis_kg.curation.screening.agreement import NotScreenedError, fine_comparison
from metropolis_kg.curation.screening.scope import NEVER, Compile, Failing, Scope, constant, exactly, iri, shape_of
from metropolis_kg.curation.screening.sets import OF_CLASS, Query, count, count_rows, select
from metropolis_kg.curation.screening.values import number_of, truth_of
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.shapes import sparql_path


def _too_few(scope: Scope, _: Term) -> Failing:
    number = number_of(scope.the_only("minCount"))
    reached = scope.need_path().reached
    if number == 0:
        return NEVER
    if number > 1:
        enough = f"SELECT ?this WHERE {{ {reached} }} GROUP BY ?this HAVING(COUNT(DISTINCT ?value) >= {number})"
        return exactly(Query(select(f"{scope.target} MINUS {{ {enough} }}")))
    if scope.few and isinstance(scope.shape.path, ox.NamedNode):
        return exactly(Query(select(f"{scope.target} FILTER NOT EXISTS {{ {reached} }}")))
    together = f"{{ {scope.target} }} UNION {{ {reached} }}"
    counts = (count(together, "?this"), count(reached, "?this")) if scope.is_counted_quickly else None
    return exactly(Query(select(f"{scope.target} MINUS {{ {reached} }}"), counts))


def _too_many(scope: Scope, _: Term) -> Failing:
    number = number_of(scope.the_only("maxCount"))
    values = scope.need_path().values
    if number == 0:
        return exactly(Query(select(values)))
    grouped = f"SELECT ?this WHERE {{ {values} }} GROUP BY ?this HAVING(COUNT(DISTINCT ?value) > {number})"
    counts = (count_rows(values), count(values, "?this")) if scope.is_counted_quickly else None
    return exactly(Query(grouped, counts))


def _without_value(scope: Scope, value: Term) -> Failing:
    if scope.shape.path is None:
        return exactly(Query(select(f"{scope.values} FILTER(!sameTerm(?this, {constant(value)}))")))
    if isinstance(scope.shape.path, ox.NamedNode):
        with_value = f"?this {sparql_path(scope.shape.path)} {constant(value)} ."
    else:
        with_value = f"{scope.values} FILTER(sameTerm(?value, {constant(value)}))"
    return exactly(Query(select(f"{scope.target} MINUS {{ {with_value} }}")))


def _of_another_class(scope: Scope, cls: Term) -> Failing:
    if scope.data.has_nameless_class(iri(cls)):
        raise NotScreenedError("a subclass is a blank node")
    typed = scope.data.instances(cls, "?value")
    lacking = f"MINUS {{ {typed} }}" if OF_CLASS in typed else f"FILTER NOT EXISTS {{ {typed} }}"
    together = f"{{ {scope.values} }} UNION {{ {typed} }}"
    counts = None if scope.few else (count(together, "?value"), count(typed, "?value"))
    return exactly(Query(select(f"{scope.values} {lacking}"), counts))


def _language_twice(scope: Scope, _: Term) -> Failing:
    reached = scope.need_path().values
    if not truth_of(scope.the_only("uniqueLang")):
        return NEVER
    other = f"{{ {reached.replace('?value', '?other')} }}"
    same = 'LANG(?value) != "" && LCASE(LANG(?value)) = LCASE(LANG(?other)) && !sameTerm(?value, ?other)'
    tagged = f"{{ SELECT DISTINCT ?this ?tag WHERE {{ {reached} BIND(LCASE(LANG(?value)) AS ?tag) }} }}"
    counts = count_rows(reached), count_rows(tagged)
    return exactly(Query(select(f"{{ {reached} }} {other} FILTER({same})"), counts))


# Two properties


def _unequal(scope: Scope, predicate: Term) -> Failing:
    theirs = f"?this {iri(predicate)} ?value ."
    more = Query(select(f"{{ {scope.values} }} MINUS {{ {theirs} }}"))
    less = Query(select(f"{{ {scope.target} }} {theirs} MINUS {{ {scope.values} }}"))
    return exactly(more, less)


def _in_common(scope: Scope, predicate: Term) -> Failing:
    return exactly(Query(select(f"{{ {scope.values} }} ?this {iri(predicate)} ?value .")))


def _out_of_order(operator: str) -> Compile:
    def compiled(scope: Scope, predicate: Term) -> Failing:
        other = f"?this {iri(predicate)} ?other ."
        if scope.need_path().negated and scope.data.has(_nameless(scope, iri(predicate))):
            raise NotScreenedError("the order of blank nodes, at which pySHACL stops")
        fine = fine_comparison("?value", operator, "?other")
        refused = Query(select(f"{scope.values} FILTER(isBlank(?value))"))
        return Failing((Query(select(f"{{ {scope.values} }} {other} FILTER(!COALESCE({fine}, false))")), refused))

    return compiled


def _nameless(scope: Scope, predicate: ox.NamedNode) -> str:
    either = f"{{ {scope.path} }} UNION {{ ?this {predicate} ?value }}"
    return f"{scope.target} {either} FILTER(isBlank(?value))"


# All properties


def _with_closed(scope: Scope, _: Term) -> Failing:
    if "closed" not in scope.shape.values:
        raise NotScreenedError("sh:ignoredProperties without sh:closed")
    return Failing((), (), 0)


def _other_property(scope: Scope, _: Term) -> Failing:
    ignored = [term for head in scope.shape.values.get("ignoredProperties", ()) for term in scope.list(head)]
    paths = [shape_of(scope.shapes, node).path for node in scope.shape.values.get("property", ())]
    if not truth_of(scope.the_only("closed")):
        return NEVER
    allowed = {term for term in (*ignored, *paths) if isinstance(term, ox.NamedNode)}
    others = " && ".join(f"?predicate != {term}" for term in sorted(allowed, key=str)) or "true"
    found = f"{{ {scope.values} }} ?value ?predicate ?object . FILTER({others})"
    return Failing((Query(select(found)),), (Query(select(f"{found} FILTER(?object != {_RESOURCE})")),))


_RESOURCE = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#Resource")


PROPERTY_CONSTRAINTS: dict[str, Compile] = {
    "minCount": _too_few,
    "maxCount": _too_many,
    "hasValue": _without_value,
    "class": _of_another_class,
    "uniqueLang": _language_twice,
    "equals": _unequal,
    "disjoint": _in_common,
    "lessThan": _out_of_order("<"),
    "lessThanOrEquals": _out_of_order("<="),
    "closed": _other_property,
    "ignoredProperties": _with_closed,
}
"""By term of the SHACL namespace, who fails."""
