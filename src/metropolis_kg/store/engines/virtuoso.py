"""Virtuoso 7, by what version 7.2.5 was seen to do; docs/engines.md lists it.

It reads statements reliably. Whole queries it does not: VALUES is not seen by the FILTER of an OPTIONAL, COALESCE of an
error is not its second argument, EXISTS in a BIND is a 500. So it is only asked for statements.
"""

import re
from typing import Any, ClassVar, Literal

import pyoxigraph as ox

from metropolis_kg.model.namespaces import EDTF, XSD
from metropolis_kg.store.engines.engine import Engine, Headers, Meaning, Parameters, with_last

KEPT = "urn:metropolis-kg:literal:"
"""What begins the datatype under which a literal is stored that Virtuoso would alter; the rest is its own datatype."""

_TIMEOUT = re.compile(r"\bS1T00\b|\bS1TAT\b|estimated execution time|\bSR171\b", re.IGNORECASE)
_DAY = r"[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
_UNALTERED = {
    f"{XSD}string": r"(?s:.*)",
    f"{XSD}integer": r"0|-?[1-9]\d{0,8}",
    f"{XSD}boolean": r"true|false",
    f"{XSD}date": _DAY,
    f"{XSD}gYear": r"[1-9]\d{3}",
    f"{XSD}gYearMonth": r"[1-9]\d{3}-(?:0[1-9]|1[0-2])",
    f"{XSD}anyURI": r"[!-~]*",
    f"{XSD}dateTime": rf"{_DAY}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ",
    EDTF.value: r"[!-~]+",
}
"""Datatype → what of it comes back as it went in."""

_LONGEST_LANGUAGE = 16
_BLANK, _BLANK_LABEL = "nodeID://", "nodeIDx3Ax2Fx2F"  # as Virtuoso names blank nodes, and as remote.py labels them
_BOOLEANS = {"1": "true", "0": "false"}


class Virtuoso(Engine):
    """Answers whole queries wrongly, alters literals, cuts answers; only the last of these can be told from outside."""

    name: ClassVar[str] = "Virtuoso"
    evaluates: ClassVar[bool] = False
    authentication: ClassVar[Literal["Basic", "Digest"]] = "Digest"
    batch: ClassVar[int] = 1_000
    longest_iri: ClassVar[int | None] = 1_800
    own_graphs: ClassVar[frozenset[str]] = frozenset({
        "http://www.openlinksw.com/schemas/virtrdf#", "http://www.w3.org/ns/ldp#", "http://localuriqaserver/sparql"
    })  # fmt: skip

    def update_url(self, query_url: str) -> str:
        """Return ``…/sparql-auth`` for ``…/sparql``, where Virtuoso asks for a password."""
        return with_last(query_url, "sparql-auth")

    def time_limit(self, seconds: float) -> Parameters:
        """Return ``timeout``, in milliseconds; Virtuoso takes no less than a second."""
        return {"timeout": str(max(int(seconds * 1000), 1000))}

    def fault(self, headers: Headers) -> tuple[Meaning, str] | None:
        """Return why not all rows are there: the time was over, or ResultSetMaxRows, whose header says how many are."""
        state = headers.get("x-sql-state", "")
        if _TIMEOUT.search(state):
            return "timeout", "it returns what it found until its time was over"
        if state:
            return "outage", f"it has not finished (SQL state {state})"
        if most := headers.get("x-sparql-maxrows"):
            return "too large", f"it returns the first {most} rows only, by its setting ResultSetMaxRows"
        return None

    def meaning(self, status: int, text: str) -> Meaning:
        """Return what an error means: the SQL state in its text tells; 37000 (SP03…) is a query that it cannot read."""
        if _TIMEOUT.search(text):
            return "timeout"
        if status == 500 and re.search(r"Virtuoso 37000 Error SP03", text):
            return "malformed"
        return super().meaning(status, text)

    def answers_as(self, body: bytes) -> bool:
        """Tell by a member that Virtuoso alone has in its results."""
        return b'"distinct": false' in body

    def stored(self, term: Any) -> Any:
        """Return ``term`` where Virtuoso keeps it, else a literal of a datatype that it does not know.

        It alters decimals, doubles, durations, and integers that are long or not canonical. Blank nodes, which it names
        itself, can be looked up as if they were IRIs.
        """
        if isinstance(term, ox.BlankNode):
            return ox.NamedNode(_BLANK + term.value.removeprefix(_BLANK_LABEL))
        if not isinstance(term, ox.Literal) or _is_kept(term):
            return term
        own = f"@{term.language}" if term.language else term.datatype.value
        return ox.Literal(term.value, datatype=ox.NamedNode(KEPT + own))

    def finds(self, literal: Any) -> bool:
        """Tell so of text alone: ``true`` does not find what is true."""
        return bool(literal.language or literal.datatype.value == f"{XSD}string") and _is_kept(literal)

    def restored(self, term: Any) -> Any:
        """Return the term of which ``stored`` made ``term``; booleans come as 1 and 0."""
        if not isinstance(term, ox.Literal):
            return term
        datatype = term.datatype.value
        if datatype == f"{XSD}boolean":
            return ox.Literal(_BOOLEANS.get(term.value, term.value), datatype=term.datatype)
        own = datatype.removeprefix(KEPT)
        if own == datatype:
            return term
        if own.startswith("@"):
            return ox.Literal(term.value, language=own[1:])
        return ox.Literal(term.value, datatype=ox.NamedNode(own))


def _is_kept(literal: ox.Literal) -> bool:
    if literal.language:
        return literal.language == literal.language.lower() and len(literal.language) <= _LONGEST_LANGUAGE
    pattern = _UNALTERED.get(literal.datatype.value)
    return bool(pattern and re.fullmatch(pattern, literal.value))
