"""The list of behaviours: what each is called, why it matters, whether it is a must, and the function that asks it.

Words stand in ``behaviours.toml``; functions are registered by ``@asks("E1")`` in the module of their group.
"""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

from metropolis_kg.doctor.finding import Finding
from metropolis_kg.errors import MetropolisError

if TYPE_CHECKING:
    from metropolis_kg.doctor.examination import Asking

Function = Callable[["Asking"], Iterator[Finding]]

GROUPS = {
    "names": {"en": "Names", "de": "Namen"},
    "documents": {"en": "Documents", "de": "Dokumente"},
    "jsonld": {"en": "JSON-LD", "de": "JSON-LD"},
    "links": {"en": "Links for machines", "de": "Links für Maschinen"},
    "caching": {"en": "Caching", "de": "Zwischenspeichern"},
    "safety": {"en": "Other sites, safety, errors", "de": "Fremde Seiten, Sicherheit, Fehler"},
    "sparql": {"en": "SPARQL", "de": "SPARQL"},
    "dataset": {"en": "The dataset", "de": "Der Datensatz"},
    "operations": {"en": "Operations", "de": "Betrieb"},
}
"""Title of each group by language, in order."""

_MODULES = (
    "names", "documents", "page_rows", "jsonld", "signposting", "caching", "safety", "protocol", "answers", "limits",
    "stored", "dataset", "dumps", "operations",
)  # fmt: skip
_FUNCTIONS: dict[str, Function] = {}


class Level(StrEnum):
    """How much a behaviour is asked for."""

    MUST = "must"
    SHOULD = "should"


class UnknownBehaviourError(MetropolisError):
    """A behaviour is asked for by an id that none has."""


@dataclass(frozen=True)
class Behaviour:
    """A behaviour; titles and reasons by language, ``asked`` is what is sent and what is expected."""

    id: str
    level: Level
    group: str
    titles: dict[str, str]
    reasons: dict[str, str]
    asked: str
    ask: Function


def asks(name: str) -> Callable[[Function], Function]:
    """Register the function that asks the behaviour ``name``."""

    def register(function: Function) -> Function:
        _FUNCTIONS[name] = function
        return function

    return register


@cache
def behaviours() -> tuple[Behaviour, ...]:
    """Return every behaviour, in the order of ``behaviours.toml``."""
    for module in _MODULES:
        import_module(f"{__package__}.{module}")
    table = tomllib.loads((files(__package__) / "behaviours.toml").read_text(encoding="utf-8"))
    return tuple(
        Behaviour(
            name, Level(said["level"]), said["group"], said["title"], said["why"], said["asked"], _FUNCTIONS[name]
        )
        for name, said in table.items()
    )


def chosen(only: Sequence[str]) -> tuple[Behaviour, ...]:
    """Return the behaviours with these ids or of these groups; where none is given, all.

    Raises UnknownBehaviourError.
    """
    known = behaviours()
    names = {each.id for each in known} | {each.group for each in known}
    for name in only:
        if name not in names:
            ids = " ".join(each.id for each in known)
            raise UnknownBehaviourError(f"{name!r} is no behaviour; there are {ids}, and groups: {' '.join(GROUPS)}")
    return tuple(each for each in known if not only or each.id in only or each.group in only)
