"""Programs to copy that ask a query: curl, Python, R. Whatever the query says, in them it is text and nothing else."""

import re
from dataclasses import dataclass

from metropolis_kg.publication.media_types import CSV, RESULTS_JSON, TURTLE
from metropolis_kg.store.query_form import Form

# Control characters could act on the terminal that a snippet is pasted into; direction marks make text look like other
# text. SPARQL lets every character be written as a codepoint escape (SPARQL 1.1 section 19.2).
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")

_CURL = """\
curl --silent --show-error {endpoint} \\
  --header {accept} \\
  --data-urlencode {query}"""

_PYTHON = """\
from SPARQLWrapper import {form}, POST, {format}, SPARQLWrapper  # pip install sparqlwrapper

endpoint = SPARQLWrapper({endpoint})
endpoint.setMethod(POST)
endpoint.setOnlyConneg(True)
endpoint.setReturnFormat({format})
endpoint.setQuery({query})
endpoint.queryType = {form}
{use}"""

_R = """\
library(httr2)  # install.packages("httr2")

query <- {query}
answer <- request({endpoint}) |>
  req_headers(Accept = {accept}) |>
  req_body_form(query = query) |>
  req_perform()
{use}"""

_USE_R = ("cat(resp_body_string(answer))", "rows <- read.csv(text = resp_body_string(answer))\nprint(rows)")
_USES_PYTHON = {
    "SELECT": (
        'for row in endpoint.queryAndConvert()["results"]["bindings"]:\n'
        '    print({name: term["value"] for name, term in row.items()})'
    ),
    "ASK": 'print(endpoint.queryAndConvert()["boolean"])',
    "CONSTRUCT": "print(endpoint.query().response.read().decode())",
    "DESCRIBE": "print(endpoint.query().response.read().decode())",
}


@dataclass(frozen=True)
class Snippet:
    """A program, and the name of what runs it."""

    name: str
    text: str


def snippets(endpoint: str, query: str, form: Form) -> list[Snippet]:
    """Return programs that send ``query``, which has that form, to the address ``endpoint``."""
    query = visible(query)
    syntax = CSV if form == "SELECT" else RESULTS_JSON if form == "ASK" else TURTLE
    curl = _CURL.format(
        endpoint=in_shell(endpoint), accept=in_shell(f"Accept: {syntax.media_type}"), query=in_shell(f"query={query}")
    )
    python = _PYTHON.format(
        endpoint=in_python(endpoint), query=in_python(query), form=form,
        format="TURTLE" if syntax is TURTLE else "JSON", use=_USES_PYTHON[form],
    )  # fmt: skip
    r = _R.format(endpoint=in_r(endpoint), query=in_r(query), accept=in_r(syntax.media_type), use=_USE_R[syntax is CSV])
    return [Snippet("curl", curl), Snippet("Python (SPARQLWrapper)", python), Snippet("R (httr2)", r)]


def visible(query: str) -> str:
    r"""Return a query that means the same and shows all of its characters; lines end with a newline.

    >>> visible("ASK {}\r\n# \x1b")
    'ASK {}\n# \\u001B'
    """
    lines = query.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04X}", lines)


def in_shell(text: str) -> str:
    """Return ``text`` as one word of a POSIX shell (section 2.2.2).

    >>> print(in_shell("it's"))
    'it'\\''s'
    """
    return "'" + text.replace("'", "'\\''") + "'"


def in_python(text: str) -> str:
    """Return ``text`` as a string of Python, on several lines where it has several.

    >>> print(in_python("it's"))
    'it\\'s'
    """
    mark = "'''" if "\n" in text else "'"
    return mark + _escaped(text) + mark


def in_r(text: str) -> str:
    """Return ``text`` as a string of R, which may go over several lines (R Language Definition, section 10.3.1)."""
    return f"'{_escaped(text)}'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
