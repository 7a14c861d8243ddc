"""OpenRefine itself, the client that the reconciliation API was made for: it reads a list, matches it, adds columns."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from reconciling import listed
from servers import ask, free_port, wait_for


@dataclass(frozen=True)
class OpenRefine:
    """A running OpenRefine, told what to do as its own page does."""

    url: str

    def _token(self) -> str:
        return str(ask(f"{self.url}/command/core/get-csrf-token").json()["token"])

    def project(self, lines: list[str]) -> str:
        """Make a project of lines of CSV and return its number."""
        boundary = "a-line-that-no-name-has"
        fields = {"project-name": "names", "format": "text/line-based/*sv"}
        fields["options"] = json.dumps({"separator": ",", "headerLines": 1, "guessCellValueTypes": False})
        parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in fields.items()]
        file = 'Content-Disposition: form-data; name="project-file"; filename="names.csv"\r\nContent-Type: text/csv'
        parts.append(f"{file}\r\n\r\n" + "\n".join(lines))
        body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
        address = f"{self.url}/command/core/create-project-from-upload?csrf_token={self._token()}"
        kind = {"content_type": f"multipart/form-data; boundary={boundary}"}
        answer = ask(address, method="POST", body=body.encode(), **kind)
        return parse_qs(urlsplit(answer.headers["location"]).query)["project"][0]

    def apply(self, project: str, operation: dict[str, Any]) -> None:
        """Do something with a project, and wait until it is done."""
        whole = {"engineConfig": {"facets": [], "mode": "row-based"}, **operation}
        fields = urlencode({"csrf_token": self._token(), "operations": json.dumps([whole])}).encode()
        address = f"{self.url}/command/core/apply-operations?project={project}"
        answer = ask(address, method="POST", body=fields, content_type="application/x-www-form-urlencoded")
        assert answer.json()["code"] in ("ok", "pending"), answer.body
        processes = f"{self.url}/command/core/get-processes?project={project}"
        wait_for(lambda: ask(processes).json()["processes"] == [])

    def rows(self, project: str) -> tuple[list[list[Any]], dict[str, Any]]:
        """Return the cells of each row, and by their numbers the decisions that cells refer to."""
        answer = ask(f"{self.url}/command/core/get-rows?project={project}&start=0&limit=100").json()
        return [row["cells"] for row in answer["rows"]], answer["pool"]["recons"]


@pytest.fixture(scope="module")
def openrefine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRefine]:
    """OpenRefine, on a free port."""
    program = shutil.which("openrefine")
    if not program:
        pytest.skip("needs OpenRefine; bring it with: apt-get install openrefine")
    port, folder = free_port(), tmp_path_factory.mktemp("openrefine")
    options = ["-p", str(port), "-i", "127.0.0.1", "-d", str(folder), "-m", "512M", "-x", "refine.headless=true"]
    with subprocess.Popen(
        [program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as server:
        try:
            wait_for(lambda: ask(f"http://127.0.0.1:{port}/command/core/get-version").status == 200, server, seconds=60)
            yield OpenRefine(f"http://127.0.0.1:{port}")
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # the program is a script, and Java its child


def test_openrefine_matches_the_list_and_fetches_what_is_known(site: str, openrefine: OpenRefine) -> None:
    names = listed()
    project = openrefine.project(["name", *(each.name for each in names)])
    manifest = ask(f"{site}/reconcile").json()
    spaces = {name: manifest[name] for name in ("identifierSpace", "schemaSpace")}
    service = {"mode": "standard-service", "service": f"{site}/reconcile", "type": None, "columnDetails": [], **spaces}
    openrefine.apply(project, {"op": "core/recon", "columnName": "name", "config": {**service, "autoMatch": True}})

    rows, decisions = openrefine.rows(project)
    for each, [cell] in zip(names, rows, strict=True):
        decision = decisions[cell["r"]]
        assert decision["j"] == ("matched" if each.decision == "match" else "none"), each
        if each.decision == "match":
            assert decision["m"]["id"] == each.id
        elif each.decision == "first":
            assert decision["c"][0]["id"] == each.id

    wanted = {"properties": [{"id": "owl:sameAs", "name": "same as"}, {"id": "org:linkedTo", "name": "linked to"}]}
    place = {"baseColumnName": "name", "endpoint": f"{site}/reconcile", "columnInsertIndex": 1}
    openrefine.apply(project, {"op": "core/extend-reconciled-data", "extension": wanted, **place, **spaces})
    rows, decisions = openrefine.rows(project)
    [bank] = [cells for cells in rows if cells[0] and cells[0]["v"] == "Banque mondiale"]
    assert bank[1]["v"] == "http://www.wikidata.org/entity/Q7164"
    assert (bank[2]["v"], decisions[bank[2]["r"]]["m"]["id"]) == ("Metropolis", "organisation/metropolis")
