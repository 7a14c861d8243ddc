"""Prefixes: how ``ontology/prefixes.ttl`` declares them, and the ``@prefix`` lines of files, held against it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.lines import line_index
from metropolis_kg.curation.turtle_files import decoded
from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH

_LINE = re.compile(r"^[ \t]*@?prefix[ \t]+(?P<name>[\w.-]*):\s*<(?P<space>[^<>\s]*)>", re.IGNORECASE | re.MULTILINE)


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


def redeclared(path: Path, prefixes: Mapping[str, str]) -> ContentError | None:
    """Return the first declaration that gives a prefix another namespace than ``prefixes`` do; none where none does."""
    for name, namespace, line in _declarations(path):
        if prefixes.get(name, namespace) != namespace:
            return fault("prefix-otherwise", path, line, prefix=name, namespace=prefixes[name])
    return None


def renamed(path: Path, prefixes: Mapping[str, str]) -> Iterator[ContentError]:
    """Yield a warning for each declaration that gives a namespace another name than ``prefixes`` do."""
    names = {namespace: name for name, namespace in prefixes.items()}
    for name, namespace, line in _declarations(path):
        if name not in prefixes and namespace in names:
            yield fault("prefix-renamed", path, line, prefix=name, known=names[namespace])


def _declarations(path: Path) -> Iterator[tuple[str, str, int]]:
    text = decoded(path)
    for match in _LINE.finditer(text):
        yield match["name"], match["space"], text.count("\n", 0, match.start()) + 1
