"""The SHACL validators that ``validation.py`` compares, each as a command that writes its report to standard output.

Debian's Jena 4.5 needs help: its copy of Xerces is the package ``xerces``, but the message bundles that this reads lie
under ``org/apache/jena/ext/xerces``. So they are copied to a folder on the class path.
"""

import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Container, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PROGRAMS = Path(__file__).parent / "validation"
PYRUDOF = "0.3.35"
JENA = "libapache-jena-java"
_BUNDLES = "org/apache/jena/ext/"
_JAR = re.compile(r"[^/]*/(?:.*/)?java/(?!slf4j|log4j|jcl|jul|osgi)[^/]*(?<!\d)\.jar|.*/java/slf4j-(?:api|nop)\.jar")
"""Of the jars that Debian's packages bring: one name each, and of the logging ones those that are silent."""


@dataclass(frozen=True)
class Validator:
    """A SHACL processor. ``{data}`` and ``{shapes}`` in its command stand for the files, N-Triples and Turtle."""

    name: str
    version: str
    command: tuple[str, ...]


class AbsentError(Exception):
    """A validator is not installed; says how to install it."""


def validators(work: Path, left_out: Container[str] = ()) -> Iterator[Validator]:
    """Yield ours and the others that can be had, but those ``left_out``.

    What has to be made for them is made in ``work``. A sentence on standard error tells of each that is not installed.
    """
    for name, made in _VALIDATORS.items():
        try:
            if name not in left_out:
                yield made(work)
        except AbsentError as absent:
            print(f"Left out: {absent}", file=sys.stderr, flush=True)


def _ours(_: Path) -> Validator:
    return _python("ours", version("metropolis-kg"), sys.executable, "ours.py")


def _pyshacl(_: Path) -> Validator:
    return _python("pySHACL", version("pyshacl"), sys.executable, "plain_pyshacl.py")


def _python(name: str, number: str, python: str, program: str) -> Validator:
    return Validator(name, number, (python, str(PROGRAMS / program), "{data}", "{shapes}"))


def _pyrudof(work: Path) -> Validator:
    environment = work / "pyrudof"
    if not environment.exists():
        venv.create(environment, with_pip=True)
    pip = [environment / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", f"pyrudof=={PYRUDOF}"]
    if subprocess.run(pip, check=False).returncode:
        raise AbsentError(f"pyrudof {PYRUDOF} could not be installed from PyPI")
    return _python("pyrudof", PYRUDOF, str(environment / "bin" / "python"), "by_pyrudof.py")


def _jena(work: Path) -> Validator:
    if not (shutil.which("java") and shutil.which("dpkg-query")):
        raise AbsentError(f"Jena; on Debian: apt-get install default-jre-headless {JENA}")
    number, needed = _asked("-W", "-f=${Version}\t${Depends}", JENA).split("\t")
    packages = [JENA, *(each.split()[0] for each in needed.split(", "))]
    jars = sorted({line for line in _asked("-L", *packages).splitlines() if _JAR.fullmatch(line)})
    bundles = work / "bundles"
    with zipfile.ZipFile(next(jar for jar in jars if jar.endswith("jena-core.jar"))) as core:
        core.extractall(bundles, [name for name in core.namelist() if name.startswith(f"{_BUNDLES}xerces/")])
    path = ":".join([*jars, str(bundles / _BUNDLES)])
    command = ("java", "-cp", path, "shacl.shacl", "validate", "--shapes", "{shapes}", "--data", "{data}")
    return Validator("Jena", number, command)


def _asked(*arguments: str) -> str:
    try:
        return subprocess.run(["dpkg-query", *arguments], capture_output=True, check=True, text=True).stdout
    except subprocess.CalledProcessError:
        raise AbsentError(f"Jena; on Debian: apt-get install {JENA}") from None


_VALIDATORS = {"ours": _ours, "pySHACL": _pyshacl, "pyrudof": _pyrudof, "Jena": _jena}
