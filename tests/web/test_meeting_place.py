"""The folder that the processes of a server have in common goes with the server, however that ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from metropolis_kg.web.meeting_place import meeting_place
from servers import wait_for

_MAKING = """
import os
import sys
from metropolis_kg.web.meeting_place import meeting_place
print(meeting_place(), flush=True)
if os.fork() == 0:
    os.close(1)
sys.stdin.read()
"""


def test_what_a_killed_server_left_is_removed_by_the_next_and_nothing_of_one_that_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", _MAKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
        for _ in range(2)
    ]  # fmt: skip
    folders = [Path(maker.stdout.readline().strip()) for maker in makers if maker.stdout]
    assert {*tmp_path.iterdir()} == {*folders}
    makers[0].kill()
    makers[0].wait()
    meeting_place()
    assert folders[0].exists()  # what the killed one had forked lives still
    makers[0].communicate()
    wait_for(lambda: meeting_place().exists() and not folders[0].exists())
    assert folders[1].exists()
    makers[1].communicate()
