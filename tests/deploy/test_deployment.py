"""What is in deploy/ is what it says: systemd and nginx take it, and the command in the unit serves."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from nginx import checked, configured, make_certificate, site
from repository import REPOSITORY
from servers import ask, free_port

DEPLOY = REPOSITORY / "deploy"
UNITS = DEPLOY / "systemd"
SERVICES = ("metropolis-kg@.service", "metropolis-kg-pull.service")
INSTALLED = "/opt/metropolis-kg/bin/metropolis-kg"
EXPOSED = 1.5
"""What systemd calls OK goes up to 4, and everything without any protection has 9.6."""

SECLUDED = """
import ctypes, os, resource, sys
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
libc.prctl(65, 1, 0, 0, 0)  # PR_SET_MDWE, as far as the kernel has it
files = min(int(sys.argv[1]), resource.getrlimit(resource.RLIMIT_NOFILE)[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
os.umask(int(sys.argv[2], 8))
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Starts a command with what a process can deny itself of that which the unit denies it."""


def setting(unit: str, name: str) -> str:
    """Return what the unit says last of ``name``."""
    found = re.findall(rf"^{name}=(.*)$", (UNITS / unit).read_text(encoding="utf-8"), re.MULTILINE)
    return str(found[-1])


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with this program where they expect it."""
    for path in UNITS.iterdir():
        text = path.read_text(encoding="utf-8").replace(INSTALLED, shutil.which("true") or "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    return tmp_path


def analyze(*arguments: str, **environment: str) -> str:
    """Return what systemd-analyze says, which must not complain."""
    found = shutil.which("systemd-analyze")
    if not found:
        pytest.skip("needs systemd-analyze; on Debian: apt-get install systemd")
    done = subprocess.run(
        [found, *arguments], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_systemd_finds_nothing_wrong_with_the_units(units: Path) -> None:
    shutil.copy(units / "metropolis-kg@.service", units / "metropolis-kg@8001.service")
    names = ("metropolis-kg@8001.service", "metropolis-kg-pull.service", "metropolis-kg-pull.timer")
    said = analyze(
        "verify", "--man=no", "--recursive-errors=no", *(str(units / name) for name in names),
        SYSTEMD_UNIT_PATH=f"{units}:/lib/systemd/system",
    )  # fmt: skip
    assert str(units) not in said


@pytest.mark.parametrize("name", SERVICES)
def test_the_services_are_exposed_to_little(units: Path, name: str) -> None:
    said = analyze("security", "--offline=true", "--no-pager", str(units / name))
    level = re.search(r"Overall exposure level for .*: ([\d.]+)", said)
    assert level
    assert float(level[1]) <= EXPOSED


@pytest.fixture(scope="module")
def unit(site_var: Path) -> Iterator[str]:
    """The server that the unit starts, from where this program is, once that which follows has ended: its address."""
    port = free_port()
    command, waits = (
        shlex.split(setting("metropolis-kg@.service", name).replace("%i", str(port)))
        for name in ("ExecStart", "ExecStartPost")
    )
    assert command[0] == INSTALLED
    limits = [setting("metropolis-kg@.service", name) for name in ("LimitNOFILE", "UMask")]
    here = str(Path(sys.executable).with_name("metropolis-kg"))
    process = subprocess.Popen(
        [sys.executable, "-c", SECLUDED, *limits, here, *command[1:]],
        cwd="/", stderr=subprocess.DEVNULL, env={**os.environ, "METROPOLIS_KG_VAR": str(site_var)},
    )  # fmt: skip
    try:
        subprocess.run(waits, check=True, timeout=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert process.wait(timeout=int(setting("metropolis-kg@.service", "TimeoutStopSec"))) == 0


def test_the_command_of_the_unit_serves_and_what_follows_waits_until_it_does(unit: str) -> None:
    query = "/sparql?query=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D+LIMIT+5"
    for path in ("/readyz", "/doc/place/berlin.ttl", query, "/search?q=berlin"):
        assert ask(unit + path).status == 200


def test_the_command_that_fetches_releases_is_one_of_this_program() -> None:
    command = shlex.split(setting("metropolis-kg-pull.service", "ExecStart"))
    assert command[0] == INSTALLED
    here = str(Path(sys.executable).with_name("metropolis-kg"))
    arguments = [part.replace("${RELEASES_FROM}", "/nowhere") for part in command[1:]]
    done = subprocess.run([here, *arguments], capture_output=True, text=True, check=False, cwd="/")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "nothing is published at /nowhere yet" in done.stderr


def test_nginx_finds_nothing_wrong_with_its_configurations(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    (tmp_path / "users").touch()
    sites = [
        site(f"{name}.conf", {
            "443 ssl": f"127.0.0.1:{free_port()} ssl",
            f"/etc/ssl/certs/{host}.example.org.pem": str(certificate.certificate),
            f"/etc/ssl/private/{host}.example.org.key": str(certificate.key),
        }).replace("/srv/releases", str(tmp_path)).replace("/etc/nginx/releases.", f"{tmp_path}/users.")
        for name, host in (("metropolis-kg", "data"), ("releases", "releases"))
    ]  # fmt: skip
    said = checked(configured(tmp_path, *sites))
    assert said.returncode == 0, said.stderr
    assert "warn" not in said.stderr


def rules() -> list[dict[str, str]]:
    """Return the alerts."""
    said = yaml.safe_load((DEPLOY / "prometheus" / "metropolis-kg.rules.yml").read_text(encoding="utf-8"))
    return [rule for group in said["groups"] for rule in group["rules"]]


def test_alerts_are_about_counts_that_there_are(unit: str) -> None:
    for path in ("/doc/place/berlin.ttl", "/sparql?query=ASK%7B%7D", "/nix") * 4:  # so that each worker has had some
        ask(unit + path)
    families = list(text_string_to_metric_families(ask(f"{unit}/metrics").body.decode()))
    known = {sample.name: set(sample.labels) for family in families for sample in family.samples}
    selectors = re.compile(r"(metropolis_kg_\w+)(\{[^}]*\})?")
    used = [(rule["alert"], *found) for rule in rules() for found in selectors.findall(rule["expr"])]
    assert len({name for _, name, _ in used}) >= 7
    for alert, name, selector in used:
        assert name in known, f"{alert} asks for {name}"
        assert set(re.findall(r"(\w+)[=!]", selector)) <= known[name], alert


def test_alerts_are_taken_by_prometheus_where_it_is_installed() -> None:
    assert all({"alert", "expr", "labels", "annotations"} <= rule.keys() for rule in rules())
    if promtool := shutil.which("promtool"):
        path = DEPLOY / "prometheus" / "metropolis-kg.rules.yml"
        subprocess.run([promtool, "check", "rules", path], check=True, capture_output=True)
