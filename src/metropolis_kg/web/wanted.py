"""Which document a request asks for, and in which form."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from metropolis_kg.publication.description import UnknownThingError
from metropolis_kg.publication.media_types import DOCUMENTS, HTML, Syntax, by_extension
from metropolis_kg.publication.negotiation import Choice, choose
from metropolis_kg.store.release import OpenRelease


@dataclass(frozen=True)
class Wanted:
    """A document (``doc/<name>``), its syntax, and the fields of the address that decide what it says."""

    name: str
    choice: Choice
    fields: tuple[tuple[str, str], ...] = ()
    """Names and values, in a fixed order; what is not asked for is not among them."""

    by_extension: bool = False
    """Whether the address names the syntax, so that Accept decides nothing."""

    @property
    def syntax(self) -> Syntax:
        """The syntax it is wanted in."""
        return self.choice.syntax

    @property
    def path(self) -> str:
        """Path below the base of the document, in whichever syntax."""
        return f"doc/{self.name}{self._query(self.fields)}"

    def representation(self, language: str | None) -> str:
        """Return the path below the base of the document in its syntax; of a page, in a language chosen by hand."""
        chosen = (("lang", language),) if language and self.syntax is HTML else ()
        return f"doc/{self.name}.{self.syntax.extension}{self._query((*self.fields, *chosen))}"

    @staticmethod
    def _query(fields: tuple[tuple[str, str], ...]) -> str:
        return f"?{urlencode(fields)}" if fields else ""


def wanted(release: OpenRelease, name: str) -> Wanted:
    """Return what the present request for ``doc/<name>`` wants; an extension beats Accept.

    Raises UnknownThingError for an extension there is not, and NotAcceptableError.
    """
    name, dot, extension = name.partition(".")
    if not dot:
        return Wanted(name, choose(request.headers.get("Accept"), DOCUMENTS))
    syntax = by_extension(extension, DOCUMENTS)
    if syntax is None:
        raise UnknownThingError(release.iri(f"doc/{name}.{extension}"))
    return Wanted(name, Choice(syntax, syntax.media_type), by_extension=True)
