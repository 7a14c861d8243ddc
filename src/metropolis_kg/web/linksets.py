"""Link sets (RFC 9264): ``/linkset/<name>`` has the links of ``/doc/<name>`` and of all its forms."""

from flask import Blueprint, Response, request

from metropolis_kg.publication.description import UnknownThingError
from metropolis_kg.publication.media_types import HTML, by_extension
from metropolis_kg.publication.negotiation import Choice, choose
from metropolis_kg.publication.retirement import refuse_retired
from metropolis_kg.publication.signposting import LINKSETS, all_links, write_linkset
from metropolis_kg.web.documents import address_of, described, thing_iri
from metropolis_kg.web.responses import representation
from metropolis_kg.web.site import Site
from metropolis_kg.web.wanted import Wanted, with_part


def linksets(site: Site) -> Blueprint:
    """Return the view of link sets."""
    views = Blueprint("linksets", __name__)

    @views.get("/linkset/<path:name>")
    def linkset(name: str) -> Response:
        view = site.view()
        name, dot, extension = name.partition(".")
        syntax = by_extension(extension, LINKSETS) if dot else None
        if dot and syntax is None:
            raise UnknownThingError(view.release.iri(f"linkset/{name}.{extension}"))
        chosen = Choice(syntax, syntax.media_type) if syntax else choose(request.headers.get("Accept"), LINKSETS)
        refuse_retired(view.release, site.queries, thing_iri(view.release, name))
        asked = with_part(Wanted(name, Choice(HTML, HTML.media_type)))

        def written() -> bytes:
            return write_linkset(
                all_links(described(view, asked), address_of(view, asked), site.queries), chosen.syntax
            )

        response = representation(view.release, chosen.media_type, asked.variant, written)
        if not syntax:
            response.vary.add("Accept")
            response.headers["Content-Location"] = address_of(view, asked).linkset(chosen.syntax)
        return response

    return views
