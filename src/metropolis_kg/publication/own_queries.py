"""Queries of this program's own, each a file of the content: rows as JSON has them, and answers that are kept."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from threading import RLock
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


def kept_by_release(
    most: int, *, of_stores: bool = False
) -> Callable[[_Asking[_Given, _Answer]], _Asking[_Given, _Answer]]:  # fmt: skip
    """Return what makes a function keep its ``most`` last answers about each release, which does not change.

    They are kept with the release, so that nothing of one that is replaced stays open. Of threads that want the same
    answer one asks, and the others wait. A remote store, whose content may change at any time, is asked each time but
    where answers are kept ``of_stores``, too.
    """

    def keeping(ask: _Asking[_Given, _Answer]) -> _Asking[_Given, _Answer]:
        @wraps(ask)
        def asked(release: OpenRelease, /, *given: _Given.args, **named: _Given.kwargs) -> _Answer:
            if not release.digest and not of_stores:
                return ask(release, *given, **named)
            kept = release.kept.get(ask) or release.kept.setdefault(ask, lru_cache(maxsize=most)(_kept))
            one: _Kept = kept(*given, **named)
            with one.asking:
                if not one.answers:
                    one.answers.append(ask(release, *given, **named))
            answer: _Answer = one.answers[0]
            return answer

        return asked

    return keeping


@dataclass(frozen=True)
class _Kept:
    """An answer, once there is one; it does not hold the release, so that this is closed when nobody else does."""

    asking: AbstractContextManager[bool]
    answers: list[Any]


def _kept(*_: object, **__: object) -> _Kept:
    return _Kept(RLock(), [])
