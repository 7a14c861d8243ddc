"""``metropolis-kg format``."""

import difflib
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from metropolis_kg.settings import Settings

if TYPE_CHECKING:
    from metropolis_kg.content import Content
    from metropolis_kg.errors import ContentError

_WORDS = {
    "de": {
        "error": "Fehler",
        "written": "{place}: neu gesetzt",
        "differs": "{place}: nicht in der einen Form, in der Turtle hier steht; 'metropolis-kg format' setzt sie",
        "written_count": "{changed} von {all} Dateien neu gesetzt.",
        "differs_count": "{changed} von {all} Dateien sind nicht in dieser Form.",
        "none": "{all} Dateien, alle in dieser Form.",
        "failed_count": "Nicht gelesen und unverändert: {failed}.",
    },
    "en": {
        "error": "error",
        "written": "{place}: laid out",
        "differs": "{place}: not laid out as Turtle is here; 'metropolis-kg format' does it",
        "written_count": "{changed} of {all} files laid out anew.",
        "differs_count": "{changed} of {all} files are not laid out so.",
        "none": "{all} files, all laid out so.",
        "failed_count": "Not read and left as they are: {failed}.",
    },
}


@click.command(name="format", epilog="Example: metropolis-kg format --check")
@click.option("--check", is_flag=True, help="Write nothing; name each file that is laid out otherwise (exit status 1).")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language of what is said. Default: that of the locale.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, allow_dash=True, path_type=Path), metavar="[PATH]...")
@click.pass_context
def command(ctx: click.Context, check: bool, diff: bool, lang: str | None, paths: tuple[Path, ...]) -> None:
    """Lay out Turtle files the one way they are written here. What they say stays the same, and so do comments.

    PATH is a file or a folder; "-" reads standard input and writes standard output. Default: all Turtle of data/,
    ontology/ and shapes/. Exit status 1 where --check finds a difference, 2 where a file cannot be read.
    """
    from metropolis_kg.cli.reporting import language
    from metropolis_kg.content import find_content

    settings: Settings = ctx.obj
    run = _Run(find_content(settings.root), language(lang), check=check, diff=diff)
    if paths == (Path("-"),):
        ctx.exit(run.standard_input())
    ctx.exit(run.files(_files(run.content, paths)))


def _files(content: "Content", paths: tuple[Path, ...]) -> list[Path]:
    from metropolis_kg.curation.formatting import turtle_files

    if not paths:
        return turtle_files(content)
    return [file for path in paths for file in (sorted(path.rglob("*.ttl")) if path.is_dir() else [path])]


class _Run:
    def __init__(self, content: "Content", lang: str, *, check: bool, diff: bool) -> None:
        self.content = content
        self._lang, self._words, self._check, self._diff = lang, _WORDS[lang], check, diff
        self._known = _known_prefixes(content)
        self._counts: Counter[str] = Counter()

    def files(self, paths: list[Path]) -> int:
        """Lay out files and say what was done; return the exit status."""
        for path in paths:
            self._counts["all"] += 1
            self._file(path)
        counts = {"all": 0, "changed": 0, "failed": 0} | self._counts
        rest = " " + self._words["failed_count"].format(**counts) if counts["failed"] else ""
        name = "differs_count" if self._check or self._diff else "written_count"
        name = name if counts["changed"] or counts["failed"] else "none"
        click.echo(self._words[name].format(**counts) + rest, err=self._diff)
        return self._status()

    def standard_input(self) -> int:
        """Lay out standard input; return the exit status."""
        data = sys.stdin.buffer.read()
        after = self._formatted(data, Path("-"))
        if after is not None and (self._check or self._diff):
            self._show(Path("-"), data, after)
        elif after is not None:
            sys.stdout.buffer.write(after)
        return self._status()

    def _file(self, path: Path) -> None:
        from metropolis_kg.curation.faults import fault
        from metropolis_kg.curation.formatting import replace_file

        place = self.content.relative(path)
        try:
            data = path.read_bytes()
        except OSError as error:
            self._fail(fault("unreadable-file", place, said=error.strerror))
            return
        after = self._formatted(data, place)
        if after is None or after == data:
            return
        if self._check or self._diff:
            self._show(place, data, after)
        else:
            replace_file(path, after)
            self._counts["changed"] += 1
            click.echo(self._words["written"].format(place=place))

    def _formatted(self, data: bytes, path: Path) -> bytes | None:
        from metropolis_kg.curation.formatting import formatted
        from metropolis_kg.errors import ContentError

        try:
            return formatted(data, self._known, path)
        except ContentError as error:
            self._fail(error)
            return None

    def _show(self, path: Path, data: bytes, after: bytes) -> None:
        from metropolis_kg.curation.formatting import first_difference

        if after == data:
            return
        self._counts["changed"] += 1
        if self._diff:
            click.echo("".join(_difference(path, data, after)), nl=False)
        else:
            click.echo(self._words["differs"].format(place=f"{path}:{first_difference(data, after)}"))

    def _status(self) -> int:
        if self._counts["failed"]:
            return 2
        return int(self._check and self._counts["changed"] > 0)

    def _fail(self, error: "ContentError") -> None:
        self._counts["failed"] += 1
        reason = error.messages.get(self._lang, error.reason)
        place = ":".join(str(part) for part in (error.path, error.line) if part is not None)
        click.echo(f"{place}: {self._words['error']}: {reason}", err=True)


def _known_prefixes(content: "Content") -> Mapping[str, str]:
    from metropolis_kg.errors import ContentError
    from metropolis_kg.model.namespaces import read_prefixes

    try:
        return read_prefixes(content.prefixes_file)
    except ContentError:
        return {}


def _difference(path: Path, before: bytes, after: bytes) -> Iterator[str]:
    old, new = (data.decode("utf-8", "replace").split("\n") for data in (before, after))
    for line in difflib.unified_diff(old, new, str(path), str(path), lineterm=""):
        yield f"{line}\n"
