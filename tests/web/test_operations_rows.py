"""Row O1: what those who run a server, and those who write to them, rely on."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from metropolis_kg.curation.release import Releases
from servers import ask, free_port, serve_command, served, wait_for

DOCUMENT = "/doc/place/berlin.ttl"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?c < ?f && ?f < ?i) }"


def counted(url: str, name: str, **labels: str) -> float:
    """Return the sum of the samples with this name and these labels."""
    families = text_string_to_metric_families(ask(f"{url}/metrics").body.decode())
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


@contextmanager
def logging(var: Path, log: Path, *options: str, **environment: str) -> Iterator[str]:
    """Serve with standard error in the file ``log``."""
    port = free_port()
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            serve_command(var, port, *options), stderr=stderr, env={**os.environ, **environment}
        )  # fmt: skip
        try:
            wait_for(lambda: ask(f"http://127.0.0.1:{port}/healthz").status == 200)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def lines(log: Path) -> list[dict[str, object]]:
    """Return the lines of a log, each of which is JSON, but those of starting and stopping.

    Where the machine is busy, granian may say that it kills a worker that has just ended.
    """
    said = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    found = [line for line in said if not str(line.get("message")).startswith("Killing worker-")]
    begin, *between, stopping, end = found
    assert [line["event"] for line in (begin, stopping, end)] == ["server-started", "server-stopping", "server-stopped"]
    return between


def test_o1_healthz_lives_without_the_store_and_readyz_asks_it(tmp_path: Path) -> None:
    with served(tmp_path, free_port(), "--store", f"http://127.0.0.1:{free_port()}/query") as url:
        assert ask(f"{url}/healthz").status == 200
        assert ask(f"{url}/readyz").status == 503
        assert counted(url, "metropolis_kg_problems_total", type="store-unavailable") == 1


def test_o1_metrics_count_requests_of_all_workers_by_route_method_status_and_cache(site_var: Path) -> None:
    with served(site_var, free_port(), "--workers", "2") as url:
        for number in range(30):
            assert ask(url + DOCUMENT).status == 200
            assert ask(f"{url}/nix/{number}").status == 404
            assert ask(url + DOCUMENT, method="BREW" if number % 2 else "STEW").status == 405
        route = "/doc/<path:name>"
        requests = "metropolis_kg_http_requests_total"
        misses = counted(url, requests, route=route, method="GET", status="200", cache="miss")
        hits = counted(url, requests, route=route, method="GET", status="200", cache="hit")
        assert misses in (1, 2)
        assert misses + hits == 30
        assert counted(url, requests, route="none", status="404") == 30
        assert counted(url, requests, method="other", status="405") == 30
        assert counted(url, "metropolis_kg_problems_total", type="http-404") == 30
        assert counted(url, "metropolis_kg_http_request_seconds_count", route=route) == 30
        assert counted(url, "metropolis_kg_http_request_seconds_bucket", route=route, cache="hit", le="30.0") == hits
        assert counted(url, "metropolis_kg_response_cache_bytes") > misses * len(ask(url + DOCUMENT).body)
        assert counted(url, "metropolis_kg_http_requests_in_progress") == 1  # this one
        assert counted(url, "metropolis_kg_worker_starts_total") == 2


def test_o1_metrics_say_which_release_is_served(site: str, site_var: Path) -> None:
    release = Releases(site_var).current()
    assert release
    assert counted(site, "metropolis_kg_release_info", digest=release.digest, base=f"{site}/") == 1
    assert counted(site, "metropolis_kg_release_statements") == release.manifest["quads"]
    assert counted(site, "metropolis_kg_release_created_seconds") > 1_700_000_000


def test_o1_metrics_have_few_labels_however_many_addresses_are_asked_for(site: str) -> None:
    def size() -> int:
        return len(ask(f"{site}/metrics").body.splitlines())

    for _ in range(6):  # by then both workers have had each
        ask(site + DOCUMENT)
        ask(f"{site}/doc/place/berlin.ttl?x")
        ask(f"{site}/nix")
        before = size()
    for number in range(50):
        ask(f"{site}/doc/place/berlin.ttl?{number}")
        ask(f"{site}/nix{number}")
    assert size() == before


def test_o1_openmetrics_is_written_for_who_asks_for_it(site: str) -> None:
    plain, opened = ask(f"{site}/metrics"), ask(f"{site}/metrics", "application/openmetrics-text; version=1.0.0")
    assert plain.headers["content-type"].startswith("text/plain; version=")
    assert opened.headers["content-type"].startswith("application/openmetrics-text")
    assert opened.body.endswith(b"# EOF\n")
    assert plain.headers["cache-control"] == "no-store"


def test_o1_a_worker_that_dies_is_replaced_and_counted(site_var: Path) -> None:
    with served(site_var, free_port(), "--workers", "1") as url:
        ask(url + DOCUMENT)
        before = counted(url, "metropolis_kg_http_requests_total")
        [worker] = _holding(int(url.rpartition(":")[2]))
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: ask(f"{url}/healthz").status == 200)
        assert counted(url, "metropolis_kg_worker_starts_total") == 2
        assert counted(url, "metropolis_kg_worker_deaths_total") == 1
        assert counted(url, "metropolis_kg_http_requests_total") > before
        assert counted(url, "metropolis_kg_response_cache_bytes") == 0
        ask(url + DOCUMENT)
        assert counted(url, "metropolis_kg_response_cache_bytes") > 0


def _holding(port: int) -> list[int]:
    """Return the processes that were forked by the one that serves this port."""
    commands = {int(path.parent.name): path for path in Path("/proc").glob("[0-9]*/cmdline")}
    serving = {process for process, path in commands.items() if f"--port\0{port}\0".encode() in _read(path)}
    return [process for process in serving if _parent(process) in serving]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _parent(process: int) -> int:
    found = re.search(rb"PPid:\s+(\d+)", _read(Path(f"/proc/{process}/status")))
    return int(found[1]) if found else 0


@pytest.mark.parametrize("path", [DOCUMENT, "/", "/nix", "/sparql?query=ASK%7B%7D", "/id/place/berlin", "/healthz"])
def test_o1_every_answer_says_what_took_how_long_and_names_its_request(site: str, path: str) -> None:
    ids = set()
    for _ in range(4):
        answer = ask(site + path)
        assert re.fullmatch(
            r"total;dur=[\d.]+, cache;desc=(hit|(miss|none), store;dur=[\d.]+, render;dur=[\d.]+)",
            answer.headers["server-timing"],
        ), answer.headers["server-timing"]
        assert re.fullmatch("[0-9a-f]{24}", answer.headers["x-request-id"])
        ids.add(answer.headers["x-request-id"])
    assert len(ids) == 4


@pytest.mark.parametrize("path", ["/doc/place/nowhere", "/query/who-led?on=x", "/memento/20200101000000/doc/place/x"])
def test_o1_an_error_is_no_answer_that_was_kept(site: str, path: str) -> None:
    for _ in range(2):
        said = ask(site + path).headers["server-timing"]
        assert re.fullmatch(r"total;dur=[\d.]+, cache;desc=none, store;dur=[\d.]+, render;dur=[\d.]+", said)


def test_o1_queries_are_counted_by_what_they_came_to_and_processes_by_how_they_died(site_var: Path) -> None:
    limits = {"QUERY_SECONDS": 2, "QUERY_ROWS": 50, "QUERIES_AT_ONCE": 1, "QUERIES_WAITING": 0}
    environment = {f"METROPOLIS_KG_{name}": str(value) for name, value in limits.items()}
    with served(site_var, free_port(), "--workers", "1", **environment) as url:

        def query(text: str) -> int:
            return ask(
                f"{url}/sparql", method="POST", body=text.encode(), content_type="application/sparql-query"
            ).status

        assert [query("ASK { ?s ?p 1 }"), query("ASK { ?s ?p 1 }")] == [200, 200]
        assert query("SELECT * { ?s ?p ?o }") == 403
        assert query("ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }") == 403
        with ThreadPoolExecutor(1) as client:
            runaway = client.submit(query, RUNAWAY)
            wait_for(lambda: counted(url, "metropolis_kg_queries_running") == 1)
            assert counted(url, "metropolis_kg_queries_waiting") == 0
            assert query("ASK { ?s ?p 2 }") == 429
            assert runaway.result() == 503
        outcomes = {"ok": 1, "too-large": 1, "refused": 1, "timeout": 1, "turned-away": 1, "unavailable": 0, "ended": 0}
        for outcome, count in outcomes.items():
            assert counted(url, "metropolis_kg_query_seconds_count", outcome=outcome) == count, outcome
        assert 2 <= counted(url, "metropolis_kg_query_seconds_sum", outcome="timeout") < 5
        assert counted(url, "metropolis_kg_queries_running") == 0
        assert counted(url, "metropolis_kg_query_answers_total", cache="hit") == 1
        assert counted(url, "metropolis_kg_query_answers_total", cache="miss") == 5
        assert counted(url, "metropolis_kg_query_cache_bytes") > 0
        wait_for(lambda: counted(url, "metropolis_kg_query_process_deaths_total", signal="SIGALRM") == 1)


def test_o1_what_the_store_took_is_told_apart(site_var: Path) -> None:
    with served(site_var, free_port(), METROPOLIS_KG_DOCUMENTS_MEGABYTES="0") as url:
        ask(url + DOCUMENT)
        said = ask(url + DOCUMENT).headers["server-timing"]
        total, store, render = (float(each) for each in re.findall(r"dur=([\d.]+)", said))
        assert 0 < store < total
        assert 0 < render < total


@pytest.mark.parametrize(
    "given", ["1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed", "a", "Root=1-67891233-abc/def+x:1", "x" * 128]
)
def test_o1_a_request_keeps_the_id_it_came_with(site: str, given: str) -> None:
    for path in (DOCUMENT, "/nix"):
        assert ask(site + path, x_request_id=given).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["x" * 129, 'a"b', "a b", "<script>", "", "ä", "a,b"])
def test_o1_an_id_that_is_not_harmless_is_replaced(site: str, given: str) -> None:
    for path in (DOCUMENT, "/nix"):
        assert re.fullmatch("[0-9a-f]{24}", ask(site + path, x_request_id=given).headers["x-request-id"])


@pytest.mark.parametrize("path", ["/nix", "/sparql?query=x", "/doc/place/nowhere", "/query/who-led?on=x"])
def test_o1_errors_echo_the_id_of_the_request(site: str, path: str) -> None:
    problem = ask(site + path, x_request_id="from-the-proxy-1")
    assert problem.json()["request"] == problem.headers["x-request-id"] == "from-the-proxy-1"
    page = ask(site + path, "text/html", x_request_id="from-the-proxy-2")
    assert page.status == problem.status
    if path.startswith(("/nix", "/doc")):
        assert ">from-the-proxy-2</code>" in page.body.decode()


def test_o1_the_log_has_a_line_of_json_for_each_request_where_that_is_wanted(site_var: Path, tmp_path: Path) -> None:
    with logging(site_var, tmp_path / "log", METROPOLIS_KG_LOG_REQUESTS="yes") as url:
        answers = {
            "first": ask(url + DOCUMENT, x_request_id="first"),
            "error": ask(f"{url}/n%C3%BC%0A%22x?secret=1", x_request_id="error"),
            "query": ask(f"{url}/sparql?query=ASK%7B%7D", x_request_id="query"),
            "head": ask(url + DOCUMENT, method="HEAD", x_request_id="head"),
        }
    logged = {line["request"]: line for line in lines(tmp_path / "log")}
    for name, answer in answers.items():
        line = logged[name]
        assert (line["status"], line["level"]) == (answer.status, "info")
        assert line["bytes"] == int(answer.headers["content-length"])
        assert isinstance(line["ms"], float)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", str(line["time"]))
    release = Releases(site_var).current()
    assert release
    assert logged["first"] | {"time": 0, "ms": 0, "bytes": 0} == {
        "time": 0, "level": "info", "event": "request", "request": "first", "method": "GET", "path": DOCUMENT,
        "status": 200, "ms": 0, "bytes": 0, "cache": "miss", "release": release.digest,
    }  # fmt: skip
    assert (logged["error"]["path"], logged["error"]["problem"]) == ('/nü\n"x', "http-404")
    assert logged["head"]["method"] == "HEAD"
    for private in ("secret", "ASK", "127.0.0.1"):
        assert private not in json.dumps(list(logged.values()))


def test_o1_without_that_the_log_has_the_errors_with_the_id_of_their_request(tmp_path: Path) -> None:
    store = f"http://127.0.0.1:{free_port()}/query"
    with logging(tmp_path, tmp_path / "log", "--store", store) as url:
        assert ask(f"{url}/nix").status == 404
        answer = ask(f"{url}/doc/place/berlin", x_request_id="outage")
        assert answer.status == 503
    [line] = lines(tmp_path / "log")
    assert (line["level"], line["request"], line["logger"]) == ("error", "outage", "metropolis_kg.web.problems")
    assert store not in answer.body.decode()


def test_o1_the_log_tells_of_processes_that_died(site_var: Path, tmp_path: Path) -> None:
    deaths = "metropolis_kg_query_process_deaths_total"
    with logging(site_var, tmp_path / "log", "--workers", "1") as url:
        wait_for(lambda: ask(f"{url}/readyz").status == 200)
        [worker] = _holding(int(url.rpartition(":")[2]))
        [holder] = _children(worker)
        for number, process in enumerate((_children(holder)[0], holder), 1):
            os.kill(process, signal.SIGKILL)
            wait_for(lambda: counted(url, deaths, signal="SIGKILL") == number)  # noqa: B023 - called at once
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: ask(f"{url}/readyz").status == 200)
    logged = lines(tmp_path / "log")
    assert [(line["event"], line["level"]) for line in logged] == [
        ("query-process-died", "warning"),
        ("query-process-died", "error"),
        ("worker-died", "error"),
    ]
    assert [line["signal"] for line in logged[:2]] == ["SIGKILL", "SIGKILL"]


def _children(process: int) -> list[int]:
    """Return the processes that ``process`` started, oldest first."""
    return sorted(int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(int(path.name)) == process)
