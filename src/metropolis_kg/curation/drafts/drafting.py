"""The statements that answers become: each kind of thing with everything that its shape requires."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.curation.drafts.fields import Answers, is_quoted
from metropolis_kg.curation.drafts.known_things import KnownThings
from metropolis_kg.curation.drafts.words import DraftError, said
from metropolis_kg.model.evidence import Quote, digest
from metropolis_kg.model.identifiers import slugify

LICENCE = "<https://creativecommons.org/licenses/by/4.0/>"
MAINTAINERS = "organisation:metropolis-kg-maintainers"

_NAMED = {"person": "name-en", "organisation": "name-en", "post": "name-en", "event": "title-en", "page": "title-en"}
_LANGUAGES = ("de", "en")
CLAIMS = ("tenure", "partnership", "event")


@dataclass
class Draft:
    """One subject with its statements."""

    name: str
    pairs: list[tuple[str, list[str]]] = field(default_factory=list)

    def add(self, verb: str, *values: str) -> None:
        """Add the values of a predicate that are not empty."""
        written = [value for value in values if value]
        if written:
            self.pairs.append((verb, written))

    def turtle(self) -> str:
        """Return the statement in Turtle, without prefixes."""
        pairs = (f"{verb} {' , '.join(values)}" for verb, values in self.pairs)
        return f"{self.name} {' ; '.join(pairs)} ."


def slug_of(kind: str, answers: Answers, known: KnownThings) -> str:
    """Return the slug minted from what was answered. Raises DraftError where no letter or digit is in the name."""
    if kind == "tenure":
        begin = answers.get("when", "")[:4]
        parts = [_slug(known, answers["holder"]), _slug(known, answers["role"]), begin if begin.isdecimal() else ""]
    elif kind == "partnership":
        parts = [_slug(known, answers["partner"]), _slug(known, answers["with"])]
    else:
        parts = [minted(answers[_NAMED[kind]])]
    return "-".join(part for part in parts if part)


def minted(text: str) -> str:
    """Return the slug of a text. Raises DraftError."""
    try:
        return slugify(text)
    except ValueError as error:
        raise DraftError("no_slug", text=text) from error


def draft(kind: str, slug: str, answers: Answers, known: KnownThings) -> Draft:
    """Return the thing or claim of a kind, without evidence; of a page, see ``draft_page``."""
    made = Draft(f"{kind}:{slug}")
    _DRAFTS[kind](made, answers, known)
    return made


def draft_evidence(slug: str, answers: Answers, quote: Quote | None, language: str) -> Draft:
    """Return the evidence of a claim: a quote in a language, or a note where there is none."""
    made = Draft(f"evidence:{slug}")
    made.add("a", "mkg:Evidence")
    if quote is None or not is_quoted(answers):
        made.add("mkg:note", *_both(answers, "note"))
        return made
    made.add("mkg:quotePrefix", literal(quote.prefix, language) if quote.prefix else "")
    made.add("mkg:quote", literal(quote.exact, language))
    made.add("mkg:quoteSuffix", literal(quote.suffix, language) if quote.suffix else "")
    made.add("mkg:startsAt", "" if quote.start is None else str(quote.start))
    made.add("mkg:textKind", answers.get("text-kind", ""))
    return made


def draft_page(slug: str, answers: Answers, known: KnownThings) -> list[Draft]:
    """Return what stands first in the file of a page: its graph, its source and, where it is new, its publisher."""
    publisher = _publisher(answers, known)
    name = publisher[0].name if publisher else known.name(answers["publisher"])
    graph, source = Draft(f"graph:{slug}"), Draft(f"source:{slug}")
    graph.add("a", "mkg:PageGraph")
    graph.add("dct:title", *_said("title", {lang: answers[f"title-{lang}"] for lang in _LANGUAGES}))
    graph.add("mkg:source", source.name)
    graph.add("dct:license", LICENCE)
    holders = [MAINTAINERS] if known.place(known.iri(MAINTAINERS)) else []
    graph.add("dct:rightsHolder", *dict.fromkeys([*holders, name]))
    graph.add("schema:creditText", *_said("credit", {lang: _called(answers, known, lang) for lang in _LANGUAGES}))
    source.add("a", "mkg:SourceSnapshot")
    source.add("dct:title", *_both(answers, "title"))
    source.add("schema:url", str(ox.NamedNode(answers["url"])))
    source.add("dct:language", answers["language"])
    source.add("dct:publisher", name)
    source.add("mkg:sha256", str(ox.Literal(digest(Path(answers["text"]).read_bytes()))))
    source.add("mkg:observedNotBefore", f'"{answers["from"]}"^^xsd:date')
    source.add("mkg:observedNotAfter", f'"{answers["until"]}"^^xsd:date')
    source.add("mkg:windowBasis", *_both(answers, "basis"))
    return [graph, source, *publisher]


def literal(text: str, language: str) -> str:
    """Return a text with its language as Turtle writes it."""
    return str(ox.Literal(text, language=language))


def _publisher(answers: Answers, known: KnownThings) -> list[Draft]:
    if answers.get("publisher"):
        return []
    made = Draft(f"organisation:{minted(answers['publisher-en'])}")
    known.require_free(known.iri(made.name))
    made.add("a", "org:Organization")
    made.add("skos:prefLabel", *_both(answers, "publisher"))
    return [made]


def _said(words: str, names: Mapping[str, str]) -> list[str]:
    return [literal(said("page", words, lang, name=name), lang) for lang, name in names.items()]


def _called(answers: Answers, known: KnownThings, lang: str) -> str:
    return known.label(answers["publisher"], lang) if answers.get("publisher") else answers[f"publisher-{lang}"]


def _person(made: Draft, answers: Answers, _: KnownThings) -> None:
    made.add("a", "mkg:Person")
    made.add("foaf:name", *_both(answers, "name"))


def _organisation(made: Draft, answers: Answers, known: KnownThings) -> None:
    made.add("a", answers["class"])
    made.add("skos:prefLabel", *_both(answers, "name"))
    made.add("org:classification", _name(answers, "type", known))


def _post(made: Draft, answers: Answers, known: KnownThings) -> None:
    made.add("a", "mkg:Office")
    made.add("skos:prefLabel", *_both(answers, "name"))
    made.add("foaf:name", *_both(answers, "name"))
    made.add("org:postIn", _name(answers, "organisation", known))
    made.add("org:role", _name(answers, "role", known))


def _tenure(made: Draft, answers: Answers, known: KnownThings) -> None:
    made.add("a", "mkg:PostHolding" if answers.get("post") else "mkg:Tenure")
    made.add("org:member", _name(answers, "holder", known))
    made.add("org:organization", _name(answers, "organisation", known))
    made.add("org:role", _name(answers, "role", known))
    made.add("mkg:post", _name(answers, "post", known))
    made.add("mkg:when", _edtf(answers, "when"))
    made.add("mkg:attestedDuring", _edtf(answers, "attested"))
    made.add("mkg:endBasis", answers.get("end-basis", ""))
    made.add("mkg:succeededBy", _name(answers, "succeeded-by", known))


def _partnership(made: Draft, answers: Answers, known: KnownThings) -> None:
    if answers["partner"] == answers["with"]:
        raise DraftError("same_partner", name=known.name(answers["with"]))
    made.add("a", "mkg:Partnership")
    made.add("mkg:partner", *sorted(_name(answers, each, known) for each in ("partner", "with")))
    made.add("mkg:fromList", _name(answers, "list", known))


def _event(made: Draft, answers: Answers, known: KnownThings) -> None:
    made.add("a", "mkg:Event")
    made.add("dct:title", *_both(answers, "title"))
    made.add("schema:organizer", _name(answers, "organiser", known))
    made.add("schema:location", _name(answers, "location", known))
    made.add("schema:superEvent", _name(answers, "part-of", known))
    made.add("mkg:when", _edtf(answers, "when"))


_DRAFTS: dict[str, Callable[[Draft, Answers, KnownThings], None]] = {
    "person": _person, "organisation": _organisation, "post": _post, "tenure": _tenure,
    "partnership": _partnership, "event": _event,
}  # fmt: skip


def _both(answers: Answers, name: str) -> list[str]:
    return [literal(answers[f"{name}-{lang}"], lang) for lang in _LANGUAGES]


def _name(answers: Answers, name: str, known: KnownThings) -> str:
    return known.name(answers[name]) if answers.get(name) else ""


def _edtf(answers: Answers, name: str) -> str:
    return f'"{answers[name]}"^^edtf:EDTF' if answers.get(name) else ""


def _slug(known: KnownThings, iri: str) -> str:
    return known.name(iri).partition(":")[2]
