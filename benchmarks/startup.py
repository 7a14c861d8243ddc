"""How long until ``--help`` is printed, and until a server is ready? Whole processes beside ``python -c pass``."""

import argparse
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from machine import machine

METROPOLIS_KG = str(Path(sys.executable).parent / "metropolis-kg")


def seconds_of(command: list[str]) -> float:
    """Return how long a whole process takes, in seconds."""
    start = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - start


def seconds_until_ready(var: str) -> float:
    """Return how long a server needs until ``/readyz`` answers 200, in seconds."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.monotonic()
    command = [METROPOLIS_KG, "--var", var, "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            while not is_ready(f"http://127.0.0.1:{port}/readyz"):
                if time.monotonic() - start > 30 or server.poll() is not None:
                    raise SystemExit("the server did not become ready")
                time.sleep(0.005)
            return time.monotonic() - start
        finally:
            server.terminate()


def is_ready(url: str) -> bool:
    """Say whether the server answers 200 by now."""
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310 - loopback
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def main() -> None:
    """Measure each in turn, so that a busy moment hits all of them, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="Example: python benchmarks/startup.py --var var")
    parser.add_argument("--var", default="var", help="folder with a published release")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    measured: dict[str, Callable[[], float]] = {
        "python -c pass": lambda: seconds_of([sys.executable, "-c", "pass"]),
        "metropolis-kg --help": lambda: seconds_of([METROPOLIS_KG, "--help"]),
        "metropolis-kg serve, until /readyz": lambda: seconds_until_ready(arguments.var),
    }
    times: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(arguments.rounds):
        for name, measure in measured.items():
            times[name].append(measure())
    print(f"median of {arguments.rounds}; {machine()}\n")
    print("| | ms |\n|---|---|")
    for name, seconds in times.items():
        print(f"| {name} | {statistics.median(seconds) * 1000:.0f} |")


if __name__ == "__main__":
    main()
