"""The program as users run it, but that it tells each step at once, and not only of what takes long."""

import sys

TOLD = [
    sys.executable, "-c",
    "import metropolis_kg.cli.progress as shown, metropolis_kg.__main__ as program; shown._SHORT = 0; program.main()",
]  # fmt: skip
"""The command."""
