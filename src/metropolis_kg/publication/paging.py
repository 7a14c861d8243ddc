"""The pages of a long list: how many there are, what is on one of them, and to which one can go on from there."""

from collections.abc import Sequence
from typing import TypeVar

from metropolis_kg.errors import MetropolisError

PAGE = 100
"""Things on a page, where nothing else is said."""

_Each = TypeVar("_Each")


class UnknownPageError(MetropolisError):
    """There are fewer pages; carries the number asked for and how many there are."""

    def __init__(self, page: int, pages: int) -> None:
        self.page, self.pages = page, pages
        there_are = "There is 1 page" if pages == 1 else f"There are {pages:,} pages"
        super().__init__(f"{there_are}, and no page {page:,}.")


def pages_of(total: int, size: int = PAGE) -> int:
    """Return how many pages of ``size`` things ``total`` of them fill; an empty list has one.

    >>> pages_of(0), pages_of(100), pages_of(101)
    (1, 1, 2)
    """
    return max(1, -(-total // size))


def on_page(things: Sequence[_Each], page: int, size: int = PAGE) -> Sequence[_Each]:
    """Return those of ``things`` that are on ``page``, counted from 1. Raises UnknownPageError."""
    refuse_unknown(page, pages_of(len(things), size))
    return things[(page - 1) * size : page * size]


def refuse_unknown(page: int, pages: int) -> None:
    """Raise UnknownPageError where there is no ``page`` among so many."""
    if page > pages:
        raise UnknownPageError(page, pages)


def turns(page: int, pages: int) -> dict[str, int]:
    """Return the numbers of the pages to go on to from ``page``, by where they lead; beyond the last, only that.

    >>> turns(1, 1), turns(2, 3), turns(3, 2)
    ({}, {'first': 1, 'previous': 1, 'next': 3, 'last': 3}, {'last': 2})
    """
    if page > pages:
        return {"last": pages}
    return {name: number for name, number in neighbours(page, pages).items() if number != page}


def neighbours(page: int, pages: int) -> dict[str, int]:
    """Return the numbers of the first, previous, next and last page, as far as there are such; ``page`` may be one."""
    numbers = {"first": 1, "previous": page - 1, "next": page + 1, "last": pages}
    return {name: number for name, number in numbers.items() if 1 <= number <= pages}
