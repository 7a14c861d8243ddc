"""Queries of this program's own, each a file of the content: rows as JSON has them, and answers that are kept."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from metropolis_kg.content import read_text
from metropolis_kg.store.protocol import NO_BINDINGS, RESULTS_JSON, Bindings
from metropolis_kg.store.release import OpenRelease

_TSV = "text/tab-separated-values"

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")
_Asking = Callable[Concatenate[OpenRelease, _Given], _Answer]


def rows(release: OpenRelease, query: Path, bindings: Bindings = NO_BINDINGS) -> list[Mapping[str, Mapping[str, str]]]:
    """Return the rows of the answer to the SELECT in ``query``: variable → term (SPARQL 1.1 Query Results JSON).

    Raises ContentError and what the store raises.
    """
    answer = json.loads(release.service.query(read_text(query), RESULTS_JSON, bindings=bindings))
    found: list[Any] = answer["results"]["bindings"]
    return found


def lean_rows(release: OpenRelease, query: Path, bindings: Bindings = NO_BINDINGS) -> list[list[str]]:
    """Return the rows of the answer to the SELECT in ``query``: of each term its IRI or text, of none an empty one.

    For answers of a million rows. Escapes in a text stay. Read as TSV, since engines write IRIs unquoted in CSV, also
    those with a comma. Raises ContentError and what the store raises.
    """
    answer = release.service.query(read_text(query), _TSV, bindings=bindings).decode()
    return [[_bare(term) for term in row.split("\t")] for row in answer.split("\n")[1:] if row]


def _bare(term: str) -> str:
    return term[1 : term.rindex(">" if term[0] == "<" else '"')] if term[:1] in ("<", '"') else term


def kept_by_release(most: int) -> Callable[[_Asking[_Given, _Answer]], _Asking[_Given, _Answer]]:
    """Return what makes a function keep its ``most`` last answers about releases, which do not change.

    A remote store, whose content may change at any time, is asked each time.
    """

    def keeping(ask: _Asking[_Given, _Answer]) -> _Asking[_Given, _Answer]:
        kept: Any = lru_cache(maxsize=most)(ask)

        @wraps(ask)
        def asked(release: OpenRelease, /, *given: _Given.args, **named: _Given.kwargs) -> _Answer:
            known: _Asking[_Given, _Answer] = kept if release.digest else ask
            return known(release, *given, **named)

        return asked

    return keeping
