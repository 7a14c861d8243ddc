"""For those who read by machine without knowing us: ``/robots.txt``, ``/sitemap.xml`` and ``/llms.txt``."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound

from metropolis_kg.publication.introduction import introduction
from metropolis_kg.publication.sitemap import MEDIA_TYPE, sitemap_index, sitemap_page
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.web.responses import representation
from metropolis_kg.web.site import Site


def crawlers(site: Site) -> Blueprint:
    """Return the views for crawlers. Crawlers look for ``/robots.txt`` at the root of the host only."""
    views = Blueprint("crawlers", __name__)

    @views.get("/robots.txt")
    def robots() -> Response:
        release = site.current.release()
        root = urlsplit(release.base).path
        return representation(
            release, "text/plain", [], lambda: render_template("robots.txt", release=release, root=root).encode()
        )

    @views.get("/llms.txt")
    def llms() -> Response:
        release = site.current.release()

        def written() -> bytes:
            values = {"release": release, "introduction": introduction(release, site.queries)}
            return render_template("llms.txt", **values).encode()

        return representation(release, "text/markdown", [], written)

    @views.get("/sitemap.xml")
    def index() -> Response:
        release = site.current.release()
        return representation(release, MEDIA_TYPE, [], lambda: sitemap_index(release))

    @views.get("/sitemap/<int(max=100000):number>.xml")
    def page(number: int) -> Response:
        release = site.current.release()
        return representation(release, MEDIA_TYPE, [], lambda: _page(release, number))

    return views


def _page(release: OpenRelease, number: int) -> bytes:
    page = sitemap_page(release, number)
    if page is None:
        raise NotFound("The sitemap has no such page; /sitemap.xml lists those it has.")
    return page
