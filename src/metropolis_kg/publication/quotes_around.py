"""Quotes in their context: what else of the same source is quoted near them (see ``docs/decisions/0020``)."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.model.evidence import Quote
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.own_queries import rows
from metropolis_kg.publication.quoted_text import Context, Quotation, quoted_text
from metropolis_kg.publication.registered import register_of
from metropolis_kg.store.release import OpenRelease

REACH, FURTHER = 80, 240
"""Characters of context on each side of a quote: among many, and on the page of one."""

BEFORE, AFTER = 600, 400
"""Characters before the beginning of a quote, and after it, within which others begin that are looked at."""

MOST_NEAR = 3000
"""Quotes that are looked at."""

MOST, MOST_SOURCES = 300, 10
"""Pieces of evidence whose context is looked up for a page, and sources in which; all others are shown alone."""


def contexts_of(
    release: OpenRelease, queries: Path, evidence: Iterable[str], reach: int = REACH
) -> Mapping[str, Context]:
    """Return IRI of evidence → its quote in context, by one query; of what has no position, nothing.

    Raises what the store raises.
    """
    asked = [ox.NamedNode(iri) for iri in dict.fromkeys(evidence)][:MOST]
    if not asked:
        return {}
    sources: dict[str, dict[str, Quotation]] = {}
    for row in _near(release, queries, asked):
        quotation = _quotation(row)
        sources.setdefault(row["source"]["value"], {})[quotation.evidence] = quotation
    texts = {source: quoted_text(quotations.values()) for source, quotations in sources.items()}
    return {
        iri.value: texts[source].around(iri.value, reach)
        for iri in asked
        for source, quotations in sources.items()
        if iri.value in quotations
    }


def _near(
    release: OpenRelease, queries: Path, asked: Sequence[ox.NamedNode]
) -> Sequence[Mapping[str, Mapping[str, str]]]:
    """Return the quotes of ``asked`` evidence and those around each; without a register, those around all together."""
    register = register_of(release)
    if register is None:
        return rows(release, queries / "description" / "quotes-around.rq", {"asked": asked})
    near = register.quoted_near([each.value for each in asked], BEFORE, AFTER, MOST_NEAR)
    if not near:
        return []
    return rows(
        release, queries / "description" / "quotes-placed.rq", {"evidence": [ox.NamedNode(iri) for iri in near]}
    )


def evidence_in(description: Description) -> list[str]:
    """Return the evidence that a description tells of: the thing itself, or that of the claims in it."""
    thing = description.thing
    if description.is_a(thing, "mkg:Evidence"):
        return [thing]
    claims = (thing, *description.claims)
    sources = {claim: description.things(claim, "prov:hadPrimarySource") for claim in claims}
    known = sorted({source for several in sources.values() for source in several})[:MOST_SOURCES]
    told = [claim for claim in claims if not set(known).isdisjoint(sources[claim])]
    return [each for claim in told for each in description.things(claim, "mkg:evidence")]


def _quotation(row: Mapping[str, Mapping[str, str]]) -> Quotation:
    start, quote = row["start"]["value"], row["quote"]
    known = Quote(
        quote["value"],
        int(start) if start.isdecimal() else None,
        row["prefix"]["value"] if "prefix" in row else "",
        row["suffix"]["value"] if "suffix" in row else "",
    )
    return Quotation(row["evidence"]["value"], known, (), quote.get("xml:lang"))
