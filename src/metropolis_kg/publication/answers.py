"""Answers to queries, a reader's own and stored ones, in a media type."""

from collections.abc import Mapping, Sequence

from metropolis_kg.publication.media_types import GRAPHS, RESULTS, Syntax
from metropolis_kg.publication.query_form import Form, located, refuse_service
from metropolis_kg.publication.stored_queries import StoredQuery
from metropolis_kg.store.protocol import QueryMalformedError
from metropolis_kg.store.query_limits import refuse_excess
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

    Raises QueryRefusedError for SERVICE, updates and what goes beyond the limits, QueryMalformedError with the place
    where what cannot be read begins, and what else the store raises.
    """
    refuse_excess(query)
    refuse_service(query)
    try:
        return release.service.query(
            query, syntax.media_type, default_graphs=default_graphs, named_graphs=named_graphs
        )  # fmt: skip
    except QueryMalformedError as error:
        raise located(query, error) from error


def stored_answer(
    release: OpenRelease, query: StoredQuery, arguments: Mapping[str, str], syntax: Syntax
) -> bytes:  # fmt: skip
    """Return the answer to a stored query in ``syntax``. Raises ArgumentError, and what the store raises."""
    bindings = query.bindings(arguments, release)
    return release.service.query(query.text, syntax.media_type, bindings=bindings)
