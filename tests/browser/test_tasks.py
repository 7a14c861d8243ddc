"""A person's tasks, done in the browser as ``tests/tasks.md`` says."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from watching import Open

PAGE = Path(__file__).parent.parent / "tasks.md"
CLICK = re.compile(r"Click “(.+)”\.")
WRITE = re.compile(r"Write “(.+)” into “(.+)” and press Enter\.")
MOST = 3


@dataclass(frozen=True)
class Task:
    """What somebody wants, where that begins, what is done, and what can be read then."""

    name: str
    start: str
    counted: int
    steps: tuple[str, ...]
    seen: str


def tasks() -> list[Task]:
    """Return the tasks of the page."""
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [_task(each) for each in parts]


def _task(part: str) -> Task:
    begin = re.search(r"^From `(.+)`, (\d) steps?:$", part, re.MULTILINE)
    seen = re.search(r"^Then there is: “(.+)”\.$", part, re.MULTILINE)
    assert begin, part
    assert seen, part
    steps = tuple(re.findall(r"^\d\. (.+)$", part, re.MULTILINE))
    return Task(part.partition("\n")[0], begin[1], int(begin[2]), steps, seen[1])


def do(page: Page, step: str) -> None:
    """Do what a step says."""
    if clicked := CLICK.fullmatch(step):
        named = [page.get_by_role(role, name=clicked[1], exact=True) for role in ("link", "button")]
        named[0].or_(named[1]).first.click()
        return
    written = WRITE.fullmatch(step)
    assert written, step
    field = page.get_by_role("banner").get_by_label(written[2])
    field.first.fill(written[1])
    field.first.press("Enter")


def test_no_task_takes_more_steps_than_three() -> None:
    assert len(tasks()) >= 8
    for task in tasks():
        assert len(task.steps) == task.counted <= MOST, task.name


@pytest.mark.parametrize("task", tasks(), ids=lambda task: task.name)
def test_a_task_is_done_as_it_is_written_down(open_page: Open, task: Task) -> None:
    page = open_page(task.start, locale="en-GB").page
    for step in task.steps:
        do(page, step)
    expect(page.get_by_text(task.seen).locator("visible=true").first).to_be_visible()
