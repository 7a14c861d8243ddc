"""Stored queries: SPARQL files whose ``#+`` header (TOML) says what they answer and which parameters they take.

An argument is text from outside. It becomes a term of its parameter's type, or an error that names the parameter and
the form expected; it never becomes part of a query's text.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from metropolis_kg.content import Content, read_text
from metropolis_kg.errors import ContentError, MetropolisError
from metropolis_kg.model.namespaces import CANONICAL_BASE, XSD, read_prefixes
from metropolis_kg.model.query_header import in_both_languages, read_header, refuse_unknown
from metropolis_kg.publication.description import is_known
from metropolis_kg.publication.media_types import RESULTS_JSON
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import QueryMalformedError, QueryRefusedError, Term
from metropolis_kg.store.query_form import Form, form_of
from metropolis_kg.store.query_limits import refuse_excess
from metropolis_kg.store.release import OpenRelease

FOLDERS = ("examples", "competency")
"""Folders below ``queries/`` that hold queries for readers, in the order in which they are listed."""

SUBJECTS = ("offices", "time", "network", "places", "evidence", "data")
"""What an example is about, in the order of the index; ``words.toml`` has the headings."""

_HEADER_KEYS = {"title", "subject", "description", "parameters"}
_PARAMETER_KEYS = {"type", "class", "allowed", "default", "label"}
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
    classes: tuple[str, ...] = ()
    """Prefixed names of classes, to one of which a thing must belong; none: any thing that the data know."""

    allowed: tuple[str, ...] = ()
    """The values there are; none: every value of the type."""

    @property
    def expected(self) -> str:
        """The form in which an argument is written, in English."""
        return self.expected_in("en")

    def expected_in(self, language: str, classes: Sequence[str] = ()) -> str:
        """Return the form in which an argument is written, to be read after “expected is”.

        ``classes`` are the names of its classes for people; without them, the prefixed ones are named.
        """
        key = "allowed" if self.allowed else "thing_of_class" if self.classes else self.type
        words = Words(language)
        called = f" {words['or']} ".join(classes or self.classes)
        example = self.default or "person/michael-mueller"
        return words[f"expected_{key}"].format(example=example, classes=called, allowed=", ".join(self.allowed))

    def term(self, value: str, prefixes: Mapping[str, str], base: str) -> Term:
        """Return the term that ``value`` writes. Raises ArgumentError; whether the data know a thing is not asked."""
        try:
            read = TYPES[self.type]
            term = read(value, prefixes, base)
            allowed = [read(each, prefixes, base) for each in self.allowed]
        except ValueError as error:
            raise ArgumentError(self.name, value, self.expected) from error
        if allowed and term not in allowed:
            raise ArgumentError(self.name, value, self.expected)
        return term

    def fits(self, term: Term, release: OpenRelease, queries: Path) -> bool:
        """Return whether ``release`` knows the thing ``term`` as one of the classes; for what is no thing, True.

        ``queries`` is the content's folder of queries. Raises what the store raises.
        """
        if self.type != "thing" or not isinstance(term, ox.NamedNode):
            return True
        if not self.classes:
            return is_known(release, queries, term.value)
        classes = [read_thing(name, release.prefixes, release.base) for name in self.classes]
        query = read_text(queries / "description" / "of-class.rq")
        bindings: dict[str, Term | Sequence[Term]] = {"thing": term, "class": classes}
        return bool(json.loads(release.service.query(query, RESULTS_JSON.media_type, bindings=bindings))["boolean"])


@dataclass(frozen=True)
class StoredQuery:
    """A query with a name, titles and descriptions by language, and parameters by name."""

    path: Path
    text: str
    form: Form
    subject: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    parameters: Mapping[str, Parameter]

    @property
    def name(self) -> str:
        """The last part of its address."""
        return self.path.stem

    @property
    def folder(self) -> str:
        """The folder it lies in, one of ``FOLDERS``."""
        return self.path.parent.name

    @property
    def queries(self) -> Path:
        """The content's folder of queries."""
        return self.path.parent.parent

    def terms(self, arguments: Mapping[str, str], prefixes: Mapping[str, str], base: str) -> dict[str, Term]:
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
            name: self.parameters[name].term(value, prefixes, base)
            for name, value in given.items()
            if value is not None
        }

    def bindings(self, arguments: Mapping[str, str], release: OpenRelease) -> dict[str, Term]:
        """Return the ``terms`` for ``arguments`` in ``release``.

        Raises ArgumentError also for a thing that the release does not know, or knows as something else: an answer
        without a row would say that there is such a thing. Raises what the store raises.
        """
        terms = self.terms(arguments, release.prefixes, release.base)
        for name, value in arguments.items():
            if value and not self.parameters[name].fits(terms[name], release, self.queries):
                raise ArgumentError(name, value, self.parameters[name].expected)
        return terms


class StoredQueries:
    """The stored queries of a content, by name."""

    def __init__(self, content: Content) -> None:
        """Read them all. Raises ContentError for a header that is not as it should be and a name that is used twice."""
        prefixes = read_prefixes(content.prefixes_file)
        self._queries: dict[str, StoredQuery] = {}
        for folder in FOLDERS:
            for path in sorted((content.queries / folder).glob("*.rq")):
                if path.stem in self._queries:
                    raise ContentError(f"there is another stored query {path.stem}; choose another name", path)
                self._queries[path.stem] = read_query(path, prefixes)

    def all(self) -> list[StoredQuery]:
        """Return every query, in the order in which they are listed."""
        return list(self._queries.values())

    def by_subject(self) -> dict[str, list[StoredQuery]]:
        """Return subject → queries: the examples by ``SUBJECTS``, then the other folders as they are."""
        groups: dict[str, list[StoredQuery]] = {subject: [] for subject in (*SUBJECTS, *FOLDERS[1:])}
        for query in self.all():
            groups[query.subject].append(query)
        return {subject: queries for subject, queries in groups.items() if queries}

    def find(self, name: str) -> StoredQuery:
        """Return the query of that name. Raises UnknownQueryError."""
        if name not in self._queries:
            raise UnknownQueryError(f"There is no stored query “{name[:80]}”.")
        return self._queries[name]


def read_query(path: Path, prefixes: Mapping[str, str]) -> StoredQuery:
    """Return the stored query in the file ``path``. Raises ContentError with what is wrong with it.

    Its classes, defaults and allowed values may use ``prefixes``. An example also has a subject and a description.
    """
    text = read_text(path)
    header = read_header(text, path, _HEADER_KEYS)
    is_example = path.parent.name == FOLDERS[0]
    subject = header.get("subject") if is_example else path.parent.name
    if is_example and subject not in SUBJECTS:
        raise ContentError(f'the header needs "#+ subject", one of {", ".join(SUBJECTS)}', path)
    described = is_example or "description" in header
    descriptions = in_both_languages(header, "description", "the header", path) if described else {}
    parameters = {name: _parameter(name, facts, path, prefixes) for name, facts in header.get("parameters", {}).items()}
    return StoredQuery(path, text, _form(text, path), str(subject), header["title"], descriptions, parameters)


def _form(text: str, path: Path) -> Form:
    try:
        refuse_excess(text)
        return form_of(text)
    except (QueryMalformedError, QueryRefusedError) as error:
        raise ContentError(str(error), path) from error


def _parameter(name: str, facts: Mapping[str, Any], path: Path, prefixes: Mapping[str, str]) -> Parameter:
    what = f"parameter {name}"
    refuse_unknown(facts, _PARAMETER_KEYS, what, path)
    kind = str(facts.get("type"))
    if kind not in TYPES:
        raise ContentError(f"{what} needs a type, one of {', '.join(TYPES)}", path)
    if name in _RESERVED or not re.fullmatch(r"[A-Za-z]\w*", name):
        raise ContentError(f"a parameter cannot be called {name}; choose another name", path)
    labels = in_both_languages(facts, "label", what, path)
    default = str(facts["default"]) if "default" in facts else None
    classes, allowed = _classes(what, facts, path, prefixes), _allowed(what, facts, path)
    parameter = Parameter(name, kind, labels, default, classes, allowed)
    for value in allowed:
        _check(replace(parameter, allowed=()), value, path, prefixes)
    if default is not None:
        _check(parameter, default, path, prefixes)
    return parameter


def _classes(what: str, facts: Mapping[str, Any], path: Path, prefixes: Mapping[str, str]) -> tuple[str, ...]:
    given = facts.get("class", [])
    names = [given] if isinstance(given, str) else given
    if names and facts["type"] != "thing":
        raise ContentError(f"{what} has a class, but is no thing; take the class away, or make it a thing", path)
    for name in names:
        if str(name).partition(":")[0] not in prefixes:
            raise ContentError(f'{what}: the class "{name}" is no prefixed name such as mkg:Person', path)
    return tuple(names)


def _allowed(what: str, facts: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    allowed = facts.get("allowed")
    if allowed is None:
        return ()
    if not isinstance(allowed, list) or not allowed:
        raise ContentError(f'{what}: allowed is a list of values such as ["de", "en"]', path)
    return tuple(map(str, allowed))


def _check(parameter: Parameter, value: str, path: Path, prefixes: Mapping[str, str]) -> None:
    try:
        parameter.term(value, prefixes, CANONICAL_BASE)
    except ArgumentError as error:
        raise ContentError(f'parameter {parameter.name}: "{value}" is not {error.expected}', path) from error


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


TYPES: Mapping[str, Callable[[str, Mapping[str, str], str], Term]] = {
    "date": _date,
    "thing": read_thing,
    "text": _text,
    "integer": _integer,
    "language": _language,
}
"""Type of a parameter → the function that reads an argument of it, by prefixes and base, or raises ValueError."""
