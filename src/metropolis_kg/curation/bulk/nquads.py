"""N-Quads (RDF 1.1) as a bulk source.

A block of lines is parsed at once; where that fails, or not every line is a statement, line by line, for after an
error pyoxigraph's parser goes on somewhere behind the next lines.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.bulk.blocks import Block, FaultList
from metropolis_kg.curation.bulk.compressed import whole_lines
from metropolis_kg.curation.faults import fault

_DEFAULT = ox.DefaultGraph()
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CAPITALS = re.compile(rb'"@([A-Za-z]*[A-Z][A-Za-z0-9-]*|[A-Za-z]+-[A-Za-z0-9-]*[A-Z][A-Za-z0-9-]*)')
"""A language tag with a capital letter, which the parser makes small."""


def read_nquads(path: Path, graph: ox.NamedNode, found: FaultList) -> Iterator[Block]:
    """Yield the statements of a file of N-Quads, which may be compressed (``blocks.Stream``). Raises ContentError."""
    number = 1
    for text, read in whole_lines(path):
        if number == 1 and text.startswith(_BYTE_ORDER_MARK):
            raise fault("byte-order-mark", path, 1, 1)
        _tell_capitals(text, number, found)
        block = _at_once(text, number, graph) or _line_by_line(text, number, graph, found)
        yield block._replace(read=read)
        number += text.count(b"\n")


def _at_once(text: bytes, first: int, graph: ox.NamedNode) -> Block | None:
    """Return the statements of ``text``, where every line is one."""
    try:
        quads = list(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    except (SyntaxError, ValueError):
        return None
    count = text.count(b"\n") + (not text.endswith(b"\n"))
    return Block(_canonical(quads, graph), range(first, first + count)) if len(quads) == count else None


def _tell_capitals(text: bytes, line: int, found: FaultList) -> None:
    begin = 0
    for match in _CAPITALS.finditer(text):
        line += text.count(b"\n", begin, match.start())
        begin, tag = match.start(), match[1].decode()
        found.add("language-tag-case", line, tag=tag, kept=tag.lower())


def _line_by_line(text: bytes, first: int, graph: ox.NamedNode, found: FaultList) -> Block:
    quads: list[ox.Quad] = []
    lines: list[int] = []
    for number, line in enumerate(text.split(b"\n"), first):
        try:
            new = list(ox.parse(line.decode(), format=ox.RdfFormat.N_QUADS))
        except UnicodeDecodeError:
            found.add("not-utf8", number, encoding="ISO-8859-1 (Latin 1)")
        except SyntaxError as error:
            found.add("not-nquads", number, error.offset, said=error.msg.partition(": ")[2])
        else:
            quads += new
            lines += [number] * len(new)
    return Block(_canonical(quads, graph), lines)


def _canonical(quads: Iterable[ox.Quad], graph: ox.NamedNode) -> bytes:
    return ox.serialize((_placed(quad, graph) for quad in quads), format=ox.RdfFormat.N_QUADS) or b""


def _placed(quad: ox.Quad, graph: ox.NamedNode) -> ox.Quad:
    return quad if quad.graph_name != _DEFAULT else ox.Quad(quad.subject, quad.predicate, quad.object, graph)
