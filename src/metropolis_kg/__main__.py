"""``metropolis-kg`` and ``python -m metropolis_kg``."""

import os
import sys

from metropolis_kg.errors import MetropolisError


def main() -> None:
    """Run the command line. What it could not do is one message and exit status 2, never a traceback."""
    import click

    from metropolis_kg.cli import cli

    try:
        status = cli(prog_name="metropolis-kg", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        status = _said("interrupted", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 141
    except UnicodeEncodeError as error:
        status = _said(f"{error.object[error.start : error.end]!a} cannot be written as {error.encoding}", 2)
    except MetropolisError as error:
        status = _said(str(error), 2)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        status = _said(f"{place}{error.strerror or error}", 2)
    sys.exit(status if isinstance(status, int) else 0)


def _said(message: str, status: int) -> int:
    sys.stderr.write(f"metropolis-kg: {message}\n")
    return status


if __name__ == "__main__":
    main()
