"""Where in a file new statements go: things after the things of their kind, claims in the order of the page."""

from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from metropolis_kg.curation.drafts.drafting import Draft
from metropolis_kg.curation.formatting import AlteredError, formatted
from metropolis_kg.curation.turtle.arrangement import arrange, missing_prefixes
from metropolis_kg.curation.turtle.layout import layout
from metropolis_kg.curation.turtle.tokens import Comment
from metropolis_kg.curation.turtle.tree import Directive, Document, Lead, Statement, is_heading, read_document

_HEADING = "# ======== {} ========"


def written(drafts: Iterable[Draft], known: Mapping[str, str]) -> str:
    """Return drafts as Turtle, laid out, with the prefixes they use."""
    return formatted("\n\n".join(each.turtle() for each in drafts).encode(), known).decode()


def with_thing(text: str, thing: Draft, known: Mapping[str, str]) -> str:
    """Return the file ``text`` with a thing: after the last of its kind, else before the claims."""
    document = read_document(text)
    statements = _statements(document)
    claims = [number for number, each in enumerate(statements) if _is_claim(each)]
    end = claims[0] if claims else len(statements)
    head = _head(statements, end)
    alike = [at for at in range(head, len(statements)) if _kind(statements[at]) == thing.name.partition(":")[0]]
    heading = "Things" if head == end and not alike else None
    return _with(document, text, [thing], alike[-1] + 1 if alike else end, heading, known)


def with_claim(text: str, drafts: Sequence[Draft], start: int | None, known: Mapping[str, str]) -> str:
    """Return the file ``text`` with a claim and its evidence, after what the page says before position ``start``.

    Without a position it goes to the end.
    """
    document = read_document(text)
    statements = _statements(document)
    claims = [number for number, each in enumerate(statements) if _is_claim(each)]
    at = _place(statements, claims, start)
    return _with(document, text, drafts, at, None if claims else "Claims", known)


def line_of(text: str, name: str) -> int:
    """Return the line, from 1, on which the statements of a subject begin."""
    lines = text.split("\n")
    return next(number for number, line in enumerate(lines, start=1) if line.startswith(f"{name} "))


def _head(statements: list[Statement], end: int) -> int:
    """Return the number of statements at the top, before ``end``, that are about the graph and its source."""
    headed = [at for at, each in enumerate(statements[:end]) if _has_heading(each)]
    if headed:
        return next((at for at in headed if at > 0), end)
    return next((at for at, each in enumerate(statements[:end]) if _kind(each) not in ("graph", "source")), end)


def _place(statements: list[Statement], claims: list[int], start: int | None) -> int:
    end = claims[-1] + 1 if claims else len(statements)
    positions = [(position, at) for at in claims if (position := _position(statements[at])) is not None]
    if start is None or not positions:
        return end
    before = [each for each in positions if each[0] <= start]
    if not before:
        return claims[0]
    at = max(before)[1] + 1
    while at < len(statements) and _kind(statements[at]) == "evidence":
        at += 1
    return at


def _with(
    document: Document, text: str, drafts: Sequence[Draft], at: int, heading: str | None, known: Mapping[str, str]
) -> str:
    """Put drafts before the statement number ``at``, under a heading of their own where the file has headings."""
    added = [item for each in drafts for item in read_document(each.turtle()).items if isinstance(item, Statement)]
    statements = _statements(document)
    if heading and any(map(_has_heading, statements)):
        added[0].lead = Lead([Comment(_HEADING.format(heading))], is_apart=True)
    elif at < len(statements) and not heading and _is_claim(statements[at]) and _is_claim(added[0]):
        _move_heading(statements, at, added[0])
    before = len(document.items) if at == len(statements) else _number(document, statements[at])
    document.items[before:before] = added
    arrange(document, missing_prefixes(document, known))
    after = layout(document)
    _require_same(text, drafts, after, known)
    return after


def _move_heading(statements: list[Statement], at: int, first: Statement) -> None:
    """Let what comes before the first claim of all stand below the heading of that claim."""
    if any(_is_claim(each) for each in statements[:at]):
        return
    comments = statements[at].lead.comments
    headings = [number for number, comment in enumerate(comments) if is_heading(comment.text)]
    if headings:
        first.lead = Lead(comments[: headings[-1] + 1], is_apart=True)
        statements[at].lead.comments = comments[headings[-1] + 1 :]


def _require_same(text: str, drafts: Iterable[Draft], after: str, known: Mapping[str, str]) -> None:
    wanted = _quads(text, {}) | _quads("\n".join(each.turtle() for each in drafts), known)
    if _quads(after, {}) != wanted:
        raise AlteredError(None)


def _quads(text: str, known: Mapping[str, str]) -> set[ox.Quad]:
    head = "".join(f"@prefix {name}: <{namespace}> . " for name, namespace in known.items())
    return set(ox.parse(head + text, format=ox.RdfFormat.TURTLE))


def _statements(document: Document) -> list[Statement]:
    return [item for item in document.items if not isinstance(item, Directive)]


def _number(document: Document, statement: Statement) -> int:
    return next(number for number, item in enumerate(document.items) if item is statement)


def _has_heading(statement: Statement) -> bool:
    return any(is_heading(comment.text) for comment in statement.lead.comments)


def _kind(statement: Statement) -> str:
    return statement.subject.text.partition(":")[0]


def _is_claim(statement: Statement) -> bool:
    return _kind(statement) == "evidence" or any(each.verb.text == "mkg:evidence" for each in statement.predicates)


def _position(statement: Statement) -> int | None:
    texts = [value.text for each in statement.predicates if each.verb.text == "mkg:startsAt" for value in each.values]
    return int(texts[0]) if texts and texts[0].isdecimal() else None
