"""What every client asks, with prefixes declared as a client must that does not know ours, and what is right."""

from dataclasses import dataclass

LEADER = ("Governing Mayor of Berlin", "interim president")
"""Who led Metropolis on 2018-03-15, and as what."""

PERSONS = 7
"""Persons that the dataset knows."""


@dataclass(frozen=True)
class Questions:
    """Queries to a site that publishes under ``base``."""

    base: str

    @property
    def prologue(self) -> str:
        """The prefixes that the queries use."""
        own = {name: f"{self.base}{path}" for name, path in (("mkg", "ns#"), ("id", "id/"), ("graph", "graph/"))}
        others = {
            "foaf": "http://xmlns.com/foaf/0.1/",
            "org": "http://www.w3.org/ns/org#",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "time": "http://www.w3.org/2006/time#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        }
        return "".join(f"PREFIX {name}: <{space}>\n" for name, space in (own | others).items())

    @property
    def leader(self) -> str:
        """SELECT who led on 2018-03-15."""
        return f"""{self.prologue}
SELECT ?holder ?role WHERE {{
  ?claim org:organization <{self.base}id/organisation/metropolis> ;
    org:member/rdfs:label ?holder ;
    org:role ?roleThing ;
    time:hasTime ?time .
  ?roleThing skos:broader <{self.base}id/role/leadership> ;
    rdfs:label ?role .
  ?time mkg:startLatest ?begun ;
    mkg:endEarliest ?until .
  FILTER(?begun <= "2018-03-15"^^xsd:date && "2018-03-15"^^xsd:date <= ?until)
  FILTER(LANG(?holder) = "en" && LANG(?role) = "en")
}}"""

    @property
    def known(self) -> str:
        """ASK whether Michael Müller is known by his name, which is not ASCII: he is."""
        return f'{self.prologue}\nASK {{ <{self.mueller}> foaf:name "Michael Müller"@de }}'

    @property
    def unknown(self) -> str:
        """ASK whether he is known by that name in French: he is not."""
        return self.known.replace("@de", "@fr")

    @property
    def mueller(self) -> str:
        """The IRI of Michael Müller."""
        return f"{self.base}id/person/michael-mueller"

    @property
    def persons(self) -> str:
        """CONSTRUCT the persons with their names."""
        return f"{self.prologue}\nCONSTRUCT {{ ?s foaf:name ?name }} WHERE {{ ?s a mkg:Person ; foaf:name ?name }}"
