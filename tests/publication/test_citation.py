"""Citations say what was read, in which version, and where that stays; parsers read back whatever a name has in it."""

import json
from dataclasses import replace

import bibtexparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from metropolis_kg.content import Content
from metropolis_kg.publication.citing import Citation, citation_of, write_bibtex, write_csl
from metropolis_kg.publication.reading import Value
from metropolis_kg.store.release import OpenRelease

STAYS = "http://localhost:8000/memento/20261126053421/doc/organisation/metropolis"
LATEX = get_default_latex_context_db()
LATEX.add_context_category(
    "what pylatexenc has not or otherwise",
    prepend=True,
    macros=[
        MacroTextSpec("textbraceleft", "{"),
        MacroTextSpec("textbraceright", "}"),
        MacroTextSpec("textasciicircum", "^"),
    ],
)
HOSTILE = r'</script> \input{x} {Ä & Ö}} 100 % of $5 #1 a_b ~ ^ "q" @misc{'


@pytest.fixture(scope="module")
def metropolis(opened: OpenRelease, content: Content) -> Citation:
    """How to cite Metropolis in English."""
    return citation_of(opened, content.queries, opened.iri("id/organisation/metropolis"), "en", STAYS)


def named(title: str) -> Citation:
    """Return a citation of something with that name."""
    thing = Value(title)
    return Citation("https://example.org/id/x/y", thing, Value("Data"), [Value(title)], [], [], [Value(title)])


def field(bibtex: bytes, name: str) -> str:
    """Return a field of the one entry as a bibliography shows it."""
    library = bibtexparser.parse_string(bibtex.decode())
    assert library.failed_blocks == []
    [entry] = library.entries
    return str(LatexNodes2Text(LATEX).latex_to_text(entry.fields_dict[name].value))


def test_csl_json_names_thing_publisher_version_day_and_addresses(metropolis: Citation, opened: OpenRelease) -> None:
    [item] = json.loads(write_csl(metropolis))
    year, month, day = (int(part) for part in str(opened.created)[:10].split("-"))
    assert item == {
        "id": f"organisation-metropolis-{str(opened.digest)[:12]}",
        "type": "dataset",
        "title": "Metropolis",
        "container-title": "metropolis_kg: Berlin in the city network Metropolis",
        "author": [{"literal": "metropolis_kg maintainers"}],
        "publisher": "metropolis_kg maintainers",
        "URL": opened.iri("id/organisation/metropolis"),
        "language": "en",
        "note": f"Release of: {str(opened.created)[:10]}. This version: {STAYS}. "
        "Licence: https://creativecommons.org/licenses/by/4.0/",
        "issued": {"date-parts": [[year, month, day]]},
        "version": opened.digest,
        "archive_location": STAYS,
    }


def test_bibtex_says_the_same_to_a_parser(metropolis: Citation, opened: OpenRelease) -> None:
    written = write_bibtex(metropolis)
    assert field(written, "title") == "Metropolis"
    assert field(written, "author") == "metropolis_kg maintainers"
    assert field(written, "howpublished") == "metropolis_kg: Berlin in the city network Metropolis"
    assert field(written, "year") == str(opened.created)[:4]
    assert field(written, "version") == opened.digest
    assert field(written, "url") == opened.iri("id/organisation/metropolis")
    assert STAYS in field(written, "note")


def test_a_claim_says_which_source_it_rests_on_in_the_language_wanted(opened: OpenRelease, content: Content) -> None:
    iri = opened.iri("id/tenure/governing-mayor-interim-president-2017")
    cited = {code: citation_of(opened, content.queries, iri, code, None) for code in ("en", "de")}
    assert [source.text for source in cited["en"].sources] == ["Metropolis (page on berlin.de)"]
    assert [source.text for source in cited["de"].sources] == ["Metropolis (Seite auf berlin.de)"]
    assert "Rests on: Metropolis (page on berlin.de)" in field(write_bibtex(cited["en"]), "note")
    assert "archive_location" not in json.loads(write_csl(cited["en"]))[0]


def test_what_has_a_name_in_another_language_only_says_which(opened: OpenRelease, content: Content) -> None:
    iri = opened.iri("id/evidence/berlin-metropolis-f31")
    title = citation_of(opened, content.queries, iri, "en", None).title
    assert (title.language, title.text[:10]) == ("de", "Diskussion")


def test_a_hostile_name_stays_a_name() -> None:
    assert field(write_bibtex(named(HOSTILE)), "title") == HOSTILE
    assert json.loads(write_csl(named(HOSTILE)))[0]["title"] == HOSTILE


@settings(max_examples=60)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1))
def test_any_name_is_read_back_from_bibtex(name: str) -> None:
    assert field(write_bibtex(named(f"x{name}x")), "title") == f"x{name}x"


def test_keys_are_those_of_the_path_and_safe(metropolis: Citation) -> None:
    assert metropolis.key.startswith("organisation-metropolis-")
    assert named("x").key == "x-y"


def test_a_german_citation_says_its_note_in_german(metropolis: Citation) -> None:
    [item] = json.loads(write_csl(replace(metropolis, language="de")))
    assert item["note"].startswith("Ausgabe vom: ")
    assert f"Diese Version: {STAYS}. Lizenz: " in item["note"]
