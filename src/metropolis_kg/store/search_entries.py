"""What search knows of a thing, gathered statement by statement, wherever they come from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from metropolis_kg.store.search_entry import LONGEST_NAME, Entry

TYPE, LABEL, NAME, CODE, SAME, ADDRESS, NOTE, WHEN = range(8)

_ROLES = {
    TYPE: ("rdf:type",),
    LABEL: ("rdfs:label",),
    NAME: ("skos:prefLabel", "foaf:name", "dct:title", "schema:name", "skos:altLabel", "skos:hiddenLabel", "mkg:quote"),
    CODE: ("schema:identifier", "dct:identifier", "skos:notation"),
    SAME: ("owl:sameAs", "schema:sameAs", "skos:exactMatch", "skos:closeMatch"),
    ADDRESS: ("foaf:homepage", "schema:url"),
    NOTE: ("skos:definition", "dct:description", "skos:scopeNote", "rdfs:comment"),
    WHEN: ("mkg:when",),
}
_LONGEST_NOTE = 300


def roles(prefixes: Mapping[str, str]) -> dict[str, int]:
    """Return property → what its values are to search, for the properties that count; prefixes say their IRIs."""
    names = {name: role for role, known in _ROLES.items() for name in known}
    parts = {name: name.partition(":") for name in names}
    return {prefixes[prefix] + local: names[name] for name, (prefix, _, local) in parts.items() if prefix in prefixes}


@dataclass(slots=True)
class Draft:
    """What is known so far."""

    classes: set[str] = field(default_factory=set)
    values: dict[tuple[int, str, str], None] = field(default_factory=dict)

    def add(self, role: int, value: str, language: str) -> None:
        """Add a value of a property in ``role``."""
        if role == TYPE:
            self.classes.add(value)
        else:
            self.values[role, value, language] = None

    def entry(self, iri: str, links: int) -> Entry:
        """Return all that is known of ``iri``, to which ``links`` statements point."""
        entry = Entry(iri, tuple(sorted(self.classes)), links=links)
        for role, value, language in sorted(self.values, key=lambda each: (each[0], each[2], each[1])):
            if role == LABEL:
                entry.labels.setdefault(language, value[:LONGEST_NAME])
            elif role == NAME:
                self._name(entry, value[:LONGEST_NAME], language)
            elif role == NOTE:
                entry.notes.setdefault(language, _cut(value))
            elif role == WHEN:
                entry.when = entry.when or value
            else:
                entry.codes += _codes(role, value)
        return entry

    def is_sought(self, iri: str, base: str) -> bool:
        """Tell whether it is a term, or has a document of its own; parts and what is retired have none."""
        is_part = "#" in iri and iri.startswith(f"{base}id/")
        return not is_part and f"{base}ns#RetiredThing" not in self.classes

    @staticmethod
    def _name(entry: Entry, value: str, language: str) -> None:
        if language not in entry.labels and not any(known == language for _, known in entry.names):
            entry.labels[language] = value
        elif value not in entry.labels.values() and all(value != known for known, _ in entry.names):
            entry.names.append((value, language))


def _codes(role: int, value: str) -> Iterator[str]:
    yield value
    local = value.rstrip("/#").replace("#", "/").rpartition("/")[2]
    if role == SAME and local:
        yield local


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_NOTE:
        return text
    return text[:_LONGEST_NOTE].rpartition(" ")[0] + " …"
