"""Reading content: one Turtle file, one named graph. What is wrong is said with file and line.

Which files are sources is in the table of ``bulk.kinds``; those that are streamed are read by ``bulk.streaming``.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.bulk.kinds import STREAMED, TABLES, TURTLE, source_name, suffix_of
from metropolis_kg.curation.declarations import redeclared
from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.lines import Span, lines_of
from metropolis_kg.curation.prefix_entries import misdeclared
from metropolis_kg.curation.progress import Progress
from metropolis_kg.curation.turtle.files import decoded, line_of_rdf_1_2, parse_turtle
from metropolis_kg.errors import ContentError, ContentErrors
from metropolis_kg.model.dataset import DERIVED_GRAPHS, Dataset, NamedGraph
from metropolis_kg.model.identifiers import SLUG, Rebase, Term, rebase_prefixes, slugify
from metropolis_kg.model.namespaces import CANONICAL_BASE, PROGRAM_PREFIXES, read_prefixes

Place = tuple[Path, int | None, int | None]
"""A file and, where they are known, line and column, counted from 1."""
FileState = tuple[int, int, int]
Known = dict[Path, tuple[tuple[FileState, FileState], NamedGraph]]
"""Graphs read before, with the state of their files and of the prefixes then."""


def content_files(content: Content) -> list[Path]:
    """Return the Turtle files of ``ontology/`` and ``data/``, sorted by path.

    Hidden files are left out: editors put such beside a file that is open. Raises ContentErrors where two files have
    the same name but for the suffix, for it names the graph, or a name can be none.
    """
    return [path for path in _sources(content) if suffix_of(path) == TURTLE]


def bulk_files(content: Content) -> list[Path]:
    """Return the files of ``data/`` that are read as a stream: by path, tables last. Raises ContentErrors likewise."""
    found = [path for path in _sources(content) if suffix_of(path) in (*STREAMED, *TABLES)]
    return sorted(found, key=lambda path: suffix_of(path) in TABLES)


def _sources(content: Content) -> list[Path]:
    found = [*content.ontology.rglob(f"*{TURTLE}"), *(path for path in content.data.rglob("*") if suffix_of(path))]
    files = sorted(path for path in found if not path.name.startswith(".") and not path.is_dir())
    first: dict[str, Path] = {}
    clashes = [path for path in files if first.setdefault(source_name(path), path) is not path]
    errors = [_clash(content, path, first[source_name(path)]) for path in clashes]
    errors += [_no_name(content, path) for path in files if not _is_name(source_name(path))]
    if errors:
        raise ContentErrors(errors)
    return files


def _is_name(name: str) -> bool:
    return bool(SLUG.fullmatch(name)) and name not in DERIVED_GRAPHS


def _no_name(content: Content, path: Path) -> ContentError:
    place, name, suffix = content.relative(path), source_name(path), suffix_of(path)
    if name in DERIVED_GRAPHS:
        return fault("reserved-file-name", place, name=name)
    try:
        return fault("file-name", place, meant=f"{slugify(name)}{suffix}")
    except ValueError:
        return fault("file-name", place, meant=f"…{suffix}")


def _clash(content: Content, path: Path, other: Path) -> ContentError:
    return fault("file-name-twice", content.relative(path), other=content.relative(other))


def graph_name(path: Path, base: str) -> ox.NamedNode:
    """Return the name of the graph that the file ``path`` holds, where what it says names no other."""
    return ox.NamedNode(f"{base}graph/{source_name(path)}")


def read_dataset(
    content: Content, base: str = CANONICAL_BASE, progress: Progress = lambda _: None, known: Known | None = None
) -> Dataset:
    """Return everything written as Turtle, under ``base``; of what is ``known``, only files that changed are read.

    Raises ContentErrors with every file that cannot be parsed, each by file, line and reason.
    """
    return _read_files(content_files(content), content, base, progress, known)


def read_ontology(content: Content, base: str = CANONICAL_BASE) -> Dataset:
    """Return the same of ``ontology/`` alone."""
    return _read_files(sorted(content.ontology.rglob("*.ttl")), content, base)


def _read_files(
    files: Iterable[Path], content: Content, base: str, progress: Progress = lambda _: None, known: Known | None = None
) -> Dataset:  # fmt: skip
    rebase = Rebase(base)
    prefixes = _prefixes(content)
    known = {} if known is None else known
    cache: dict[Term, Term] = {}
    graphs, errors = [], []
    for path in files:
        progress(str(content.relative(path)))
        try:
            state = file_state(path), file_state(content.prefixes_file)
            if path not in known or known[path][0] != state:
                known[path] = state, _read_graph(path, rebase, cache, prefixes)
            graphs.append(known[path][1])
        except ContentError as error:
            errors.append(error.within(content.relative(path)))
    if errors:
        raise ContentErrors(errors)
    return Dataset(base, rebase_prefixes(prefixes, rebase), graphs)


def _prefixes(content: Content) -> dict[str, str]:
    """Return the prefixes under the canonical base."""
    path = content.prefixes_file
    try:
        errors = misdeclared(path, parse_turtle(path))
    except ContentError as error:
        errors = [error]
    prefixes = {} if errors else read_prefixes(path)
    if not errors:
        errors = [fault("missing-prefix", path, prefix=name) for name in PROGRAM_PREFIXES if name not in prefixes]
    if errors:
        raise ContentErrors([error.within(content.relative(path)) for error in errors])
    return prefixes


def file_state(path: Path) -> FileState:
    """Return what tells whether a file was changed. Raises ContentError where it cannot be read."""
    try:
        found = path.stat()
    except OSError as error:
        raise fault("unreadable-file", path, said=error.strerror) from error
    return found.st_mtime_ns, found.st_size, found.st_ino


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
        raise fault("rdf12", path, line_of_rdf_1_2(decoded(path)))
    if wrong := redeclared(decoded(path), path, prefixes):
        raise wrong
    return NamedGraph(name, path, quads)


class Places:
    """Finds where a statement of a dataset was written."""

    def __init__(self, dataset: Dataset, content: Content) -> None:
        self._content, self._rebase = content, Rebase(dataset.base)

    def of(self, graph: NamedGraph, subject: Term, predicate: Term | None = None, value: Term | None = None) -> Place:
        """Return the place of a statement of ``graph``, as near as the file's text allows."""
        path, span = self.span(graph, subject, predicate, value)
        return (path, span.line, span.column) if span else (path, None, None)

    def verb(self, graph: NamedGraph, subject: Term, predicate: Term) -> Place:
        """Return the place where the property itself stands, as near as the file's text allows."""
        span = lines_of(graph).verbs.get((self._text(subject), self._text(predicate)))
        if span is None:
            return (*self.of(graph, subject, predicate)[:2], None)
        return self._content.relative(graph.path), span.line, span.column

    def span(
        self, graph: NamedGraph, subject: Term, predicate: Term | None = None, value: Term | None = None
    ) -> tuple[Path, Span | None]:
        """Return file and place in it of a statement of ``graph``, else of its property, else of its subject."""
        sought = (self._text(term) if term is not None else None for term in (predicate, value))
        return self._content.relative(graph.path), lines_of(graph).span(self._text(subject), *sought)

    def _text(self, term: Term) -> str:
        return f"<{self._rebase.canonical(term.value)}>" if isinstance(term, ox.NamedNode) else str(term)
