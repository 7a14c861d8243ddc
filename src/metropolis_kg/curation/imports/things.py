"""The things that are known while importing: found by identifier, IRI or exact name; made where a mapping allows it."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox
from rapidfuzz import fuzz, process

from metropolis_kg.curation.imports.problems import RowProblem
from metropolis_kg.model.identifiers import slugify
from metropolis_kg.model.namespaces import RDF, RDFS, expand, shorten

NAMES = ("skos:prefLabel", "foaf:name", "dct:title")
"""What things are called; two things of a kind may not share one of these."""

LANGUAGES = ("de", "en")
_OTHER_NAME, _IDENTIFYING = "skos:altLabel", ("owl:sameAs", "schema:identifier")
_TYPE, _SUBCLASS = f"{RDF}type", f"{RDFS}subClassOf"
_SHOWN = 3
_ALIKE = 80
"""From which likeness on, of 100, a name is told as perhaps the one meant (rapidfuzz)."""

MADE = {
    "mkg:Person": ("person", "foaf:name"),
    "org:Organization": ("organisation", "skos:prefLabel"),
    "cv:PublicOrganisation": ("organisation", "skos:prefLabel"),
    "mkg:Government": ("organisation", "skos:prefLabel"),
    "mkg:CityNetwork": ("organisation", "skos:prefLabel"),
    "org:OrganizationalUnit": ("organisation", "skos:prefLabel"),
    "mkg:City": ("place", "skos:prefLabel"),
    "mkg:Office": ("post", "skos:prefLabel"),
}
"""The classes of which an import makes things: how their IRIs begin, and by what property they are named."""


@dataclass(frozen=True)
class Wanted:
    """What a cell says of one thing."""

    text: str
    of: str
    """The class that it has to be of, as a prefixed name."""

    makes: str | None = None
    """The class of which it is made where it is not known; none where it has to be known."""

    identifiers: tuple[tuple[str, str], ...] = ()
    """Identifiers of it: prefixed name of the property, and value."""

    names: Mapping[str, str] | None = None
    """Its names by language, where the source has more than the one."""


@dataclass(frozen=True)
class Link:
    """A thing, and what is to be said of it: prefixed names of properties, and values."""

    iri: str
    said: tuple[tuple[str, ox.NamedNode | ox.Literal], ...] = ()
    is_new: bool = False


class Things:
    """All things of which statements were added."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = dict(prefixes)
        self.lang = LANGUAGES[0]
        """The language in which things are named."""
        self._named: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._slugs: dict[tuple[str, str, str], str] = {}
        self._identified: dict[tuple[str, str], str] = {}
        self._identifiers: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._classes: dict[str, set[str]] = defaultdict(set)
        self._above: dict[str, set[str]] = defaultdict(set)
        self._described: set[str] = set()
        self._naming = {self.iri(name) for name in NAMES}
        self._also = self.iri(_OTHER_NAME)
        self._identifying = {self.iri(name): name for name in _IDENTIFYING}
        self._is_below = lru_cache(maxsize=None)(self._find_below)

    def iri(self, name: str) -> str:
        """Return the IRI of a prefixed name."""
        return expand(name, self.prefixes)

    def short(self, iri: str) -> str:
        """Return the prefixed name of an IRI."""
        return shorten(iri, self.prefixes)

    def add_all(self, quads: Iterable[ox.Quad]) -> None:
        """Add statements."""
        for quad in quads:
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
                self._add(quad.subject.value, quad.predicate.value, quad.object)

    def _add(self, subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        self._described.add(subject)
        if predicate == _TYPE:
            self._classes[subject].add(value.value)
        elif predicate == _SUBCLASS:
            self._above[subject].add(value.value)
        elif predicate in self._identifying:
            self._identify(subject, self._identifying[predicate], value.value)
        elif isinstance(value, ox.Literal) and (predicate in self._naming or predicate == self._also):
            self._name(subject, value.language or "", value.value, is_own=predicate in self._naming)

    def _name(self, subject: str, lang: str, text: str, *, is_own: bool) -> None:
        self._named[lang, unicodedata.normalize("NFC", text)].add(subject)
        if is_own and (slug := _slug(text)):
            self._slugs.setdefault((self._kind(subject), lang, slug), subject)

    def _identify(self, subject: str, name: str, value: str) -> None:
        self._identified[name, value] = subject
        self._identifiers[subject].add((name, value))

    def is_described(self, iri: str) -> bool:
        """Return whether anything is said of the thing."""
        return iri in self._described

    def is_a(self, iri: str, kind: str) -> bool:
        """Return whether a thing is of a class or below it, given its prefixed name."""
        return any(self._is_below(each, self.iri(kind)) for each in self._classes[iri])

    def is_below(self, kind: str, above: str) -> bool:
        """Return whether a class is another or below it, both given as prefixed names."""
        return self._is_below(self.iri(kind), self.iri(above))

    def _find_below(self, kind: str, above: str) -> bool:
        found, to_see = {kind}, [kind]
        while to_see:
            new = self._above[to_see.pop()] - found
            found |= new
            to_see += new
        return above in found

    def link(self, wanted: Wanted, column: str | None) -> Link:
        """Return the one thing meant, and what is to be said of it that was not. Raises RowProblem.

        An identifier says more than a name; where the two name different things, neither is believed. What is not
        known is made where the mapping says of which class; else it is a problem. ``keep`` makes it known.
        """
        identified = self._by_identifier(wanted, column)
        named = self._by_name(wanted, column, identified)
        if identified and named and named != identified:
            raise RowProblem(
                "row-name-otherwise", column, wanted.text, one=self.short(identified), other=self.short(named)
            )
        iri = identified or named
        return self._made(wanted, column) if iri is None else Link(iri, self._new_identifiers(iri, wanted))

    def keep(self, link: Link) -> None:
        """Make what a link says known."""
        for name, value in link.said:
            self._add(link.iri, self.iri(name), value)

    def _new_identifiers(self, iri: str, wanted: Wanted) -> tuple[tuple[str, ox.NamedNode | ox.Literal], ...]:
        new = [each for each in wanted.identifiers if each not in self._identifiers.get(iri, ())]
        return tuple((name, identifier(name, value)) for name, value in new)

    def _by_identifier(self, wanted: Wanted, column: str | None) -> str | None:
        found = {self._identified[each] for each in wanted.identifiers if each in self._identified}
        if len(found) > 1:
            names = ", ".join(sorted(map(self.short, found)))
            raise RowProblem("row-identifiers-differ", column, wanted.text, names=names)
        thing = next(iter(found), None)
        if thing and not self.is_a(thing, wanted.of):
            raise RowProblem("row-wrong-class", column, wanted.text, name=self.short(thing), kind=wanted.of)
        return thing

    def _by_name(self, wanted: Wanted, column: str | None, identified: str | None) -> str | None:
        text = unicodedata.normalize("NFC", wanted.text)
        iri = self._as_iri(text)
        if iri and self.is_described(iri):
            if not self.is_a(iri, wanted.of):
                raise RowProblem("row-wrong-class", column, text, name=self.short(iri), kind=wanted.of)
            return iri
        found = {each for each in self._named.get((self.lang, text), ()) if self.is_a(each, wanted.of)}
        if identified in found:
            return identified
        if len(found) > 1:
            names = ", ".join(sorted(map(self.short, found)))
            raise RowProblem("row-name-ambiguous", column, wanted.text, names=names)
        return next((each for each in found if self._may_be(each, wanted)), None)

    def _may_be(self, thing: str, wanted: Wanted) -> bool:
        """Return whether no identifier of the same kind speaks against it: two of Wikidata are two things."""
        kinds = {_kind_of_identifier(*each) for each in self._identifiers.get(thing, ())}
        return kinds.isdisjoint(_kind_of_identifier(*each) for each in wanted.identifiers)

    def _as_iri(self, text: str) -> str | None:
        prefix, colon, local = text.partition(":")
        if colon and prefix in self.prefixes and local and not local.startswith("//"):
            return self.prefixes[prefix] + local
        return text if text in self._described else None

    def _made(self, wanted: Wanted, column: str | None) -> Link:
        """Return a thing not known before. Raises RowProblem where its IRI or name would be those of another."""
        if wanted.makes is None:
            raise self._unknown(wanted, column)
        iri, names = self._minted(wanted, column), _names(wanted)
        said: list[tuple[str, ox.NamedNode | ox.Literal]] = [("rdf:type", ox.NamedNode(self.iri(wanted.makes)))]
        said += [(MADE[wanted.makes][1], ox.Literal(text, language=lang)) for lang, text in sorted(names.items())]
        said += [(name, identifier(name, value)) for name, value in wanted.identifiers]
        return Link(iri, tuple(said), is_new=True)

    def _unknown(self, wanted: Wanted, column: str | None) -> RowProblem:
        close = self._close(wanted)
        code = "row-name-unknown-close" if close else "row-name-unknown"
        return RowProblem(code, column, wanted.text, kind=wanted.of, lang=self.lang, names=", ".join(close))

    def _close(self, wanted: Wanted) -> list[str]:
        """Return things of nearly that name, or of that name in the other language."""
        alike = set(self._named.get((_other(self.lang), wanted.text.strip()), ()))
        names = [text for lang, text in self._named if lang == self.lang]
        for text, _, _ in process.extract(wanted.text, names, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_SHOWN):
            alike |= self._named[self.lang, text]
        return sorted(self.short(each) for each in alike if self.is_a(each, wanted.of))[:_SHOWN]

    def _minted(self, wanted: Wanted, column: str | None) -> str:
        kind, _ = MADE[wanted.makes or ""]
        slug = next(filter(None, map(_slug, (wanted.text, *_names(wanted).values()))), "")
        if not slug:
            raise RowProblem("row-name-without-letters", column, wanted.text)
        iri = self.iri(f"{kind}:{slug}")
        taken = (self._slugs.get((self._kind(iri), lang, _slug(text))) for lang, text in _names(wanted).items())
        other = iri if self.is_described(iri) else next(filter(None, taken), None)
        if other:
            raise RowProblem("row-name-taken", column, wanted.text, other=self.short(other))
        return iri

    def _kind(self, iri: str) -> str:
        return iri.rpartition("/")[0]


def _names(wanted: Wanted) -> dict[str, str]:
    """Return the names of a thing to make: in each language what the source calls it, unless it has one of its own."""
    return dict.fromkeys(LANGUAGES, wanted.text) | dict(wanted.names or {})


def identifier(name: str, value: str) -> ox.NamedNode | ox.Literal:
    """Return an identifier as the value of its property."""
    return ox.NamedNode(value) if name == "owl:sameAs" else ox.Literal(value)


def _other(lang: str) -> str:
    return next(each for each in LANGUAGES if each != lang)


def _kind_of_identifier(name: str, value: str) -> str:
    """Return of which register an identifier is: its IRI up to its last part."""
    return value.rstrip("/").rpartition("/")[0] if name == "owl:sameAs" else name


@lru_cache(maxsize=65536)
def _slug(text: str) -> str:
    try:
        return slugify(text)
    except ValueError:
        return ""
