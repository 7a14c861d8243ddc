"""Answers for ``metropolis-kg new``: from options, else asked on the terminal, else their default."""

from collections.abc import Callable, Mapping

import click

from metropolis_kg.curation.drafts.fields import CHOICES, Field
from metropolis_kg.curation.drafts.known_things import KnownThings
from metropolis_kg.curation.drafts.reading import read_answer
from metropolis_kg.curation.drafts.words import DraftError, said

_SHOWN = 12
"""How many known things are shown before a question."""

Check = Callable[[str], str]
"""Returns an answer as it is to be kept. Raises DraftError where it will not do."""


class Answerer:
    """Gives the answer to each question; ``given`` holds the options, ``asks`` says whether there is someone to ask."""

    def __init__(self, given: Mapping[str, str | None], known: KnownThings, lang: str, *, asks: bool) -> None:
        self._given, self._known, self._lang, self.asks = given, known, lang, asks

    def answer(self, field: Field, answers: Mapping[str, str], check: Check) -> str:
        """Return the answer to the question of ``field`` after the other ``answers``. Raises DraftError."""
        default = answers.get(field.default_of, field.default)

        def read(text: str) -> str:
            if not text.strip():
                return check(self._empty(field))
            return check(read_answer(field, text, self._known))

        given = self._given.get(field.name)
        if given is not None:
            return read(given)
        if self.asks:
            self._show_choices(field)
            return self._asked(field.name, default or (None if field.required else ""), read)
        if field.required and not default:
            raise self._missing(field)
        return read(default)

    def free(self, name: str, default: str | None, check: Check) -> str:
        """Return the answer to a question that is no field. Raises DraftError where it is missing."""
        given = self._given.get(name)
        if given is not None:
            return check(given)
        if self.asks:
            return self._asked(name, default, check)
        if default is None:
            raise self._missing(Field(name))
        return check(default)

    def require_not_given(self, field: Field) -> None:
        """Raise DraftError where an option was given that has no place after the other answers."""
        if self._given.get(field.name) is not None:
            raise DraftError("out_of_place", option=f"--{field.name}")

    def show(self, name: str, names: str) -> None:
        """Say what can be answered, if there is someone to read it."""
        if self.asks:
            click.echo(said("after", name, self._lang, names=names), err=True)

    def show_error(self, error: DraftError) -> None:
        """Say what will not do, if there is someone to read it."""
        if self.asks:
            click.echo(error.text(self._lang), err=True)

    def _asked(self, name: str, default: str | None, read: Check) -> str:
        question = said("questions", name, self._lang)
        if default == "":
            question += f" ({said('after', 'optional', self._lang)})"
        while True:
            text = click.prompt(question, default=default or (None if default is None else ""),
                                show_default=bool(default), err=True)  # fmt: skip
            try:
                return read(text)
            except DraftError as error:
                self.show_error(error)

    def _show_choices(self, field: Field) -> None:
        if field.reading == "choice":
            terms = CHOICES[field.name].items()
            labels = (f"{key} ({self._known.label(self._known.iri(term), self._lang)})" for key, term in terms)
            self.show("choices", ", ".join(labels))
        elif field.reading == "thing":
            things = self._known.of(field.of)
            labels = (f"{self._known.label(iri, self._lang)} ({self._known.name(iri)})" for iri in things[:_SHOWN])
            self.show("known", ", ".join([*labels, *["…"] * (len(things) > _SHOWN)]))

    def _empty(self, field: Field) -> str:
        if field.required:
            raise DraftError("empty")
        return ""

    def _missing(self, field: Field) -> DraftError:
        name = field.instead_of or field.name
        return DraftError("missing", option=f"--{name}", question=said("questions", name, "en"),
                          question_de=said("questions", name, "de"))  # fmt: skip
