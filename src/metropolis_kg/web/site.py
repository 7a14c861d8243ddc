"""What a site consists of: a release that is current, the queries of its content, and pages in two languages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Response, render_template, request

from metropolis_kg.content import Content, find_content
from metropolis_kg.curation.examiner import Limits
from metropolis_kg.curation.examiners import Examiners
from metropolis_kg.publication.media_types import GRAPHS, HTML, content_type
from metropolis_kg.publication.names import Names, names_for, names_of
from metropolis_kg.publication.negotiation import LANGUAGES, language
from metropolis_kg.publication.reading import Links, Value
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.publication.table import Table, cells, things_in
from metropolis_kg.publication.words import Words
from metropolis_kg.settings import Settings
from metropolis_kg.store.deaths import Deaths
from metropolis_kg.store.prefork import DEATHS
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.current import Current
from metropolis_kg.web.meeting_place import meeting_place
from metropolis_kg.web.metrics import Metrics
from metropolis_kg.web.navigation import address, date_field, sections, switches
from metropolis_kg.web.responses import representation
from metropolis_kg.web.static_files import built

MOST_NAMED = 1000
"""Things whose names are looked up for one table; the others are shown by their short IRIs."""


@dataclass(frozen=True)
class Site:
    """What blueprints are made of."""

    settings: Settings
    current: Current
    content: Content
    stored: StoredQueries
    metrics: Metrics
    examiners: Examiners
    deaths: Deaths

    @classmethod
    def of(cls, settings: Settings) -> "Site":
        """Return the site that ``settings`` describe. Raises MissingContentError and ContentError."""
        content = find_content(settings.root)
        meeting = meeting_place()
        deaths = Deaths(meeting / DEATHS)
        metrics, examiners = Metrics(meeting / "metrics", deaths), Examiners(content, meeting, _limits(settings))
        current = Current(settings, meeting, metrics.queries)
        return cls(settings, current, content, StoredQueries(content), metrics, examiners, deaths)

    @property
    def queries(self) -> Path:
        """The folder of the queries."""
        return self.content.queries

    @property
    def content_digest(self) -> str:
        """A digest of the queries and shapes, which are those of the content and not of the release."""
        shapes = [self.content.prefixes_file, *sorted(self.content.shapes.rglob("*.ttl"))]
        files = [*sorted(self.queries.rglob("*.rq")), *shapes]
        return sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()

    def view(self) -> "View":
        """Return how the present request wants to see the current release."""
        release = self.current.release()
        return View(release.base, self, release)

    @property
    def base(self) -> str:
        """The base IRI: that of the release where there is one, else that of the settings."""
        try:
            return self.current.release().base
        except Exception:  # whatever is wrong with the release, an error page needs a base
            return self.settings.base_iri


@dataclass(frozen=True)
class Frame:
    """How the present request wants to see pages: in which language, with addresses that keep it."""

    base: str

    @cached_property
    def language(self) -> str:
        """The language of pages for this request."""
        return language(request.headers.get("Accept-Language"), request.args.get("lang"))

    @cached_property
    def links(self) -> Links:
        """Addresses of pages; they keep a language that was chosen by hand, and those of things the day asked for."""
        chosen = request.args.get("lang")
        return Links(self.base, chosen if chosen in LANGUAGES else None, self._day())

    @staticmethod
    def _day() -> date | None:
        """Return the day of which the request wants to know, by a field or by the address of a day.

        None where it is no day, of which the view complains.
        """
        try:
            return date.fromisoformat(request.args.get("at") or (request.view_args or {}).get("day", ""))
        except ValueError:
            return None

    @cached_property
    def words(self) -> Words:
        """The words of the page."""
        return Words(self.language)

    def render(self, template: str, **values: Any) -> str:
        """Return the page that ``template`` makes of ``values``."""
        return render_template(template, **self._framing(), **values)

    def _framing(self) -> dict[str, Any]:
        """Return what the frame of every page is made of."""
        return {
            "language": self.language, "words": self.words, "links": self.links,
            "sections": sections(self.links), "switches": switches(self.links),
            "date_field": date_field(self.links, self._day()), "address": address(self.base),
            "search_text": request.args.get("q", "") if request.path == "/search" else "",
            "site_script": built("site"),
        }  # fmt: skip

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Return the page that ``template`` makes of ``values``, as it is sent."""
        response = Response(self.render(template, **values), status, content_type=content_type(HTML.media_type))
        self.name_language(response)
        return response

    @property
    def variant(self) -> list[str]:
        """What tells a page from others at the same address: its language, and whether its links keep that."""
        return [self.language, self.links.page("")]

    def name_language(self, response: Response) -> None:
        """Say in which language ``response``, a page, is, and that the request decided it (RFC 9110 section 8.5)."""
        response.content_language.add(self.language)
        response.vary.add("Accept-Language")


@dataclass(frozen=True)
class View(Frame):
    """One request's way to see a release."""

    site: Site
    release: OpenRelease

    @property
    def names(self) -> Names:
        """What properties and classes are called."""
        return names_of(self.release, self.site.queries)

    def cells(self, table: Table | None) -> list[list[Value | None]]:
        """Return the rows of a table as a page shows them; none where there is no table."""
        if table is None:
            return []
        names = names_for(self.release, self.site.queries, things_in(table, self.release.base)[:MOST_NAMED])
        return cells(table, names, self.links, self.release.prefixes, self.language)

    def render(self, template: str, **values: Any) -> str:
        """Return the page that ``template`` makes of ``values`` and the release."""
        return super().render(template, release=self.release, formats=GRAPHS, **values)

    def representation(self, write: Callable[[], str]) -> Response:
        """Return the page that ``write`` writes, or 304 where the client has it; it may be kept with the release."""
        response = representation(self.release, HTML.media_type, self.variant, lambda: write().encode())
        self.name_language(response)
        return response


def _limits(settings: Settings) -> Limits:
    return Limits(settings.validation_seconds, settings.validation_memory, settings.validations_at_once)
