"""The prefixes, read once from ``ontology/prefixes.ttl``, and the standard terms the program itself names."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.errors import ContentError

CANONICAL_BASE = "https://w3id.org/metropolis-kg/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"
HYDRA = "http://www.w3.org/ns/hydra/core#"
PROGRAM_PREFIXES = ("fn", "mkg", "rule")
"""Prefixes by which the program itself names terms; content must declare them."""

EDTF = ox.NamedNode("http://id.loc.gov/datatypes/edtf/EDTF")

_DECLARE, _PREFIX, _NAMESPACE = (ox.NamedNode(f"{SH}{name}") for name in ("declare", "prefix", "namespace"))


def read_prefixes(path: Path, rebase: Callable[[ox.Literal], ox.Literal] = lambda literal: literal) -> dict[str, str]:
    """Return prefix → namespace as declared with ``sh:declare`` in the Turtle file ``path`` (SHACL section 5.2.1).

    ``rebase`` maps each namespace literal, so that own prefixes follow a deployment's base. Raises ContentError for a
    file that cannot be parsed, a declaration that lacks a part, and a prefix declared twice.
    """
    store = _parsed(path)
    prefixes: dict[str, str] = {}
    for _, _, declaration, _ in store.quads_for_pattern(None, _DECLARE, None):
        name, namespace = (_one_literal(store, declaration, term, path) for term in (_PREFIX, _NAMESPACE))
        if name.value in prefixes:
            raise ContentError(f"prefix {name.value}: is declared twice; keep one declaration", path)
        prefixes[name.value] = _iri(rebase(namespace).value, path)
    return dict(sorted(prefixes.items()))


def _parsed(path: Path) -> ox.Store:
    store = ox.Store()
    try:
        store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    except SyntaxError as error:
        raise ContentError(error.msg, path, error.lineno) from error
    except OSError as error:
        raise ContentError(f"the file cannot be read: {error.strerror or error}", path) from error
    return store


def _iri(namespace: str, path: Path) -> str:
    try:
        return ox.NamedNode(namespace).value
    except ValueError as error:
        raise ContentError(f'sh:namespace "{namespace}" is not an absolute IRI', path) from error


def _one_literal(store: ox.Store, subject: object, predicate: ox.NamedNode, path: Path) -> ox.Literal:
    values = [quad.object for quad in store.quads_for_pattern(subject, predicate, None)]  # type: ignore[arg-type] # an object may stand as subject here
    if len(values) == 1 and isinstance(values[0], ox.Literal):
        return values[0]
    raise ContentError(f"{subject} needs exactly one literal {predicate}; it has {len(values)} values", path)


def expand(name: str, prefixes: Mapping[str, str]) -> str:
    """Return the IRI of a prefixed name. Raises KeyError for a prefix that is not among ``prefixes``.

    >>> expand("org:member", {"org": "http://www.w3.org/ns/org#"})
    'http://www.w3.org/ns/org#member'
    """
    prefix, _, local = name.partition(":")
    return prefixes[prefix] + local


def shorten(iri: str, prefixes: dict[str, str]) -> str:
    """Return ``iri`` as a prefixed name by the longest fitting namespace, or ``<iri>`` where none fits."""
    fitting = [(len(space), name) for name, space in prefixes.items() if iri.startswith(space)]
    if not fitting:
        return f"<{iri}>"
    length, name = max(fitting)
    local = iri[length:]
    return f"{name}:{local}" if local and not set(local) & set("/#?") else f"<{iri}>"
