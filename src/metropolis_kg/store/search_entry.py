"""What is known of one thing, before it is written to a search index."""

from dataclasses import dataclass, field

LANGUAGES = ("en", "de")
"""Languages in whose order things are listed."""

LONGEST_NAME = 1_000
"""Characters of a name that are kept."""


@dataclass(slots=True)
class Entry:
    """What is known of one thing before it is written."""

    iri: str
    classes: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    """Language (``""``: none) → what it is called."""

    names: list[tuple[str, str]] = field(default_factory=list)
    """Other names, with their languages."""

    codes: list[str] = field(default_factory=list)
    """Identifiers, and IRIs that others have given to it."""

    notes: dict[str, str] = field(default_factory=dict)
    """Language → a short text about it."""

    when: str = ""
    """When it was, in EDTF."""

    links: int = 0
    """Statements that point to it."""
