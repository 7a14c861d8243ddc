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
