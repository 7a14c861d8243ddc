"""After edits of the example, and back, the report by the repository's shapes is that of validating everything."""

import pyoxigraph as ox
import pytest
from examples import SHAPE, Change
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from test_screened_report import BATCHES, EXAMPLES, perturbations

from metropolis_kg.curation.judge import ValidationError, judge_each, judge_here
from metropolis_kg.curation.revalidation import Revalidation
from metropolis_kg.curation.validation import validate
from metropolis_kg.model.shapes import ShapesGraph

pytestmark = pytest.mark.filterwarnings("ignore:Parsing weird boolean")


@pytest.mark.parametrize("names", BATCHES[::7], ids=lambda names: names[0])
def test_edits_of_the_example_and_their_mending(
    names: list[str], changed: Change, valid: list[ox.Quad], shapes: ShapesGraph
) -> None:
    wrong = changed(" ;\n".join(EXAMPLES[name] for name in names))
    before, after = set(valid), set(wrong)
    with Revalidation(changed(""), shapes, judge=judge_each) as following:
        mended = following.report
        report = following.apply(after - before, before - after)
        assert report == validate(wrong, shapes, judge=judge_here)
        assert {f"<{SHAPE}{name}>" for name in names} <= {str(result.source_shape) for result in report.results}
        assert following.apply(before - after, after - before) == mended


@settings(
    max_examples=2, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_edits_of_spoilt_data(data: st.DataObject, valid: list[ox.Quad], shapes: ShapesGraph) -> None:
    store = ox.Store()
    store.extend(valid)
    with Revalidation(store, shapes, judge=judge_each) as following:
        for _ in range(2):
            before, after = set(store), set(data.draw(perturbations(list(store))))
            try:
                report = following.apply(after - before, before - after)
            except ValidationError:
                assume(False)
            assert report == validate(store, shapes, screened=False, judge=judge_here)
