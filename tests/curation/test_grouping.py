"""The statements of each graph, put aside while a dataset is read."""

from pathlib import Path

import pytest

from metropolis_kg.curation.grouping import Graphs


@pytest.mark.parametrize("held", [0, 40, 1_000])
def test_lines_come_graph_after_graph_in_the_order_in_which_they_were_taken(tmp_path: Path, held: int) -> None:
    graphs = Graphs(tmp_path, held)
    graphs.extend({b"<http://x/b>": [b"1\n", b"3\n"], b"<http://x/a>": [b"2\n"]})
    graphs.extend({b"<http://x/a>": [b"4\n"], b"<http://x/c>": [b"5\n"] * 20})
    graphs.extend({b"<http://x/a>": [b"6\n"]})
    assert graphs.sizes() == {"http://x/a": 3, "http://x/b": 2, "http://x/c": 20}
    assert list(graphs.sizes()) == sorted(graphs.sizes())
    assert b"".join(graphs.of("http://x/a")) == b"2\n4\n6\n"
    assert b"".join(graphs.texts()) == b"2\n4\n6\n1\n3\n" + b"5\n" * 20
    assert list(tmp_path.iterdir()) == []
