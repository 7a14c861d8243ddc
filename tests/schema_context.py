"""What the context published at schema.org says of the keys used here, so that tests read what consumers read.

It still names terms by ``http://``; schema.org takes both for the same. Dates get the datatype ``schema:Date``.
"""

import json
from typing import Any

import pyoxigraph as ox
from pyld import jsonld

from graphs import canonical

ADDRESSES = ("url", "sameAs", "license", "mainEntityOfPage", "contentUrl", "isPartOf", "isBasedOn", "inDefinedTermSet")
DATES = ("startDate", "endDate", "foundingDate", "dateModified", "datePublished")

CONTEXT: dict[str, Any] = {
    "@vocab": "http://schema.org/",
    **{key: {"@type": "@id"} for key in ADDRESSES},
    **{key: {"@type": "http://schema.org/Date"} for key in DATES},
}


def load(url: str, _: object) -> dict[str, object]:
    """Return that context for the address of schema.org, and nothing else."""
    assert url == "https://schema.org"
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": CONTEXT}}


def graph_of(document: bytes) -> ox.Dataset:
    """Return the graph of a JSON-LD document in schema.org, with terms by ``https://`` and dates as plain text."""
    nquads = jsonld.to_rdf(json.loads(document), {"format": "application/n-quads", "documentLoader": load})
    return canonical(ox.parse(in_https(nquads), format=ox.RdfFormat.N_QUADS))


def in_https(nquads: str) -> bytes:
    """Return N-Quads with the terms of schema.org by ``https://``, and with dates as plain text."""
    return (
        nquads.replace("<http://schema.org/", "<https://schema.org/")
        .replace("^^<https://schema.org/Date>", "")
        .encode()
    )
