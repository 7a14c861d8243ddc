"""Values of the header field Link (RFC 8288 section 3)."""


def link_value(href: str, rel: str, **attributes: str) -> str:
    """Return a link from what a response represents to ``href``, with its target attributes.

    >>> link_value("http://localhost:8000/feed.atom", "alternate", type="application/atom+xml")
    '<http://localhost:8000/feed.atom>; rel="alternate"; type="application/atom+xml"'
    """
    return "; ".join([f"<{href}>", f'rel="{rel}"', *(f'{name}="{value}"' for name, value in attributes.items())])
