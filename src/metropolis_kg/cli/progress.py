"""How far a long command is, on standard error: a line for each step, and of a long one how much time is left.

On a terminal that line is written anew; elsewhere, as in a log, there is another every ten seconds. What is over within
ten seconds leaves no line behind.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import click

_MINUTE = 60
_PAUSE, _PAUSE_ON_A_TERMINAL = 10, 0.5
"""Seconds until what takes so long is shown, and between two times."""
_SHORT = 10
"""Seconds from the start in which no line is left behind."""
_SURE = 0.1
"""Share of a step from which on its end is foretold."""


class StepsShown:
    """Shows which step begins, with the seconds since the start, and how much of it is done.

    One that is ``quiet`` tells only of steps that take long, and so does each in its first seconds. On a terminal it
    ``rewrites`` the line of a step.
    """

    def __init__(self, *, rewrites: bool, quiet: bool = False) -> None:
        self._rewrites, self._quiet = rewrites, quiet
        self._pause = _PAUSE_ON_A_TERMINAL if rewrites else _PAUSE
        self._start = self._began = time.monotonic()
        self._step, self._share, self._is_open = "", 0.0, False

    def __call__(self, step: str) -> None:
        """Show that a step begins."""
        self.close_line()
        self._step, self._share, self._began = step, 0.0, time.monotonic()
        if not self._is_quiet:
            click.echo(self._line, err=True, nl=not self._rewrites)
            self._is_open = self._rewrites

    def share(self, share: float) -> None:
        """Note how much of the step is done."""
        self._share = share

    def keep_showing(self, over: Event) -> None:
        """Show every now and then how far a long step is, until it is all over."""
        while not over.wait(self._pause):
            if self._step and time.monotonic() - self._began >= self._pause:
                self._show()

    def finish(self) -> None:
        """Show that all is done."""
        self.close_line()
        if not self._is_quiet:
            self._step = "done"
            click.echo(self._line, err=True)

    def _show(self) -> None:
        text = f"{self._line}{self._how_far}"
        click.echo(f"\r{text}\x1b[K" if self._rewrites else text, err=True, nl=not self._rewrites)
        self._is_open = self._rewrites

    def close_line(self) -> None:
        """End the line that is rewritten; it is left behind where this is not quiet."""
        if self._is_open:
            is_left = not self._is_quiet
            click.echo("" if is_left else "\r\x1b[K", err=True, nl=is_left)
        self._is_open = False

    @property
    def _is_quiet(self) -> bool:
        return self._quiet or time.monotonic() - self._start < _SHORT

    @property
    def _line(self) -> str:
        return f"{time.monotonic() - self._start:6.1f} s  {self._step}"

    @property
    def _how_far(self) -> str:
        """How much is done and about how long it takes still, where that is known."""
        done, passed = min(self._share, 1.0), time.monotonic() - self._began
        if done < _SURE:
            return f": {in_words(passed)} so far"
        return f": {done:.0%}, about {in_words(passed * (1 - done) / done)} left"


def in_words(seconds: float) -> str:
    """Return a time for people.

    >>> in_words(7.2), in_words(200)
    ('7 s', '3 min 20 s')
    """
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[StepsShown]:
    """Yield what shows how far the work is that is done meanwhile; if ``quiet``, only of steps that take long."""
    steps = StepsShown(rewrites=sys.stderr is not None and sys.stderr.isatty(), quiet=quiet)
    over = Event()
    showing = Thread(target=steps.keep_showing, args=(over,), daemon=True)
    showing.start()
    try:
        yield steps
    finally:
        over.set()
        showing.join()
        steps.close_line()
    steps.finish()
