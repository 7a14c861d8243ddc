"""The files in which the whole dataset can be fetched, as the manifest of a release lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metropolis_kg.errors import MetropolisError
from metropolis_kg.publication.media_types import JSON_LD, N_QUADS, TRIG, TURTLE, Syntax

SYNTAXES = (N_QUADS, TRIG, TURTLE, JSON_LD)
"""What the dataset is written in; the first has its name after it."""

COMPRESSIONS = {"gz": "application/gzip", "zst": "application/zstd"}
"""Extension of a compressed file → its media type (RFC 6713, RFC 8878)."""


class UnknownDumpError(MetropolisError):
    """There is no such file, or there are none at all; the message says which."""


@dataclass(frozen=True)
class Dump:
    """A file with the whole dataset."""

    name: str
    """Of the file: ``dataset.nq.gz``."""

    syntax: Syntax
    compression: str | None
    """Extension that says how it is compressed; none where it is not."""

    bytes: int
    sha256: str
    """Checksum in hexadecimal."""

    @property
    def media_type(self) -> str:
        """The media type of the file as it is."""
        return COMPRESSIONS[self.compression] if self.compression else self.syntax.media_type

    @property
    def key(self) -> str:
        """What tells it from the others: ``nq-gz``."""
        return "-".join(filter(None, (self.syntax.extension, self.compression)))


def dumps_of(manifest: Mapping[str, Any]) -> list[Dump]:
    """Return the files that ``manifest`` lists, by syntax, each as it is and then compressed."""
    listed: Mapping[str, Mapping[str, Any]] = manifest.get("dumps", {})
    return [
        Dump(name, syntax, compression, int(listed[name]["bytes"]), str(listed[name]["sha256"]))
        for syntax in SYNTAXES
        for compression in (None, *COMPRESSIONS)
        if (name := ".".join(filter(None, ("dataset", syntax.extension, compression)))) in listed
    ]


def data_path(digest: str, name: str = "") -> str:
    """Return the path, below the base, under which a file of a release stays; without a name, that of their list."""
    return f"data/{digest}/{name}"
