"""``metropolis-kg new``: what it writes conforms, stands where it belongs, and overwrites nothing."""

import difflib
import os
import pty
import shutil
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from string import Formatter
from subprocess import PIPE

import pytest
from click.testing import CliRunner, Result

from metropolis_kg.cli import cli
from metropolis_kg.content import find_content
from metropolis_kg.curation.checking import Findings, derive, judge
from metropolis_kg.curation.formatting import formatted, turtle_files
from metropolis_kg.curation.quotations import read_texts
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.model.namespaces import read_prefixes

PAGE = "data/pages/berlin-metropolis.ttl"
TEXT = (
    "Wien in EUROCITIES\n\nDie Stadt Wien ist seit 1994 Mitglied von EUROCITIES.\n"
    "Ada Colau sprach beim Treffen. Im Mai 2019 war das Treffen in Wien, Ada Colau leitete es.\n"
)
NEW_PAGE = [
    "page", "--title-de", "EUROCITIES in Wien", "--title-en", "EUROCITIES in Vienna", "--url", "https://example.org/wien",
    "--publisher-de", "Stadt Wien", "--publisher-en", "City of Vienna", "--from", "2020-01-01", "--until", "2020-12-31",
    "--basis-de", "Datum der Seite.", "--basis-en", "The date of the page.",
]  # fmt: skip


def new(root: Path, *arguments: str | Path, answers: str | None = None, lang: str = "en") -> Result:
    command = ["--root", str(root), "new", *map(str, arguments), "--lang", lang]
    return CliRunner().invoke(cli, command, input=answers, catch_exceptions=False)


def written(root: Path, *arguments: str | Path, **given: str) -> str:
    done = new(root, *arguments, **given)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def findings(root: Path, sources: Path | None = None) -> Findings:
    content = find_content(root)
    dataset = read_dataset(content)
    return judge(dataset, content, derive(dataset, content), read_texts(sources) if sources else {})


def require_good(root: Path, sources: Path | None = None) -> Findings:
    """Require that the content conforms, without a warning, and is laid out as it should be."""
    found, content = findings(root, sources), find_content(root)
    told = [each for each in found.diagnostics if each.severity is not Severity.INFO]
    assert not told
    known = read_prefixes(content.prefixes_file)
    pages = content.data.rglob("*.ttl")
    assert all(formatted(path.read_bytes(), known) == path.read_bytes() for path in pages)
    return found


@pytest.fixture
def workspace(workspace: Path) -> Path:
    """A copy of the content without its one undated tenure, so that nothing but what is new is left to pySHACL."""
    page = workspace / PAGE
    parts = page.read_text(encoding="utf-8").split("\n\n")
    kept = [part for part in parts if "tenure:berninger-head-of-unit" not in part and "-f40 a" not in part]
    page.write_text("\n\n".join(kept), encoding="utf-8")
    return workspace


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "wien.txt").write_text(TEXT, encoding="utf-8")
    return folder


@pytest.fixture
def vienna(workspace: Path, sources: Path) -> Path:
    """The content with a new page and what it names."""
    written(workspace, *NEW_PAGE, "--text", sources / "wien.txt")
    written(workspace, "person", "--name-de", "Ada Colau", "--page", "eurocities-in-vienna")
    return workspace


@pytest.mark.parametrize(
    ("arguments", "name", "holds"),
    [
        (["person", "--name-de", "José Sócrates"], "person:jose-socrates",
         'foaf:name "José Sócrates"@de , "José Sócrates"@en .'),
        (["organisation", "--name-de", "Stadt Köln", "--name-en", "City of Cologne", "--class", "Gebietskörperschaft",
          "--type", "city network"], "organisation:city-of-cologne", "a mkg:Government ;"),
        (["post", "--name-de", "Bürgermeisterin", "--name-en", "Mayor", "--organisation", "giz", "--role", "member"],
         "post:mayor", "org:postIn organisation:giz ;"),
        (["tenure", "--holder", "barbara berninger", "--organisation", "organisation/eurocities", "--role", "Mitglied",
          "--when", "2011/2014", "--end-basis", "stated", "--quote", "Kopräsident", "--starts-at", "2575"],
         "tenure:barbara-berninger-member-2011", "mkg:endBasis mkg:Stated ;"),
        (["tenure", "--holder", "Barbara Berninger", "--organisation", "Land Berlin", "--role", "governing-mayor",
          "--post", "governing-mayor-berlin", "--attested", "2018-09", "--quote", "Kopräsident", "--starts-at", "2575"],
         "tenure:barbara-berninger-governing-mayor", "a mkg:PostHolding ;"),
        (["partnership", "--partner", "Metropolis", "--with", "Weltbank", "--list", "metropolis-partners",
          "--slug", "again", "--page", "berlin-older-page", "--note-de", "Ein Beleg.", "--note-en", "Evidence."],
         "partnership:again", "mkg:partner organisation:metropolis , organisation:world-bank ;"),
        (["event", "--title-de", "Treffen", "--title-en", "A meeting", "--when", "2018-08", "--location", "Gauteng",
          "--organiser", "Metropolis", "--part-of", "Metropolis annual meeting, August 2018", "--quote", "Weltbank",
          "--text-kind", "caption", "--starts-at", "700"], "event:a-meeting",
         "schema:superEvent event:metropolis-annual-meeting-2018 ;"),
    ],
    ids=["person", "organisation", "post", "tenure", "post holding", "partnership", "event"],
)  # fmt: skip
def test_what_is_written_conforms_and_is_laid_out(workspace: Path, arguments: list[str], name: str, holds: str) -> None:
    content = find_content(workspace)
    before = {path: path.read_text(encoding="utf-8") for path in turtle_files(content)}
    place, said = written(workspace, *arguments).splitlines()[0].split(": ")
    file, line = place.split(":")
    assert said == f"{name} written"
    after = (workspace / file).read_text(encoding="utf-8")
    about = after.partition(f"\n{name} ")[2].partition("\n\n")[0]
    assert after.splitlines()[int(line) - 1].startswith(f"{name} a ")
    assert holds in about
    changes = list(difflib.ndiff(before[workspace / file].splitlines(), after.splitlines()))
    assert not [change for change in changes if change.startswith("- ")]
    assert [path for path, text in before.items() if path.read_text(encoding="utf-8") != text] == [workspace / file]
    require_good(workspace)


def test_a_page_with_its_things_and_claims_is_written_from_nothing(vienna: Path, sources: Path) -> None:
    page = vienna / "data/pages/eurocities-in-vienna.ttl"
    on_page = ["--page", "eurocities-in-vienna", "--sources", sources]
    written(vienna, "event", "--title-de", "Treffen", "--title-en", "Meeting in Vienna", "--when", "2019-05", *on_page,
            "--quote", "Im Mai 2019 war das Treffen in Wien")  # fmt: skip
    written(vienna, "tenure", "--holder", "City of Vienna", "--organisation", "EUROCITIES", "--role", "member",
            "--when", "1994/..", *on_page, "--quote", "seit 1994 Mitglied von EUROCITIES")  # fmt: skip
    written(vienna, "organisation", "--name-de", "Rathaus", "--name-en", "City hall", *on_page)
    found = require_good(vienna, sources)
    assert found.quotes.compared == 2
    lines = page.read_text(encoding="utf-8").splitlines()
    heads = [line for line in lines if line.startswith("# =") or " a mkg:" in line or " a org:" in line]
    assert [line.split(" a ")[0].strip("#= ") for line in heads] == [
        "The graph and its source", "graph:eurocities-in-vienna", "source:eurocities-in-vienna",
        "organisation:city-of-vienna", "Things", "person:ada-colau", "organisation:city-hall",
        "Claims", "tenure:city-of-vienna-member-1994", "evidence:eurocities-in-vienna-city-of-vienna-member-1994",
        "event:meeting-in-vienna", "evidence:eurocities-in-vienna-meeting-in-vienna",
    ]  # fmt: skip


def test_a_quote_that_stands_twice_is_told_apart_by_what_stands_around_it(vienna: Path, sources: Path) -> None:
    claim = ["tenure", "--holder", "Ada Colau", "--organisation", "EUROCITIES", "--role", "president", "--page",
             "eurocities-in-vienna", "--sources", sources, "--quote", "Ada Colau"]  # fmt: skip
    done = new(vienna, *claim)
    first, second = TEXT.index("Ada Colau"), TEXT.rindex("Ada Colau")
    assert done.exit_code == 2
    assert f"stand 2 times in the source. Choose one with --starts-at: {first} (" in done.stderr
    written(vienna, *claim, "--starts-at", str(second))
    assert "mkg:quotePrefix" in (vienna / "data/pages/eurocities-in-vienna.ttl").read_text(encoding="utf-8")
    assert require_good(vienna, sources).quotes.compared == 1


def test_evidence_with_the_same_words_is_used_again(workspace: Path) -> None:
    said = written(workspace, "partnership", "--partner", "GIZ", "--with", "Weltbank", "--quote", "Weltbank",
                   "--starts-at", "695")  # fmt: skip
    text = (workspace / PAGE).read_text(encoding="utf-8")
    assert "evidence:" not in said
    assert text.count('mkg:quote "Weltbank"@de') == 1
    assert "mkg:startsAt 695 ;\n    mkg:textKind mkg:BodyText .\n\npartnership:giz-world-bank a" in text
    assert text.count("mkg:evidence evidence:berlin-metropolis-f11 .") == 1


def test_a_claim_before_all_others_stands_below_their_heading(workspace: Path) -> None:
    written(workspace, "event", "--title-de", "Erstes", "--title-en", "The first", "--when", "1985",
            "--quote", "Metropolis", "--starts-at", "138")  # fmt: skip
    text = (workspace / PAGE).read_text(encoding="utf-8")
    assert "# ======== Claims: first section, on the network ========\n\nevent:the-first a" in text
    require_good(workspace)


def test_a_dry_run_prints_the_turtle_and_writes_nothing(workspace: Path) -> None:
    before = (workspace / PAGE).read_bytes()
    said = written(workspace, "person", "--name-de", "Ada Colau", "--dry-run")
    assert said == (
        "@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n@prefix mkg: <https://w3id.org/metropolis-kg/ns#> .\n"
        "@prefix person: <https://w3id.org/metropolis-kg/id/person/> .\n\n"
        'person:ada-colau a mkg:Person ;\n    foaf:name "Ada Colau"@de , "Ada Colau"@en .\n'
    )
    assert (workspace / PAGE).read_bytes() == before


def test_nothing_that_is_or_was_there_is_written_again(workspace: Path, sources: Path) -> None:
    retired = (
        "<https://w3id.org/metropolis-kg/id/person/ada-colau> a <https://w3id.org/metropolis-kg/ns#RetiredThing> ."
    )
    (workspace / "data/retired.ttl").write_text(retired)
    text = ["--text", sources / "wien.txt"]
    cases = [
        (["person", "--name-de", "Michael Müller"], f"person:michael-mueller is there already ({PAGE}:"),
        (["person", "--name-de", "Ada Colau"], "person:ada-colau was published once and is retired (data/retired.ttl:"),
        ([*NEW_PAGE, *text, "--slug", "berlin-metropolis"], "A file berlin-metropolis.ttl is there already"),
        ([*NEW_PAGE, *text, "--slug", "gnd"], "A file gnd.ttl is there already"),
        ([*NEW_PAGE, *text, "--slug", "derived"], "or the name is reserved"),
    ]  # fmt: skip
    before = {path: path.read_bytes() for path in turtle_files(find_content(workspace))}
    for arguments, said in cases:
        done = new(workspace, *arguments)
        assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert {path: path.read_bytes() for path in turtle_files(find_content(workspace))} == before


def test_a_thing_stands_after_the_last_of_its_kind(workspace: Path) -> None:
    said = written(workspace, "person", "--name-de", "Michael Müller", "--slug", "michael-mueller-2")
    assert "person:michael-mueller-2 written" in said
    text = (workspace / PAGE).read_text(encoding="utf-8")
    assert '"Barbara Berninger"@en .\n\nperson:michael-mueller-2 a mkg:Person ;' in text


EVENT = ["event", "--title-de", "Treffen", "--title-en", "Meeting"]
NOTE = ["--note-de", "x", "--note-en", "x"]


@pytest.mark.parametrize(
    ("lang", "arguments", "said"),
    [
        ("en", ["person"], "--name-de is missing: Name in German"),
        ("de", ["person"], "--name-de fehlt: Name auf Deutsch"),
        ("de", ["post", "--name-de", "x", "--name-en", "x"], "--organisation fehlt: Organisation"),
        ("en", [*EVENT, "--when", "2018-13"], "“2018-13” is no EDTF time. Write 2014, 2018-08, 2018-08-28, 2014/2017"),
        ("de", [*EVENT, "--when", "seit 1995"], "„seit 1995“ ist keine Zeitangabe in EDTF. Schreiben: 1995/.."),
        ("de", [*EVENT, "--when", "2018/2017"], "„2018/2017“ endet, bevor es beginnt."),
        ("en", EVENT, "--quote is missing: Words of the source"),
        ("de", [*EVENT, "--quote", "Metropolis"], "Wo die Worte beginnen, fehlt."),
        ("en", [*EVENT, "--quote", "x", "--starts-at", "-1"], "“-1” is no position."),
        ("de", [*EVENT, "--quote", "x", "--starts-at", "1", "--text-kind", "title"], "von: body, caption, alternative"),
        ("en", [*EVENT, "--quote", "x", "--starts-at", "1", "--note-de", "x"], "--note-de has no place beside"),
        ("de", [*EVENT, "--location", "Gautteng"], "„Gautteng“ ist hier nicht bekannt. Gemeint: place:gauteng?"),
        ("en", [*EVENT, "--location", "Zzyzx"], "“Zzyzx” is not known here. Write it first"),
        ("en", ["tenure", "--holder", "GIZ", "--organisation", "Land Berlin", "--role", "member", "--post",
                "governing-mayor-berlin", *NOTE], "nothing was written: A person fills a post: "),
        ("de", ["person", "--name-de", "…"], "Aus „…“ lässt sich kein Kurzname bilden."),
        ("en", ["person", "--name-de", "A", "--slug", "Ä"], "“Ä” is no short name."),
        ("de", ["person", "--name-de", " "], "Das darf nicht leer bleiben."),
        ("en", ["person", "--name-de", "A", "--page", "x"], "There is no page or source “x”. Give one of: berlin-metr"),
        ("de", ["partnership", "--partner", "GIZ", "--with", "giz", *NOTE], "organisation:giz wurde zweimal genannt."),
        ("en", [*NEW_PAGE, "--text", "absent.txt"], "There is no file absent.txt."),
        ("de", [*NEW_PAGE, "--text", __file__, "--until", "1999-01-01"], "--from und --until vertauschen"),
        ("en", [*NEW_PAGE, "--text", __file__, "--until", "soon"], "“soon” is no day. Write it as YYYY-MM-DD"),
        ("de", [*NEW_PAGE, "--text", __file__, "--url", "example.org"], "„example.org“ ist keine Adresse einer Seite."),
    ],
)  # fmt: skip
def test_what_will_not_do_is_said_in_the_steward_s_language(
    content_copy: Path, lang: str, arguments: list[str], said: str
) -> None:
    done = new(content_copy, *arguments, lang=lang)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not list(content_copy.rglob("*vienna*"))


def test_whatever_is_said_is_said_in_both_languages_with_the_same_facts() -> None:
    table = tomllib.loads((files("metropolis_kg.curation.drafts") / "words.toml").read_text(encoding="utf-8"))
    for group, entries in table.items():
        for name, words in entries.items():
            facts = [{each[1] for each in Formatter().parse(words[lang])} for lang in ("en", "de")]
            assert group == "errors" or facts[0] == facts[1], name
            assert words["en"] != words["de"] or name in ("partner", "organisation")


@pytest.fixture(scope="module")
def content_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's content, of which nothing is to be written."""
    root = find_content().root
    copy = tmp_path_factory.mktemp("content")
    for folder in ("ontology", "data", "shapes", "queries"):
        shutil.copytree(root / folder, copy / folder)
    return copy


def test_a_quote_that_the_text_lacks_is_refused(vienna: Path, sources: Path) -> None:
    claim = [*EVENT, "--page", "eurocities-in-vienna", "--sources", sources]
    assert "does not have “Ada Kolau”" in new(vienna, *claim, "--quote", "Ada Kolau").stderr
    done = new(vienna, *claim, "--quote", "Ada Colau", "--starts-at", "3", lang="de")
    assert f"Bei 3 stehen die Worte nicht in der Quelle; sie stehen bei {TEXT.index('Ada')}, " in done.stderr


def test_two_things_of_one_name_are_to_be_told_apart(workspace: Path) -> None:
    written(workspace, "person", "--name-de", "Michael Müller", "--slug", "michael-mueller-2")
    done = new(workspace, "tenure", "--holder", "Michael Müller")
    assert "the name of several things: person:michael-mueller, person:michael-mueller-2." in done.stderr


ANSWERS = {
    "de": ["berlin-metropolis", "Michel Müller", "michael müller", "Metropolis", "Präsident", "", "2018/2017",
           "2018/..", "Präsident von Metropolis", "2726", "Bildunterschrift", "governing mayor", "mueller-president"],
    "en": ["berlin-metropolis", "Michel Müller", "michael müller", "Metropolis", "president", "", "2018/2017",
           "2018/..", "Präsident von Metropolis", "2726", "caption", "governing mayor", "mueller-president"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "asked"),
    [
        ("de", ["Bekannt: berlin-metropolis, ", "Inhaber: ", "Gemeint: person:michael-mueller?",
                "endet, bevor es beginnt", "(darf leer bleiben)", "caption (Bildunterschrift)", "ist kein Kurzname"]),
        ("en", ["Known: berlin-metropolis, ", "Holder: ", "Did you mean person:michael-mueller?",
                "ends before it begins", "(may stay empty)", "caption (caption)", "is no short name"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_asked_for_until_it_will_do(workspace: Path, lang: str, asked: list[str]) -> None:
    done = new(workspace, "tenure", "--ask", answers="\n".join(ANSWERS[lang]) + "\n", lang=lang)
    assert done.exit_code == 0, done.stderr
    for words in asked:
        assert words in done.stderr
    text = (workspace / PAGE).read_text(encoding="utf-8")
    assert "tenure:mueller-president a mkg:Tenure ;" in text
    assert "mkg:textKind mkg:Caption ." in text.partition("evidence:berlin-metropolis-mueller-president a")[2][:200]
    require_good(workspace)


def test_the_places_of_words_that_stand_twice_are_shown_before_one_is_asked_for(vienna: Path, sources: Path) -> None:
    first, second = TEXT.index("Ada Colau"), TEXT.rindex("Ada Colau")
    claim = ["tenure", "--page", "eurocities-in-vienna", "--sources", sources, "--holder", "Ada Colau",
             "--organisation", "EUROCITIES", "--role", "president", "--ask"]  # fmt: skip
    answers = ["", "", "", "Ada Kolau", "Ada Colau", "", str(first + 1), str(second), "", ""]
    done = new(vienna, *claim, answers="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.stderr
    shown, _, rest = done.stderr.partition("Where the words start")
    assert f"Choose one with --starts-at: {first} (…" in shown
    assert f"At {first + 1} the words do not stand in the source" in rest
    assert require_good(vienna, sources).quotes.compared == 1


def test_on_a_terminal_it_asks_by_itself(workspace: Path) -> None:
    command = [sys.executable, "-m", "metropolis_kg", "--root", str(workspace), "new", "person", "--lang", "de"]
    steward, terminal = pty.openpty()
    with subprocess.Popen(command, stdin=terminal, stdout=PIPE, stderr=PIPE, text=True) as process:
        os.write(steward, b"\nAda Colau\n\n\n")
        said, asked = process.communicate(timeout=60)
    os.close(steward)
    os.close(terminal)
    assert process.returncode == 0
    assert "Name auf Deutsch: " in asked
    assert "Name auf Englisch [Ada Colau]: " in asked
    assert "Kurzname [ada-colau]: " in asked
    assert "person:ada-colau geschrieben" in said


@pytest.mark.parametrize(("text", "said"), [("Grüße".encode("latin-1"), "is not UTF-8"), (b"\n", "is empty")])
def test_a_text_that_no_quote_can_be_compared_with_is_refused(
    content_copy: Path, tmp_path: Path, text: bytes, said: str
) -> None:
    (tmp_path / "page.txt").write_bytes(text)
    done = new(content_copy, *NEW_PAGE, "--text", tmp_path / "page.txt", lang="en")
    assert done.exit_code == 2
    assert f"page.txt {said}." in done.stderr
