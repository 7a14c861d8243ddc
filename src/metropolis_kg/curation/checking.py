"""Everything that is held against content before it may be released, in one place for ``build`` and ``validate``."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.authored import Authored, read_authored
from metropolis_kg.curation.bulk.literals import FOLLOWED, as_written
from metropolis_kg.curation.checks import read_checks, run_checks
from metropolis_kg.curation.deriving import IN_MEMORY, derive_in_memory, derive_on_disk
from metropolis_kg.curation.diagnostics import Diagnostic, of_error, of_result, with_lines
from metropolis_kg.curation.excerpts import lines_in, with_excerpts
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.progress import SILENT, Steps
from metropolis_kg.curation.quotations import Comparison, compare
from metropolis_kg.curation.report import Coverage, Report, Severity
from metropolis_kg.curation.rewritten import Rewritten
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.curation.telling import with_checks, with_times
from metropolis_kg.curation.terms import unknown_terms
from metropolis_kg.curation.tracing import Trace
from metropolis_kg.curation.validation import ValidationError, validate
from metropolis_kg.curation.written import (
    blank_nodes,
    impossible_times,
    literal_notices,
    renamed_prefixes,
    undescribed_graphs,
    unread_files,
)
from metropolis_kg.errors import ContentError, ContentErrors, MetropolisError
from metropolis_kg.model.dataset import Dataset
from metropolis_kg.model.namespaces import CANONICAL_BASE
from metropolis_kg.model.shapes import ShapesGraph

_SCREENING = 0.4
"""About how much of the time of judging goes to the shapes; the rest goes to the checks."""

Validated = Callable[[ox.Store, ShapesGraph, Rewritten], Report]
"""Takes data, shapes and what the store keeps otherwise than it was written; returns the report of ``validate``."""


@dataclass(frozen=True)
class Since:
    """That only what came since a Git revision is shown, and how many others there are."""

    revision: str
    others: int
    comparable: bool = True
    """Whether the files of the revision can be read, so that it is known what was wrong then."""


@dataclass(frozen=True)
class Findings:
    """What was found, in a fixed order, and the SHACL report."""

    diagnostics: tuple[Diagnostic, ...]
    """Everything found, sorted by place."""

    report: Report | None
    """What the shapes found; none where files could not be read, so that nothing was judged."""

    quotes: Comparison
    """How many quotes were compared with their source, and which had no text."""

    prefixes: Mapping[str, str]
    """Prefixes to write terms with."""

    since: Since | None = None

    @property
    def conforms(self) -> bool:
        """True where nothing stands against a release: nothing of severity violation, and all was judged."""
        return self.report is not None and not self.count(Severity.VIOLATION)

    def stands_against(self, *, strict: bool = False) -> bool:
        """Return whether something shown stands against a release; where ``strict``, warnings do too."""
        return bool(self.count(Severity.VIOLATION) or (strict and self.count(Severity.WARNING)))

    def count(self, severity: Severity) -> int:
        """Return how much was found of a severity."""
        return sum(each.severity is severity for each in self.diagnostics)


def examine(
    content: Content,
    texts: Mapping[str, str],
    base: str = CANONICAL_BASE,
    *,
    in_memory: int = IN_MEMORY,
    steps: Steps = SILENT,
) -> Findings:
    """Return everything found in ``content``: what cannot be read, else what ``judge`` finds.

    Up to ``in_memory`` statements it is judged in memory, else in a temporary store on disk.
    Raises ContentError(s) for faults of shapes, rules and queries, and ValidationError where no judgement is possible.
    """
    with _temporary_folder() as folder:
        try:
            authored = read_authored(content, base, folder / "bulk.nq", steps)
        except ContentErrors as errors:
            return unread(errors, content)
        if authored.expected <= in_memory:
            steps.begin("deriving")
            store = derive_in_memory(authored, content, steps=steps)
        else:
            store = derive_on_disk(authored, content, folder / "store", steps=steps)
        steps.begin("validating")
        return judge(authored.dataset, content, store, texts, authored=authored, steps=steps)


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """Yield a folder for what is too much for memory. Raises MetropolisError where nothing can be written there."""
    try:
        with TemporaryDirectory(prefix="metropolis-kg-") as folder:
            yield Path(folder)
    except OSError as error:
        what = f"cannot write what is too much for memory to {gettempdir()}: {error.strerror or error}"
        raise MetropolisError(f"{what}; choose another folder with the variable TMPDIR") from error


def unread(errors: ContentErrors, content: Content) -> Findings:
    """Return what was found where files cannot be read."""
    told = _by_place([of_error(error) for error in errors.errors], content)
    return Findings(told, None, Comparison([], 0, []), {})


def derive(dataset: Dataset, content: Content) -> ox.Store:
    """Return an in-memory store of ``dataset`` and of all that the rules derive from it. Raises ContentError."""
    return derive_in_memory(Authored(dataset), content)


def judge(
    dataset: Dataset,
    content: Content,
    store: ox.Store,
    texts: Mapping[str, str],
    validated: Validated | None = None,
    *,
    authored: Authored | None = None,
    steps: Steps = SILENT,
) -> Findings:
    """Return everything found in ``dataset``, of which ``store`` holds the derived form.

    ``texts`` holds source texts by the SHA-256 of their bytes (``quotations.read_texts``), to compare quotes with.
    ``validated`` makes the report of the shapes, else ``validation.validate``. ``authored`` tells of bulk sources too.
    Raises ContentError(s), and ValidationError where the data cannot be judged though no fault of the files is known.
    """
    written = authored or Authored(dataset)
    found = [*_beside_shapes(dataset, content), *(of_error(each) for one in written.streamed for each in one.faults)]
    times = [*impossible_times(dataset, content), *(time for each in written.streamed for time in each.times)]
    quotes = compare(dataset, content, texts, store)
    found += [*map(of_error, quotes.faults), *quotes.in_bulk]
    rewritten = as_written(dataset, written.spool, written.forms)
    if rewritten is None:
        found.append(of_error(fault("literals-as-kept", count=FOLLOWED)))
    try:
        judged = validated or partial(validate, steps=steps.part(0, _SCREENING))
        report = judged(store, read_shapes(content, dataset.base), rewritten or Rewritten())
    except ValidationError:
        if not times and all(each.severity is not Severity.VIOLATION for each in found):
            raise
        return Findings(_sorted([*found, *times], dataset, content), None, quotes, dataset.prefixes)
    trace = Trace(dataset, content, store)
    placed = (of_result(each, trace.of_result(each), trace.of_value(each)) for each in report.results)
    checked = run_checks(read_checks(content), store, dataset, content, steps.part(_SCREENING, 1))
    found += map(of_error, _passed_over(report.coverage))
    results = with_checks(with_times(placed, times), checked)
    return Findings(_sorted([*found, *results], dataset, content), report, quotes, dataset.prefixes)


def _passed_over(coverage: Coverage) -> Iterator[ContentError]:
    """Yield what is to be known of what the shapes found beyond what is listed."""
    if coverage.unjudged:
        yield fault("not-all-judged", count=coverage.unjudged)
    if coverage.unlisted:
        yield fault("not-all-listed", count=coverage.unlisted)


def _beside_shapes(dataset: Dataset, content: Content) -> list[Diagnostic]:
    """What is wrong with how the files are written, whatever they say."""
    faults = [*undescribed_graphs(dataset, content), *renamed_prefixes(dataset, content), *unread_files(content)]
    faults += [*blank_nodes(dataset, content), *unknown_terms(dataset, content), *literal_notices(dataset, content)]
    return [of_error(each) for each in faults]


def _sorted(diagnostics: Iterable[Diagnostic], dataset: Dataset, content: Content) -> tuple[Diagnostic, ...]:
    """Return diagnostics by place, those in bulk sources with their lines, each with the text of its line."""
    return _by_place(with_lines(diagnostics, dataset.base), content)


def _by_place(diagnostics: list[Diagnostic], content: Content) -> tuple[Diagnostic, ...]:
    excerpts = with_excerpts(diagnostics, lines_in(content, diagnostics))
    return tuple(sorted(excerpts, key=lambda each: each.sort_key))
