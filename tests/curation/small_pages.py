"""A page small enough to see through, and its evidence: made of words of its text, without any file."""

from pathlib import Path

from metropolis_kg.curation.citations import Citation, Claim, Page
from metropolis_kg.model.evidence import Quote, digest

TEXT = "\n".join([
    "Metropolis",
    "Mit 141 Städten ist Metropolis ein Netz. Gegründet wurde es 1985.",
    "Berlin ist Mitglied seit 1991. Die GIZ ist Partner.",
    "Von 2018 bis 2020 war der Bürgermeister (zuvor vorläufig) Präsident.",
])  # fmt: skip

COUNT, FOUNDING, MEMBER, PARTNER, PRESIDENT, INTERIM = (
    "Mit 141 Städten", "Gegründet wurde es 1985", "Berlin ist Mitglied seit 1991.", "GIZ",
    "Von 2018 bis 2020 war der Bürgermeister (zuvor vorläufig) Präsident.", "zuvor vorläufig",
)  # fmt: skip


def claim(name: str) -> Claim:
    """Return a claim of that name."""
    return Claim(name, {"de": f"Aussage {name}", "en": f"claim {name}"}, (Path("data/pages/small.ttl"), 1))


def cited(words: str, *claims: str, prefix: str = "", suffix: str = "") -> Citation:
    """Return evidence that quotes ``words`` where they stand first; it and its claim are called after the words."""
    quote = Quote(words, TEXT.index(prefix + words + suffix) + len(prefix), prefix, suffix)
    names = claims or (words,)
    return Citation(f"evidence:{words}", quote, tuple(map(claim, names)), (Path("data/pages/small.ttl"), 2))


def page(*citations: Citation, others: tuple[str, ...] = ()) -> Page:
    """Return the page with that evidence, and with claims that rest on none."""
    given = citations or tuple(map(cited, (COUNT, FOUNDING, MEMBER, PARTNER, PRESIDENT, INTERIM)))
    claims = {each.name: each for citation in given for each in citation.claims} | {
        name: claim(name) for name in others
    }
    return Page("small", (digest(TEXT.encode()),), "de", given, tuple(claims.values()))
