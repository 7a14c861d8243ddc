"""The questions that a publisher's endpoint is asked: files in ``queries/``, terms bound where ``UNDEF`` stands."""

from functools import cache
from importlib.resources import files

from metropolis_kg.store.protocol import Term
from metropolis_kg.store.query_text import with_bindings


@cache
def _text(name: str) -> str:
    lines = (files(__package__) / "queries" / f"{name}.rq").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#+"))


def query(name: str, **terms: Term) -> str:
    """Return a question, with terms for its parameters."""
    return with_bindings(_text(name), terms)
