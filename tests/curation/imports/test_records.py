"""Records of CSV: numbered as RFC 7111 counts, each with its own text at its position, faults among them."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metropolis_kg.curation.imports.records import Dialect, Record, read_records, snapshot
from metropolis_kg.errors import ContentError
from metropolis_kg.model.evidence import digest


def records(folder: Path, text: str | bytes, dialect: Dialect | None = None) -> list[Record]:
    path = folder / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    snapshot(path, (dialect or Dialect()).encoding)
    return list(read_records(path, dialect or Dialect()))


def test_the_row_of_rfc_7111_is_that_of_its_own_example(tmp_path: Path) -> None:
    """RFC 7111, section 3.1: the header is row 1, and ``#row=4`` is the third reading."""
    text = "date,temperature,place\n2011-01-01,1,Galway\n2011-01-02,-1,Galway\n2011-01-03,0,Galway\n"
    found = {each.row: each.text for each in records(tmp_path, text)}
    assert found[4] == "2011-01-03,0,Galway"


def test_a_row_is_a_record_and_not_a_line(tmp_path: Path) -> None:
    found = records(tmp_path, 'a,b\r\n"one\r\ntwo",x\r\n\r\nlast,"y"\r\n')
    assert [(each.row, each.line, each.cells) for each in found] == [
        (1, 1, ["a", "b"]), (2, 2, ["one\r\ntwo", "x"]), (3, 4, []), (4, 5, ["last", "y"]),
    ]  # fmt: skip


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_record_stands_where_it_says(tmp_path: Path, mark: str) -> None:
    text = f'{mark}"ä,1";b\n"x\ny";"a ""quoted"" cell"\r\nlast;ÿ'
    for each in records(tmp_path, text, Dialect(delimiter=";")):
        assert text[each.start : each.start + len(each.text)] == each.text
        assert next(csv.reader(io.StringIO(each.text, newline=""), delimiter=";")) == each.cells


def test_windows_1252_is_read_where_it_is_named_and_refused_with_words_where_not(tmp_path: Path) -> None:
    text = "Müller – „Präsident“\n".encode("cp1252")
    (found,) = records(tmp_path, text, Dialect(encoding="cp1252"))
    assert found.text == "Müller – „Präsident“"
    with pytest.raises(ContentError) as raised:
        records(tmp_path, b"good\n" + text)
    assert (raised.value.code, raised.value.line) == ("table-encoding", 2)
    assert "windows-1252" in raised.value.messages["de"]


@pytest.mark.parametrize("start", ["a\n", "a" * (1 << 20)])
def test_bytes_of_no_encoding_are_found_wherever_they_stand(tmp_path: Path, start: str) -> None:
    with pytest.raises(ContentError) as raised:
        records(tmp_path, start.encode() + b"\x81\n", Dialect(encoding="cp1252"))
    assert raised.value.code == "table-encoding"
    with pytest.raises(ContentError) as raised:
        records(tmp_path, start.encode() + b"\xc3")
    assert raised.value.code == "table-encoding"
    with pytest.raises(ContentError) as raised:
        records(tmp_path, "a;b\n".encode("utf-16"))
    assert raised.value.code == "table-utf16"


def test_a_record_that_is_none_is_a_fault_of_its_row_and_the_next_are_read(tmp_path: Path) -> None:
    found = records(tmp_path, 'a,b\n"x"y,z\nnext,1\nopen,"never\nclosed\n')
    assert [(each.row, each.line, each.fault) for each in found] == [
        (1, 1, None), (2, 2, "row-quote"), (3, 3, None), (4, 4, "row-quote-open"),
    ]  # fmt: skip


def test_nul_and_cells_of_ten_megabytes_are_cells(tmp_path: Path) -> None:
    found = records(tmp_path, "a\0b,c\n" + "x" * 10_000_000 + ",d\n")
    assert [len(each.cells) for each in found] == [2, 2]
    assert found[0].cells[0] == "a\0b"


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xef\xbb\xbfa;b\r\n")
    assert snapshot(path, "utf-8") == digest(path.read_bytes())


@settings(max_examples=40)
@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\ufeff")), min_size=2, max_size=3)))
def test_whatever_a_writer_of_csv_writes_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    found = records(tmp_path_factory.mktemp("csv"), written.getvalue())
    assert [each.cells for each in found] == rows
