"""Misspelt classes and properties: each is named with its file, its line and what may have been meant."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation.sources import read_dataset
from metropolis_kg.curation.terms import unknown_terms
from metropolis_kg.curation.written import blank_nodes
from repository import Edit

PAGE, VOCABULARY, DATASET = "data/pages/berlin-metropolis.ttl", "ontology/vocabulary.ttl", "data/dataset.ttl"
HEAD = "tenure:berninger-head-of-unit"
OWN, FOAF = "https://w3id.org/metropolis-kg/ns#", "http://xmlns.com/foaf/0.1/"
NONE_NEAR = "is not declared in ontology/. Take a term from there, or declare it there."


def meant(term: str, near: str) -> str:
    return f"There is no {term}. Did you mean {near}?"


OWN_TERMS = {
    "class": (PAGE, f"{HEAD} a mkg:Tenure", f"{HEAD} a mkg:Tenur", meant("mkg:Tenur", "mkg:Tenure")),
    "property": (PAGE, "mkg:succeededBy tenure", "mkg:succeedBy tenure", meant("mkg:succeedBy", "mkg:succeededBy")),
    "property with a literal": (PAGE, 'mkg:when "1985"', 'mkg:wenn "1985"', meant("mkg:wenn", "mkg:when")),
    "value": (
        PAGE,
        "mkg:ImpliedBySuccession",
        "mkg:ImpliedBySucession",
        meant("mkg:ImpliedBySucession", "mkg:ImpliedBySuccession"),
    ),
    "case": (PAGE, f"{HEAD} a mkg:Tenure", f"{HEAD} a mkg:tenure", meant("mkg:tenure", "mkg:Tenure")),
    "object of a stated relation": (
        PAGE,
        "object mkg:Township",
        "object mkg:Townshp",
        meant("mkg:Townshp", "mkg:Township"),
    ),
    "nothing near": (PAGE, 'mkg:when "1985"', 'mkg:zzz "1985"', f"mkg:zzz {NONE_NEAR}"),
    "superclass in ontology": (
        VOCABULARY,
        "Of mkg:Claim , org:M",
        "Of mkg:Clam , org:M",
        meant("mkg:Clam", "mkg:Claim"),
    ),
}
STANDARD_TERMS = {
    "property": (PAGE, 'foaf:name "Barbara', 'foaf:nmae "Barbara', meant("foaf:nmae", "foaf:name")),
    "class": (DATASET, "dcat:Dataset", "dcat:Datset", meant("dcat:Datset", "dcat:Dataset")),
    "property of a stated relation": (
        *(PAGE, "predicate schema:isAccessibleForFree", "predicate schema:isAccessableForFree"),
        meant("schema:isAccessableForFree", "schema:isAccessibleForFree"),
    ),
    "namespace": (
        *(PAGE, 'foaf:name "Barbara', '<http://xmlns.com/foaf/1.0/name> "Barbara'),
        f"<http://xmlns.com/foaf/1.0/name> {NONE_NEAR}",
    ),
}
KNOWN = {
    "a thing that is no term": ("rdf:object place:alexandra", "rdf:object place:nowhere"),
    "a standard term as mere value": (f"{HEAD} a mkg:Tenure", f"{HEAD} mkg:note foaf:nmae ; a mkg:Tenure"),
    "text": ('foaf:name "Barbara Berninger"@de', f'foaf:name "{OWN}Tenur"'),
}


def told(root: Path, base: str = "https://w3id.org/metropolis-kg/") -> list[str]:
    content = Content(root)
    return [str(fault) for fault in unknown_terms(read_dataset(content, base), content)]


def cases(table: Mapping[str, tuple[str, ...]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("file", "old", "new", "said"), table.values(), ids=table)


def test_the_repositorys_content_uses_no_unknown_term(content: Content) -> None:
    assert told(content.root) == []


@cases(OWN_TERMS)
def test_an_own_term_that_is_misspelt_is_named(
    workspace: Path, edit: Edit, file: str, old: str, new: str, said: str
) -> None:
    line = edit(file, old, new)
    (fault,) = told(workspace)
    assert fault.startswith(f"{file}:{line}: {said}")


@cases(STANDARD_TERMS)
def test_a_standard_term_that_is_misspelt_is_named(
    workspace: Path, edit: Edit, file: str, old: str, new: str, said: str
) -> None:
    line = edit(file, old, new)
    assert told(workspace) == [f"{file}:{line}: {said}"]


@pytest.mark.parametrize(("old", "new"), KNOWN.values(), ids=KNOWN)
def test_what_is_no_use_of_a_term_is_not_looked_up(workspace: Path, edit: Edit, old: str, new: str) -> None:
    edit(PAGE, old, new)
    assert told(workspace) == []


def test_under_a_deployed_base_the_same_is_found(workspace: Path, edit: Edit) -> None:
    line = edit(PAGE, "mkg:ImpliedBySuccession", "mkg:ImpliedBySucession")
    said = f"{PAGE}:{line}: {meant('mkg:ImpliedBySucession', 'mkg:ImpliedBySuccession')}"
    assert told(workspace, "http://localhost:8000/") == [said]


def test_a_term_is_named_on_each_line_that_uses_it_and_once_a_line(workspace: Path, edit: Edit) -> None:
    first = edit(PAGE, 'foaf:name "Michael Müller"@de , "M', 'foaf:nmae "Michael Müller"@de , "M')
    second = edit(PAGE, 'foaf:name "Barbara', 'foaf:nmae "Barbara')
    assert told(workspace) == [f"{PAGE}:{line}: {meant('foaf:nmae', 'foaf:name')}" for line in (first, second)]


def test_data_cannot_declare_a_term(workspace: Path, edit: Edit) -> None:
    line = edit(PAGE, f"{HEAD} a mkg:Tenure", f'mkg:Tenur skos:altLabel "x"@en . {HEAD} a mkg:Tenur')
    assert told(workspace) == [f"{PAGE}:{line}: {meant('mkg:Tenur', 'mkg:Tenure')}"]


def test_a_term_declared_in_a_new_file_of_ontology_is_known(workspace: Path, edit: Edit) -> None:
    edit(PAGE, 'foaf:name "Barbara', 'foaf:nick "Barbara')
    (workspace / "ontology/more-terms.ttl").write_text(f'<{FOAF}nick> <{FOAF}name> "nickname"@en .')
    assert told(workspace) == []


def test_a_list_in_round_brackets_is_told_once_and_at_its_place(workspace: Path, edit: Edit) -> None:
    line = edit(PAGE, "evidence evidence:berlin-metropolis-f39", "evidence ( mkg:Stated mkg:Caption mkg:BodyText )")
    content = Content(workspace)
    assert told(workspace) == []
    (blank,) = blank_nodes(read_dataset(content), content)
    assert blank.line == line
