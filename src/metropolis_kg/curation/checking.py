"""Everything that is held against content before it may be released, in one place for ``build`` and ``validate``."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.checks import blank_nodes, impossible_times, literal_notices
from metropolis_kg.curation.quotations import Comparison, compare
from metropolis_kg.curation.report import Locate, Location, Report, Result, Severity
from metropolis_kg.curation.rules import Receive, read_rules, run_rules
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.curation.sources import Places
from metropolis_kg.curation.terms import unknown_terms
from metropolis_kg.curation.validation import ValidationError, validate
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.dataset import Dataset


@dataclass(frozen=True)
class Findings:
    """What was found: faults of the files, the SHACL report, and notices that stand in nobody's way."""

    faults: list[ContentError]
    notices: list[ContentError]
    report: Report
    locate: Locate
    """Says where the statement that a result of the report is about was written."""

    quotes: Comparison
    """How many quotes were compared with their source, and which had no text; their faults are in ``faults``."""

    @property
    def conforms(self) -> bool:
        """True where nothing stands against a release: no fault, and no SHACL result of severity violation."""
        return not self.faults and self.report.conforms


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
    return Findings(faults, literal_notices(dataset, content), report, locate, quotes)


def _untold(faults: list[ContentError], report: Report, locate: Locate) -> list[ContentError]:
    """Leave out each fault for whose place a shape has said, in the reader's language, what is wrong."""
    told = {locate(result) for result in report.results if result.severity is Severity.VIOLATION}
    return [fault for fault in faults if (fault.path, fault.line) not in told]


def _locator(places: Places) -> Locate:
    def locate(result: Result) -> Location | None:
        return places.anywhere(result.focus, result.predicate, result.value)

    return locate
