"""Every type of page, by an address of it that the repository's content has; what holds of pages is tested of each."""

PAGE_TYPES: dict[str, str] = {
    "start": "/",
    "about": "/about",
    "organisation": "/doc/organisation/metropolis",
    "person": "/doc/person/michael-mueller",
    "place": "/doc/place/berlin",
    "event": "/doc/event/metropolis-annual-meeting-2018",
    "claim": "/doc/tenure/governing-mayor-interim-president-2017",
    "inferred claim": "/doc/relation/use-platform-of-network",
    "evidence": "/doc/evidence/berlin-metropolis-f31",
    "source": "/doc/source/berlin-metropolis",
    "enrichment source": "/doc/source/wikidata",
    "source at a date": "/doc/source/berlin-metropolis?at=2019-06-01",
    "sources": "/sources",
    "named graph": "/doc/graph/berlin-metropolis",
    "thing at a date": "/doc/organisation/metropolis?at=2018-03-15",
    "citation": "/cite/organisation/metropolis",
    "a day": "/at/2018-03-15",
    "days": "/at/",
    "concept": "/doc/topic/social-housing",
    "vocabulary": "/doc/ns",
    "dataset": "/doc/dataset",
    "files": "/data/",
    "questions": "/query/",
    "question": "/query/who-led?at=2018-03-15",
    "SPARQL": "/sparql",
    "shapes": "/doc/shapes",
    "shape": "/doc/shapes/Tenure",
    "validation": "/validate",
    "feed": "/feed",
    "versions": "/timemap/doc/organisation/metropolis",
    "reconciliation": "/reconcile",
    "name tried": "/reconcile?name=Berlin",
    "map": "/map",
    "neighbourhood": "/neighbourhood/organisation/metropolis",
    "neighbourhood of two steps": "/neighbourhood/place/berlin?steps=2",
    "nothing there": "/doc/organisation/nothing-of-that-name",
}
"""Type → path and query."""

FRAMED_PAGES: dict[str, str] = {"reconciliation preview": "/reconcile/preview?id=organisation/metropolis"}
"""Pages that other sites show in a frame of their own; without the site's header and footer."""
