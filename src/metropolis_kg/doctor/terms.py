"""The terms of published vocabularies by which a publisher is understood."""

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
SD = "http://www.w3.org/ns/sparql-service-description#"
PROV = "http://www.w3.org/ns/prov#"
SPDX = "http://spdx.org/rdf/terms#"
OWL = "http://www.w3.org/2002/07/owl#"
SCHEMA = ("https://schema.org/", "http://schema.org/")

PRIMARY_TOPIC = f"{FOAF}primaryTopic"
IN_DATASET = f"{VOID}inDataset"
LICENCES = (
    f"{DCT}license",
    f"{DCT}rights",
    "http://creativecommons.org/ns#license",
    *(f"{each}license" for each in SCHEMA),
)
MODIFIED = (f"{DCT}modified", f"{DCT}issued", f"{DCT}date", *(f"{each}dateModified" for each in SCHEMA))
SOURCES = (f"{DCT}source", f"{PROV}wasDerivedFrom", f"{PROV}hadPrimarySource", f"{DCT}isVersionOf", f"{DCT}provenance")
DATASETS = (f"{VOID}Dataset", f"{DCAT}Dataset")
