"""Reading content: one Turtle file, one named graph. What is wrong is said with file and line."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content, read_text
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.lines import line_index
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.dataset import DERIVED_GRAPHS, Dataset, NamedGraph
from metropolis_kg.model.identifiers import SLUG, Rebase, Term
from metropolis_kg.model.namespaces import CANONICAL_BASE, PROGRAM_PREFIXES, read_prefixes

Progress = Callable[[str], None]
Place = tuple[Path, int | None]

_POSITION = re.compile(r"^Parser error at [^:]*: ")


def content_files(content: Content) -> list[Path]:
    """Return the Turtle files of ``ontology/`` and ``data/``, sorted by path.

    Raises ContentErrors where two files have the same stem, for the stem names the graph, or a stem can be no name.
    """
    found = [*content.ontology.rglob("*.ttl"), *content.data.rglob("*.ttl")]
    files = sorted(path for path in found if not path.is_dir())
    first: dict[str, Path] = {}
    clashes = [path for path in files if first.setdefault(path.stem, path) is not path]
    errors = [_clash(content, path, first[path.stem]) for path in clashes]
    errors += [
        _no_name(content, path) for path in files if path.stem in DERIVED_GRAPHS or not SLUG.fullmatch(path.stem)
    ]
    if errors:
        raise ContentErrors(errors)
    return files


def _no_name(content: Content, path: Path) -> ContentError:
    reason = "a file names its graph, in lower-case ASCII words joined by hyphens"
    return ContentError(f"{reason}, and not {' or '.join(DERIVED_GRAPHS)}; rename it", content.relative(path))


def _clash(content: Content, path: Path, other: Path) -> ContentError:
    reason = f"{content.relative(other)} has the same name, and the name is that of the graph; rename one of them"
    return ContentError(reason, content.relative(path))


def graph_name(path: Path, base: str) -> ox.NamedNode:
    """Return the name of the graph that the file ``path`` holds."""
    return ox.NamedNode(f"{base}graph/{path.stem}")


def read_dataset(content: Content, base: str = CANONICAL_BASE, progress: Progress = lambda _: None) -> Dataset:
    """Return everything stewards wrote, under ``base``.

    Raises ContentErrors with every file that cannot be parsed, each by file, line and reason.
    """
    rebase = Rebase(base)
    prefixes = _prefixes(content, rebase)
    cache: dict[Term, Term] = {}
    graphs, errors = [], []
    for path in content_files(content):
        progress(str(content.relative(path)))
        try:
            graphs.append(_read_graph(path, rebase, cache))
        except ContentError as error:
            errors.append(error.within(content.relative(path)))
    if errors:
        raise ContentErrors(errors)
    return Dataset(base, prefixes, graphs)


def _prefixes(content: Content, rebase: Rebase) -> dict[str, str]:
    prefixes = read_prefixes(content.prefixes_file, rebase.literal)
    for name in PROGRAM_PREFIXES:
        if name not in prefixes:
            path = content.relative(content.prefixes_file)
            raise ContentError(f"prefix {name}: is not declared; the program names its terms by it", path)
    return prefixes


def _read_graph(path: Path, rebase: Rebase, cache: dict[Term, Term]) -> NamedGraph:
    name = graph_name(path, rebase.base)

    def mapped(term: Term) -> Term:
        known = cache.get(term)
        if known is None:
            known = cache[term] = rebase.term(term)
        return known

    quads = [
        ox.Quad(mapped(s), mapped(p), mapped(o), name)  # type: ignore[arg-type] # mapping keeps the kind of a term
        for s, p, o, _ in parse_turtle(path)
    ]
    if any(isinstance(quad.object, ox.Triple) or getattr(quad.object, "direction", None) for quad in quads):
        raise ContentError("triple terms and text directions (RDF 1.2) cannot be used here; write RDF 1.1", path)
    return NamedGraph(name, path, quads)


def parse_turtle(path: Path) -> Iterator[ox.Quad]:
    """Yield the statements of a Turtle file. Raises ContentError with line and reason where it is not Turtle."""
    if read_text(path).startswith("\ufeff"):
        raise ContentError("the file begins with a byte order mark; save it as UTF-8 without one", path, 1)
    try:
        yield from ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    except SyntaxError as error:
        raise _not_turtle(error, path) from error


def _not_turtle(error: SyntaxError, path: Path) -> ContentError:
    said = _POSITION.sub("", error.msg)
    undeclared = re.fullmatch(r"The prefix (\S*): has not been declared", said)
    if undeclared:
        return fault("undeclared-prefix", path, error.lineno, error.offset, prefix=undeclared[1])
    return fault("syntax", path, error.lineno, error.offset, said=said)


class Places:
    """Finds where a statement of a dataset was written."""

    def __init__(self, dataset: Dataset, content: Content) -> None:
        self._dataset, self._content, self._rebase = dataset, content, Rebase(dataset.base)

    def of(self, graph: NamedGraph, subject: Term, predicate: Term | None = None, value: Term | None = None) -> Place:
        """Return file and line of a statement of ``graph``, the line as near as the file's text allows."""
        sought = (self._text(term) if term is not None else None for term in (predicate, value))
        found = line_index(graph.path).find(self._text(subject), *sought)
        return self._content.relative(graph.path), found

    def anywhere(self, subject: Term, predicate: Term | None = None, value: Term | None = None) -> Place | None:
        """Return the first place of the statement, else of its subject, in any file; none where nobody wrote it.

        What was derived is looked for under the thing it was derived from: an IRI without its fragment.
        """
        for graph in self._writing(subject, predicate, value):
            return self.of(graph, subject, predicate, value)
        plain = _without_fragment(subject)
        return self.anywhere(plain) if plain != subject else None

    def _writing(self, subject: Term, predicate: Term | None, value: Term | None) -> list[NamedGraph]:
        def score(graph: NamedGraph) -> int:
            about = [quad for quad in graph.quads if quad.subject == subject]
            near = [quad for quad in about if quad.predicate == predicate]
            return bool(about) + 2 * bool(near) + 4 * any(quad.object == value for quad in near)

        scored = [(score(graph), index) for index, graph in enumerate(self._dataset.graphs)]
        return [self._dataset.graphs[index] for points, index in sorted(scored, key=lambda each: -each[0]) if points]

    def _text(self, term: Term) -> str:
        return f"<{self._rebase.canonical(term.value)}>" if isinstance(term, ox.NamedNode) else str(term)


def _without_fragment(term: Term) -> Term:
    if isinstance(term, ox.NamedNode):
        return ox.NamedNode(term.value.partition("#")[0])
    return term
