"""Addresses: made absolute, and with more fields in their query."""

from collections.abc import Mapping
from urllib.parse import urlencode, urljoin, urlsplit


def joined(base: str, address: str) -> str:
    """Return ``address`` made absolute; ``""`` where it is none."""
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def with_fields(url: str, fields: Mapping[str, str]) -> str:
    """Return ``url`` with more fields in its query."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(fields)}"
