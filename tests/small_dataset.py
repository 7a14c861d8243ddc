"""The small dataset of which the contract of a store is asked."""

PREFIXES = {"ex": "http://example.org/", "xsd": "http://www.w3.org/2001/XMLSchema#"}

BASE = "http://example.org/"
DATASET = """
@prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:page {
  ex:berlin ex:name "Berlin"@de ; ex:since "1991-01-01"^^xsd:date .
}
ex:enrichment {
  ex:berlin ex:memberOf ex:metropolis .
  ex:metropolis ex:name "Metropolis"@de, "a \\"quoted\\" name \\u007D ?at" .
}
"""
