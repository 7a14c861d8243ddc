"""The one way a Turtle file is laid out. Comments are kept; the statements stay the same.

pyoxigraph judges what is Turtle. Before a text is returned it is read again: it must state what the text before it
stated, and hold the same comments.
"""

import os
import tempfile
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.canonical import canonical_lines
from metropolis_kg.curation.turtle.arrangement import arrange, missing_prefixes
from metropolis_kg.curation.turtle.files import decoded_bytes, syntax_fault
from metropolis_kg.curation.turtle.layout import layout
from metropolis_kg.curation.turtle.tokens import UnreadableError, read_comments
from metropolis_kg.curation.turtle.tree import read_document
from metropolis_kg.errors import ContentError


class BeyondTurtleError(ContentError):
    """A text is Turtle 1.2, or its lists stand too deep in each other, so that it cannot be laid out here."""

    def __init__(self, path: Path | None, line: int | None) -> None:
        english = "this goes beyond Turtle 1.1, or lists stand too deep in each other; write plain RDF 1.1"
        german = "das ist mehr als Turtle 1.1, oder Listen sind zu tief geschachtelt; einfaches RDF 1.1 schreiben"
        super().__init__(english, path, line, messages={"en": english, "de": german})


class AlteredError(ContentError):
    """A change of layout would have changed what a file says, or its comments; the file is left as it is."""

    def __init__(self, path: Path | None) -> None:
        english = "laid out anew the file would say something else; it is left as it is"
        german = "neu gesetzt hieße die Datei etwas anderes; sie bleibt, wie sie ist"
        super().__init__(english, path, messages={"en": english, "de": german})


def turtle_files(content: Content) -> list[Path]:
    """Return the Turtle files of ``data/``, ``ontology/`` and ``shapes/``, sorted by path, but for hidden ones."""
    found = (path for folder in (content.data, content.ontology, content.shapes) for path in folder.rglob("*.ttl"))
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def formatted(data: bytes, known: Mapping[str, str], path: Path | None = None) -> bytes:
    """Return the Turtle file ``data`` as it is laid out; prefixes it lacks are declared as ``known`` has them.

    ``path`` names the file in the errors raised: ContentError where it is not Turtle in UTF-8, BeyondTurtleError,
    AlteredError.
    """
    text = decoded_bytes(data, path).removeprefix("\ufeff")
    try:
        document = read_document(text)
        added = missing_prefixes(document, known)
        arrange(document, added)
        after = layout(document)
    except (UnreadableError, RecursionError) as error:
        _statements(text, path, known)
        raise _beyond(text, error, path) from error
    before = _statements(text, path, known)
    if not _same(before, _statements(after, path, {})) or sorted(read_comments(after)) != sorted(read_comments(text)):
        raise AlteredError(path)
    return after.encode()


def replace_file(path: Path, data: bytes) -> None:
    """Replace the content of a file in one step, keeping its mode; a link stays a link."""
    target = path.resolve()
    mode = target.stat().st_mode
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def first_difference(before: bytes, after: bytes) -> int:
    """Return the number, from 1, of the first line that differs; ``before`` and ``after`` are not the same."""
    lines = zip_longest(before.split(b"\n"), after.split(b"\n"))
    return next(number for number, (old, new) in enumerate(lines, start=1) if old != new)


def _statements(text: str, path: Path | None, known: Mapping[str, str]) -> list[ox.Quad]:
    """Return what a text states; the prefixes ``known`` need not be declared in it."""
    head = "".join(f"@prefix {name}: <{namespace}> . " for name, namespace in known.items())
    try:
        return list(ox.parse(head + text, format=ox.RdfFormat.TURTLE))
    except SyntaxError as error:
        if error.offset and error.lineno == 1:
            error.offset -= len(head)
        raise syntax_fault(error, text, path, known) from error


def _beyond(text: str, error: Exception, path: Path | None) -> BeyondTurtleError:
    line = text.count("\n", 0, error.position) + 1 if isinstance(error, UnreadableError) else None
    return BeyondTurtleError(path, line)


def _same(statements: list[ox.Quad], others: list[ox.Quad]) -> bool:
    lines, other_lines = (
        canonical_lines(ox.serialize(each, format=ox.RdfFormat.N_TRIPLES) or b"") for each in (statements, others)
    )
    return lines == other_lines
