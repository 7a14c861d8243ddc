"""How a Turtle file is laid out (docs/decisions/0017-layout.md): the text of a tree.

Every choice depends on what is said alone, never on how it was laid out before, but for empty lines between comments.
"""

from collections.abc import Sequence

from metropolis_kg.curation.turtle.tree import (
    Directive,
    Document,
    Lead,
    Predicate,
    Statement,
    Value,
    is_heading,
    one_line,
)

WIDTH = 120
"""The longest line that is not the shortest possible."""

_STEP = 4


def layout(document: Document) -> str:
    """Return the text of ``document``, which ends with a line end unless it is empty."""
    page = _Page()
    page.comments(Lead(document.header), 0)
    before: Directive | Statement | None = None
    for item in document.items:
        page.item(item, 0 if isinstance(before, Directive) and isinstance(item, Directive) else 1)
        before = item
    page.comments(document.last, 1)
    return page.text()


class _Page:
    def __init__(self) -> None:
        self._lines: list[str] = []

    def text(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def comments(self, lead: Lead, gap: int) -> None:
        """Write comments, the first after ``gap`` empty lines."""
        for number, comment in enumerate(lead.comments):
            wanted = 2 if is_heading(comment.text) else (gap if number == 0 else int(comment.after_blank))
            self._blank(wanted)
            self._lines.append(comment.text)

    def item(self, item: Directive | Statement, gap: int) -> None:
        """Write a directive or statement with its comments, after ``gap`` empty lines."""
        self.comments(item.lead, gap)
        if item.lead.comments:
            gap = int(item.lead.is_apart or is_heading(item.lead.comments[-1].text))
        self._blank(gap)
        self._lines += [_directive(item)] if isinstance(item, Directive) else _statement(item)

    def _blank(self, count: int) -> None:
        self._lines += [""] * count if self._lines else []


def _directive(directive: Directive) -> str:
    keyword = f"@prefix {directive.name}" if directive.name else "@base"
    return f"{keyword} {directive.iri} .{_behind(directive.trailing)}"


def _statement(statement: Statement) -> list[str]:
    subject = _text(statement.subject, 0, 0)
    if not statement.predicates:
        return [f"{subject} .{_behind(statement.subject.trailing)}", *_comments(statement.last_comments, _STEP)]
    lines: list[str] = []
    for number, predicate in enumerate(statement.predicates):
        head = " " * _STEP if number else f"{subject} "
        mark = " ." if number == len(statement.predicates) - 1 else " ;"
        lines += _comments(predicate.comments, _STEP) + _predicate(predicate, head, _STEP, mark)
    return lines + _comments(statement.last_comments, _STEP)


def _predicate(predicate: Predicate, head: str, indent: int, mark: str) -> list[str]:
    """Return the lines of a predicate, the first of which begins with ``head`` and the last ends with ``mark``."""
    begin, values = head + predicate.verb.text, predicate.values
    joined = one_line(values)
    line = f"{begin} {joined}"
    if joined and _width(line + mark) <= WIDTH:
        return [line + mark + _behind(values[-1].trailing)]
    if len(values) == 1 and not values[0].comments:
        return [f"{begin} {_text(values[0], indent, WIDTH)}{mark}{_behind(values[0].trailing)}"]
    lines = [begin]
    for value in values:
        end = mark if value is values[-1] else " ,"
        lines += _item(value, indent + _STEP, end)
    return lines


def _item(value: Value, indent: int, mark: str) -> list[str]:
    text = _text(value, indent, indent + len(mark))
    return [*_comments(value.comments, indent), f"{' ' * indent}{text}{mark}{_behind(value.trailing)}"]


def _text(value: Value, indent: int, taken: int) -> str:
    """Return a value: a list on one line where that fits beside ``taken`` characters, else over several lines."""
    if not value.is_list:
        return value.text
    line = value.line
    return line if line and taken + len(line) <= WIDTH else _block(value, indent)


def _block(value: Value, indent: int) -> str:
    inner = indent + _STEP
    lines = [value.text]
    for predicate in value.predicates:
        lines += _comments(predicate.comments, inner) + _predicate(predicate, " " * inner, inner, " ;")
    for item in value.items:
        lines += _item(item, inner, "")
    lines += [*_comments(value.last_comments, inner), " " * indent + value.closing]
    return "\n".join(lines)


def _width(text: str) -> int:
    return len(text) - text.rfind("\n") - 1


def _comments(texts: Sequence[str], indent: int) -> list[str]:
    return [" " * indent + text for text in texts]


def _behind(comment: str | None) -> str:
    return f" {comment}" if comment else ""
