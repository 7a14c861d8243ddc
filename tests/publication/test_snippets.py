"""Programs to copy: whatever a query says, they send it and do nothing else."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

from metropolis_kg.publication.snippets import in_r, snippets, visible
from metropolis_kg.store.query_form import Form

VALUE = "'; touch broken; echo $(touch broken) `touch broken` \\\\ ''' + touch() + ''' %0a @/etc/passwd $HOME !! \u00e4"
HOSTILE = f"""SELECT ("{VALUE}" AS ?value) WHERE {{}} # ' " \\ ''' \"\"\"
# INSERT DATA {{}}"""
Endpoint = tuple[str, list[dict[str, list[str]]]]
R_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)


class Recorder(BaseHTTPRequestHandler):
    """Answers the query in a form with pyoxigraph, and remembers the forms."""

    forms: list[dict[str, list[str]]]

    def do_POST(self) -> None:  # the name is http.server's
        """Answer as a SPARQL endpoint would."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True)
        self.forms.append(form)
        answer = ox.Store().query(form["query"][0])
        if isinstance(answer, ox.QueryTriples):
            kind, body = "text/turtle", answer.serialize(format=ox.RdfFormat.TURTLE)
        elif "csv" in self.headers["Accept"]:
            kind, body = "text/csv", answer.serialize(format=ox.QueryResultsFormat.CSV)
        else:
            kind, body = "application/sparql-results+json", answer.serialize(format=ox.QueryResultsFormat.JSON)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Address of a running endpoint, and the forms that it has been sent."""
    forms: list[dict[str, list[str]]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("", (Recorder,), {"forms": forms}))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/sparql", forms
    server.shutdown()
    server.server_close()


def ran(command: list[str], program: str, folder: Path) -> str:
    """Run a program from its standard input in an empty folder and return what it writes; it must leave nothing."""
    done = subprocess.run(command, input=program, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert list(folder.iterdir()) == []
    return done.stdout


def test_the_shell_sends_a_hostile_query_as_it_is(endpoint: Endpoint, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("needs curl")
    address, forms = endpoint
    written = ran(["bash"], snippets(address, HOSTILE, "SELECT")[0].text, tmp_path)
    assert forms == [{"query": [HOSTILE]}]
    assert list(csv.reader(io.StringIO(written))) == [["value"], [VALUE.replace("\\\\", "\\")]]


@pytest.mark.parametrize(
    ("query", "form", "said"),
    [
        (HOSTILE, "SELECT", repr({"value": VALUE.replace("\\\\", "\\")})),
        ("ASK {} # '''; 1/0", "ASK", "True"),
        ("CONSTRUCT { <a:a> <a:b> '\\\\' } WHERE {} # \\", "CONSTRUCT", '<a:a> <a:b> "\\\\" .'),
        ("DESCRIBE <a:a>", "DESCRIBE", ""),
    ],
)
def test_python_sends_a_hostile_query_as_it_is(
    endpoint: Endpoint, tmp_path: Path, query: str, form: Form, said: str
) -> None:
    address, forms = endpoint
    written = ran([sys.executable, "-"], snippets(address, query, form)[1].text, tmp_path)
    assert forms == [{"query": [query]}]
    assert written.strip() == said


@pytest.mark.parametrize("text", [HOSTILE, "\\", "'", "\\'", "a\\\\'", "", "x\n'\n\\u0041"])
def test_r_reads_a_hostile_query_as_one_string(text: str) -> None:
    """R ends a string at the first quote without a backslash; a backslash takes the next character as it is."""
    whole = R_STRING.fullmatch(in_r(text))
    assert whole
    assert re.sub(r"\\(.)", r"\1", whole[1], flags=re.DOTALL) == text
    assert set(re.findall(r"\\(.)", whole[1], flags=re.DOTALL)) <= {"'", "\\"}


def test_the_program_in_r_has_the_strings_that_it_should() -> None:
    program = snippets("http://localhost/sparql", HOSTILE, "SELECT")[2].text
    assert [re.sub(r"\\(.)", r"\1", each, flags=re.DOTALL) for each in R_STRING.findall(program)] == [
        HOSTILE, "http://localhost/sparql", "text/csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "form"),
    [(HOSTILE, "SELECT"), ("ASK {} # ' \\", "ASK"), ("CONSTRUCT { <a:a> <a:b> 1 } WHERE {} # '", "CONSTRUCT")],
)
def test_r_sends_a_hostile_query_as_it_is(endpoint: Endpoint, tmp_path: Path, query: str, form: Form) -> None:
    rscript = shutil.which("Rscript")
    if not rscript or subprocess.run([rscript, "-e", "library(httr2)"], capture_output=True, check=False).returncode:
        pytest.skip("needs R with httr2; on Debian: apt-get install r-base-core r-cran-httr2")
    address, forms = endpoint
    written = ran([rscript, "-"], snippets(address, query, form)[2].text, tmp_path)
    assert forms == [{"query": [query]}]
    assert {"SELECT": "value", "ASK": "true", "CONSTRUCT": "<a:b> 1"}[form] in written


def test_what_cannot_be_seen_is_written_as_an_escape_that_means_the_same() -> None:
    query = 'SELECT ("a\x1b[201~b\u202ec\x03" AS ?value) WHERE {}\r\n# end'
    shown = visible(query)
    assert shown == 'SELECT ("a\\u001B[201~b\\u202Ec\\u0003" AS ?value) WHERE {}\n# end'
    answers = [
        json.loads(ox.Store().query(each).serialize(format=ox.QueryResultsFormat.JSON)) for each in (query, shown)
    ]
    assert answers[0] == answers[1]
    for each in snippets("http://localhost/", query, "SELECT"):
        assert each.text.replace("\n", "").isprintable(), each.name
