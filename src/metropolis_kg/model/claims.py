"""The classes of claims."""

KINDS = (
    "Founding", "PostHolding", "Tenure", "Election", "MemberCount", "Partnership", "PartnerList", "Event",
    "Participation", "Dating", "StatedRelation", "InferredRelation", "AttributedStatement",
)  # fmt: skip
"""The classes of claims in the order of their groups on a page.

A class stands before those above it, if they are here as well.
"""

ALL_KINDS = (*KINDS, "Claim")
"""The same, and what a claim is that is none of them."""


def rank(kind: str) -> tuple[int, str]:
    """Return what classes are sorted by: those of ``KINDS`` as they stand there, then others by their names."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS), kind
