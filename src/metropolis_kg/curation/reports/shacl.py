"""The SHACL report proper, in Turtle and JSON-LD: what the shapes found, as pySHACL reports it.

What is wrong beyond shapes is not in it: such a finding has no shape and no constraint component, which a validation
result must have (SHACL section 3.6.2), and the report would no longer be the one that other validators give.
"""

import json
from collections import defaultdict
from typing import Any

import pyoxigraph as ox

from metropolis_kg.curation.checking import Findings
from metropolis_kg.curation.report import Report
from metropolis_kg.errors import MetropolisError
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH, XSD
from metropolis_kg.model.shapes import FIRST, NIL, REST, TYPE

_REPORT = ox.NamedNode(f"{SH}ValidationReport")
_SETS = ("sh:result", "sh:resultMessage", "sh:detail")
"""Keys that have an array even for one value."""
_CONTEXT = {"sh": SH, "xsd": XSD, **{key: {"@container": "@set"} for key in _SETS}}

About = dict[Term, dict[ox.NamedNode, list[Term]]]


class NotJudgedError(MetropolisError):
    """There is no SHACL report, since nothing was judged."""


def as_turtle(findings: Findings) -> bytes:
    """Return the SHACL report in Turtle; equal reports give equal bytes. Raises NotJudgedError."""
    return _report(findings).as_turtle()


def as_jsonld(findings: Findings) -> bytes:
    """Return the SHACL report in JSON-LD; equal reports give equal bytes. Raises NotJudgedError."""
    about: About = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value, _ in ox.parse(_report(findings).as_turtle(), format=ox.RdfFormat.TURTLE):
        about[subject][predicate].append(value)
    (root,) = (node for node, said in about.items() if said.get(TYPE) == [_REPORT])
    document = {"@context": _CONTEXT, **_node(root, about)}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def beyond_shapes(findings: Findings) -> int:
    """Return how many findings the SHACL report does not contain."""
    return sum(found.result is None for found in findings.diagnostics)


def _report(findings: Findings) -> Report:
    if findings.report is None:
        raise NotJudgedError("there is no SHACL report, since nothing was judged; mend the violations first")
    return findings.report


def _node(node: Term, about: About) -> dict[str, Any]:
    """Return what is said about ``node``, with all that is nested in it; each blank node stands in one place."""
    said: dict[str, Any] = {}
    for predicate, values in about[node].items():
        key = "@type" if predicate == TYPE else _name(predicate.value)
        written = [_name(value.value) if key == "@type" else _value(value, about) for value in values]
        said[key] = written if key in _SETS or len(written) > 1 else written[0]
    return said


def _value(term: Term, about: About) -> Any:
    if isinstance(term, ox.Literal):
        return _literal(term)
    if FIRST in about.get(term, ()):
        return {"@list": _members(term, about)}
    if isinstance(term, ox.BlankNode) and term in about:
        return _node(term, about)
    return {"@id": _name(term.value) if isinstance(term, ox.NamedNode) else str(term)}


def _members(head: Term, about: About) -> list[Any]:
    members = []
    while head != NIL:
        members.append(_value(about[head][FIRST][0], about))
        head = about[head][REST][0]
    return members


def _name(iri: str) -> str:
    return f"sh:{iri.removeprefix(SH)}" if iri.startswith(SH) else iri


def _literal(literal: ox.Literal) -> dict[str, str]:
    if literal.language:
        return {"@value": literal.value, "@language": literal.language}
    plain = literal.datatype.value == f"{XSD}string"
    return {"@value": literal.value} | ({} if plain else {"@type": literal.datatype.value})
