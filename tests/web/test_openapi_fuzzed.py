"""Schemathesis against a running server: requests of what the OpenAPI document says, and of what it does not allow.

Whatever is sent, the answer is no error of the server, and has a status, a media type, headers and a body that the
document names. That words which only the data know are refused as arguments is no fault (``test_questions_http.py``).
"""

import re
import subprocess
import sys
from pathlib import Path

SETTINGS = """
[checks]
negative_data_rejection.enabled = false
positive_data_acceptance.enabled = false
unsupported_method.enabled = false
allow_header_conformance.enabled = false

[[operations]]
include-path = "/search/suggest"
checks.response_schema_conformance.enabled = false
"""
"""All checks but those of which arguments are taken, and of methods: OpenAPI 3.1 has no QUERY.

``prefixItems`` of JSON Schema 2020-12 is an error to Schemathesis 4.32; ``test_search_http.py`` compares with it.
"""


def test_no_request_that_can_be_made_of_the_document_is_answered_otherwise_than_it_says(
    site: str, tmp_path: Path
) -> None:
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    program = Path(sys.executable).with_name("schemathesis")
    options = ["--phases", "examples,coverage,fuzzing", "--max-examples", "2", "--seed", "1"]
    done = subprocess.run(
        [program, "run", f"{site}/openapi.json", *options, "--generation-database", "none", "--no-color"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    operations = re.findall(r"Tested: (\d+)", done.stdout)
    cases = re.findall(r"(\d+) generated, \1 passed", done.stdout)
    assert int(operations[0]) > 90, done.stdout
    assert int(cases[0]) > 2000, done.stdout
