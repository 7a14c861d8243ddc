"""What formatting changes in the tree of a Turtle file: the order of prefixes, and ``a`` before other predicates.

Prefixes come first, in alphabetical order, the used ones only. A file with ``@base``, or one that gives a prefix two
meanings, keeps its directives where they stand, for what follows depends on their order. Statements, values and
predicates other than ``a`` stay in the order written: it is the order of the page, and a steward's own.
"""

from collections.abc import Mapping

from metropolis_kg.curation.turtle.tokens import Comment
from metropolis_kg.curation.turtle.tree import Directive, Document, Lead, Predicate, Statement, is_heading
from metropolis_kg.model.namespaces import RDF

_TYPE = f"<{RDF}type>"


def missing_prefixes(document: Document, known: Mapping[str, str]) -> list[Directive]:
    """Return a directive for each prefix that is used, declared nowhere in the file, and ``known``."""
    names = _used(document) - {item.name for item in document.items if isinstance(item, Directive)}
    return [Directive(name, f"<{known[name[:-1]]}>", Lead(), None) for name in sorted(names) if name[:-1] in known]


def arrange(document: Document, added: list[Directive]) -> None:
    """Bring ``document`` into order, with the directives ``added`` that it lacks."""
    _separate_header(document)
    kept_in_place = _depends_on_order(document)
    _write_types(document, is_rdf_declared=not kept_in_place)
    dropped: list[Comment] = []
    if kept_in_place:
        document.items[:0] = added
    else:
        dropped = _gather_directives(document, added)
    first = document.items[0] if document.items else None
    if isinstance(first, Directive) and not document.header:
        document.header, first.lead = first.lead.comments, Lead()
    document.header = _with_carried(document.header, dropped)


def _depends_on_order(document: Document) -> bool:
    meanings: dict[str | None, str] = {}
    directives = [item for item in document.items if isinstance(item, Directive)]
    return any(each.name is None or meanings.setdefault(each.name, each.iri) != each.iri for each in directives)


def _separate_header(document: Document) -> None:
    """Take from the first item the comments that are about the file, and not about that item."""
    if not document.items:
        return
    first = document.items[0]
    comments = first.lead.comments
    groups = [number for number, each in enumerate(comments) if number and (each.after_blank or is_heading(each.text))]
    if isinstance(first, Directive):
        end = groups[-1] if groups and not first.lead.is_apart else len(comments)
    elif not comments or is_heading(comments[0].text) or not (groups or first.lead.is_apart):
        end = 0
    else:
        end = groups[0] if groups else len(comments)
    document.header, first.lead.comments = comments[:end], comments[end:]


def _write_types(document: Document, *, is_rdf_declared: bool) -> None:
    """Write ``rdf:type`` as ``a``, and ``a`` before the other predicates."""
    directives = [item for item in document.items if isinstance(item, Directive) and is_rdf_declared]
    spellings = {"a", _TYPE, *(f"{each.name}type" for each in directives if each.name and each.iri == f"<{RDF}>")}
    for statement in document.items:
        if isinstance(statement, Statement):
            for value in statement.values():
                _type_first(value.predicates, spellings)
            _type_first(statement.predicates, spellings)
            _lift_comments(statement)


def _type_first(predicates: list[Predicate], spellings: set[str]) -> None:
    for predicate in predicates:
        if predicate.verb.text in spellings:
            predicate.verb.text, predicate.verb.prefix = "a", None
    predicates.sort(key=lambda each: each.verb.text != "a")


def _lift_comments(statement: Statement) -> None:
    """Let comments at the first predicate, which shares a line with the subject, stand above both."""
    if statement.predicates:
        statement.lead.add(statement.predicates[0].comments)
        statement.predicates[0].comments = []


def _gather_directives(document: Document, added: list[Directive]) -> list[Comment]:
    """Put the used directives first, in alphabetical order; return the comments of those that are not needed."""
    used = _used(document)
    kept = {each.name: each for each in added}
    statements: list[Statement] = []
    carried: list[Comment] = []
    dropped: list[Comment] = []
    for item in document.items:
        if isinstance(item, Statement):
            item.lead.comments, carried = _with_carried(carried, item.lead.comments), []
            statements.append(item)
            continue
        if statements:
            carried, item.lead = [*carried, *item.lead.comments], Lead()
        if item.name not in used or kept.setdefault(item.name, item) is not item:
            comments = [*item.lead.comments, *([Comment(item.trailing)] if item.trailing else [])]
            dropped = _with_carried(dropped, comments)
    document.last.comments = _with_carried(carried, document.last.comments)
    document.items = [*(kept[name] for name in sorted(kept, key=_without_colon)), *statements]
    return dropped


def _without_colon(name: str | None) -> str:
    return (name or "").removesuffix(":")


def _with_carried(before: list[Comment], after: list[Comment]) -> list[Comment]:
    """Return two groups of comments as one, with an empty line between."""
    if not before or not after:
        return before or after
    first, *others = after
    return [*before, first._replace(after_blank=True), *others]


def _used(document: Document) -> set[str]:
    statements = [item for item in document.items if isinstance(item, Statement)]
    return {value.prefix for each in statements for value in each.values() if value.prefix}
