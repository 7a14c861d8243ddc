"""From answers to the new text of a file, which is not written yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.content import Content, read_text
from metropolis_kg.curation.drafts.citing import locate
from metropolis_kg.curation.drafts.drafting import CLAIMS, Draft, draft, draft_evidence, draft_page
from metropolis_kg.curation.drafts.fields import Answers, is_quoted
from metropolis_kg.curation.drafts.insertion import line_of, with_claim, with_thing, written
from metropolis_kg.curation.drafts.known_things import KnownThings
from metropolis_kg.curation.drafts.words import DraftError
from metropolis_kg.curation.formatting import formatted, replace_file
from metropolis_kg.model.dataset import DERIVED_GRAPHS, NamedGraph
from metropolis_kg.model.evidence import Quote, occurrences

_HEADER = """# The page "{title}": what it says of the world, and only that.
# First the page itself, then the things it names, then its claims in the order of the text, each with its evidence.

# ======== The graph and its source ========

"""
_LANGUAGES = {"DEU": "de", "ENG": "en"}


@dataclass(frozen=True)
class Change:
    """The new text of a file, and the drafts that it holds more than before."""

    path: Path
    text: str
    drafts: list[Draft]
    turtle: str
    """The drafts alone, as a file of their own."""

    is_new: bool = False
    """Whether the file is not there yet."""

    def write(self) -> None:
        """Write the file in one step. Raises FileExistsError for a new page whose file came into being meanwhile."""
        if self.is_new:
            with self.path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(self.text)
        else:
            replace_file(self.path, self.text.encode())

    def places(self) -> list[tuple[str, int]]:
        """Return the name of each new thing with its line."""
        return [(each.name, line_of(self.text, each.name)) for each in self.drafts]


class Source:
    """The source of a graph: its language, and its text where that is at hand."""

    def __init__(self, graph: NamedGraph, known: KnownThings, texts: Mapping[str, str]) -> None:
        self._graph, self._known = graph, known
        source = known.values(graph, graph.name.value, "mkg:source")[0].value
        digests = [value.value for value in known.values(graph, source, "mkg:sha256")]
        languages = [known.name(value.value) for value in known.values(graph, source, "dct:language")]
        self.text = next((texts[each] for each in digests if each in texts), None)
        self.is_kept = bool(digests)
        self.language = next((_LANGUAGES.get(each.rpartition(":")[2], "de") for each in languages), "de")

    def needs_position(self, words: str) -> bool:
        """Return whether a steward has to say where the words stand."""
        return self.is_kept if self.text is None else len(occurrences(Quote(words), self.text)) != 1

    def check(self, answers: Answers, *, is_last: bool) -> None:
        """Raise DraftError where the quote answered will not do; that its place is not clear, only at the last."""
        if is_quoted(answers) and (is_last or (self.text is not None and not self.needs_position(answers["quote"]))):
            self.quote(answers)
        elif is_quoted(answers) and self.text is not None and answers["quote"] not in self.text:
            raise DraftError("not_in_text", quote=answers["quote"])

    def quote(self, answers: Answers) -> Quote | None:
        """Return the quote answered, with its position; none where a note was answered. Raises DraftError."""
        if not is_quoted(answers):
            return None
        start = int(answers["starts-at"]) if answers.get("starts-at") else None
        if self.text is not None:
            return locate(answers["quote"], self.text, start)
        if start is None and self.is_kept:
            raise DraftError("position_missing")
        return Quote(answers["quote"], start)

    def evidence(self, quote: Quote | None) -> str | None:
        """Return the name of the evidence that has this very quote already."""
        if quote is None or quote.start is None:
            return None
        words, start = ox.Literal(quote.exact, language=self.language), str(quote.start)
        for subject in dict.fromkeys(quad.subject for quad in self._graph.quads if quad.object == words):
            if isinstance(subject, ox.NamedNode):
                starts = self._known.values(self._graph, subject.value, "mkg:startsAt")
                if [each.value for each in starts] == [start]:
                    return self._known.name(subject.value)
        return None


Place = tuple[NamedGraph, Source]
"""The graph to write into, and its source."""


def compose(
    kind: str, slug: str, answers: Answers, known: KnownThings, content: Content, place: Place | None
) -> Change:
    """Return the change that adds a thing or claim to the file of ``place``, or a page of its own.

    Raises DraftError where its IRI is or was in use.
    """
    if place is None:
        return _page(slug, answers, known, content)
    known.require_free(known.iri(f"{kind}:{slug}"))
    graph, about = place
    made, text = draft(kind, slug, answers, known), read_text(graph.path)
    if kind not in CLAIMS:
        return Change(graph.path, with_thing(text, made, known.prefixes), [made], written([made], known.prefixes))
    quote = about.quote(answers)
    drafts = [made, *_evidence(made, f"{graph.path.stem}-{slug}", answers, quote, about, known)]
    start = quote.start if quote else None
    return Change(graph.path, with_claim(text, drafts, start, known.prefixes), drafts, written(drafts, known.prefixes))


def _evidence(
    claim: Draft, slug: str, answers: Answers, quote: Quote | None, source: Source, known: KnownThings
) -> list[Draft]:
    """Point the claim at its evidence; return that, unless the very quote is there already."""
    there = source.evidence(quote)
    claim.add("mkg:evidence", there or f"evidence:{slug}")
    if there:
        return []
    known.require_free(known.iri(f"evidence:{slug}"))
    return [draft_evidence(slug, answers, quote, source.language)]


def _page(slug: str, answers: Answers, known: KnownThings, content: Content) -> Change:
    path = content.data / "pages" / f"{slug}.ttl"
    stems = {each.stem for folder in (content.data, content.ontology) for each in folder.rglob("*.ttl")}
    if path.exists() or slug in stems or slug in DERIVED_GRAPHS:
        raise DraftError("taken_file", name=slug)
    for name in ("graph", "source"):
        known.require_free(known.iri(f"{name}:{slug}"))
    if answers["from"] > answers["until"]:
        raise DraftError("window", start=answers["from"], end=answers["until"])
    drafts = draft_page(slug, answers, known)
    body = _HEADER.format(title=answers["title-en"]) + "\n\n".join(each.turtle() for each in drafts)
    text = formatted(body.encode(), known.prefixes).decode()
    return Change(path, text, drafts, written(drafts, known.prefixes), is_new=True)
