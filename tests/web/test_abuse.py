"""Whatever is thrown at the endpoint, others do not notice."""

import socket
import sys
from pathlib import Path

import pytest
from abuse import abuse

from servers import free_port

pytestmark = pytest.mark.alone


@pytest.mark.skipif(
    sys.platform != "linux", reason="asks from a second loopback address and reads /proc, as Linux has them"
)
def test_no_query_takes_the_server_from_others(site_var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        seen = abuse(site_var, free_port(), listener)
    with capsys.disabled():
        print("", *list(seen.report())[len(seen.answers) :], sep="\n  ")  # noqa: T201 - the numbers are wanted
    assert not seen.faults
    assert {said.split()[0] for said in seen.answers.values()} >= {"200", "400", "403", "503"}
    assert len(seen.documents) > 100
    assert len(seen.queries) > 20
