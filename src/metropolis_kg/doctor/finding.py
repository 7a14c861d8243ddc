"""What a behaviour finds: whether something held, what was expected, what came, and the exchange that shows it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from metropolis_kg.errors import MetropolisError

if TYPE_CHECKING:
    from metropolis_kg.doctor.exchange import Exchange


class NotAskedError(MetropolisError):
    """A behaviour cannot be asked of this publisher; the message says why, and what would let it be asked."""


class UnreadableError(MetropolisError):
    """An answer that should be RDF is none; carries the exchange."""

    def __init__(self, reason: str, exchange: "Exchange") -> None:
        super().__init__(reason)
        self.exchange = exchange


class Verdict(StrEnum):
    """What came out about a behaviour."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``held`` is None for what could not be looked at; ``shown`` is the exchange as text."""

    held: bool | None
    expected: str
    came: str = ""
    shown: str = ""


def expect(exchange: "Exchange", held: object, expected: str, came: str | None = None) -> Finding:
    """Return the finding that ``expected`` was so or not; ``came`` is status and type where nothing else is given."""
    if held:
        return Finding(True, expected)
    return Finding(False, expected, exchange.came if came is None else came, exchange.shown())


def left_out(what: str, why: str) -> Finding:
    """Return the finding that a part of a behaviour was not asked."""
    return Finding(None, what, why)
