"""The validation report of SHACL: its results, how it came about, and its form in Turtle."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pyoxigraph as ox

from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH, XSD, shorten
from metropolis_kg.model.shapes import TYPE, CompoundPath, Node, PropertyPath, ShapesGraph, sparql_path

_STRING = ox.NamedNode(f"{XSD}string")
_VARIABLE = re.compile(r"\\\{\\[?$]\w+\\\}")
_PATHS = {
    "^": "sh:inversePath",
    "|": "sh:alternativePath",
    "*": "sh:zeroOrMorePath",
    "+": "sh:oneOrMorePath",
    "?": "sh:zeroOrOnePath",
}


class Severity(StrEnum):
    """How grave a result is (SHACL section 2.1.4); the value is the local name in the SHACL namespace."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


_SEVERITIES: dict[Term, Severity] = {ox.NamedNode(SH + severity.value): severity for severity in Severity}
_IS_REPORT = (TYPE, ox.NamedNode(f"{SH}ValidationReport"))


@dataclass(frozen=True)
class Result:
    """One validation result (SHACL section 3.6.2). ``messages`` maps a language tag, or "" for none, to the message."""

    focus: Term
    path: PropertyPath | None
    value: Term | None
    severity: Severity
    source_shape: Node
    component: Node
    constraint: Node | None
    messages: Mapping[str, str]
    said: tuple[Term, ...] = ()
    """The messages as pySHACL says them: it may give several of one language, and drops tags from what it filled in."""

    own_severity: Term | None = None
    """The severity that is none of SHACL's three; it counts as a violation, for it is not known to be less."""

    details: tuple["Result", ...] = ()
    """The results that led to this one: ``sh:detail`` (SHACL section 3.6.2.5)."""

    @property
    def predicate(self) -> ox.NamedNode | None:
        """The first predicate of the path, by which the statement concerned can be found; none for an inverse path."""
        first = self.path
        while isinstance(first, CompoundPath) and first.operator != "^":
            first = first.parts[0]
        return first if isinstance(first, ox.NamedNode) else None

    @property
    def shape_name(self) -> str:
        """The local name of the shape, by which a kind of result is known; for a nameless one, of its constraint."""
        named = self.source_shape if isinstance(self.source_shape, ox.NamedNode) else self.component
        return re.split("[/#]", named.value)[-1]

    def message(self, lang: str) -> str:
        """Return the message in ``lang``, else in English, else any; the constraint's name where it has none."""
        for tag in (lang, "en", "", *sorted(self.messages)):
            if tag in self.messages:
                return self.messages[tag]
        return self.component.value.removeprefix(SH)

    @property
    def sort_key(self) -> tuple[str, ...]:
        """Orders results by focus node, path, shape and what is left of them."""
        terms = (self.focus, self.path, self.source_shape, self.component, self.value, self.constraint)
        written = (sparql_path(term) if isinstance(term, CompoundPath) else str(term or "") for term in terms)
        told = (sorted(self.messages.items()), sorted(map(str, self.said)), [each.sort_key for each in self.details])
        return (*written, self.severity.value, str(self.own_severity or ""), repr(told))


@dataclass(frozen=True)
class Coverage:
    """How the report came about: what was screened, and what was left for the judge to decide."""

    shapes: int
    """Shapes with a target."""

    constraints: int
    """Constraints of these shapes that were screened, over the whole data at once."""

    unscreened: tuple[str, ...]
    """Shapes that could not be screened; all their focus nodes were judged."""

    judged: int | None
    """Focus nodes, shape by shape, that screening could not clear, so that pySHACL judged them; none: it judged all."""

    unjudged: int = 0
    """Focus nodes, shape by shape, that were not judged any more, since enough stood against a release."""

    unlisted: int = 0
    """Results that are no violations and not among those of the report, since it has very many."""

    def as_text(self, lang: str = "en") -> str:
        """Return one sentence for people, in ``"de"`` or ``"en"``."""
        screened, judged = _SENTENCES[lang]
        if self.judged is None:
            return judged.format("alle" if lang == "de" else "all")
        return f"{screened.format(self.constraints, self.shapes)} {judged.format(self.judged)}"


_SENTENCES = {
    "de": ("{} Bedingungen aus {} Formen vorab geprüft.", "pySHACL beurteilte {} der Fokusknoten."),
    "en": ("{} constraints of {} shapes screened.", "pySHACL judged {} of the focus nodes."),
}
NOTHING_SCREENED = Coverage(0, 0, (), None)


@dataclass(frozen=True)
class Report:
    """A validation report: its results in a fixed order, and how it came about."""

    results: tuple[Result, ...]
    coverage: Coverage = field(default=NOTHING_SCREENED, compare=False)
    prefixes: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def conforms(self) -> bool:
        """True where nothing stands against a release: no result of severity violation.

        This is our gate, not SHACL's: warnings and infos are told and do not block. See ``conforms_to_shacl``.
        """
        return not any(result.severity is Severity.VIOLATION for result in self.results)

    @property
    def conforms_to_shacl(self) -> bool:
        """True where there is no result at all, of whatever severity: ``sh:conforms`` (SHACL section 3.6.1.1)."""
        return not self.results

    @property
    def counts(self) -> dict[Severity, int]:
        """How many results there are of each severity."""
        counted = Counter(result.severity for result in self.results)
        return {severity: counted[severity] for severity in Severity}

    def as_turtle(self) -> bytes:
        """Return the report as SHACL section 3.6 describes it, in Turtle; equal reports give equal bytes.

        ``sh:conforms`` is SHACL's notion: false where there is any result.
        """
        lines = [f"@prefix sh: <{SH}> .", f"@prefix xsd: <{XSD}> .", "", "[] a sh:ValidationReport ;"]
        lines.append(f"    sh:conforms {str(self.conforms_to_shacl).lower()} ;")
        for result in self.results:
            lines += _nested("sh:result", result, "    ")
        lines[-1] = f"{lines[-1].removesuffix(' ;')} ."
        return ("\n".join(lines) + "\n").encode()


def short_term(term: Term, prefixes: Mapping[str, str]) -> str:
    """Return ``term`` as Turtle writes it with ``prefixes``."""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value, dict(prefixes))
    if not isinstance(term, ox.Literal) or term.language or term.datatype == _STRING:
        return str(term)
    return f"{ox.Literal(term.value)}^^{short_term(term.datatype, prefixes)}"


def _nested(predicate: str, result: Result, indent: str) -> Iterator[str]:
    yield f"{indent}{predicate} ["
    for statement in _statements(result):
        yield f"{indent}    {statement} ;"
    for detail in result.details:
        yield from _nested("sh:detail", detail, f"{indent}    ")
    yield f"{indent}] ;"


def _statements(result: Result) -> Iterator[str]:
    yield "a sh:ValidationResult"
    yield f"sh:focusNode {result.focus}"
    if result.path is not None:
        yield f"sh:resultPath {_turtle_path(result.path)}"
    if result.value is not None:
        yield f"sh:value {result.value}"
    yield f"sh:resultSeverity {result.own_severity or f'sh:{result.severity}'}"
    yield f"sh:sourceConstraintComponent {result.component}"
    yield f"sh:sourceShape {result.source_shape}"
    if result.constraint is not None:
        yield f"sh:sourceConstraint {result.constraint}"
    tagged = (ox.Literal(message, language=tag or None) for tag, message in sorted(result.messages.items()))
    for told in result.said or tagged:
        yield f"sh:resultMessage {told}"


def _turtle_path(path: PropertyPath) -> str:
    if isinstance(path, ox.NamedNode):
        return str(path)
    parts = " ".join(_turtle_path(part) for part in path.parts)
    if path.operator == "/":
        return f"( {parts} )"
    return f"[ {_PATHS[path.operator]} {f'( {parts} )' if path.operator == '|' else parts} ]"


# What the judge said


def read_results(report: Iterable[ox.Quad | ox.Triple], shapes: ShapesGraph) -> tuple[Result, ...]:
    """Return the results stated in a SHACL validation report, in a fixed order; ``shapes`` is what was judged by.

    What pySHACL copies into the report of the blank nodes it names, of shapes and of data, is left out.
    """
    statements = ((each.subject, each.predicate, each.object) for each in report)
    stated = ShapesGraph(tuple(statements), {}, {})  # type: ignore[arg-type] # no statement in it is about a statement
    reports = [subject for subject, predicate, value in stated.statements if (predicate, value) == _IS_REPORT]
    return results_at((value for each in reports for value in stated.values(each, f"{SH}result")), stated, shapes)


def results_at(nodes: Iterable[Term], stated: ShapesGraph, shapes: ShapesGraph) -> tuple[Result, ...]:
    """Return the results that ``nodes`` are in what is ``stated``, in a fixed order; ``shapes`` were judged by."""
    found = (_result(stated.shape(_node(node)).values, stated, shapes) for node in nodes)
    return tuple(sorted(found, key=lambda result: result.sort_key))


def _result(said: Mapping[str, tuple[Term, ...]], stated: ShapesGraph, shapes: ShapesGraph) -> Result:
    source, constraint = _node(said["sourceShape"][0]), next(iter(said.get("sourceConstraint", ())), None)
    path, severity = next(iter(said.get("resultPath", ())), None), said["resultSeverity"][0]
    told = said.get("resultMessage", ())
    return Result(
        focus=said["focusNode"][0],
        path=None if path is None else _path(path, source, stated),
        value=next(iter(said.get("value", ())), None),
        severity=_SEVERITIES.get(severity, Severity.VIOLATION),
        source_shape=source,
        component=_node(said["sourceConstraintComponent"][0]),
        constraint=None if constraint is None else _node(constraint),
        messages=_messages(told, shapes.messages(source, constraint)),
        said=tuple(sorted(told, key=str)),
        own_severity=None if severity in _SEVERITIES else severity,
        details=results_at(said.get("detail", ()), stated, shapes),
    )


def _path(path: Term, source: Node, stated: ShapesGraph) -> PropertyPath | None:
    """Return a path; none for what the query of a constraint gave for one although it is none."""
    try:
        return stated.path(source, path)
    except ContentError:
        return None


def _node(term: Term) -> Node:
    if isinstance(term, Node):
        return term
    raise ValueError(f"a shape cannot be the literal {term}")


def _messages(said: Iterable[Term], written: Iterable[ox.Literal]) -> dict[str, str]:
    """Return message by language, several of one language as one text.

    A tag that pySHACL dropped while filling in variables is taken from the template.
    """
    templates, messages = list(written), dict[str, str]()
    for message in sorted((each for each in said if isinstance(each, ox.Literal)), key=str):
        tag = _tag(message, templates)
        messages[tag] = f"{messages[tag]} {message.value}" if tag in messages else message.value
    return messages


def _tag(message: ox.Literal, templates: Iterable[ox.Literal]) -> str:
    if message.language:
        return message.language
    for template in templates:
        pattern = _VARIABLE.sub("(?s:.*)", re.escape(template.value))
        if re.fullmatch(pattern, message.value):
            return template.language or ""
    return ""
