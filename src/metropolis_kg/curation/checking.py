"""Everything that is held against content before it may be released, in one place for ``build`` and ``validate``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.checks import blank_nodes, impossible_times, literal_notices
from metropolis_kg.curation.diagnostics import Diagnostic, of_error, of_result
from metropolis_kg.curation.quotations import Comparison, compare
from metropolis_kg.curation.report import Locate, Location, Report, Result, Severity
from metropolis_kg.curation.rules import Receive, read_rules, run_rules
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.curation.sources import Places, read_dataset
from metropolis_kg.curation.terms import unknown_terms
from metropolis_kg.curation.validation import ValidationError, validate
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.dataset import Dataset
from metropolis_kg.model.namespaces import CANONICAL_BASE


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

    @property
    def conforms(self) -> bool:
        """True where nothing stands against a release: nothing of severity violation, and all was judged."""
        return self.report is not None and not self.count(Severity.VIOLATION)

    def count(self, severity: Severity) -> int:
        """Return how much was found of a severity."""
        return sum(each.severity is severity for each in self.diagnostics)


def examine(content: Content, texts: Mapping[str, str], base: str = CANONICAL_BASE) -> Findings:
    """Return everything found in ``content``: what cannot be read, else what ``judge`` finds.

    Raises ContentError(s) for faults of shapes, rules and queries, and ValidationError where no judgement is possible.
    """
    try:
        dataset = read_dataset(content, base)
    except ContentErrors as errors:
        return unread(errors)
    return judge(dataset, content, derive(dataset, content), texts)


def unread(errors: ContentErrors) -> Findings:
    """Return what was found where files cannot be read."""
    return Findings(_sorted(map(of_error, errors.errors)), None, Comparison([], 0, []), {})


def derive(dataset: Dataset, content: Content, also: Receive = lambda *_: None) -> ox.Store:
    """Return an in-memory store of ``dataset`` and of all that the rules derive from it. Raises ContentError.

    ``also`` is given what each rule derives (``rules.run_rules``).
    """
    store = ox.Store()
    store.bulk_extend(dataset.quads())
    run_rules(read_rules(content), store, dataset.prefixes, dataset.base, also)
    return store


def judge(dataset: Dataset, content: Content, store: ox.Store, texts: Mapping[str, str]) -> Findings:
    """Return everything found in ``dataset``, of which ``store`` holds the derived form.

    ``texts`` holds source texts by the SHA-256 of their bytes (``quotations.read_texts``), to compare quotes with.
    Raises ContentError(s), and ValidationError where the data cannot be judged though no fault of the files is known.
    """
    times, blanks = impossible_times(dataset, content), blank_nodes(dataset, content)
    unknown = unknown_terms(dataset, content)
    quotes, locate = compare(dataset, content, texts), _locator(Places(dataset, content))
    try:
        report = validate(store, read_shapes(content, dataset.base))
    except ValidationError as error:
        raise ContentErrors([*blanks, *times, *unknown]) if blanks or times else error from error
    faults = [*blanks, *unknown, *_untold(times, report, locate), *quotes.faults]
    found = [*map(of_error, faults), *map(of_error, literal_notices(dataset, content))]
    results = [of_result(result, locate) for result in report.results]
    return Findings(_sorted([*found, *results]), report, quotes, dataset.prefixes)


def _sorted(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(diagnostics, key=lambda each: each.sort_key))


def _untold(faults: list[ContentError], report: Report, locate: Locate) -> list[ContentError]:
    """Leave out each fault for whose place a shape has said, in the reader's language, what is wrong."""
    told = {locate(result) for result in report.results if result.severity is Severity.VIOLATION}
    return [fault for fault in faults if (fault.path, fault.line) not in told]


def _locator(places: Places) -> Locate:
    def locate(result: Result) -> Location | None:
        return places.anywhere(result.focus, result.predicate, result.value)

    return locate
