"""Compaction: whatever literals and IRIs there are, JSON-LD says what Turtle says, and keys keep their kind."""

import json

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from graphs import canonical
from metropolis_kg.model.namespaces import RDF, XSD
from metropolis_kg.publication.description import Description, ordered
from metropolis_kg.publication.jsonld import FORMS
from metropolis_kg.publication.jsonld_compaction import Compaction
from metropolis_kg.publication.jsonld_context import context_of
from metropolis_kg.publication.media_types import Profile
from metropolis_kg.store.release import OpenRelease

THING = "http://localhost:8000/id/thing/one"
OWN = "http://localhost:8000/ns#"
ORG = "http://www.w3.org/ns/org#"
DOUBLE = ox.NamedNode(f"{XSD}double")
"""Datatype whose literals PyLD writes anew; pyoxigraph reads them as they are."""

IRIS = st.sampled_from([
    THING, "http://localhost:8000/id/thing/two", "http://example.org/", "urn:isbn:0451450523", "org:role", "time:now",
    "schema:Person", "label:x", "id:1", "mailto:a@example.org", "HTTP://EXAMPLE.ORG/A", "http://example.org/a%20b",
    "http://example.org/ü?q=1#frag", f"{ORG}role", f"{OWN}Tenure", OWN, "file:///etc", "tag:x,2020:@id", "org://host/x",
])  # fmt: skip
PROPERTIES = st.sampled_from([
    "http://www.w3.org/2000/01/rdf-schema#label", "http://xmlns.com/foaf/0.1/name", f"{ORG}role", f"{ORG}member",
    f"{OWN}when", f"{OWN}evidence", f"{OWN}unheardOf", f"{OWN}label", f"{OWN}id", f"{OWN}type", f"{OWN}org",
    f"{OWN}@type", f"{OWN}@unheardOf", f"{OWN}a:b", f"{OWN}a/b", f"{OWN}role", OWN, f"{ORG}//x", f"{ORG}unheardOf", ORG,
    f"{RDF}type", f"{RDF}first", "http://www.w3.org/2002/07/owl#sameAs", "https://schema.org/subjectOf",
    "https://schema.org/value", "http://www.w3.org/2004/02/skos/core#altLabel", "urn:x:p", "org:role", "included:x",
    "http://www.w3.org/ns/oa#hasTarget", "http://purl.org/dc/terms/license", "http://example.org/p",
])  # fmt: skip
DATATYPES = st.sampled_from([
    *(XSD + name for name in ("string", "boolean", "integer", "double", "decimal", "date", "gYear", "anyURI", "int")),
    "http://id.loc.gov/datatypes/edtf/EDTF", "http://example.org/datatype", f"{OWN}datatype", "org:datatype",
])  # fmt: skip
TEXTS = st.sampled_from([
    "", "true", "false", "1", "0", "-0", "007", "+1", "12345678901234567890", "1e5", "1.0", "NaN", "INF", "@id",
    "@type", "http://example.org/", "org:role", "_:b0", "a\"b\\c\n\t\r", "\u0000\u001f", "𝄞", "٣", "null", "2018-08",
    " 1 ",
]) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)  # fmt: skip
LANGUAGES = st.sampled_from(["en", "de", "de-CH", "zh-hant", "x-klingon", "en-gb-oxendict"])
NODES = IRIS.map(ox.NamedNode) | st.sampled_from(["b0", "b1"]).map(ox.BlankNode)
LITERALS = (
    st.builds(lambda text, datatype: ox.Literal(text, datatype=ox.NamedNode(datatype)), TEXTS, DATATYPES)
    | st.builds(lambda text, language: ox.Literal(text, language=language), TEXTS, LANGUAGES)
    | st.builds(ox.Literal, TEXTS)
)
TRIPLES = st.builds(ox.Triple, NODES, PROPERTIES.map(ox.NamedNode), NODES | LITERALS)


@settings(max_examples=150, deadline=None)
@given(triples=st.lists(TRIPLES, min_size=1, max_size=12))
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_whatever_is_said_is_said_in_every_form(form: Profile, triples: list[ox.Triple], opened: OpenRelease) -> None:
    said = ordered(set(triples), THING)
    document = FORMS[form](Description(THING, tuple(said), opened.prefixes), opened)
    if isinstance(document, dict):
        at = document["@context"]
        here = context_of(opened)
        document["@context"] = here if isinstance(at, str) else [here, *at[1:]]
    read = ox.parse(json.dumps(document).encode(), format=ox.RdfFormat.JSON_LD)
    assert canonical(read) == canonical(said)
    if not any(isinstance(value, ox.Literal) and value.datatype == DOUBLE for _, _, value in said):
        nquads = jsonld.to_rdf(document, {"format": "application/n-quads"})
        assert canonical(ox.parse(nquads.encode(), format=ox.RdfFormat.N_QUADS)) == canonical(said)


KEYS = {
    "@version": 1.1, "@vocab": OWN, "org": ORG, "xsd": XSD, "short": "http://example.org/", "no": "http://example.org/x",
    "id": "@id", "type": {"@id": "@type", "@container": "@set"}, "reverse": "@reverse", "included": "@included",
    "role": "org:role", "member": {"@id": "org:member", "@container": "@set"},
    "name": {"@id": "short:name", "@container": "@language"},
    "nick": {"@id": "short:nick", "@container": ["@language", "@set"]},
    "day": {"@id": "short:day", "@type": "xsd:date"}, "link": {"@id": "short:link", "@type": "@id"},
}  # fmt: skip
IN_ENGLISH, IN_GERMAN = {"@value": "a", "@language": "en"}, {"@value": "b", "@language": "de"}
DAY = {"@value": "2018-03-15", "@type": f"{XSD}date"}


@pytest.mark.parametrize(
    ("expanded", "compacted"),
    [
        ({f"{ORG}role": [{"@id": "urn:x"}]}, {"role": {"id": "urn:x"}}),
        ({f"{ORG}role": [{"@id": "urn:x"}, {"@id": "urn:y"}]}, {"role": [{"id": "urn:x"}, {"id": "urn:y"}]}),
        ({f"{ORG}member": [{"@id": "urn:x"}]}, {"member": [{"id": "urn:x"}]}),
        ({f"{ORG}unheardOf": [{"@value": 1}]}, {"org:unheardOf": [1]}),
        ({f"{OWN}unheardOf": [{"@value": True}]}, {"unheardOf": [True]}),
        ({f"{OWN}role": [{"@value": 1}]}, {f"{OWN}role": [1]}),
        ({f"{OWN}@id": [{"@value": 1}]}, {f"{OWN}@id": [1]}),
        ({"http://example.org/xy": [{"@value": 1}]}, {"short:xy": [1]}),
        ({"http://example.org/": [{"@value": 1}]}, {"http://example.org/": [1]}),
        ({"http://example.org/name": [IN_ENGLISH, IN_GERMAN]}, {"name": {"en": "a", "de": "b"}}),
        ({"http://example.org/name": [IN_ENGLISH, IN_ENGLISH]}, {"name": {"en": ["a", "a"]}}),
        ({"http://example.org/nick": [IN_ENGLISH]}, {"nick": {"en": ["a"]}}),
        (
            {"http://example.org/name": [IN_GERMAN, {"@value": "c"}, {"@id": "urn:x"}]},
            {"name": {"de": "b"}, "short:name": ["c", {"id": "urn:x"}]},
        ),
        ({"http://example.org/day": [DAY]}, {"day": "2018-03-15"}),
        ({"http://example.org/day": [{"@value": "2018"}]}, {"short:day": ["2018"]}),
        ({f"{ORG}role": [DAY]}, {"role": {"@type": "xsd:date", "@value": "2018-03-15"}}),
        ({f"{ORG}role": [IN_ENGLISH]}, {"role": IN_ENGLISH}),
        ({"http://example.org/link": [{"@id": f"{ORG}role"}]}, {"link": f"{ORG}role"}),
        ({"@id": f"{ORG}role", "@type": [f"{OWN}Tenure", f"{ORG}Post"]},
         {"id": f"{ORG}role", "type": ["Tenure", "org:Post"]}),
        ({"@reverse": {f"{ORG}role": [{"@id": "urn:x"}]}}, {"reverse": {"role": [{"id": "urn:x"}]}}),
        ({"@included": [{"@id": "urn:x"}]}, {"included": [{"id": "urn:x"}]}),
    ],
)  # fmt: skip
def test_a_value_has_the_key_that_can_carry_it(expanded: dict[str, object], compacted: dict[str, object]) -> None:
    assert Compaction(KEYS).node(expanded) == compacted
    assert lines({"@context": KEYS, **compacted}) == lines(expanded)


def lines(document: dict[str, object]) -> set[str]:
    """Return the statements that PyLD reads."""
    return set(jsonld.to_rdf(document, {"format": "application/n-quads"}).splitlines())


def test_keys_stand_in_the_order_of_the_context_and_those_without_a_term_last() -> None:
    node = {f"{ORG}unheardOf": [DAY], "http://example.org/name": [IN_ENGLISH], f"{ORG}role": [DAY], "@id": "urn:x"}
    assert list(Compaction(KEYS).node(node)) == ["id", "role", "name", "org:unheardOf"]
