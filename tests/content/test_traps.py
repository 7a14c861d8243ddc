"""The traps in the text of the page, asked of what stewards wrote, before anything is derived."""

from pathlib import Path

import pytest
from asking import Authored

VERIFIED = {
    ("event:hlpf", "wd:Q17078095"),
    ("organisation:un-habitat", "wd:Q487883"),
    ("organisation:world-bank", "<https://ror.org/00ae7jd04>"),
    ("organisation:world-bank", "wd:Q7164"),
    ("place:alexandra", "<https://sws.geonames.org/1023374/>"),
    ("place:berlin", "<https://d-nb.info/gnd/4005728-8>"),
    ("place:berlin", "<https://sws.geonames.org/2950159/>"),
    ("place:berlin", "DE BER"),
    ("place:berlin", "wd:Q64"),
    ("place:gauteng", "wd:Q133083"),
    ("place:johannesburg", "<https://sws.geonames.org/993800/>"),
    ("place:johannesburg", "wd:Q34647"),
    ("place:land-berlin", "<http://dcat-ap.de/def/politicalGeocoding/stateKey/11>"),
    ("place:land-berlin", "<https://sws.geonames.org/2950157/>"),
    ("place:land-berlin", "DE-BE"),
    ("place:new-york-city", "<https://sws.geonames.org/5128581/>"),
    ("place:new-york-city", "US NYC"),
    ("place:new-york-city", "wd:Q60"),
}

WEBSITES = {
    ("organisation:eurocities", "<https://eurocities.eu/>"),
    ("organisation:giz", "<https://www.giz.de/>"),
    ("organisation:metropolis", "<https://www.metropolis.org/>"),
    ("organisation:senatskanzlei-berlin", "<https://www.berlin.de/rbmskzl/>"),
    ("organisation:un-habitat", "<https://unhabitat.org/>"),
    ("platform:use", "<https://use.metropolis.org/>"),
}

EU_CODES = {
    ("role:co-president", "eurole:PRESID_CO"),
    ("role:interim-president", "eurole:PRESID_ACTING"),
    ("role:member", "eurole:MEMBER"),
    ("role:president", "eurole:PRESID"),
}


# ---- Time ----


def test_since_2011_belongs_to_the_regional_secretary_only(authored: Authored) -> None:
    tenures = "?tenure org:member person:barbara-berninger ; org:role ?role"
    time = "OPTIONAL { ?tenure mkg:when|mkg:attestedDuring|mkg:plannedEnd ?time }"
    assert authored.rows("?role ?time", f"{tenures} {time}") == {
        ("role:regional-secretary-europe", "2011/.."),
        ("role:head-of-unit", ""),
    }


def test_the_end_of_the_interim_presidency_is_implied_by_succession(authored: Authored) -> None:
    interim = "tenure:governing-mayor-interim-president-2017 mkg:endBasis ?basis ; mkg:succeededBy ?next"
    assert authored.page("?basis ?next", interim) == {
        ("mkg:ImpliedBySuccession", "tenure:governing-mayor-president-2018")
    }


def test_years_stay_years_and_months_stay_months_in_the_chain_of_roles(authored: Authored) -> None:
    chain = "?tenure org:organization organisation:metropolis ; org:role/skos:broader role:leadership ; mkg:when ?when"
    in_page = "GRAPH graph:berlin-metropolis { ?tenure mkg:evidence ?evidence }"
    assert authored.rows("?tenure ?when", f"{chain} {in_page}") == {
        ("tenure:governing-mayor-co-president-2014", "2014/2017"),
        ("tenure:governing-mayor-interim-president-2017", "2017-11/2018-08"),
        ("tenure:governing-mayor-president-2018", "2018-08/2020-11"),
        ("tenure:governing-mayor-co-president-2020", "2020-11/.."),
    }


def test_whether_the_co_presidency_and_the_interim_presidency_met_is_left_open(authored: Authored) -> None:
    assert authored.page("?tenure", "?tenure mkg:succeededBy ?next") == {
        ("tenure:governing-mayor-interim-president-2017",)
    }


def test_november_2020_is_the_last_month_of_one_tenure_and_the_first_of_another(authored: Authored) -> None:
    sides = "?tenure mkg:when ?when FILTER(CONTAINS(STR(?when), '2020-11'))"
    assert authored.page("?tenure ?when", sides) == {
        ("tenure:governing-mayor-president-2018", "2018-08/2020-11"),
        ("tenure:governing-mayor-co-president-2020", "2020-11/.."),
    }


def test_founding_and_membership_are_known_by_the_year(authored: Authored) -> None:
    assert authored.rows("?when", "founding:metropolis mkg:when ?when") == {("1985",)}
    assert authored.rows("?when", "?tenure org:role role:member ; mkg:when ?when") == {("1991/..",)}


def test_the_page_gives_no_day(authored: Authored) -> None:
    given = authored.page("?when", "?claim mkg:when|mkg:attestedDuring ?when")
    assert given
    assert [side for (when,) in given for side in when.split("/") if side.count("-") > 1] == []


def test_exact_days_of_another_source_stand_beside_the_page(authored: Authored) -> None:
    dated = "GRAPH graph:editorial-research { ?dating a mkg:Dating ; mkg:dates ?what ; mkg:when ?when }"
    assert authored.rows("?what ?when", dated) == {
        ("election:metropolis-president-2018-08", "2018-08-28"),
        ("event:hlpf-2018", "2018-07-09/2018-07-18"),
        ("event:local-and-regional-governments-forum-2018", "2018-07-16"),
        ("event:metropolis-annual-meeting-2018", "2018-08-27/2018-08-29"),
        ("tenure:governing-mayor-president-2018", "/2020-11-30"),
    }


def test_captions_attest_the_holder_of_the_office_at_moments_only(authored: Authored) -> None:
    holding = "?holding a mkg:PostHolding ; mkg:attestedDuring ?moment OPTIONAL { ?holding mkg:when ?when }"
    assert authored.page("?holding ?moment ?when", holding) == {
        ("tenure:mueller-governing-mayor", "2018-07", ""),
        ("tenure:mueller-governing-mayor", "2018-08", ""),
    }
    assert authored.page("?holding", "?holding a mkg:PostHolding") == {("tenure:mueller-governing-mayor",)}


def test_what_goes_on_has_an_open_end_and_nothing_is_flagged_as_current(authored: Authored) -> None:
    going_on = "?claim mkg:when ?when FILTER(STRENDS(STR(?when), '..'))"
    assert authored.rows("?when", going_on) == {("1991/..",), ("2011/..",), ("2020-11/..",)}
    flags = "?claim ?flag ?value FILTER(REGEX(STR(?flag), '(current|until|today)', 'i'))"
    assert authored.rows("?claim ?flag", flags) == set()


def test_the_undated_page_has_a_window_and_its_count_no_date(authored: Authored) -> None:
    window = "source:berlin-metropolis mkg:observedNotBefore ?after ; mkg:observedNotAfter ?before"
    assert authored.page("?after ?before", window) == {("2020-11-30", "2021-12-21")}
    count = "?count schema:value ?value OPTIONAL { ?count mkg:when|mkg:observedNotBefore|mkg:observedNotAfter ?date }"
    assert authored.page("?value ?date", count) == {("141", "")}


def test_presidents_before_berlin_are_as_precise_as_they_are_known(authored: Authored) -> None:
    presidents = "?tenure org:role role:president ; org:member ?who ; mkg:representing ?where ; mkg:when ?when"
    assert authored.rows("?who ?where ?when", presidents) == {
        ("person:michel-giraud", "place:ile-de-france", "1985/1998"),
        ("person:joan-clos", "place:barcelona", "1998/"),
        ("person:jean-paul-huchon", "place:ile-de-france", "/2015-12"),
        ("person:denis-coderre", "place:montreal", "2015-12/2017-11-16"),
    }


# ---- What is no fact about the world ----


def test_no_claim_rests_on_the_banner_a_heading_an_alternative_text_or_the_navigation(
    shared: Path, authored: Authored
) -> None:
    text = (shared / "source/berlin-metropolis.txt").read_bytes().decode("utf-8")
    captions = {line for line in text.splitlines()[:-1] if line.endswith(".") and not line.startswith("  • ")}
    places = authored.page("?evidence ?kind ?start", "?evidence mkg:textKind ?kind ; mkg:startsAt ?start")
    assert places
    for evidence, kind, start in places:
        line = text[text.rfind("\n", 0, int(start)) + 1 :].split("\n", 1)[0]
        expected = "mkg:BodyText" if line.startswith("  • ") else "mkg:Caption" if line in captions else "nothing"
        assert kind == expected, f"{evidence} stands in the line “{line}”"


def test_superlatives_and_slogans_are_attributed_and_nothing_more(authored: Authored) -> None:
    praise = "VALUES ?evidence { evidence:berlin-metropolis-f04 evidence:berlin-metropolis-f05 }"
    statement = "?claim mkg:evidence ?evidence ; a ?kind"
    said = "OPTIONAL { ?claim mkg:promotional ?promotional ; prov:wasAttributedTo ?speaker }"
    assert authored.page("?kind ?promotional ?speaker", f"{praise} {statement} {said}") == {
        ("mkg:AttributedStatement", "true", "organisation:senatskanzlei-berlin")
    }


def test_every_statement_has_speaker_type_subject_and_says_whether_it_is_praise(authored: Authored) -> None:
    parts = "prov:wasAttributedTo ?who ; mkg:statementType ?type ; schema:about ?what ; mkg:promotional ?praise"
    incomplete = f"?statement a mkg:AttributedStatement FILTER NOT EXISTS {{ ?statement {parts} }}"
    assert authored.holds(f"?statement a mkg:AttributedStatement ; {parts}")
    assert authored.rows("?statement", incomplete) == set()


# ---- Who ----


def test_in_the_chain_of_roles_the_holder_is_the_office(authored: Authored) -> None:
    leading = "VALUES ?role { role:president role:interim-president role:co-president } ?tenure org:role ?role"
    assert authored.page("?holder", f"{leading} ; org:member ?holder") == {("post:governing-mayor-berlin",)}


def test_only_the_election_ties_the_person_to_the_presidency(authored: Authored) -> None:
    tied = "?claim ?tie person:michael-mueller ; mkg:electedRole|org:role role:president"
    assert authored.page("?claim ?tie", tied) == {("election:metropolis-president-2018-08", "mkg:elected")}


def test_berlin_the_place_and_berlin_the_government_are_two(authored: Authored) -> None:
    assert authored.rows("?kind", "place:berlin a ?kind") == {("mkg:City",)}
    assert authored.rows("?kind", "organisation:land-berlin a ?kind") == {("mkg:Government",)}
    assert authored.rows("?place", "organisation:land-berlin mkg:governs ?place") == {("place:berlin",)}


def test_a_place_is_never_a_holder_a_partner_or_a_beneficiary(authored: Authored) -> None:
    acting = "?claim org:member|mkg:partner|mkg:beneficiary|mkg:participant ?who"
    assert authored.holds(acting)
    assert not authored.holds(f"{acting} FILTER(STRSTARTS(STR(?who), STR(place:)))")


def test_no_class_follows_from_the_phrase_about_partners(authored: Authored) -> None:
    partners = "?partnership mkg:partner ?partner FILTER(?partner != organisation:metropolis)"
    kinds = "?partner a|org:classification|schema:additionalType|dct:type ?kind"
    assert authored.rows("?partner ?kind", f"{partners} {kinds}") == {
        ("organisation:eurocities", "org:Organization"),
        ("organisation:giz", "org:Organization"),
        ("organisation:un-habitat", "org:Organization"),
        ("organisation:world-bank", "org:Organization"),
    }


def test_whose_unit_and_whose_platform_is_left_to_inference(authored: Authored) -> None:
    assert authored.holds("?unit a org:OrganizationalUnit . ?platform a mkg:OnlinePlatform")
    assert not authored.holds("?thing org:unitOf|org:subOrganizationOf|schema:provider|schema:publisher ?whose")


# ---- Open lists ----


def test_the_partner_list_is_open_and_every_partnership_is_from_it(authored: Authored) -> None:
    lists = "?partnership a mkg:Partnership OPTIONAL { ?partnership mkg:fromList/mkg:completeness ?completeness }"
    assert authored.rows("?completeness", lists) == {("mkg:OpenExampleList",)}


def test_the_topics_of_berlin_s_benefit_are_an_open_list_too(authored: Authored) -> None:
    topics = "?statement dct:subject topic:social-housing, topic:sustainable-mobility-policy ; mkg:completeness ?open"
    assert authored.page("?statement ?open", topics) == {("statement:berlin-gains-ideas", "mkg:OpenExampleList")}


# ---- The words of the page ----


def test_the_quote_that_occurs_twice_is_told_apart_and_the_event_counted_once(authored: Authored) -> None:
    apart = "evidence:berlin-metropolis-f15 mkg:quotePrefix ?prefix ; mkg:quoteSuffix ?suffix"
    assert authored.page("?prefix ?suffix", apart) == {("Wahl von Michael Müller zum Präsidenten ", ".")}
    assert authored.rows("?event", "?event a mkg:Event ; schema:organizer organisation:metropolis") == {
        ("event:metropolis-annual-meeting-2018",)
    }


@pytest.mark.parametrize(
    ("fact", "slip"),
    [
        ("f20", "„urban sustainability exchange (use)"),
        ("f24", "Der Regierender Bürgermeister"),
        ("f25", "Iphuteng"),
        ("f35", "Governments‘"),
    ],
)
def test_quotes_keep_the_slips_of_the_page(authored: Authored, fact: str, slip: str) -> None:
    [(quote,)] = authored.page("?quote", f"evidence:berlin-metropolis-{fact} mkg:quote ?quote")
    assert slip in quote


def test_the_school_s_own_spelling_is_enrichment(authored: Authored) -> None:
    names = "place:iphuteng-school skos:prefLabel ?name"
    assert authored.page("?name", names) == {("Iphuteng-Schule",), ("Iphuteng school",)}
    spelt = "GRAPH ?graph { ?subject ?predicate ?text FILTER(ISLITERAL(?text) && CONTAINS(STR(?text), 'Iphutheng')) }"
    assert authored.rows("?graph", spelt) == {("graph:editorial-research",)}


# ---- Other sources ----


@pytest.mark.parametrize(
    ("said", "graph", "other"),
    [
        ('rdf:object "2020-06~"^^edtf:EDTF', "graph:dpa-report", "tenure:governing-mayor-president-2018"),
        ('mkg:when "2018/2020"^^edtf:EDTF', "graph:berlin-older-page", "tenure:governing-mayor-president-2018"),
        ("schema:value 136", "graph:other-member-counts", "count:metropolis-member-cities-141"),
        ("schema:value 139", "graph:other-member-counts", "count:metropolis-member-cities-141"),
        ("schema:value 144", "graph:other-member-counts", "count:metropolis-member-cities-141"),
    ],
)
def test_what_another_source_says_stands_beside_the_page_and_names_what_it_conflicts_with(
    authored: Authored, said: str, graph: str, other: str
) -> None:
    conflict = f"GRAPH ?graph {{ ?claim {said} ; mkg:conflictsWith ?other ; mkg:note ?how }}"
    kept = "GRAPH graph:berlin-metropolis { ?other mkg:evidence ?evidence }"
    assert authored.rows("?graph ?other", f"{conflict} {kept}") == {(graph, other)}


def test_only_the_verified_identifiers_are_published(authored: Authored) -> None:
    identifiers = "?thing owl:sameAs|schema:sameAs|schema:identifier|adms:identifier|skos:exactMatch ?value"
    assert authored.rows("?thing ?value", identifiers) == VERIFIED
    assert authored.rows("?thing ?page", "?thing foaf:homepage ?page") == WEBSITES
    assert authored.rows("?role ?code", "?role a org:Role ; skos:closeMatch ?code") == EU_CODES


def test_identifiers_stand_in_the_graph_of_their_register(authored: Authored) -> None:
    registers = ("dcat-ap-de", "geonames", "gnd", "iso-3166-2", "ror", "un-locode", "wikidata")
    stated = "GRAPH ?graph { ?thing owl:sameAs|schema:sameAs|schema:identifier ?value }"
    assert authored.rows("?graph", stated) == {(f"graph:{register}",) for register in registers}


def test_every_enrichment_graph_has_a_source_of_its_own(authored: Authored) -> None:
    pairs = authored.rows("?graph ?source", "?graph a mkg:EnrichmentGraph ; mkg:source ?source")
    assert pairs
    assert [row for row in pairs if row[0].removeprefix("graph:") != row[1].removeprefix("source:")] == []
