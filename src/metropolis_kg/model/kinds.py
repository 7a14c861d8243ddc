"""The kinds of things that pages and search tell apart, by the names that addresses have for them."""

from collections.abc import Collection, Mapping

KINDS: Mapping[str, tuple[str, ...]] = {
    "quotes": ("mkg:Evidence",),
    "people": ("mkg:Person", "foaf:Person"),
    "offices": ("mkg:Office", "org:Post"),
    "organisations": ("org:Organization",),
    "places": ("dct:Location", "schema:Place"),
    "events": ("mkg:Event", "schema:Event", "schema:EventSeries"),
    "claims": ("mkg:Claim",),
    "platforms": ("mkg:OnlinePlatform",),
    "sources": ("mkg:Source",),
    "concepts": ("skos:Concept", "skos:ConceptScheme", "skos:Collection"),
    "rules": ("mkg:Rule",),
    "terms": ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty", "rdfs:Class", "rdf:Property"),
    "others": (),
}
"""Kind → its classes. A thing is of the first kind one of whose classes it has; ``others`` is what is left."""

THINGS = ("organisations", "offices", "people", "places", "events", "platforms", "sources")
"""The kinds of things that claims are about or come from, in the order in which people are shown them."""

SHELVES = (*THINGS, "claims", "concepts", "quotes", "terms", "rules", "others")
"""All kinds in the order in which people are shown them."""

LAST = {"claims": 1, "terms": 1, "rules": 1, "quotes": 2}
"""Kinds whose names tell of other things; these come before them, and quotes come last."""


class KindsByClass:
    """Tells the kind of a thing from its classes."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        """``prefixes`` are those that shorten the classes' IRIs."""
        self._classes = [
            (kind, {prefixes.get(prefix, "") + local for prefix, _, local in (name.partition(":") for name in names)})
            for kind, names in KINDS.items()
        ]

    def of(self, classes: Collection[str]) -> str:
        """Return the kind of what has ``classes``, given by their IRIs."""
        return next((kind for kind, fitting in self._classes if not fitting.isdisjoint(classes)), "others")
