"""The gallery of faults: what a steward does wrong, what is said of it, and what the steward does then.

In the TOML files beside this one each table is a fault, named by what is wrong. ``file`` (the page of Berlin where it
is left out) is edited: ``new`` stands in place of ``old``, which occurs once, or ``everywhere``; or the file is saved
in another ``encoding``, or it is ``renamed``, or it is a new one with ``text``. ``expected`` is what is said, in order:
``code``, ``severity``, messages ``en`` and ``de``, and ``at``, the line, given by what stands on it, as are the
``lines`` that the messages name, for the page may grow. Then ``mended`` stands in place of ``new``; where it is left
out, the file is as it was before, and so are the files edited ``besides``.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PAGE = "data/pages/berlin-metropolis.ttl"


@dataclass(frozen=True)
class Expected:
    """What is said of a fault."""

    code: str
    severity: str
    en: str
    de: str
    at: str = ""
    """What stands on the line, the one nearest to the edit; nothing where no line is told."""

    file: str = ""
    lines: dict[str, str] = field(default_factory=dict)
    """What stands on the lines that the messages name as ``{name}``."""


@dataclass(frozen=True)
class Fault:
    """A fault of the gallery."""

    name: str
    file: str = PAGE
    old: str = ""
    new: str = ""
    everywhere: bool = False
    encoding: str = "utf-8"
    renamed: str = ""
    text: str | None = None
    mended: str | None = None
    besides: list[dict[str, str]] = field(default_factory=list)
    sources: bool = False
    status: int = 1
    expected: list[Expected] = field(default_factory=list)

    def make(self, root: Path) -> None:
        """Make the fault in the content below ``root``."""
        for edit in self.besides:
            replace_once(root / edit["file"], edit["old"], edit["new"])
        path = root / self.file
        if self.text is not None:
            path.write_text(self.text, encoding="utf-8")
        elif self.renamed:
            path.rename(root / self.renamed)
        else:
            text = path.read_text(encoding="utf-8")
            count = text.count(self.old) if self.old else 1
            assert count == 1 or (self.everywhere and count), f"{self.old!r} occurs {count} times in {self.file}"
            path.write_bytes((text.replace(self.old, self.new) if self.old else text).encode(self.encoding))

    def mend(self, root: Path, original: Path) -> bool:
        """Do what the message says; return whether the content is then other than the ``original`` one."""
        for edit in self.besides:
            replace_once(root / edit["file"], edit["new"], edit["old"])
        path, before = root / self.file, original / self.file
        if self.renamed:
            (root / self.renamed).rename(root / (self.mended or self.file))
        elif self.text is not None and self.mended is None:
            path.unlink()
        elif self.text is not None:
            path.write_text(self.mended or "", encoding="utf-8")
        else:
            text = path.read_text(encoding=self.encoding)
            right = self.old if self.mended is None else self.mended
            path.write_bytes(self._mended(text, right, before).encode())
        return path.exists() != before.exists() or (path.exists() and path.read_bytes() != before.read_bytes())

    def _mended(self, text: str, right: str, before: Path) -> str:
        if not self.old:
            return text
        return text.replace(self.new, right) if self.mended is not None else before.read_text(encoding="utf-8")

    def line(self, expected: Expected, root: Path) -> int | None:
        """Return the line on which the expected fault is told."""
        return self._line(expected.at, expected, root) if expected.at else None

    def messages(self, expected: Expected, root: Path) -> tuple[str, str]:
        """Return the messages, English and German."""
        lines = {name: str(self._line(at, expected, root)) for name, at in expected.lines.items()}
        said = [expected.en, expected.de]
        for name, line in lines.items():
            said = [text.replace(f"{{{name}}}", line) for text in said]
        return said[0], said[1]

    def _line(self, at: str, expected: Expected, root: Path) -> int:
        text = (root / (expected.file or self.renamed or self.file)).read_text(encoding=self.encoding)
        edited = 1 if expected.file else text.count("\n", 0, text.index(self.new.strip("\n").partition("\n")[0])) + 1
        lines = [number for number, line in enumerate(text.split("\n"), 1) if at in line]
        assert lines, f"{at!r} stands nowhere in the file with {self.name}"
        return min(lines, key=lambda number: abs(number - edited))


def replace_once(path: Path, old: str, new: str) -> None:
    """Replace the one occurrence of ``old`` in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def read_gallery() -> dict[str, Fault]:
    """Return every fault by its name."""
    faults: dict[str, Fault] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert name not in faults
            expected = [Expected(**each) for each in table.pop("expected", [])]
            faults[name] = Fault(name, **table, expected=expected)
    return faults
