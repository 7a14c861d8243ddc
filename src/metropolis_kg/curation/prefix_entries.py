"""How ``ontology/prefixes.ttl`` declares prefixes: each once, with a namespace that is an address."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.lines import line_index
from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH


def misdeclared(path: Path, statements: Iterable[ox.Quad]) -> list[ContentError]:
    """Return what is wrong with how ``ontology/prefixes.ttl`` declares prefixes (SHACL section 5.2.1)."""
    index: dict[tuple[object, str], list[Term]] = {}
    for subject, predicate, value, _ in statements:
        if isinstance(value, Term):
            index.setdefault((subject, predicate.value), []).append(value)
    seen: set[str] = set()
    declarations = [term for (_, predicate), terms in index.items() if predicate == f"{SH}declare" for term in terms]
    found = (_misdeclared(path, each, index, seen) for each in declarations)
    return [error for error in found if error]


def _misdeclared(
    path: Path, declaration: Term, index: Mapping[tuple[object, str], list[Term]], seen: set[str]
) -> ContentError | None:
    name, namespace = (index.get((declaration, f"{SH}{term}"), []) for term in ("prefix", "namespace"))
    place = (path, line_index(path).find(str(declaration)))
    if [isinstance(each, ox.Literal) for each in (*name, *namespace)] != [True, True] or len(name) != 1:
        return fault("prefix-incomplete", *place, declaration=declaration)
    if name[0].value in seen:
        return fault("prefix-twice", *place, prefix=name[0].value)
    seen.add(name[0].value)
    try:
        ox.NamedNode(namespace[0].value)
    except ValueError:
        return fault("prefix-without-address", *place, namespace=namespace[0].value)
    return None
