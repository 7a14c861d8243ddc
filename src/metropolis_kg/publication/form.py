"""The parameters of a stored query as the fields of a form: what to choose from, what was given, what is wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.model.namespaces import shorten
from metropolis_kg.publication.names import Names, names_for, names_of
from metropolis_kg.publication.negotiation import LANGUAGES
from metropolis_kg.publication.own_queries import rows
from metropolis_kg.publication.stored_queries import ArgumentError, Parameter, StoredQuery, read_thing
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import Term
from metropolis_kg.store.release import OpenRelease

MOST_OPTIONS = 200
"""Things of a class that are offered to choose from; of more of them one is named by hand."""


@dataclass(frozen=True)
class Option:
    """A value to choose, and what it is called."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """A parameter as a form shows it; ``options`` is empty where the value is written by hand."""

    name: str
    type: str
    label: str
    value: str
    options: tuple[Option, ...]
    suggestions: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class Form:
    """Makes the form of a stored query over a release, in a language."""

    release: OpenRelease
    queries: Path
    words: Words

    def fields(
        self, query: StoredQuery, arguments: Mapping[str, str], error: ArgumentError | None = None
    ) -> list[Field]:  # fmt: skip
        """Return a field for each parameter except ``lang``, which the page's own language decides.

        ``error`` is shown at the field it is about. Raises what the store raises.
        """
        shown = [each for each in query.parameters.values() if each.name != "lang"]
        return [self._field(each, arguments.get(each.name) or each.default or "", error) for each in shown]

    def message(self, query: StoredQuery, error: ArgumentError) -> str | None:
        """Return what is wrong with an argument that no field shows; none where a field says it."""
        if error.parameter not in query.parameters:
            return self.words["parameter_unknown"].format(parameter=error.parameter)
        return self._wrong(query.parameters[error.parameter], error) if error.parameter == "lang" else None

    def _field(self, parameter: Parameter, value: str, error: ArgumentError | None) -> Field:
        wrong = self._wrong(parameter, error) if error and error.parameter == parameter.name else None
        return Field(
            parameter.name,
            parameter.type,
            parameter.labels[self.words.language],
            self._written(parameter, value),
            self._options(parameter),
            LANGUAGES if parameter.type == "language" else (),
            wrong,
        )

    def _wrong(self, parameter: Parameter, error: ArgumentError) -> str:
        classes = [read_thing(name, self.release.prefixes, self.release.base) for name in parameter.classes]
        names = names_of(self.release, self.queries) if classes else Names({})
        called = [names.name(each.value, self.words.language) for each in classes]
        expected = parameter.expected_in(self.words.language, called)
        return self.words["argument_wrong"].format(value=(error.value or "")[:80], expected=expected)

    def _written(self, parameter: Parameter, value: str) -> str:
        """Return ``value`` as the options write it, so that the one that was chosen is found among them."""
        try:
            term = parameter.term(value, self.release.prefixes, self.release.base)
        except ArgumentError:
            return value
        return _short(term, self.release) if isinstance(term, ox.NamedNode) else term.value

    def _options(self, parameter: Parameter) -> tuple[Option, ...]:
        if parameter.allowed and parameter.type == "thing":
            return self._allowed_things(parameter)
        if parameter.allowed:
            return tuple(Option(value, self._called(parameter, value)) for value in parameter.allowed)
        if parameter.classes:
            return _things(self.release, self.queries, parameter.classes, self.words.language)
        return ()

    def _allowed_things(self, parameter: Parameter) -> tuple[Option, ...]:
        things = [read_thing(value, self.release.prefixes, self.release.base) for value in parameter.allowed]
        names = names_for(self.release, self.queries, [thing.value for thing in things])
        return tuple(Option(_short(each, self.release), names.name(each.value, self.words.language)) for each in things)

    def _called(self, parameter: Parameter, value: str) -> str:
        return self.words[f"language_{value}"] if parameter.type == "language" and value in LANGUAGES else value


def _things(release: OpenRelease, queries: Path, classes: tuple[str, ...], language: str) -> tuple[Option, ...]:
    """Return the things of any of ``classes`` in alphabetical order; none where there are too many to choose from."""
    terms = [read_thing(name, release.prefixes, release.base) for name in classes]
    bindings: dict[str, Term | list[ox.NamedNode]] = {"class": terms, "lang": ox.Literal(language)}
    answer = rows(release, queries / "description" / "things-of-class.rq", bindings)
    named = [row for row in answer if row["thing"]["type"] == "uri"]
    found = {row["thing"]["value"]: row.get("label", row["thing"])["value"] for row in named}
    if len(found) > MOST_OPTIONS:
        return ()
    options = [Option(_short(ox.NamedNode(iri), release), label) for iri, label in found.items()]
    return tuple(sorted(options, key=lambda option: (option.label.casefold(), option.value)))


def _short(thing: Term, release: OpenRelease) -> str:
    """Return the shortest way to write ``thing`` that ``read_thing`` reads back."""
    path = thing.value.removeprefix(f"{release.base}id/")
    if re.fullmatch(r"[a-z-]+/[a-z0-9-]+", path):
        return path
    short = shorten(thing.value, dict(release.prefixes))
    return thing.value if short.startswith("<") else short
