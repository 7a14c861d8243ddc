"""What a change brought: the findings that an earlier Git revision does not have.

The content of the revision is examined as well, from files that Git writes to a temporary folder; the working tree and
the repository stay as they are. Findings are compared by what is wrong with what, not by their lines, so that text that
moved is not taken for new, and a change is told of what it breaks elsewhere.
"""

import io
import subprocess
import tarfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from metropolis_kg.content import FOLDERS, Content
from metropolis_kg.curation.checking import Findings, Since, examine
from metropolis_kg.curation.report import Result
from metropolis_kg.errors import MetropolisError
from metropolis_kg.model.shapes import sparql_path

T = TypeVar("T")


class RevisionError(MetropolisError):
    """The content of a Git revision cannot be had; says why, and what to do."""


def examined_at(revision: str, content: Content, texts: Mapping[str, str]) -> Findings:
    """Return what is found in ``content`` at a Git revision. Raises RevisionError, and what ``examine`` raises."""
    with content_at(revision, content) as earlier:
        return examine(earlier, texts)


def brought_since(revision: str, before: Findings, findings: Findings) -> Findings:
    """Return those of ``findings`` that are not among those of ``before``, which are of the Git revision ``revision``.

    ``Findings.since`` counts the others. Where files of the revision cannot be read it is not known what was wrong
    then, and all are returned but those faults of files.
    """
    new = _not_among(before.diagnostics, findings.diagnostics, lambda found: found.identity)
    report = findings.report
    if report:
        earlier = before.report.results if before.report else ()
        report = replace(report, results=_not_among(earlier, report.results, _identity))
    since = Since(revision, len(findings.diagnostics) - len(new), comparable=before.report is not None)
    return replace(findings, diagnostics=new, report=report, since=since)


def _not_among(before: Iterable[T], now: Iterable[T], identity: Callable[[T], object]) -> tuple[T, ...]:
    """Return those of ``now`` that are not among those of ``before``, each of which stands for one."""
    known, new = Counter(map(identity, before)), []
    for each in now:
        known[identity(each)] -= 1
        if known[identity(each)] < 0:
            new.append(each)
    return tuple(new)


def _identity(result: Result) -> tuple[object, ...]:
    """What makes it the same result; shapes without a name have another label at each reading."""
    path = sparql_path(result.path) if result.path is not None else ""
    about = (str(result.focus), path, str(result.value), str(result.component), result.shape_name)
    return (*about, tuple(sorted(result.messages.items())))


@contextmanager
def content_at(revision: str, content: Content) -> Iterator[Content]:
    """Yield the content as it was at a Git revision, in a folder that is removed afterwards. Raises RevisionError."""
    commit = _commit(revision, content.root)
    with TemporaryDirectory(prefix="metropolis-kg-") as folder:
        present = [name for name in FOLDERS if _git(content.root, "ls-tree", "-z", commit, "--", name)]
        if missing := [name for name in FOLDERS if name not in present]:
            raise RevisionError(f"the content at {revision} has no folder {missing[0]}/; name a later revision")
        archive = _git(content.root, "archive", "--format=tar", commit, "--", *present)
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        yield Content(Path(folder).resolve())


def _commit(revision: str, root: Path) -> str:
    """Return the commit that ``revision`` names, of the repository in which ``root`` lies."""
    if _git(root, "rev-parse", "--is-inside-work-tree").strip() != b"true":
        raise RevisionError(f"{root} is no working tree of Git, so nothing is known of a revision")
    try:
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return _git(root, *asked).decode().strip()
    except RevisionError as error:
        raise RevisionError(_unknown(revision, root)) from error


def _unknown(revision: str, root: Path) -> str:
    if _git(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
        return (
            f"this clone does not have the Git revision {revision}: it is shallow; "
            "fetch the history (git fetch --unshallow; for GitHub's checkout action fetch-depth: 0)"
        )
    return f"Git knows no revision {revision}; name a commit, a branch or a tag of this repository"


def _git(root: Path, *arguments: str) -> bytes:
    """Return what Git says about the repository in which ``root`` lies. Raises RevisionError where it fails."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise RevisionError(f"--since needs Git, which cannot be started: {error.strerror}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise RevisionError(f"Git cannot tell what {root} was at a revision: {said[0].removeprefix('fatal: ')}")
    return done.stdout
