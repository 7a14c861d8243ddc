"""The shapes as their pages show them, and what they say about a class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from metropolis_kg.errors import ContentError
from metropolis_kg.model.identifiers import Term, document_path
from metropolis_kg.model.namespaces import RDFS, SH, shorten
from metropolis_kg.model.shapes import FIRST, TARGETS, CompoundPath, Node, PropertyPath, Shape, ShapesGraph
from metropolis_kg.publication.reading import Fact, Reader, Value

_SHOWN_APART = frozenset({"path", "name", "description", "message", "order", "group", "severity", "sparql"})
_NOT_DEMANDS = frozenset({"property", "prefixes", "select", *TARGETS})
_COUNTS = frozenset({"minCount", "maxCount"})
_MEMBERSHIP = (f"{SH}property", f"{SH}sparql", f"{SH}group")


@dataclass(frozen=True)
class SparqlView:
    """A constraint in SPARQL (SHACL section 5)."""

    anchor: str
    href: str
    text: str


@dataclass(frozen=True)
class RuleView:
    """A property shape: what is demanded of the values of one path."""

    anchor: str
    href: str
    name: str
    path: Value
    """The path, prefixed, as SPARQL writes it; linked where it is a single property."""

    cardinality: str
    """How many values there may be, such as ``1`` or ``0..*``; empty where the shape does not count."""

    required: bool
    values: list[Fact]
    severity: str
    messages: list[Value]
    sparql: list[SparqlView]
    order: tuple[float, float, str]


@dataclass(frozen=True)
class RuleGroup:
    """Property shapes of one group."""

    heading: str
    rules: list[RuleView]


@dataclass(frozen=True)
class ShapeView:
    """A node shape, or another node of the shapes graph."""

    iri: str
    anchor: str
    href: str
    title: Value
    targets: list[Value]
    groups: list[RuleGroup]
    parents: list[Value]
    """What a property shape, a constraint or a group belongs to."""

    facts: list[Fact]
    sparql: str
    """Text of the query where it is a constraint in SPARQL."""

    @property
    def rules(self) -> list[RuleView]:
        """All rules, group by group."""
        return [rule for group in self.groups for rule in group.rules]


@dataclass(frozen=True)
class ShapesReader:
    """Reads shapes to someone in a language."""

    shapes: ShapesGraph
    reader: Reader
    namespace: str
    """IRI of the shapes graph, below which its nodes are named."""

    @cached_property
    def everything(self) -> list[ShapeView]:
        """Every shape with a target, in the alphabetical order of their titles."""
        views = [self.view(shape) for shape in self.shapes.targeting]
        return sorted(views, key=lambda view: view.title.text.casefold())

    def of_class(self, iri: str) -> list[ShapeView]:
        """Return the shapes whose target is the class ``iri``."""
        return [self.view(shape) for shape in self._by_class.get(iri, [])]

    def named(self, iri: str) -> ShapeView:
        """Return what the node ``iri`` of the shapes graph is."""
        return self.view(self.shapes.shape(ox.NamedNode(iri)))

    def view(self, shape: Shape) -> ShapeView:
        """Return how a node of the shapes graph is shown: a property shape with its rule, a group with all in it."""
        node = shape.node
        own = [shape] if shape.path is not None else self.shapes.properties(shape) + self._in_group(node)
        targets = [self._value(value) for term in TARGETS for value in shape.values.get(term, ())]
        facts = self._constraints(shape, _SHOWN_APART | _NOT_DEMANDS) if shape.path is None else []
        return ShapeView(
            iri=_iri(node), anchor=self._local(node), href=self._href(node), title=self._title(shape),
            targets=targets, groups=self._grouped(map(self.rule, own)), parents=self._parents(node), facts=facts,
            sparql=self._sparql(node).text,
        )  # fmt: skip

    def rule(self, shape: Shape) -> RuleView:
        """Return how a property shape is shown. Raises ContentError where its path is none."""
        if shape.path is None:
            raise ContentError(f"{shape.node}: a property shape needs a path")
        severity = next(iter(shape.values.get("severity", ())), None)
        return RuleView(
            anchor=self._local(shape.node), href=self._href(shape.node), name=self._title(shape).text,
            path=self._path(shape.path), cardinality=_cardinality(shape), required=_least(shape) > 0,
            values=self._constraints(shape, _SHOWN_APART | _COUNTS),
            severity=_iri(severity).removeprefix(SH) if severity else "Violation",
            messages=self.reader.best(shape.messages), sparql=list(map(self._sparql, shape.values.get("sparql", ()))),
            order=self._order(shape),
        )  # fmt: skip

    def _grouped(self, rules: Iterable[RuleView]) -> list[RuleGroup]:
        groups: dict[str, list[RuleView]] = {}
        for rule in sorted(rules, key=lambda rule: rule.order):
            groups.setdefault(rule.order[2], []).append(rule)
        return [RuleGroup(self._label(iri), found) for iri, found in groups.items()]

    def _order(self, shape: Shape) -> tuple[float, float, str]:
        """Return order of the group, order in it, IRI of the group; the last is empty for shapes without group."""
        group = next(iter(shape.values.get("group", ())), None)
        orders = self.shapes.values(group, f"{SH}order") if group else ()
        return _number(orders, 1e9), _number(shape.values.get("order", ()), 1e9), _iri(group) if group else ""

    def _constraints(self, shape: Shape, apart: Iterable[str]) -> list[Fact]:
        """Return what the shape demands beyond what is shown apart, by the terms of SHACL."""
        terms = sorted(shape.values.keys() - set(apart), key=lambda term: (term != "class", term))
        return [Fact(self.reader.words.shacl(term), self._values(shape.values[term])) for term in terms]

    def _values(self, terms: Iterable[Term]) -> list[Value]:
        found: list[Value] = []
        for term in terms:
            if isinstance(term, ox.Literal) and term.value == "true":
                continue  # the words of the term say it all
            members = self.shapes.members(term) if isinstance(term, ox.BlankNode) else None
            found += [self._value(member) for member in (members or [term])]
        return found

    def _value(self, term: Term) -> Value:
        if isinstance(term, ox.BlankNode):
            return Value("[ … ]")
        if isinstance(term, ox.NamedNode) and term.value.startswith(SH):
            return Value(self.reader.words.shacl(term.value.removeprefix(SH)))
        if isinstance(term, ox.NamedNode) and term.value.startswith(self.namespace):
            return Value(self._label(term.value), None, self._href(term))
        return self.reader.value(term)

    def _sparql(self, constraint: Term) -> SparqlView:
        text = next((each.value for each in self.shapes.values(constraint, f"{SH}select")), "")
        return SparqlView(self._local(constraint), self._href(constraint), _dedented(text))

    def _path(self, path: PropertyPath) -> Value:
        text = self._path_text(path)
        return Value(text, None, self.reader.links.of(path.value)) if isinstance(path, ox.NamedNode) else Value(text)

    def _path_text(self, path: PropertyPath) -> str:
        """Return the path as SPARQL writes it (section 9.1), with prefixes."""
        if isinstance(path, ox.NamedNode):
            return shorten(path.value, dict(self.shapes.prefixes))
        parts = [f"({text})" if isinstance(part, CompoundPath) else text for part, text in self._parts(path)]
        if path.operator in "/|":
            return path.operator.join(parts)
        return f"^{parts[0]}" if path.operator == "^" else f"{parts[0]}{path.operator}"

    def _parts(self, path: CompoundPath) -> list[tuple[PropertyPath, str]]:
        return [(part, self._path_text(part)) for part in path.parts]

    def _parents(self, node: Node) -> list[Value]:
        found = [each for each in self._pointing.get(node, ()) if isinstance(each, ox.NamedNode)]
        return [Value(self._label(each.value), None, self._href(each)) for each in sorted(found, key=str)]

    def _in_group(self, node: Node) -> list[Shape]:
        """Return the property shapes of a group; none where ``node`` is no group."""
        pointing = [self.shapes.shape(each) for each in self._pointing.get(node, ())]
        return [each for each in pointing if node in each.values.get("group", ())]

    @cached_property
    def _pointing(self) -> dict[Term, list[Node]]:
        """Node → what it belongs to, or what is in it where it is a group."""
        pointing: dict[Term, list[Node]] = {}
        for subject, predicate, value in self.shapes.statements:
            if predicate.value in _MEMBERSHIP:
                pointing.setdefault(value, []).append(subject)
        return pointing

    def _title(self, shape: Shape) -> Value:
        names = [name for name in shape.values.get("name", ()) if isinstance(name, ox.Literal)]
        if names:
            return self.reader.best(names)[0]
        if isinstance(shape.node, ox.BlankNode) and shape.path is not None:
            return Value(self._path_text(shape.path))
        return Value(self._label(_iri(shape.node)))

    def _label(self, iri: str) -> str:
        for term in (f"{RDFS}label", f"{SH}name") if iri.startswith(self.namespace) else ():
            texts = [each for each in self.shapes.values(ox.NamedNode(iri), term) if isinstance(each, ox.Literal)]
            if texts:
                return self.reader.best(texts)[0].text
        return iri.removeprefix(self.namespace)

    def _local(self, node: Term) -> str:
        """Return the name of a node of the shapes graph; of a blank node, which has none, an empty one."""
        return "" if isinstance(node, ox.BlankNode) else _iri(node).removeprefix(self.namespace)

    def _href(self, node: Term) -> str:
        """Return the address of the page about a node; an empty one where it has no page."""
        if not _iri(node).startswith(self.namespace):
            return ""
        return self.reader.links.page(document_path(f"shapes/{self._local(node)}"))

    @cached_property
    def _by_class(self) -> dict[str, list[Shape]]:
        found: dict[str, list[Shape]] = {}
        for shape in self.shapes.targeting:
            for value in shape.values.get("targetClass", ()):
                found.setdefault(_iri(value), []).append(shape)
        return found


def mentioned(shapes: ShapesGraph, base: str) -> list[str]:
    """Return the IRIs below ``base`` that stand in lists and values, and whose names a page needs."""
    wanted = (f"{SH}hasValue", FIRST.value)
    found = {value for _, predicate, value in shapes.statements if predicate.value in wanted}
    return sorted(value.value for value in found if isinstance(value, ox.NamedNode) and value.value.startswith(base))


def _iri(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode | ox.BlankNode | ox.Literal) else ""


def _number(values: Sequence[Term], default: float) -> float:
    return next((float(value.value) for value in values if isinstance(value, ox.Literal)), default)


def _least(shape: Shape) -> int:
    return int(_number(shape.values.get("minCount", ()), 0))


def _cardinality(shape: Shape) -> str:
    if not _COUNTS & shape.values.keys():
        return ""
    most = _number(shape.values.get("maxCount", ()), -1)
    least = _least(shape)
    if most == least:
        return str(least)
    return f"{least}..{int(most) if most >= 0 else '*'}"


def _dedented(text: str) -> str:
    lines = text.strip("\n").rstrip().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines)
