#+ title.en = "Have another release served, as long as the loader is the one that may"
#+ title.de = "Eine andere Ausgabe gelten lassen, solange der Lader der ist, der es darf"
#+ [parameters.release]
#+ type = "iri"
#+ label.en = "release"
#+ label.de = "Ausgabe"
#+ [parameters.loader]
#+ type = "iri"
#+ label.en = "loader"
#+ label.de = "Lader"
DELETE { GRAPH <urn:metropolis-kg:releases> { <urn:metropolis-kg:releases> <urn:metropolis-kg:current> ?before } }
INSERT { GRAPH <urn:metropolis-kg:releases> { <urn:metropolis-kg:releases> <urn:metropolis-kg:current> ?release } }
WHERE {
  VALUES ?release { UNDEF }
  VALUES ?loader { UNDEF }
  GRAPH <urn:metropolis-kg:releases> { <urn:metropolis-kg:releases> <urn:metropolis-kg:loader> ?loader }
  OPTIONAL {
    GRAPH <urn:metropolis-kg:releases> { <urn:metropolis-kg:releases> <urn:metropolis-kg:current> ?before }
  }
}
