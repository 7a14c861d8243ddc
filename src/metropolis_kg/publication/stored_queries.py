"""Stored queries: SPARQL files whose ``#+`` header (TOML) says what they answer and which parameters they take.

An argument is text from outside. It becomes a term of its parameter's type, or an error that names the parameter and
the form expected; it never becomes part of a query's text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg.content import Content, read_text
from metropolis_kg.errors import ContentError, MetropolisError
from metropolis_kg.model.namespaces import XSD
from metropolis_kg.model.query_header import read_header, refuse_unknown
from metropolis_kg.publication.query_form import Form, form_of
from metropolis_kg.store.protocol import QueryMalformedError, QueryRefusedError, Term
from metropolis_kg.store.query_limits import refuse_excess
from metropolis_kg.store.release import OpenRelease

FOLDERS = ("examples", "competency")
"""Folders below ``queries/`` that hold queries for readers, in the order in which they are listed."""

_HEADER_KEYS = {"title", "description", "parameters"}
_PARAMETER_KEYS = {"type", "default", "label", "description"}
_RESERVED = {"format"}  # the address of an answer uses it


class UnknownQueryError(MetropolisError):
    """There is no stored query of that name."""


class ArgumentError(MetropolisError):
    """An argument does not fit its parameter; carries the parameter's name and the form expected."""

    def __init__(self, parameter: str, value: str | None, expected: str) -> None:
        self.parameter, self.value, self.expected = parameter, value, expected
        given = "is missing" if value is None else f"is “{value[:80]}”"
        super().__init__(f"The parameter {parameter} {given}; expected is {expected}.")


@dataclass(frozen=True)
class Parameter:
    """A variable of a query that is given from outside."""

    name: str
    type: str
    labels: Mapping[str, str]
    default: str | None

    @property
    def expected(self) -> str:
        """The form in which an argument is written."""
        return _TYPES[self.type].expected

    def term(self, value: str, prefixes: Mapping[str, str], base: str) -> Term:
        """Return the term that ``value`` writes. Raises ArgumentError."""
        try:
            return _TYPES[self.type].read(value, prefixes, base)
        except ValueError as error:
            raise ArgumentError(self.name, value, self.expected) from error


@dataclass(frozen=True)
class StoredQuery:
    """A query with a name, titles and descriptions by language, and parameters by name."""

    name: str
    folder: str
    text: str
    form: Form
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    parameters: Mapping[str, Parameter]

    def bindings(self, arguments: Mapping[str, str], release: OpenRelease) -> dict[str, Term]:
        """Return the terms for ``arguments``, and for what they leave out, or leave empty, by its default.

        A parameter that has neither stays unbound. Raises ArgumentError for a value of the wrong form and for an
        argument that is no parameter.
        """
        for name, value in arguments.items():
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "no parameter"
                raise ArgumentError(name, value, f"{known}, since {self.name} takes no other")
        given = {name: arguments.get(name) or each.default for name, each in self.parameters.items()}
        return {
            name: self.parameters[name].term(value, release.prefixes, release.base)
            for name, value in given.items()
            if value is not None
        }


class StoredQueries:
    """The stored queries of a content, by name."""

    def __init__(self, content: Content) -> None:
        """Read them all. Raises ContentError for a header that is not as it should be and a name that is used twice."""
        self._queries: dict[str, StoredQuery] = {}
        for folder in FOLDERS:
            for path in sorted((content.queries / folder).glob("*.rq")):
                query = read_query(path)
                if query.name in self._queries:
                    raise ContentError(f"there is another stored query {query.name}; choose another name", path)
                self._queries[query.name] = query

    def all(self) -> list[StoredQuery]:
        """Return every query, in the order in which they are listed."""
        return list(self._queries.values())

    def find(self, name: str) -> StoredQuery:
        """Return the query of that name. Raises UnknownQueryError."""
        if name not in self._queries:
            raise UnknownQueryError(f"There is no stored query “{name[:80]}”.")
        return self._queries[name]


def read_query(path: Path) -> StoredQuery:
    """Return the stored query in the file ``path``. Raises ContentError with what is wrong with it."""
    text = read_text(path)
    header = read_header(text, path, _HEADER_KEYS)
    parameters = {name: _parameter(name, facts, path) for name, facts in header.get("parameters", {}).items()}
    try:
        form = form_of(text)
        refuse_excess(text)
    except (QueryMalformedError, QueryRefusedError) as error:
        raise ContentError(str(error), path) from error
    return StoredQuery(
        path.stem, path.parent.name, text, form, header["title"], header.get("description", {}), parameters
    )


def _parameter(name: str, facts: Mapping[str, Any], path: Path) -> Parameter:
    refuse_unknown(facts, _PARAMETER_KEYS, f"parameter {name}", path)
    kind = facts.get("type")
    if kind not in _TYPES:
        raise ContentError(f"parameter {name} needs a type, one of {', '.join(_TYPES)}", path)
    if name in _RESERVED or not re.fullmatch(r"[A-Za-z]\w*", name):
        raise ContentError(f"a parameter cannot be called {name}; choose another name", path)
    default = facts.get("default")
    return Parameter(name, kind, facts.get("label", {}), None if default is None else str(default))


@dataclass(frozen=True)
class _Type:
    """A type of parameter: the form in which it is written, and the function that reads it or raises ValueError."""

    expected: str
    read: Callable[[str, Mapping[str, str], str], Term]


def _date(value: str, *_: object) -> Term:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError(value)
    return ox.Literal(date.fromisoformat(value).isoformat(), datatype=ox.NamedNode(f"{XSD}date"))


def _integer(value: str, *_: object) -> Term:
    if not re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII):
        raise ValueError(value)
    return ox.Literal(int(value))


def _text(value: str, *_: object) -> Term:
    return ox.Literal(value)


def _language(value: str, *_: object) -> Term:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        raise ValueError(value)
    return ox.Literal(value.lower())


def read_thing(value: str, prefixes: Mapping[str, str], base: str) -> ox.NamedNode:
    """Return the thing that ``value`` names: by its IRI, by kind and slug, or by a prefixed name.

    Raises ValueError for anything else.

    >>> read_thing("person/ada", {}, "http://localhost:8000/").value
    'http://localhost:8000/id/person/ada'
    """
    prefix, colon, local = value.partition(":")
    if re.fullmatch(r"[a-z-]+/[a-z0-9-]+", value):
        return ox.NamedNode(f"{base}id/{value}")
    if colon and prefix in prefixes and not local.startswith("//"):
        return ox.NamedNode(prefixes[prefix] + local)
    if value.startswith(("http://", "https://")):
        return ox.NamedNode(value)
    raise ValueError(value)


_TYPES = {
    "date": _Type("a day such as 2018-03-15", _date),
    "thing": _Type("a thing such as person/michael-mueller, or its IRI", read_thing),
    "text": _Type("text", _text),
    "integer": _Type("a whole number such as 141", _integer),
    "language": _Type("a language tag such as de or en", _language),
}
