"""Tables as sources of a build: rows are statements with their lines, rows not taken are findings; and at full size."""

import io
import json
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.build import build
from metropolis_kg.curation.bulk.streaming import stream
from metropolis_kg.curation.imports.importing import Order, take
from metropolis_kg.curation.quotations import read_texts
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.errors import ContentErrors
from repository import REPOSITORY
from servers import ask, free_port, served
from tables_to_read import HEADER, mapping, put

GOOD = "Metropolis;Ada Muster;Q1234;Präsident;ca. 2012;Mai 2016"
BASE = "https://data.example.org/"


@pytest.fixture(scope="module")
def benchmark() -> Iterator[ModuleType]:
    """The module of the benchmark that makes tables with faults."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(REPOSITORY / "benchmarks")
        yield import_module("importing")


def test_a_table_in_the_data_says_the_same_as_the_import_of_it(workspace: Path, tmp_path: Path) -> None:
    content, text = Content(workspace), f"{HEADER}\n{GOOD}\nMetropolis;Bea;;Mitglied;;\n"
    imported = take(Order(put(tmp_path, text)), content)
    put(workspace / "data" / "enrichment", text)
    spool = io.BytesIO()
    (only,) = stream(read_dataset(content, BASE), content, spool)
    here = {str(quad).replace("https://w3id.org/metropolis-kg/", BASE) for quad in imported.quads}
    assert {line.removesuffix(" .") for line in spool.getvalue().decode().splitlines()} == here
    assert only.faults == ()


def test_a_row_that_cannot_be_taken_is_a_finding_with_file_line_and_row(workspace: Path) -> None:
    text = f'{HEADER}\n{GOOD}\n\n"Metropolis\n";Ada;;Mitglied;07;\n'
    put(workspace / "data" / "enrichment", text)
    with pytest.raises(ContentErrors) as raised:
        stream(read_dataset(Content(workspace)), Content(workspace), io.BytesIO())
    assert [(str(each.path), each.line, each.code) for each in raised.value.errors] == [
        ("data/enrichment/memberships.csv", 3, "row-blank"),
        ("data/enrichment/memberships.csv", 4, "row-control-character"),
    ]
    assert "Row 4, column “Netzwerk”" in raised.value.errors[1].messages["en"]


def test_a_table_without_a_mapping_or_with_a_wrong_one_is_told_by_the_file_to_mend(workspace: Path) -> None:
    path = put(workspace / "data" / "enrichment", f"{HEADER}\n{GOOD}\n", mapping() | {"dialct": {}})
    for code, name in (("mapping-key-misspelt", "memberships.csv-metadata.json"), ("table-without-mapping", path.name)):
        with pytest.raises(ContentErrors) as raised:
            stream(read_dataset(Content(workspace)), Content(workspace), io.BytesIO())
        (error,) = raised.value.errors
        assert (error.code, str(error.path)) == (code, f"data/enrichment/{name}")
        path.with_name(path.name + "-metadata.json").unlink(missing_ok=True)


def test_tables_are_read_last_and_know_what_other_sources_name(workspace: Path) -> None:
    folder = workspace / "data" / "enrichment"
    put(folder, f"{HEADER}\nMetropolis;Ada Muster;;Mitglied;2012;\n", name="a.csv")
    put(folder, f"{HEADER}\nMetropolis;Ada Muster;;Präsident;2012;\n", name="b.csv")
    put(folder, f"{HEADER}\nNetz der Netze;Ada Muster;;Präsident;2012;\n", name="c.csv")
    w = "https://w3id.org/metropolis-kg/"
    net, name, graph = f"<{w}id/organisation/net>", "<http://www.w3.org/2004/02/skos/core#prefLabel>", f"<{w}graph/z>"
    (folder / "z.nq").write_text(
        f'{net} {name} "Netz der Netze"@de {graph} .\n'
        f"{net} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{w}ns#CityNetwork> {graph} .\n"
    )
    spool = io.BytesIO()
    stream(read_dataset(Content(workspace)), Content(workspace), spool)
    said = spool.getvalue().decode()
    assert said.count("/id/person/ada-muster> <http://xmlns.com/foaf/0.1/name>") == 2, "one name in each language, once"
    assert f"<http://www.w3.org/ns/org#organization> {net}" in said


def test_twenty_thousand_memberships_with_faults_of_ten_kinds_add_up(benchmark: ModuleType, tmp_path: Path) -> None:
    made = benchmark.make(tmp_path, 20_000)
    account = take(Order(made.table), Content(made.root)).account
    assert len(made.faults) == 1000
    assert len(set(made.faults.values())) == 10
    assert (account.rows, account.claims, len(account.reported)) == (20_000, 19_000, 1000)
    assert {each.number: each.problems[0].code for each in account.reported} == made.faults


def test_what_was_taken_validates_without_a_warning_builds_and_is_served(
    benchmark: ModuleType, tmp_path: Path
) -> None:  # fmt: skip
    made = benchmark.make(tmp_path, 100, share=0.2)
    imported = take(Order(made.table), Content(made.root))
    imported.write()
    port = free_port()
    outcome = build(Content(made.root), tmp_path / "var", f"http://127.0.0.1:{port}/", sources=tmp_path)
    assert outcome.findings
    assert [each for each in outcome.findings.diagnostics if each.severity is not Severity.INFO] == []
    assert outcome.findings.quotes.compared == imported.account.claims
    with served(tmp_path / "var", port=port) as base:
        query = "SELECT (COUNT(*) AS ?n) WHERE { ?claim a mkg:Tenure ; mkg:evidence/mkg:row ?row }"
        answer = ask(f"{base}/sparql?query={query.replace(' ', '%20')}", "application/sparql-results+json")
        assert int(answer.json()["results"]["bindings"][0]["n"]["value"]) == imported.account.claims
        row = next(each for each in imported.quads if each.predicate.value.endswith("#row"))
        path = row.subject.value.rpartition("/")[2]
        for lang, words in (("de", "Zeile"), ("en", "Row")):
            page = ask(f"{base}/doc/tenure/{path}", "text/html", accept_language=lang).body.decode()
            assert f"{words} {row.object.value}" in page
            assert f'href="https://example.org/memberships.csv#row={row.object.value}"' in page
        quote = next(each.object.value for each in imported.quads if each.predicate.value.endswith("#quote"))
        evidence = ask(f"{base}/doc/evidence/{path}", "text/html").body.decode()
        heading = evidence.partition("<h1")[2].partition("</h1>")[0]
        cells = [cell for cell in quote.split(";") if cell]
        assert all(cell in heading for cell in cells)
        assert ";" not in heading.partition("<bdi>")[2].partition("</bdi>")[0]
        source = ask(f"{base}/doc/source/memberships", "text/html").body.decode()
        assert "table row" in source
        assert "characters not quoted" in source, "the header, and rows that were not taken"
        assert "[… 2 characters not quoted …]" not in source, "the end of a line is nothing that is left out"


def test_a_table_in_windows_1252_has_its_quotes_where_they_say(workspace: Path, tmp_path: Path) -> None:
    text = f"{HEADER}\n{GOOD.replace('Ada', 'Zoë')}\n".encode("cp1252")
    mapped = json.loads(json.dumps(mapping(encoding="windows-1252")))
    put(workspace / "data" / "enrichment", text, mapped)
    shutil.copy(workspace / "data" / "enrichment" / "memberships.csv", tmp_path)
    texts = read_texts(tmp_path)
    assert any("Zoë" in each for each in texts.values())
    imported = take(Order(put(tmp_path, text, mapped), name="other"), Content(workspace))
    quote = next(each.object.value for each in imported.quads if each.predicate.value.endswith("#quote"))
    start = next(int(each.object.value) for each in imported.quads if each.predicate.value.endswith("#startsAt"))
    assert any(each[start : start + len(quote)] == quote for each in texts.values())
