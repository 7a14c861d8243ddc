#+ title.en = "Remove a part of a large graph"
#+ title.de = "Einen Teil eines großen Graphen entfernen"
#+ [parameters.graph]
#+ type = "iri"
#+ label.en = "graph"
#+ label.de = "Graph"
DELETE { GRAPH ?graph { ?subject ?predicate ?object } }
WHERE {
  { SELECT ?graph ?subject ?predicate ?object WHERE {
    VALUES ?graph { UNDEF }
    GRAPH ?graph { ?subject ?predicate ?object }
  } LIMIT 200000 }
}
