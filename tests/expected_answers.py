"""For which stored queries and arguments the expected answers are known; they are in ``queries/expected``."""

from pathlib import Path

EXPECTED = Path(__file__).parent / "queries" / "expected"
CASES = sorted(path.stem for path in EXPECTED.glob("*.csv"))
ARGUMENTS = {
    "01-who-led.before-it-was-founded": {"at": "1984-12-31"},
    "07-certainty-over-time.closed": {"tenure": "tenure/governing-mayor-president-2018"},
    "changes.one-president-after-another": {"from": "2017-11-16", "until": "2017-11-30", "lang": "de"},
    "claims-of-source.no-wording-kept": {"source": "source/editorial-research"},
    "evidence-of.no-wording-kept": {"claim": "tenure/wowereit-governing-mayor-2001"},
    "evidence-of.several-captions": {"claim": "event/metropolis-annual-meeting-2018"},
    "evidence-strength.two-pieces": {"least": "2", "most": "2"},
    "gaps.none-in-an-office": {"organisation": "organisation/land-berlin"},
    "in-place.in-the-province": {"place": "place/gauteng"},
    "missing-labels.in-german": {"language": "de"},
    "most-evidenced.organisations": {"kind": "org:Organization"},
    "quotes-with.nothing-of-the-kind": {"text": '"} UNION { ?s ?p ?o'},
    "roles-between.before-it-was-founded": {"from": "1980-01-01", "until": "1984-12-31"},
    "roles-of.a-person": {"thing": "person/barbara-berninger"},
    "state-at.a-person": {"thing": "person/michael-mueller", "at": "2018-07-16"},
    "succession.stated-to-the-day": {"organisation": "organisation/land-berlin"},
    "undated.counts": {"kind": "mkg:MemberCount", "lang": "de"},
    "was-certain.within-a-handover": {"at": "2018-08-10"},
    "who-held.last-known": {"role": "role/co-president", "at": "2021-06-01"},
    "who-held.undated": {"role": "role/head-of-unit", "organisation": "organisation/referat-internationales"},
    "who-led.after-the-page": {"at": "2022-03-01"},
    "who-led.in-german": {"lang": "de"},
    "who-led.president-beside-co-president": {"at": "2016-06-01"},
    "who-led.press-release": {"at": "2018-08-24"},
    "who-led.two-mayors-on-a-day": {"at": "2014-12-11"},
    "who-led.within-a-handover": {"at": "2018-08-10"},
}


def arguments_of(case: str) -> dict[str, str]:
    """Return the arguments of a case; none where it shows the defaults."""
    return ARGUMENTS[case] if "." in case else {}


def query_of(case: str) -> str:
    """Return the name of the query that a case is about."""
    return case.partition(".")[0]
