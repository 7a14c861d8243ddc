"""``metropolis-kg`` and ``python -m metropolis_kg``."""

import sys

from metropolis_kg.errors import MetropolisError


def main() -> None:
    """Run the command line; an error of ours is one message and exit status 2, never a traceback."""
    from metropolis_kg.cli import cli

    try:
        cli(prog_name="metropolis-kg")
    except MetropolisError as error:
        sys.stderr.write(f"metropolis-kg: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
