"""The page ``docs/reference/faults.md``: what can be wrong with the content, from faults.toml, checks and shapes."""

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.checks import Check, read_checks
from metropolis_kg.curation.faults import FaultKind, fault_kinds
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.model.shapes import Shape, ShapesGraph

HEAD = """# What can be wrong

What `metropolis-kg validate` and `build` say, by the code they give it. Each message says what is wrong and how to mend
it; what is in `{braces}` is filled in. A *violation* stands against a release, a *warning* and an *info* do not.

*Was `metropolis-kg validate` und `build` sagen, unter dem Kürzel, das sie nennen. Jede Meldung sagt, was falsch ist und
wie man es behebt; was in `{Klammern}` steht, wird eingesetzt. Ein Fehler (violation) steht einem neuen Stand entgegen,
Warnung und Hinweis nicht.*
"""
FILES = """
## How the files are written · Wie die Dateien geschrieben sind

| code | severity | English | Deutsch |
|---|---|---|---|
"""
CHECKS = """
## Checks · Prüfungen

Each is a SPARQL query in `queries/checks/`, over all that was written and what follows from it; a row is a fault.

| code | severity | English | Deutsch |
|---|---|---|---|
"""
SHAPES = """
## Shapes · Formen

Each is a SHACL shape in `shapes/`.

| code | severity | English | Deutsch |
|---|---|---|---|
"""


def fault_page(content: Content, note: str) -> str:
    """Return the page."""
    shapes = read_shapes(content)
    parts = [note, HEAD, FILES, *map(_kind, fault_kinds().values()), CHECKS, *map(_check, read_checks(content)), SHAPES]
    return "".join([*parts, *_shapes(shapes)])


def _kind(kind: FaultKind) -> str:
    said = {lang: text.replace("{{", "{").replace("}}", "}") for lang, text in kind.messages.items()}
    return _row(kind.code, kind.severity, kind.titles, said)


def _check(check: Check) -> str:
    said = {
        lang: " / ".join(text for text in (check.messages[lang], *(each[lang] for each in (check.meant, check.otherwise)
                                                                   if each)))
        for lang in check.messages
    }  # fmt: skip
    return _row(check.name, check.severity, check.titles, said)


def _shapes(shapes: ShapesGraph) -> Iterator[str]:
    found = [shapes.shape(node) for node in shapes.property_shapes if isinstance(node, ox.NamedNode)]
    for shape in sorted(found, key=lambda each: str(each.node)):
        yield _row(_local(shape.node), _severity(shape), _texts(shape, "name"), _texts(shape, "message"))


def _texts(shape: Shape, term: str) -> dict[str, str]:
    return {each.language or "": each.value for each in shape.values.get(term, ()) if isinstance(each, ox.Literal)}


def _severity(shape: Shape) -> str:
    severity = shape.one("severity")
    return _local(severity) if severity else "Violation"


def _local(node: object) -> str:
    return str(node).strip("<>").replace("#", "/").rpartition("/")[2]


def _row(code: str, severity: str, titles: Mapping[str, str], messages: Mapping[str, str]) -> str:
    cells = [f"*{titles[lang].rstrip('.')}.* {messages[lang]}" for lang in ("en", "de")]
    return f"| `{code}` | {severity.lower()} | {' | '.join(map(_cell, cells))} |\n"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
