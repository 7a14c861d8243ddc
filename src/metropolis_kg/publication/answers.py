"""Answers to queries, a reader's own and stored ones, in a media type."""

from collections.abc import Mapping, Sequence

from metropolis_kg.publication.media_types import GRAPHS, RESULTS, Syntax
from metropolis_kg.publication.stored_queries import StoredQuery
from metropolis_kg.store.query_form import Form
from metropolis_kg.store.release import OpenRelease


def syntaxes(form: Form) -> tuple[Syntax, ...]:
    """Return what the answer to a query of this form can be written in."""
    return GRAPHS if form in ("CONSTRUCT", "DESCRIBE") else RESULTS


def answer(
    release: OpenRelease,
    query: str,
    syntax: Syntax,
    *,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
) -> bytes:
    """Return the answer to a reader's own query in ``syntax``, which is one of ``syntaxes`` of its form.

    Raises QueryRefusedError for what is not done here, QueryMalformedError with the place where what cannot be read
    begins, and what else ``OpenRelease.readers`` raises.
    """
    return release.readers.query(query, syntax.media_type, default_graphs=default_graphs, named_graphs=named_graphs)


def stored_answer(
    release: OpenRelease, query: StoredQuery, arguments: Mapping[str, str], syntax: Syntax
) -> bytes:  # fmt: skip
    """Return the answer to a stored query in ``syntax``.

    Raises ArgumentError, and what else ``OpenRelease.readers`` raises.
    """
    bindings = query.bindings(arguments, release)
    return release.readers.query(query.text, syntax.media_type, bindings=bindings)
