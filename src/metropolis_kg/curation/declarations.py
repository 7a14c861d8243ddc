"""The ``@prefix`` lines of a file, held against ``ontology/prefixes.ttl``: one name, one namespace, everywhere."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from metropolis_kg.curation.faults import fault
from metropolis_kg.errors import ContentError

_LINE = re.compile(r"^[ \t]*@?prefix[ \t]+(?P<name>[\w.-]*):\s*<(?P<space>[^<>\s]*)>", re.IGNORECASE | re.MULTILINE)


def redeclared(text: str, path: Path, prefixes: Mapping[str, str]) -> ContentError | None:
    """Return the first declaration that gives a prefix another namespace than ``prefixes`` do; none where none does.

    ``text`` is that of the file ``path``.
    """
    for name, namespace, line in _declarations(text):
        if prefixes.get(name, namespace) != namespace:
            return fault("prefix-otherwise", path, line, prefix=name, namespace=prefixes[name])
    return None


def renamed(text: str, path: Path, prefixes: Mapping[str, str]) -> Iterator[ContentError]:
    """Yield a warning for each declaration that gives a namespace another name than ``prefixes`` do."""
    names = {namespace: name for name, namespace in prefixes.items()}
    for name, namespace, line in _declarations(text):
        if name not in prefixes and namespace in names:
            yield fault("prefix-renamed", path, line, prefix=name, known=names[namespace])


def _declarations(text: str) -> Iterator[tuple[str, str, int]]:
    for match in _LINE.finditer(text):
        yield match["name"], match["space"], text.count("\n", 0, match.start()) + 1
