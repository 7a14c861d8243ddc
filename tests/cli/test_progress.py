"""How far a command is: a line for each step; of a long one how much is done, and about how long it takes still."""

import re
import time
from threading import Event

import pytest

from metropolis_kg.cli import progress as shown
from metropolis_kg.cli.progress import StepsShown, in_words, progress


def seen(capsys: pytest.CaptureFixture[str]) -> str:
    return re.sub(r" +[\d.]+ s  ", "", capsys.readouterr().err)


class OneLook(Event):
    """Is over after one look."""

    def wait(self, timeout: float | None = None) -> bool:
        """Let the time pass; the second time it is over."""
        if not self.is_set():
            time.sleep(timeout or 0)
            self.set()
            return False
        return True


def showing(steps: StepsShown, monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    """Let a step last for so long that it is shown once more."""
    monkeypatch.setattr(steps, "_pause", 0.02)
    steps("reading")
    steps.share(share)
    steps.keep_showing(OneLook())


def test_each_step_is_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "_SHORT", 0)
    with progress() as step:
        step("reading")
        step.share(0.5)
        step("publishing")
    assert seen(capsys) == "reading\npublishing\ndone\n"


def test_what_is_soon_over_leaves_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as step:
        step("reading")
        step("publishing")
    assert seen(capsys) == ""


def test_on_a_terminal_a_step_of_short_work_is_shown_and_taken_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = StepsShown(rewrites=True)
    showing(steps, monkeypatch, 0)
    steps.finish()
    assert seen(capsys) == "\rreading: 0 s so far\r"


def test_elsewhere_than_on_a_terminal_a_long_step_is_told_again_with_the_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "_SHORT", 0)
    showing(StepsShown(rewrites=False), monkeypatch, 0.25)
    assert seen(capsys) == "reading\nreading: 25%, about 0 s left\n"


def test_on_a_terminal_the_line_is_written_anew(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "_SHORT", 0)
    steps = StepsShown(rewrites=True)
    showing(steps, monkeypatch, 0)
    steps.finish()
    assert seen(capsys) == "reading\rreading: 0 s so far\ndone\n"


def test_what_is_quiet_tells_only_of_long_steps(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with progress(quiet=True) as step:
        step("reading")
    assert seen(capsys) == ""
    showing(StepsShown(rewrites=False, quiet=True), monkeypatch, 0.5)
    assert seen(capsys) == "reading: 50%, about 0 s left\n"


def test_the_time_left_follows_from_the_share_and_the_time_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 100.0, 400.0])
    monkeypatch.setattr(shown.time, "monotonic", lambda: next(clock))
    steps = StepsShown(rewrites=True, quiet=True)
    steps("loading")
    steps.share(0.75)
    assert steps._how_far == f": 75%, about {in_words(100)} left"
