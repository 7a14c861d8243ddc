"""curl, as the pages and the README show it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from questions import LEADER, Questions

HEADER_CSV = ["-H", "Accept: text/csv"]
LEADER_CSV = f"holder,role\r\n{','.join(LEADER)}\r\n"


def curl(*arguments: str) -> str:
    """Return what curl prints. Fails where curl does."""
    if not shutil.which("curl"):
        pytest.skip("needs curl; on Debian: apt-get install curl")
    command = ["curl", "--silent", "--show-error", "--max-time", "20", *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def status(*arguments: str) -> int:
    """Return the status that curl gets."""
    return int(curl("--output", "/dev/null", "--write-out", "%{http_code}", *arguments))


@pytest.fixture(scope="module")
def endpoint(questions: Questions) -> str:
    """The endpoint."""
    return f"{questions.base}sparql"


@pytest.fixture
def file(questions: Questions, tmp_path: Path) -> Path:
    """A file with the question who led."""
    path = tmp_path / "who-led.rq"
    path.write_text(questions.leader, encoding="utf-8")
    return path


def test_every_way_to_send_a_query(endpoint: str, questions: Questions, file: Path) -> None:
    direct = ["-H", "Content-Type: application/sparql-query", "--data-binary", f"@{file}"]
    ways = {
        "GET": ["--get", "--data-urlencode", f"query={questions.leader}"],
        "GET from a file": ["-G", "--data-urlencode", f"query@{file}"],
        "POST form": ["--data-urlencode", f"query={questions.leader}"],
        "POST query": direct,
        "QUERY": ["-X", "QUERY", *direct],
        "QUERY form": ["-X", "QUERY", "--data-urlencode", f"query@{file}"],
    }
    printed = {way: curl(*HEADER_CSV, *arguments, endpoint) for way, arguments in ways.items()}
    assert printed == dict.fromkeys(ways, LEADER_CSV)


def test_json_without_any_header(endpoint: str, questions: Questions) -> None:
    assert json.loads(curl("-G", "--data-urlencode", f"query={questions.known}", endpoint))["boolean"] is True


def test_a_format_by_name(endpoint: str, questions: Questions) -> None:
    parameters = ["-G", "--data-urlencode", f"query={questions.leader}", "-d", "format=csv"]
    assert curl(*parameters, endpoint) == LEADER_CSV


def test_the_head_alone(endpoint: str, questions: Questions) -> None:
    printed = curl("-I", "-G", "--data-urlencode", f"query={questions.known}", endpoint).lower()
    assert printed.startswith("http/1.1 200")
    assert "content-type: application/sparql-results+json" in printed
    assert "etag: " in printed
    assert "boolean" not in printed


def test_compressed_is_the_same_once_unpacked(endpoint: str) -> None:
    query = ["-G", "--data-urlencode", "query=SELECT * WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 500", endpoint]
    assert curl("--compressed", *HEADER_CSV, *query) == curl(*HEADER_CSV, *query)


def test_what_it_has_already_is_not_sent_again(endpoint: str, questions: Questions, tmp_path: Path) -> None:
    tag, body = tmp_path / "etag", tmp_path / "body"
    asked = ["--etag-save", str(tag), "--etag-compare", str(tag), "--output", str(body), "--write-out", "%{http_code}"]
    query = ["-G", "--data-urlencode", f"query={questions.leader}", endpoint]
    assert [curl(*asked, *HEADER_CSV, *query) for _ in range(2)] == ["200", "304"]
    assert body.read_bytes().decode() == LEADER_CSV
    assert status("-H", f"If-None-Match: {tag.read_text().strip()}", *HEADER_CSV, *query) == 304


def test_an_error_says_why(endpoint: str) -> None:
    printed = json.loads(curl("-G", "--data-urlencode", "query=SELECT * {", endpoint))
    assert (printed["status"], printed["line"]) == (400, 1)
    assert status("-X", "PUT", endpoint) == 405
    assert status("-H", "Content-Type: application/sparql-update", "-d", "CLEAR ALL", endpoint) == 403


def test_a_graph_as_a_whole(questions: Questions) -> None:
    name = f"graph={questions.base}graph/geonames"
    printed = curl("-G", "--data-urlencode", name, f"{questions.base}graph-store")
    assert "@prefix" in printed
    assert "GeoNames" in printed
    assert status("-G", "--data-urlencode", "graph=http://example.org/", f"{questions.base}graph-store") == 404
    assert status("-T", "/dev/null", f"{questions.base}graph-store?default") == 405


def test_the_service_description(endpoint: str) -> None:
    assert "UnionDefaultGraph" in curl(endpoint)
