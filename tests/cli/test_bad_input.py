"""What a steward or an operator gets wrong: one clear message, with file and line, never a traceback.

Exit status 1: the content does not conform; 2: it could not be done.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from history import RETIRED, SOURCE, TRIAL, copied, place
from metropolis_kg.content import find_content
from repository import REPOSITORY, Edit

PAGE = "data/pages/berlin-metropolis.ttl"


def run(*arguments: str | Path, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "metropolis_kg", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | environ, capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


def validated(workspace: Path, *options: str | Path) -> tuple[int, list[str]]:
    done = run("--root", workspace, "validate", "--lang", "en", *options, cwd=workspace)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_the_repository_as_it_is_conforms(workspace: Path) -> None:
    status, said = validated(workspace)
    assert status == 0
    assert any(row.startswith("0 violations, ") for row in said)


def test_a_syntax_error_cannot_be_validated_and_is_placed(workspace: Path, edit: Edit) -> None:
    line = edit(
        PAGE, "tenure:governing-mayor-president-2018 a mkg:Tenure ;", "tenure:governing-mayor-president-2018 a ;"
    )
    status, said = validated(workspace)
    assert status == 1
    assert said[0].startswith(f"{PAGE}:{line}: violation: The value after a is missing.")


def test_an_argument_that_is_no_text_is_told(workspace: Path) -> None:
    done = run("--root", workspace, "new", "person", "--name-de", "A\udcff", "--dry-run", cwd=workspace)
    assert (done.returncode, done.stderr) == (2, "metropolis-kg: '\\udcff' cannot be written as utf-8\n")


def test_an_unknown_prefix_is_placed_with_what_to_add(workspace: Path, edit: Edit) -> None:
    line = edit(
        PAGE,
        "tenure:governing-mayor-president-2018 a mkg:Tenure ;",
        "tenure:governing-mayor-president-2018 a mgk:Tenure ;",
    )
    status, said = validated(workspace)
    assert status == 1
    assert said[0] == f"{PAGE}:{line}: violation: There is no prefix mgk:. Did you mean mkg:? [misspelt-prefix]"


def test_an_impossible_date_is_placed_with_the_forms_that_are_right(workspace: Path, edit: Edit) -> None:
    line = edit(PAGE, '"2018-08/2020-11"^^edtf:EDTF', '"2018-13/2020-11"^^edtf:EDTF')
    status, said = validated(workspace)
    assert status == 1
    (row,) = (row for row in said if row.startswith(f"{PAGE}:{line}: violation: "))
    assert '"2018-13/2020-11": there is no month 13; months run from 01 to 12.' in row


def test_an_impossible_date_that_no_shape_knows_is_placed_too(workspace: Path, edit: Edit) -> None:
    line = edit("data/dataset.ttl", " a dcat:Dataset", ' schema:temporal "20O8"^^edtf:EDTF ; a dcat:Dataset')
    edit("data/dataset.ttl", "@prefix dct:", "@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .\n@prefix dct:")
    status, said = validated(workspace)
    assert status == 1
    assert any(row.startswith(f'data/dataset.ttl:{line + 1}: violation: "20O8" is no time in EDTF.') for row in said)


def test_a_role_outside_the_scheme_is_placed(workspace: Path, edit: Edit) -> None:
    line = edit(PAGE, "org:role role:president ;", "org:role role:emperor ;")
    status, said = validated(workspace)
    assert status == 1
    assert any(row.startswith(f"{PAGE}:{line}: violation: ") and "role" in row for row in said)


def test_a_claim_without_evidence_is_placed(workspace: Path, edit: Edit) -> None:
    edit(
        PAGE,
        "mkg:endBasis mkg:Stated ;\n    mkg:evidence evidence:berlin-metropolis-f44 .",
        "mkg:endBasis mkg:Stated .",
    )
    line = edit(
        PAGE,
        "tenure:governing-mayor-president-2018 a mkg:Tenure ;",
        "tenure:governing-mayor-president-2018 a mkg:Tenure ;",
    )
    status, said = validated(workspace)
    assert status == 1
    assert any(row.startswith(f"{PAGE}:{line}: violation: ") and "evidence" in row for row in said)


def test_a_blank_node_is_placed_even_where_nothing_can_be_judged(workspace: Path, edit: Edit) -> None:
    line = edit(PAGE, 'mkg:observedNotBefore "2020-11-30"^^xsd:date', 'mkg:observedNotBefore [ mkg:note "?"@de ]')
    status, said = validated(workspace)
    assert status in (1, 2)
    assert any(f"{PAGE}:{line}: " in row and "has no name and cannot be cited" in row for row in said)


def test_one_altered_letter_of_a_quote_is_placed(workspace: Path, edit: Edit, shared: Path) -> None:
    line = edit(PAGE, '"zuvor seit November 2017 Interimspräsident"', '"zuvor seit November 2017 Interimsprasident"')
    status, said = validated(workspace, "--sources", shared / "source")
    assert status == 1
    (row,) = (row for row in said if row.startswith(f"{PAGE}:{line}: violation: "))
    assert "The source does not contain “zuvor seit November 2017 Interimsprasident”" in row
    assert "it reads “zuvor seit November 2017 Interimspräsident”" in row


def test_every_quote_of_the_page_stands_where_it_says(workspace: Path, shared: Path) -> None:
    status, said = validated(workspace, "--sources", shared / "source")
    assert status == 0
    assert any("51 quotes compared with their source" in row for row in said)


def test_messages_come_in_german(workspace: Path, edit: Edit) -> None:
    line = edit(PAGE, '"2018-08/2020-11"^^edtf:EDTF', '"2018-13/2020-11"^^edtf:EDTF')
    done = run("--root", workspace, "validate", "--lang", "de", cwd=workspace)
    assert f"{PAGE}:{line}: Fehler: " in done.stdout


def test_a_literal_the_store_would_change_is_noticed_and_kept_in_the_dumps(workspace: Path, edit: Edit) -> None:
    line = edit("data/dataset.ttl", " a dcat:Dataset", ' schema:value "01"^^xsd:integer ; a dcat:Dataset')
    done = run("--root", workspace, "--var", "var", "build", "--lang", "en", cwd=workspace)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f'data/dataset.ttl:{line}: info: The store keeps "01"' in done.stdout
    assert b'"01"^^<http://www.w3.org/2001/XMLSchema#integer>' in (workspace / "var/current/dataset.nq").read_bytes()


@pytest.mark.parametrize("folder", ["shapes", "queries", "ontology", "data"])
def test_a_missing_folder_is_named(workspace: Path, folder: str) -> None:
    (workspace / folder).rename(workspace / "elsewhere")
    done = run("--root", workspace, "validate", cwd=workspace)
    assert done.returncode == 2
    assert f"has no folder {folder}/" in done.stderr
    assert "--root DIR" in done.stderr


def test_an_unwritable_var_is_named(workspace: Path) -> None:
    (workspace / "occupied").write_text("a file, not a folder")
    done = run("--root", workspace, "--var", "occupied", "build", cwd=workspace)
    assert done.returncode == 2
    assert done.stderr.strip().startswith("metropolis-kg: cannot write to occupied: ")


def test_a_port_in_use_is_named(workspace: Path, var: Path, release: object) -> None:
    assert release
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("--var", var, "serve", "--port", str(port), cwd=workspace)
    assert done.returncode == 2
    assert str(port) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_serving_before_the_first_build_says_to_build(tmp_path: Path) -> None:
    done = run("--var", "none", "serve", cwd=tmp_path)
    assert done.returncode == 2
    assert "metropolis-kg build" in done.stderr


@pytest.mark.parametrize("base", ["localhost:8000/", "http://localhost:8000", "http://x y/", "http://x/?a/"])
def test_a_base_that_is_none_is_refused_with_the_form_expected(workspace: Path, base: str) -> None:
    done = run("--root", workspace, "build", "--base", base, cwd=workspace)
    assert done.returncode == 2
    assert "expected an absolute http or https IRI" in done.stderr


def test_a_setting_is_refused_by_name(workspace: Path) -> None:
    done = run("releases", "list", cwd=workspace, METROPOLIS_KG_BASE_IRI="nonsense")
    assert done.returncode == 2
    assert "METROPOLIS_KG_BASE_IRI is 'nonsense'" in done.stderr


def test_a_misspelt_class_is_placed_with_the_one_that_was_meant(workspace: Path, edit: Edit) -> None:
    tenure = "tenure:governing-mayor-president-2018 a mkg:Tenur"
    line = edit(PAGE, f"{tenure}e ;", f"{tenure} ;")
    status, said = validated(workspace)
    assert status == 1
    meant = f"{PAGE}:{line}: violation: There is no mkg:Tenur. Did you mean mkg:Tenure?"
    assert any(row.startswith(meant) for row in said)


def test_a_thing_that_is_gone_without_a_reason_is_told_and_one_with_a_reason_is_not(tmp_path: Path) -> None:
    root = copied(find_content(REPOSITORY), tmp_path / "root")
    trial, base = root / "data" / "enrichment" / "trial.ttl", "http://localhost:8000/"
    trial.write_text(TRIAL + SOURCE + "".join(map(place, ("merged", "mistaken", "lost", "kept"))), encoding="utf-8")
    options = ("--root", root, "--var", tmp_path / "var", "build", "--base", base)
    assert "retired.ttl" not in run(*options, cwd=tmp_path).stdout
    trial.write_text(TRIAL + SOURCE + place("kept"), encoding="utf-8")
    (root / "data" / "retired.ttl").write_text(RETIRED, encoding="utf-8")
    said = run(*options, "--lang", "de", cwd=tmp_path).stdout
    assert (
        "Hinweis: Vorher veröffentlicht und jetzt weg, ohne Grund: id/place/lost. Sagen Sie in data/retired.ttl" in said
    )
    trial.write_text(TRIAL + SOURCE, encoding="utf-8")
    (root / "data" / "retired.ttl").unlink()
    said = run(*options, "--lang", "en", cwd=tmp_path).stdout
    assert "info: Published before and now gone, without a reason: id/place/kept. Say why in data/retired.ttl." in said


def test_a_retired_thing_that_is_still_referred_to_is_placed(workspace: Path, edit: Edit) -> None:
    (workspace / "data" / "retired.ttl").write_text(
        RETIRED.replace("place:kept", "place:berlin") + 'place:gauteng a mkg:RetiredThing ; mkg:note "x"@de , "x"@en .',
        encoding="utf-8",
    )
    status, said = validated(workspace)
    assert status == 1
    heads = [row for row in said if row.startswith("data/")]
    found = dict(zip((row.strip() for row in said if "= about: " in row), heads, strict=True))
    referred = next(row for about, row in found.items() if about.endswith(", event:metropolis-annual-meeting-2018"))
    assert referred.startswith("data/retired.ttl:20: violation: Something still refers to a retired thing.")
    assert "no other class" in found["= about: place:gauteng, schema:Place"]
    assert "Something else is still said" in found["= about: place:gauteng, owl:sameAs"]
