"""What a site consists of: a release that is current, the queries of its content, and pages in two languages."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import render_template, request

from metropolis_kg.content import find_content
from metropolis_kg.publication.media_types import DOCUMENTS, HTML
from metropolis_kg.publication.names import Names, names_of
from metropolis_kg.publication.negotiation import LANGUAGES, language
from metropolis_kg.publication.reading import Links
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.publication.words import Words
from metropolis_kg.settings import Settings
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.current import Current


@dataclass(frozen=True)
class Site:
    """What blueprints are made of."""

    settings: Settings
    current: Current
    queries: Path
    stored: StoredQueries

    @classmethod
    def of(cls, settings: Settings) -> "Site":
        """Return the site that ``settings`` describe. Raises MissingContentError and ContentError."""
        content = find_content(settings.root)
        return cls(settings, Current(settings), content.queries, StoredQueries(content))

    def view(self, release: OpenRelease | None = None) -> "View":
        """Return how the present request wants to see ``release``, which is the current one unless given."""
        return View(self, release or self.current.release())

    @property
    def base(self) -> str:
        """The base IRI: that of the release where there is one, else that of the settings."""
        try:
            return self.current.release().base
        except Exception:  # whatever is wrong with the release, an error page needs a base
            return self.settings.base_iri


@dataclass(frozen=True)
class View:
    """One request's way to see a release: its language and the addresses that keep it."""

    site: Site
    release: OpenRelease

    @cached_property
    def language(self) -> str:
        """The language of pages for this request."""
        return language(request.headers.get("Accept-Language"), request.args.get("lang"))

    @cached_property
    def links(self) -> Links:
        """Addresses of pages; they keep a language that was chosen by hand."""
        chosen = request.args.get("lang")
        return Links(self.release, chosen if chosen in LANGUAGES else None)

    @cached_property
    def words(self) -> Words:
        """The words of the page."""
        return Words(self.language)

    @property
    def names(self) -> Names:
        """What properties and classes are called."""
        return names_of(self.release, self.site.queries)

    def render(self, template: str, **values: Any) -> str:
        """Return the page that ``template`` makes of ``values``."""
        return render_template(
            template,
            language=self.language,
            words=self.words,
            links=self.links,
            release=self.release,
            switches=self._switches(),
            formats=[syntax for syntax in DOCUMENTS if syntax is not HTML],
            **values,
        )

    def _switches(self) -> dict[str, str]:
        """Return language → address of this page in it."""
        kept = {name: value for name, value in request.args.items() if name != "lang"}
        queries = {code: "&".join(map(_pair, (kept | {"lang": code}).items())) for code in LANGUAGES}
        return {code: f"{request.path}?{query}" for code, query in queries.items()}


def _pair(item: tuple[str, str]) -> str:
    from urllib.parse import quote

    return f"{quote(item[0])}={quote(item[1])}"
