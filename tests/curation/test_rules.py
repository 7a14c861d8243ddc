"""What the rules derive, asked of a small dataset, and what is said of a rule that is none."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.rules import read_rules, run_rules
from metropolis_kg.errors import ContentError
from metropolis_kg.model.namespaces import CANONICAL_BASE, PROGRAM_PREFIXES, read_prefixes

AUTHORED = """
graph:page {
  graph:page mkg:source source:page .
  source:page mkg:observedNotBefore "2020-11-30"^^xsd:date ; mkg:observedNotAfter "2021-12-21"^^xsd:date .
  tenure:interim a mkg:Tenure ; org:member post:mayor ; org:organization organisation:network ; org:role role:interim ;
    mkg:when "2017-11/2018-08"^^edtf:EDTF ; mkg:succeededBy tenure:open ; mkg:evidence evidence:interim .
  evidence:interim mkg:quote "Bürgermeister"@de ; mkg:startsAt 100 ; mkg:quotePrefix "Der "@de .
  tenure:open a mkg:Tenure ; org:member post:mayor ; org:organization organisation:network ; org:role role:interim ;
    mkg:when "2018/.."^^edtf:EDTF ; mkg:evidence evidence:interim .
  tenure:caption a mkg:PostHolding ; org:member person:mueller ;
    mkg:attestedDuring "2018-07"^^edtf:EDTF, "2018-08"^^edtf:EDTF .
  tenure:broken a mkg:Tenure ; mkg:when "2018-13"^^edtf:EDTF .
  partnership:x mkg:partner organisation:network, organisation:other .
  relation:x a mkg:StatedRelation ; rdf:subject place:a ; rdf:predicate schema:containedInPlace ; rdf:object place:b .
  count:undated a mkg:MemberCount . count:dated a mkg:MemberCount ; mkg:when "2015"^^edtf:EDTF .
  post:mayor foaf:name "Bürgermeister"@de . organisation:network skos:prefLabel "Netz"@de .
}
graph:vocabulary {
  mkg:PostHolding rdfs:subClassOf mkg:Tenure . mkg:Tenure rdfs:subClassOf org:Membership, mkg:Claim .
  role:interim skos:prefLabel "Interim"@de, "interim"@en .
}
"""


@pytest.fixture(scope="module")
def prefixes(content: Content) -> dict[str, str]:
    return read_prefixes(content.prefixes_file)


@pytest.fixture(scope="module")
def store(content: Content, prefixes: dict[str, str]) -> ox.Store:
    prologue = "".join(f"@prefix {name}: <{space}> .\n" for name, space in prefixes.items())
    store = ox.Store()
    store.load(prologue + AUTHORED, format=ox.RdfFormat.TRIG)
    run_rules(read_rules(content), store, prefixes, CANONICAL_BASE)
    return store


@pytest.mark.parametrize(
    "derived",
    [
        "tenure:interim time:hasTime <{tenure}interim#time>",
        '<{tenure}interim#time> mkg:startEarliest "2017-11-01"^^xsd:date ; mkg:startLatest "2017-11-30"^^xsd:date',
        '<{tenure}interim#time> mkg:endEarliest "2018-08-01"^^xsd:date ; mkg:endLatest "2018-08-31"^^xsd:date',
        "<{tenure}interim#time> a time:ProperInterval, time:TemporalEntity ; time:intervalMeets <{tenure}open#time>",
        '<{tenure}interim#start> time:inXSDgYearMonth "2017-11"^^xsd:gYearMonth ; mkg:granularity time:unitMonth',
        '<{tenure}open#time> mkg:attestedUntil "2020-11-30"^^xsd:date',
        '<{tenure}open#start> time:inXSDgYear "2018"^^xsd:gYear',
        '<{tenure}caption#time> mkg:startLatest "2018-07-31"^^xsd:date ; mkg:endEarliest "2018-08-01"^^xsd:date',
        "tenure:caption a mkg:Tenure, org:Membership, mkg:Claim",
        "evidence:interim a oa:Annotation ; oa:hasBody tenure:interim ; oa:hasTarget <{evidence}interim#target>",
        "<{evidence}interim#target> oa:hasSource source:page",
        '<{evidence}interim#quote> oa:exact "Bürgermeister"@de ; oa:prefix "Der "@de',
        "<{evidence}interim#position> oa:start 100 ; oa:end 113",
        "tenure:interim prov:hadPrimarySource source:page ; org:memberDuring <{tenure}interim#time>",
        "post:mayor org:hasMembership tenure:interim, tenure:open",
        "organisation:network org:linkedTo organisation:other",
        "organisation:other org:linkedTo organisation:network",
        "place:a schema:containedInPlace place:b",
        'count:undated mkg:observedNotBefore "2020-11-30"^^xsd:date ; mkg:dateBasis mkg:SnapshotWindow',
        'tenure:interim rdfs:label "Bürgermeister: Interim, Netz (2017-11/2018-08)"@de',
    ],
)
def test_what_follows_is_derived(store: ox.Store, prefixes: dict[str, str], derived: str) -> None:
    assert ask(store, prefixes, derived)


@pytest.mark.parametrize(
    "absent",
    [
        "tenure:broken time:hasTime/mkg:startEarliest ?any",
        "<{tenure}open#time> mkg:endLatest ?any",
        "<{tenure}open#time> time:hasEnd ?any",
        "<{tenure}interim#time> mkg:attestedUntil ?any",
        "<{tenure}caption#time> mkg:startEarliest ?any",
        "count:dated mkg:dateBasis ?any",
        "organisation:network org:linkedTo organisation:network",
        '?any rdfs:label "Bürgermeister: interim, Netz (2017-11/2018-08)"@en',
    ],
)
def test_what_does_not_follow_is_not_derived(store: ox.Store, prefixes: dict[str, str], absent: str) -> None:
    assert not ask(store, prefixes, absent)


def ask(store: ox.Store, prefixes: dict[str, str], pattern: str) -> bool:
    spaces = {name: prefixes[name] for name in ("tenure", "evidence")}
    where = pattern.replace("{tenure}", spaces["tenure"]).replace("{evidence}", spaces["evidence"])
    return bool(store.query(f"ASK {{ {where} }}", prefixes=prefixes, use_default_graph_as_union=True))


def test_derived_statements_stay_out_of_the_authored_graph(store: ox.Store, prefixes: dict[str, str]) -> None:
    graphs = {
        quad.graph_name for quad in store.quads_for_pattern(None, ox.NamedNode(f"{prefixes['time']}hasTime"), None)
    }
    assert graphs == {ox.NamedNode(f"{CANONICAL_BASE}graph/derived")}


RULE = '#+ title.en = "x"\n#+ title.de = "x"\n#+ graph = "derived"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CONSTRUCT WHERE { ?s ?p ?o }", r'x\.rq: the header needs "#\+ title\.de" and "#\+ title\.en"'),
        (RULE.replace("derived", "elsewhere"), r"x\.rq: the header needs .* one of derived, inferred"),
        (RULE + "#+ colour = 1\n", r"x\.rq: the header has the unknown key colour; known are after, graph, title"),
        (RULE + "#+ = \n", r"x\.rq: the #\+ header is not TOML"),
        (RULE + '#+ after = ["y"]\n', r'x\.rq: after names "y", but there is no rule y\.rq'),
        (RULE + '#+ after = "y"\n', r"queries/rules/x\.rq: after is a list of names"),
        (RULE.replace('en = "x"', "en = 5"), r"titles are texts"),
        (RULE + "CONSTRUCT {} WHERE { SERVICE <http://x/> {} }", r"x\.rq:4: .* it cannot use SERVICE"),
        (RULE + "CONSTRUCT {} WHERE { BIND(rand() AS ?x) }", r"x\.rq:4: .* it cannot use RAND"),
        (RULE + '#+ after = ["x"]\n', r"rules wait for one another: x → x"),
        (RULE + "CONSTRUCT { ?s } WHERE {}", r"x\.rq:4: not SPARQL \(column 16\)"),
        (RULE + "SELECT * WHERE {}", r"x\.rq: a rule must be a CONSTRUCT query"),
    ],
)
def test_a_rule_that_is_none_is_named_with_what_it_needs(tmp_path: Path, text: str, said: str) -> None:
    folder = tmp_path / "queries" / "rules"
    folder.mkdir(parents=True)
    (folder / "x.rq").write_text(text)
    with pytest.raises(ContentError, match=said):
        run_rules(
            read_rules(Content(tmp_path)), ox.Store(), dict.fromkeys(PROGRAM_PREFIXES, "http://x/"), CANONICAL_BASE
        )
