"""Bulk sources: many graphs in one file, compressed or not; what cannot be read is named by file, line and reason."""

import gzip
import io
from pathlib import Path

import pyoxigraph as ox
import pytest
import zstandard

from metropolis_kg.content import Content
from metropolis_kg.curation.bulk.blocks import SHOWN
from metropolis_kg.curation.bulk.streaming import Streamed, stream
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.namespaces import CANONICAL_BASE

W = CANONICAL_BASE
PREFIXES = f"""@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix p: <{W}prefixes#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
p:mkg sh:prefix "mkg" ; sh:namespace "{W}ns#"^^xsd:anyURI .
p:fn sh:prefix "fn" ; sh:namespace "{W}function/"^^xsd:anyURI .
p:rule sh:prefix "rule" ; sh:namespace "{W}id/rule/"^^xsd:anyURI .
p: sh:declare p:mkg, p:fn, p:rule .
"""
TERMS = f"<{W}ns#note> a <{W}ns#Term> . <{W}ns#when> a <{W}ns#Term> . <{W}ns#Term> a <{W}ns#Term> .\n"
LINE = f'<{W}graph/one> <{W}ns#note> "said" <{W}graph/one> .\n'


@pytest.fixture
def small(tmp_path: Path) -> Content:
    for folder in ("ontology", "data", "shapes", "queries"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "ontology/prefixes.ttl").write_text(PREFIXES)
    (tmp_path / "ontology/terms.ttl").write_text(TERMS)
    return Content(tmp_path)


def put(content: Content, text: str | bytes, name: str = "bulk.nq") -> Path:
    path = content.data / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def streamed(content: Content, base: str = W) -> tuple[Streamed, str]:
    spool = io.BytesIO()
    (only,) = stream(read_dataset(content, base), content, spool)
    return only, spool.getvalue().decode()


def refused(content: Content) -> list[ContentError]:
    with pytest.raises(ContentErrors) as raised:
        streamed(content)
    return raised.value.errors


def places(errors: list[ContentError] | tuple[ContentError, ...]) -> list[tuple[str, int | None]]:
    return [(error.code, error.line) for error in errors]


def test_a_file_has_as_many_graphs_as_it_names_and_that_of_its_own_name_for_the_rest(small: Content) -> None:
    put(small, f'{LINE}# not a statement\n\n<{W}graph/bulk> <{W}ns#note> "no <graph>" .\n')
    only, text = streamed(small)
    assert {name.value for name in only.source.graphs} == {f"{W}graph/one", f"{W}graph/bulk"}
    assert (only.source.statements, only.faults, text.splitlines()[1].count(" <")) == (2, (), 3)


@pytest.mark.parametrize("suffix", [".nq.gz", ".nq.zst"])
def test_a_compressed_file_is_read_in_all_its_parts(small: Content, suffix: str) -> None:
    compress = gzip.compress if suffix == ".nq.gz" else zstandard.compress
    second = LINE.replace("said", "said too").encode()
    put(small, compress(LINE.encode()) + compress(second), f"bulk{suffix}")
    assert streamed(small)[1] == LINE + second.decode()


@pytest.mark.parametrize("suffix", [".nq.gz", ".nq.zst"])
def test_a_compressed_file_that_was_cut_short_says_so(small: Content, suffix: str) -> None:
    compress = gzip.compress if suffix == ".nq.gz" else zstandard.compress
    put(small, compress(LINE.encode() * 3)[:-5], f"bulk{suffix}")
    assert places(refused(small)) == [("cut-short", None)]


@pytest.mark.parametrize("suffix", [".nq.gz", ".nq.zst"])
def test_a_file_that_is_not_compressed_as_its_name_says_is_told(small: Content, suffix: str) -> None:
    put(small, LINE, f"bulk{suffix}")
    assert places(refused(small)) == [("damaged-archive", None)]


def test_each_line_that_is_no_statement_is_named(small: Content) -> None:
    wrong = [
        LINE.replace(" .", ""),
        LINE.replace("note>", "note"),
        f'_:a <{W}ns#note> "x" <{W}graph/one> .\n',
        f"<{W}graph/one> <{W}ns#note> <<( <{W}x> <{W}x> <{W}x> )>> <{W}graph/one> .\n",
        f'<{W}graph/one> <{W}ns#note> "x"@en--ltr <{W}graph/one> .\n',
    ]
    put(small, "".join(LINE + line for line in wrong).encode() + b'<x:s> <x:p> "M\xfcller" .\n')
    assert sorted(places(refused(small)), key=lambda place: place[1] or 0) == [
        ("not-nquads", 2),
        ("not-nquads", 4),
        ("blank-node", 6),
        ("rdf12", 8),
        ("rdf12", 10),
        ("not-utf8", 11),
    ]


def test_of_many_faults_the_first_are_named_and_the_others_counted(small: Content) -> None:
    put(small, "no statement\n" * (SHOWN + 42))
    *named, last = refused(small)
    assert places(named) == [("not-nquads", line) for line in range(1, SHOWN + 1)]
    assert (last.code, last.reason[:8]) == ("more-of-a-kind", "42 more ")


def test_a_graph_that_is_not_of_this_dataset_or_of_another_file_is_refused(small: Content) -> None:
    (small.data / "page.ttl").write_text(TERMS)
    names = ("http://elsewhere.example/g", f"{W}graph/Two", f"{W}graph/derived", f"{W}graph/page")
    put(small, "".join(LINE.replace(f"<{W}graph/one> .", f"<{name}> .") for name in names))
    codes = ["foreign-graph", "foreign-graph", "reserved-graph", "graph-in-two-files"]
    assert places(refused(small)) == list(zip(codes, (1, 2, 3, 4), strict=True))


def test_two_bulk_sources_do_not_share_a_graph(small: Content) -> None:
    put(small, LINE)
    put(small, LINE, "more.nq")
    assert places(refused(small)) == [("graph-in-two-files", 1)]


def test_a_graph_that_does_not_describe_itself_is_named_where_it_begins(small: Content) -> None:
    put(small, LINE + f'<{W}id/x/y> <{W}ns#note> "said" <{W}graph/two> .\n')
    assert places(streamed(small)[0].faults) == [("bulk-graph-not-described", 2)]


def test_statements_are_checked_as_those_of_turtle_are(small: Content) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    wrong = ('not> "x"', 'when> "2018-13"', f'note> "01"^^<{xsd}integer>', 'note> "x"@DE')
    put(small, "".join(f"<{W}graph/one> <{W}ns#{each} <{W}graph/one> .\n" for each in wrong))
    only, _ = streamed(small)
    assert sorted(places(only.faults), key=lambda place: place[1] or 0) == [
        ("misspelt-term", 1),
        ("literal-rewritten", 3),
        ("language-tag-case", 4),
    ]
    assert [(time.code, time.line, time.value) for time in only.times] == [("no-such-month", 2, ox.Literal("2018-13"))]
    assert list(only.rewritten) == [f'"01"^^<{xsd}integer>'.encode()]


@pytest.mark.parametrize(
    "value",
    [f"<{W}id/x/y>", f'"about <{W}id/x/y> …"', f'"{W}id/x/y"', f'"{W}x"^^<http://www.w3.org/2001/XMLSchema#anyURI>'],
)
def test_iris_are_of_the_deployed_base_and_texts_stay(small: Content, value: str) -> None:
    put(small, LINE.replace('"said"', value))
    base = "http://localhost:8000/"
    (small.data / "same.ttl").write_text(f"<{W}graph/one> <{W}ns#note> {value} .")
    (graph,) = (graph for graph in read_dataset(small, base).graphs if graph.path.name == "same.ttl")
    _, text = streamed(small, base)
    assert text.startswith(f"{graph.quads[0].subject} {graph.quads[0].predicate} {graph.quads[0].object} ")
    assert text.endswith(f" <{base}graph/one> .\n")


def test_a_bulk_source_and_a_page_do_not_have_one_name(small: Content) -> None:
    put(small, LINE, "page.nq.gz")
    (small.data / "page.ttl").write_text(TERMS)
    with pytest.raises(ContentErrors, match=r"data/page\.ttl: data/page\.nq\.gz has the same name"):
        read_dataset(small)
