"""``metropolis-kg serve``: it starts, says what is wrong where it cannot, and stops when told."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from damage import truncate

from metropolis_kg.cli.serve import patience_of
from metropolis_kg.content import Content
from metropolis_kg.curation.build import build
from metropolis_kg.curation.release import STORE, Releases
from metropolis_kg.settings import Settings
from servers import ask, free_port, listens, serve_command, served, wait_for

RUNAWAY = b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?c < ?f && ?f < ?i) }"


def refused(var: Path, port: int, *options: str) -> str:
    """Run the command where it cannot serve; return its one message."""
    ended = subprocess.run(serve_command(var, port, *options), capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_a_port_in_use_is_one_clear_message(site_var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = refused(site_var, port)
    assert f"cannot listen on 127.0.0.1:{port}" in message
    assert "--port" in message


def test_a_port_served_by_ourselves_is_not_shared(site: str, site_var: Path, port: int) -> None:
    assert f"cannot listen on 127.0.0.1:{port}" in refused(site_var, port)
    assert ask(f"{site}/healthz").status == 200


def test_without_a_release_it_says_what_to_run(tmp_path: Path) -> None:
    message = refused(tmp_path / "var", free_port())
    assert "metropolis-kg build" in message


def test_a_store_that_is_no_address_is_refused(tmp_path: Path) -> None:
    assert "--store is 'not a url'" in refused(tmp_path, free_port(), "--store", "not a url")


@pytest.mark.parametrize("damage", [shutil.rmtree, truncate])
def test_a_release_whose_store_cannot_be_opened_is_not_served(
    site_var: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    shutil.copytree(site_var, tmp_path / "var", symlinks=True)
    release = Releases(tmp_path / "var").current()
    assert release
    damage(release.path / STORE)
    assert "cannot be opened" in refused(tmp_path / "var", free_port())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_within_seconds_says_where_it_serves_and_stops_when_told(
    site_var: Path, number: signal.Signals
) -> None:
    port = free_port()
    process = subprocess.Popen(serve_command(site_var, port), stderr=subprocess.PIPE, text=True)
    started = time.monotonic()
    try:
        wait_for(lambda: ask(f"http://127.0.0.1:{port}/readyz").status == 200)
        print(f"ready after {time.monotonic() - started:.2f} s")  # noqa: T201 - a measurement, shown with -s
    finally:
        process.send_signal(number)
        said = process.communicate(timeout=20)[1]
    assert process.returncode == 0
    assert f"on http://127.0.0.1:{port}/ with 2 workers" in said
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_workers_are_as_many_as_asked_for_and_a_killed_one_is_replaced(site_var: Path) -> None:
    port = free_port()
    process = subprocess.Popen(serve_command(site_var, port, "--workers", "3"), stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: ask(f"http://127.0.0.1:{port}/readyz").status == 200)
        wait_for(lambda: len(children(process.pid)) == 3)
        victim = children(process.pid)[0]
        subprocess.run(["kill", "-9", str(victim)], check=True)
        wait_for(lambda: len(children(process.pid)) == 3 and victim not in children(process.pid))
        wait_for(lambda: all(ask(f"http://127.0.0.1:{port}/readyz").status == 200 for _ in range(10)))
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_a_base_below_a_path_is_served_there_and_behind_a_proxy_that_strips_it(
    content: Content, tmp_path: Path
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}/data/kg/"
    assert build(content, tmp_path, base).release
    with served(tmp_path, port) as url:
        for path in ("", "data/kg/"):
            answer = ask(f"{url}/{path}id/place/berlin")
            assert (answer.status, answer.headers["location"]) == (303, f"{base}doc/place/berlin")
        page = ask(f"{base}doc/place/berlin", "text/html").body.decode()
        for href in ("/data/kg/static/style.css", "/data/kg/doc/place/berlin.ttl", "/data/kg/doc/place/berlin?lang=de"):
            assert f'href="{href}"' in page
            assert ask(f"http://127.0.0.1:{port}{href}").status == 200
        assert ask(f"{url}/data/kgx").status == 404


def children(pid: int) -> list[int]:
    """Return the process ids of the children of ``pid``."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(number) for number in text.split()]


def test_requests_may_go_on_as_long_as_they_may_take_when_the_server_stops() -> None:
    assert patience_of(Settings(query_seconds=90)) > 90
    assert patience_of(Settings(query_seconds=1, validation_seconds=30)) > 30


@pytest.mark.alone
def test_told_to_stop_it_says_that_it_is_not_ready_and_finishes_what_it_has_begun(site_var: Path) -> None:
    port = free_port()
    url, environment = f"http://127.0.0.1:{port}", {"DRAIN_SECONDS": "1", "QUERY_SECONDS": "3"}
    process = subprocess.Popen(
        serve_command(site_var, port), stderr=subprocess.DEVNULL,
        env={**os.environ, **{f"METROPOLIS_KG_{name}": value for name, value in environment.items()}},
    )  # fmt: skip
    wait_for(lambda: ask(f"{url}/readyz").status == 200, process)
    with ThreadPoolExecutor(1) as client:
        begun = client.submit(
            ask, f"{url}/sparql", method="POST", body=RUNAWAY, content_type="application/sparql-query"
        )
        wait_for(lambda: b"metropolis_kg_queries_running 1.0" in ask(f"{url}/metrics").body)
        process.send_signal(signal.SIGTERM)
        wait_for(lambda: ask(f"{url}/readyz").status == 503)
        assert ask(f"{url}/readyz").json()["type"].endswith("/not-ready")
        assert ask(f"{url}/doc/place/berlin.ttl").status == 200
        wait_for(lambda: not listens(port))
        assert process.poll() is None
        assert begun.result().json()["type"].endswith("/query-timeout")
    assert process.wait(timeout=20) == 0


def test_its_workers_end_when_it_is_killed(site_var: Path) -> None:
    port = free_port()
    process = subprocess.Popen(serve_command(site_var, port), stderr=subprocess.DEVNULL)
    wait_for(lambda: ask(f"http://127.0.0.1:{port}/healthz").status == 200, process)
    process.kill()
    process.wait()
    wait_for(lambda: not listens(port))


def test_it_is_ready_for_the_release_that_it_serves_only(site: str, site_var: Path) -> None:
    digest = Releases(site_var).published().digest
    assert ask(f"{site}/readyz?release={digest[:9]}").json()["release"] == digest
    other = ask(f"{site}/readyz?release=0{digest}")
    assert (other.status, other.json()["type"]) == (503, f"{site}/problem/not-ready")
    assert other.headers["retry-after"]
