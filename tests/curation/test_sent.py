"""Reading RDF that was sent: every syntax, where its statements stand, and nothing from elsewhere."""

import json
import time

import pyoxigraph as ox
import pytest

from metropolis_kg.curation.lines import LineIndex, Span
from metropolis_kg.curation.sent import (
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    TRIG,
    TURTLE,
    Reading,
    Sent,
    UnreadableError,
    read_sent,
)
from metropolis_kg.errors import ContentError

NAME = "http://xmlns.com/foaf/0.1/name"
ERIKA = "https://example.org/id/erika"
CONTEXTS = {"https://example.org/context.jsonld": json.dumps({"@context": {"id": "@id", "name": {"@id": NAME}}})}


def read(text: str, media_type: str) -> Reading:
    """Return ``text`` as it is read."""
    return read_sent(Sent(text, media_type, "input", "https://example.org/", {}, CONTEXTS))


def fault(text: str, media_type: str) -> ContentError:
    """Return what is wrong with ``text``."""
    with pytest.raises(UnreadableError) as raised:
        read(text, media_type)
    return raised.value.fault


TEXTS = {
    TURTLE: f'# 1\n<{ERIKA}>\n  <{NAME}> "Erika" .',
    TRIG: f'GRAPH <https://example.org/g> {{\n<{ERIKA}>\n  <{NAME}> "Erika" }}',
    N_TRIPLES: f'# 1\n\n<{ERIKA}> <{NAME}> "Erika" .\n',
    N_QUADS: f'# 1\n\n<{ERIKA}> <{NAME}> "Erika" <https://example.org/g> .\n',
    JSON_LD: f'{{\n"@id": "{ERIKA}",\n"{NAME}": "Erika"}}',
}


@pytest.mark.parametrize("media_type", TEXTS)
def test_a_statement_stands_on_its_line_in_every_syntax(media_type: str) -> None:
    reading = read(TEXTS[media_type], media_type)
    assert [quad.object for quad in reading.quads] == [ox.Literal("Erika")]
    assert reading.index().find(f"<{ERIKA}>", f"<{NAME}>", '"Erika"') == 3


def test_in_rdf_xml_the_address_of_a_subject_has_a_line() -> None:
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    text = f'<r:RDF xmlns:r="{rdf}" xmlns:f="http://xmlns.com/foaf/0.1/">\n<r:Description r:about="{ERIKA}">'
    reading = read(f"{text}<f:name>Erika</f:name></r:Description></r:RDF>", RDF_XML)
    assert reading.index().find(f"<{ERIKA}>", f"<{NAME}>", '"Erika"') == 2


def test_in_rdf_xml_a_line_is_that_of_what_is_described_however_it_is_quoted() -> None:
    head = "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:f='http://xmlns.com/foaf/0.1/'>"
    knows = f"<r:Description r:about='urn:a?b&amp;c'><f:knows r:resource='{ERIKA}'/></r:Description>"
    text = f"{head}\n{knows}\n<r:Description r:about = '{ERIKA}' f:name='Erika'/></r:RDF>"
    index = read(text, RDF_XML).index()
    assert index.span(f"<{ERIKA}>") == Span(3, 26, len(ERIKA) + 2)
    assert index.find("<urn:a?b&c>") == 2


def test_in_json_ld_keys_prefixes_and_nested_things_are_found() -> None:
    text = """{
 "@context": {"ex": "https://example.org/id/", "@vocab": "http://xmlns.com/foaf/0.1/",
              "label": {"@id": "http://www.w3.org/2000/01/rdf-schema#label", "@container": "@language"}},
 "@id": "ex:erika",
 "@type": "Person",
 "label": {
   "de": "Erika \\"E.\\"",
   "en": "Erica"
 },
 "knows": [
   {"@id": "ex:max", "name": "Max"}
 ]
}"""
    index = read(text, JSON_LD).index()
    erika, max_ = f"<{ERIKA}>", "<https://example.org/id/max>"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    assert index.span(erika) == Span(4, 9, 10)
    assert (
        index.find(erika, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://xmlns.com/foaf/0.1/Person>")
        == 5
    )
    assert index.find(erika, label, '"Erika \\"E.\\""@de') == 7
    assert index.span(erika, label, '"Erica"@en') == Span(8, 10, 7)
    assert index.find(erika, "<http://xmlns.com/foaf/0.1/knows>", max_) == 11
    assert index.find(max_, f"<{NAME}>", '"Max"') == 11


def test_many_values_of_one_property_are_found_at_once() -> None:
    values = [f'"{number}"' for number in range(10_000)] + [f'{{"@id": "urn:{number}"}}' for number in range(10_000)]
    text = f'{{"@id": "{ERIKA}", "{NAME}": [\n' + ",\n".join(values) + "]}"
    start = time.process_time()
    index = read(text, JSON_LD).index()
    assert time.process_time() - start < 3
    assert index.find(f"<{ERIKA}>", f"<{NAME}>", '"9999"') == 10_001
    assert index.find(f"<{ERIKA}>", f"<{NAME}>", "<urn:9999>") == 20_001


def test_a_context_of_ours_is_known_by_its_address_and_lines_stay() -> None:
    text = f'{{\n"@context": "/context.jsonld",\n"id": "{ERIKA}",\n"name": "Erika"}}'
    reading = read(text, JSON_LD)
    assert [str(quad.predicate) for quad in reading.quads] == [f"<{NAME}>"]
    assert reading.index().find(f"<{ERIKA}>", f"<{NAME}>", '"Erika"') == 4


def test_a_context_of_ours_does_not_move_what_stands_after_it_on_its_line() -> None:
    text = f'{{"@context": "/context.jsonld", "id": "{ERIKA}", "name": "Erika"}}'
    span = read(text, JSON_LD).index().span(f"<{ERIKA}>", f"<{NAME}>", '"Erika"')
    assert span == Span(1, text.index('"Erika"') + 1, 7)


def test_a_number_in_json_ld_may_be_larger_than_any_double() -> None:
    assert read(f'{{"@id": "{ERIKA}",\n"{NAME}": 1e999}}', JSON_LD).index().find(f"<{ERIKA}>") == 1


@pytest.mark.parametrize(
    "context",
    [
        '"https://elsewhere.example/c"',
        '["https://example.org/context.jsonld",\n"https://elsewhere.example/c"]',
        '{"@import": "https://elsewhere.example/c"}',
        '{"p": {"@id": "urn:p", "@context": "https://elsewhere.example/c"}}',
    ],
)
def test_a_context_from_elsewhere_is_a_fault_at_its_place(context: str) -> None:
    found = fault(f'{{"@id": "{ERIKA}",\n"@context": {context}}}', JSON_LD)
    assert (found.code, found.line) == ("context-elsewhere", 2 + context.count("\n"))
    assert "https://elsewhere.example/c" in found.messages["de"]
    assert "https://example.org/context.jsonld" in found.messages["en"]


@pytest.mark.parametrize(
    ("text", "media_type", "place"),
    [
        (f"<{ERIKA}> <{NAME}>\n  Erika .", TURTLE, (2, 3)),
        (f"<{ERIKA}> <{NAME}>\n  Erika .", TRIG, (2, 3)),
        (f'<{ERIKA}> <{NAME}> "a" .\n<{ERIKA}> nix', N_TRIPLES, (2, 32)),
        ('{\n"@id": nix}', JSON_LD, (2, 8)),
        ('{\n"@id": "urn:a b", "urn:p": 1}', JSON_LD, (2, 8)),
        ('{"@context": "/context.jsonld",\n"id": "urn:{a}", "name": "Erika"}', JSON_LD, (2, 7)),
        ("<r>\n<s></r>", RDF_XML, (2, 6)),
        ("<r>\n", RDF_XML, (2, 1)),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, media_type: str, place: tuple[int, int]) -> None:
    found = fault(text, media_type)
    assert (found.line, found.column) == place
    assert {"de", "en"} <= set(found.messages)


@pytest.mark.parametrize("context", ["http://[", r"http://x/\ud800"])
def test_an_address_that_is_none_is_told_as_one_from_elsewhere(context: str) -> None:
    found = fault(f'{{"@context": "{context}", "@id": "{ERIKA}"}}', JSON_LD)
    assert found.code == "context-elsewhere"
    assert found.reason.encode()


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    assert fault(f'{{"@id": "{ERIKA}", "{NAME}": {"1" * 5000}}}', JSON_LD).code == "not-read"


def test_what_nests_too_deep_is_refused() -> None:
    assert fault("[" * 100_000, JSON_LD).code == "nested-too-deep"


def test_what_nests_almost_too_deep_has_no_lines() -> None:
    reading = read(f'{{"{NAME}":' * 600 + "1" + "}" * 600, JSON_LD)

    def below(calls: int) -> LineIndex:
        return below(calls - 1) if calls else reading.index()

    assert below(500).subjects == {}


def test_no_entity_of_xml_is_read_from_a_file_and_none_grows() -> None:
    head = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    rdf = '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:q="urn:q:">{}</r:RDF>'
    body = '<r:Description r:about="urn:a"><q:p>{}</q:p></r:Description>'
    assert "root" not in str(fault(head + rdf.format(body.format("&x;")), RDF_XML))
    grows = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<!DOCTYPE r [<!ENTITY a0 "aaaaaaaaaa">{grows}]>' + rdf.format(body.format("&a11;"))
    assert fault(laughs, RDF_XML).code == "not-read"


def test_rdf_1_2_is_refused() -> None:
    found = fault("<urn:a> <urn:b>\n <<( <urn:a> <urn:b> <urn:c> )>> .", TURTLE)
    assert (found.code, found.line) == ("rdf12", 2)
