"""Validating again after an edit: only the focus nodes that the edit can affect are judged, the rest stands."""

from collections.abc import Iterable
from typing import Self

import pyoxigraph as ox

from metropolis_kg.curation.report import Report
from metropolis_kg.curation.validation import validate
from metropolis_kg.model.shapes import ShapesGraph


class Revalidation:
    """A report that follows the edits of its data.

    ``report`` is always the one ``validate`` would give on the store as it is now. The store is changed by ``apply``
    alone. A process with pySHACL is kept; ``close`` ends it, as does leaving the context, or the end of this process.

    >>> with Revalidation(store, shapes) as following:  # doctest: +SKIP
    ...     following.report.conforms
    ...     following.apply(added=[quad], removed=[]).counts
    """

    def __init__(self, store: ox.Store, shapes: ShapesGraph) -> None:
        """Validate all of ``store``. Raises ValidationError."""
        self._store, self._shapes = store, shapes
        self._report = validate(store, shapes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def report(self) -> Report:
        """The report on the data as they are now; ``coverage.judged`` counts what was judged for it the last time."""
        return self._report

    def apply(self, added: Iterable[ox.Quad] = (), removed: Iterable[ox.Quad] = ()) -> Report:
        """Remove and then add quads, and return the new report.

        Quads to remove that are not there, and quads to add that are, change nothing. Raises ValidationError where the
        new data cannot be judged: the store is changed all the same, and the next call judges everything.
        """
        for quad in removed:
            self._store.remove(quad)
        self._store.extend(added)
        self._report = validate(self._store, self._shapes)
        return self._report

    def close(self) -> None:
        """End the process with pySHACL."""
