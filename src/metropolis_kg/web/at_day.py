"""What held on a day: ``/at/2018-03-15``, for people; for programs the stored query ``held-on`` says the same."""

from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, Response

from metropolis_kg.publication.at_day import AtDay, DayPage
from metropolis_kg.publication.media_types import CSV, HTML, RESULTS, RESULTS_JSON
from metropolis_kg.publication.shape_order import shape_order_of
from metropolis_kg.publication.time_words import day as day_in_words
from metropolis_kg.web.requests import choose_here
from metropolis_kg.web.responses import moved, see_other
from metropolis_kg.web.site import Site, View
from metropolis_kg.web.wanted import day_asked, day_written, page_number

DATA = "held-on"
"""The stored query that answers with the rows of all pages of a day."""


def at_day(site: Site) -> Blueprint:
    """Return the views of days."""
    views = Blueprint("at_day", __name__)

    @views.get("/at")
    def without_slash() -> Response:
        view = site.view()
        day = day_asked()
        return _to(view, day) if day else moved(f"{site.base}at/{_language(view)}")

    @views.get("/at/")
    def overview() -> Response:
        view = site.view()
        day = day_asked()
        if day:
            return _to(view, day)
        return view.representation(lambda: view.render("at_days.html", shown=_teller(view).overview()))

    @views.get("/at/<day>")
    def on(day: str) -> Response:
        view, asked, other, number = site.view(), day_written(day), day_asked(), page_number()
        if other:
            return _to(view, other)
        chosen = choose_here((HTML, *RESULTS))
        if chosen.syntax is not HTML:
            return see_other(site.base + _data(asked, chosen.syntax.extension))
        response = view.representation(lambda: _told(view, asked, number))
        response.vary.add("Accept")
        return response

    return views


def _teller(view: View) -> AtDay:
    order = shape_order_of(view.site.content, view.release.base)
    return AtDay(view.release, view.site.queries, view.names, view.links, view.words, order)


def _told(view: View, day: date, number: int) -> str:
    shown = _teller(view).page(day, number)
    turns = {
        name: view.links.page(f"at/{day}{f'?page={page}' if page > 1 else ''}") for name, page in shown.turns.items()
    }
    data = {syntax: view.links.file(_data(day, syntax.extension)) for syntax in (CSV, RESULTS_JSON)}
    return view.render(
        "at_day.html", shown=shown, turns=turns, data=data, query=_data(day), others=_others(shown),
        counts=[view.words.number(each.total) for each in shown.standings],
        in_words=lambda each: day_in_words(each, view.language),
    )  # fmt: skip


def _others(shown: DayPage) -> dict[str, date]:
    """Return the key of its words → another day to go on to."""
    days = {
        "at_previous_change": shown.previous_change, "at_day_before": shown.day_before,
        "at_day_after": shown.day_after, "at_next_change": shown.next_change,
    }  # fmt: skip
    return {word: day for word, day in days.items() if day}


def _data(day: date, extension: str | None = None) -> str:
    """Return the path and query of what a page of a day says as data; without an extension, of the question itself."""
    return f"query/{DATA}?{urlencode({'at': day} | ({'format': extension} if extension else {}))}"


def _to(view: View, day: date) -> Response:
    """Lead to the page of a day, in the language that was chosen by hand."""
    return see_other(f"{view.site.base}at/{day}{_language(view)}")


def _language(view: View) -> str:
    return f"?lang={view.links.chosen}" if view.links.chosen else ""
