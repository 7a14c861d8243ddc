"""One fault, one diagnostic: where a shape and something else tell of the same, what tells better how to mend it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from metropolis_kg.curation.checks import Found
from metropolis_kg.curation.diagnostics import Diagnostic
from metropolis_kg.curation.report import Severity
from metropolis_kg.model.identifiers import Term


def with_times(results: Iterable[Diagnostic], times: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return both, in one diagnostic where a shape found the time impossible that ``times`` tell how to write.

    What else a shape says of that time or of what is derived of it, and what it only warns of in the claim, may follow
    from it and is left out.
    """
    better = {(_claim(each), each.value): each for each in times}
    concerned = {claim for claim, _ in better}
    told: dict[tuple[str, Term | None], Diagnostic] = {}
    others = []
    for each in results:
        key = (_claim(each), each.value)
        if key in better:
            told.setdefault(key, replace(better[key], result=each.result))
        elif key[0] not in concerned or (each.severity is Severity.VIOLATION and not _is_derived(each)):
            others.append(each)
    return [*others, *(better | told).values()]


def _is_derived(found: Diagnostic) -> bool:
    return "#" in str(found.focus)


def _claim(found: Diagnostic) -> str:
    """What is derived of a claim's time has the name of the claim with a fragment."""
    return str(found.focus).strip("<>").partition("#")[0]


def with_checks(results: Iterable[Diagnostic], found: Iterable[Found]) -> list[Diagnostic]:
    """Return both, without what a check explains, and without what a shape says of the same property of a thing.

    That a thing is not used is no news where its name is misspelt elsewhere.
    """
    faults = list(found)
    grave = [each for each in faults if each.diagnostic.severity is Severity.VIOLATION]
    explained = {each.explains for each in grave if each.explains is not None}
    meant = {each.meant for each in faults if each.meant is not None}
    left = [each for each in results if explained.isdisjoint((each.focus, each.value))]
    told = {(each.focus, each.result.predicate, each.severity) for each in left if each.result}
    rest = [each.diagnostic for each in faults if told.isdisjoint(_as_grave(each))]
    return _once(each for each in (*left, *rest) if each.focus not in meant or each.severity is Severity.VIOLATION)


def _as_grave(found: Found) -> Iterator[tuple[Term | None, Term | None, Severity]]:
    """Yield what a shape may say, as grave, of the same property of the thing."""
    severities = [*Severity]
    for severity in severities[: severities.index(found.diagnostic.severity) + 1]:
        if found.predicate is not None:
            yield found.diagnostic.focus, found.predicate, severity


def _once(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Leave out what says the same of the same thing at the same place, as two constraints of one shape do."""
    seen = {(each.code, each.focus, each.value, each.path, each.line, each.message("en")): each for each in found}
    return list(seen.values())
