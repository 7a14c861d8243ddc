"""What a command of the program came to that was run in the process of the tests."""

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from metropolis_kg.__main__ import main


class Ended(NamedTuple):
    """The exit status of a command, and what it wrote."""

    status: object
    out: str
    err: str


def ended(
    monkeypatch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str], *arguments: str | Path
) -> Ended:  # fmt: skip
    """Run ``metropolis-kg`` with ``arguments`` to its end."""
    monkeypatch.setattr(sys, "argv", ["metropolis-kg", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    sys.stdout.flush()
    return Ended(end.value.code or 0, *captured.readouterr())
