"""One fault, one diagnostic: where a shape and something else tell of the same, what tells better how to mend it."""

from collections.abc import Iterable
from dataclasses import replace

from metropolis_kg.curation.diagnostics import Diagnostic


def with_times(results: Iterable[Diagnostic], times: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return both, in one diagnostic where a shape found the time impossible that ``times`` tell how to write."""
    better = {(each.value, each.path, each.line): each for each in times}
    found = []
    for each in results:
        told = better.pop((each.value, each.path, each.line), None) if each.value else None
        found.append(replace(each, code=told.code, messages=told.messages) if told else each)
    return [*found, *better.values()]
