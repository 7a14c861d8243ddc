"""Reading content: one Turtle file, one named graph. What is wrong is said with file and line."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.declarations import redeclared
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.lines import line_index
from metropolis_kg.curation.turtle_files import line_of_rdf_1_2, parse_turtle
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.dataset import DERIVED_GRAPHS, Dataset, NamedGraph
from metropolis_kg.model.identifiers import SLUG, Rebase, Term, rebase_prefixes, slugify
from metropolis_kg.model.namespaces import CANONICAL_BASE, PROGRAM_PREFIXES, read_prefixes

Progress = Callable[[str], None]
Place = tuple[Path, int | None]


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
    place = content.relative(path)
    if path.stem in DERIVED_GRAPHS:
        return fault("reserved-file-name", place, name=path.stem)
    try:
        return fault("file-name", place, meant=f"{slugify(path.stem)}.ttl")
    except ValueError:
        return fault("file-name", place, meant="….ttl")


def _clash(content: Content, path: Path, other: Path) -> ContentError:
    return fault("file-name-twice", content.relative(path), other=content.relative(other))


def graph_name(path: Path, base: str) -> ox.NamedNode:
    """Return the name of the graph that the file ``path`` holds."""
    return ox.NamedNode(f"{base}graph/{path.stem}")


def read_dataset(content: Content, base: str = CANONICAL_BASE, progress: Progress = lambda _: None) -> Dataset:
    """Return everything stewards wrote, under ``base``.

    Raises ContentErrors with every file that cannot be parsed, each by file, line and reason.
    """
    rebase = Rebase(base)
    prefixes = _prefixes(content)
    cache: dict[Term, Term] = {}
    graphs, errors = [], []
    for path in content_files(content):
        progress(str(content.relative(path)))
        try:
            graphs.append(_read_graph(path, rebase, cache, prefixes))
        except ContentError as error:
            errors.append(error.within(content.relative(path)))
    if errors:
        raise ContentErrors(errors)
    return Dataset(base, rebase_prefixes(prefixes, rebase), graphs)


def _prefixes(content: Content) -> dict[str, str]:
    """Return the prefixes under the canonical base."""
    path = content.prefixes_file
    try:
        all(parse_turtle(path))
        prefixes = read_prefixes(path)
    except ContentError as error:
        raise ContentErrors([error.within(content.relative(path))]) from error
    missing = [fault("missing-prefix", content.relative(path), prefix=name) for name in PROGRAM_PREFIXES
               if name not in prefixes]  # fmt: skip
    if missing:
        raise ContentErrors(missing)
    return prefixes


def _read_graph(path: Path, rebase: Rebase, cache: dict[Term, Term], prefixes: Mapping[str, str]) -> NamedGraph:
    name = graph_name(path, rebase.base)

    def mapped(term: Term) -> Term:
        known = cache.get(term)
        if known is None:
            known = cache[term] = rebase.term(term)
        return known

    quads = [
        ox.Quad(mapped(s), mapped(p), mapped(o), name)  # type: ignore[arg-type] # mapping keeps the kind of a term
        for s, p, o, _ in parse_turtle(path, prefixes)
    ]
    if any(isinstance(quad.object, ox.Triple) or getattr(quad.object, "direction", None) for quad in quads):
        raise fault("rdf12", path, line_of_rdf_1_2(path))
    if wrong := redeclared(path, prefixes):
        raise wrong
    return NamedGraph(name, path, quads)


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
