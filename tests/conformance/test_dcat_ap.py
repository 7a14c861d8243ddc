"""DCAT-AP 3.0.1's own shapes over the catalogue as it is served, judged by plain pySHACL."""

from pathlib import Path

import pyshacl
import pytest
from rdflib import DCTERMS, FOAF, RDF, RDFS, SH, SKOS, Graph, Literal, Namespace, URIRef

DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
FILES = ("shapes.ttl", "range.ttl", "shapes_recommended.ttl", "mdr-vocabularies.shape.ttl")
"""What must hold, of which class values are, what is recommended, and from which lists of the EU values come."""

REACHED = {
    "shapes.ttl": {
        DCAT.Catalog: 1, DCAT.Dataset: 1, DCAT.DataService: 2, DCAT.Distribution: 12, SPDX.Checksum: 12,
        FOAF.Agent: 1, DCTERMS.LicenseDocument: 2, DCTERMS.Location: 1, DCTERMS.PeriodOfTime: 1, SKOS.Concept: 4,
        SKOS.ConceptScheme: 1,
    },
    "range.ttl": {
        DCAT.Catalog: 1, DCAT.Dataset: 1, DCAT.DataService: 2, DCAT.Distribution: 12, FOAF.Agent: 1,
        DCTERMS.LicenseDocument: 2, DCTERMS.PeriodOfTime: 1,
    },
    "shapes_recommended.ttl": {
        DCAT.Catalog: 1, DCAT.Dataset: 1, DCAT.DataService: 2, DCAT.Distribution: 12, FOAF.Agent: 1,
        DCTERMS.LicenseDocument: 2, DCTERMS.Location: 1, DCTERMS.PeriodOfTime: 1,
    },
    "mdr-vocabularies.shape.ttl": {
        DCAT.Catalog: 1, DCAT.Dataset: 1, DCAT.DataService: 2, DCAT.Distribution: 12, SPDX.Checksum: 12,
        DCTERMS.LicenseDocument: 2,
    },
}  # fmt: skip
"""File → class → number of nodes that its shapes look at."""

WARNED = {
    "shapes_recommended.ttl": {
        DCTERMS.type, DCTERMS.issued, DCAT.contactPoint, DCAT.bbox, DCAT.centroid, DCAT.endDate
    },
    "mdr-vocabularies.shape.ttl": {DCTERMS.publisher},
}  # fmt: skip
"""What is recommended and not known: nobody to ask has been named, and the publisher is no body of the EU."""


@pytest.fixture(scope="module")
def catalogue(site: str) -> Graph:
    """The document about the dataset, which holds the catalogue."""
    return Graph().parse(f"{site}/doc/dataset.ttl")


def shapes_of(shared: Path, file: str) -> Graph:
    """Read one of the official files."""
    return Graph().parse(shared / "conformance" / "dcat-ap" / file)


def reached(data: Graph, shapes: Graph) -> dict[URIRef, int]:
    """Count the focus nodes of each target class that has any."""
    counts = {}
    for target in set(shapes.objects(None, SH.targetClass)):
        classes = set(data.transitive_subjects(RDFS.subClassOf, target))
        counts[URIRef(str(target))] = len({node for each in classes for node in data.subjects(RDF.type, each)})
    return {target: count for target, count in sorted(counts.items()) if count}


def results(data: Graph, shapes: Graph) -> list[tuple[URIRef, URIRef, URIRef]]:
    """Return severity, focus node and path of each result; those within a result as its details are not counted."""
    _, report, _ = pyshacl.validate(Graph() + data, shacl_graph=Graph() + shapes, advanced=True)
    assert isinstance(report, Graph)
    return [
        tuple(URIRef(str(report.value(result, term))) for term in (SH.resultSeverity, SH.focusNode, SH.resultPath))
        for result in report.objects(None, SH.result)
    ]  # type: ignore[misc]


def violations(data: Graph, shapes: Graph) -> list[tuple[URIRef, URIRef, URIRef]]:
    """Return the results that are violations."""
    return [result for result in results(data, shapes) if result[0] == SH.Violation]


@pytest.mark.parametrize("file", FILES)
def test_the_catalogue_has_no_violation_and_only_the_warnings_that_are_known(
    file: str, catalogue: Graph, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = shapes_of(shared, file)
    counts = reached(catalogue, shapes)
    found = results(catalogue, shapes)
    with capsys.disabled():
        print(f"\n{file}: focus nodes reached: { {str(name): number for name, number in counts.items()} }")  # noqa: T201 - the issue asks to print them
    assert counts == REACHED[file]
    assert [result for result in found if result[0] != SH.Warning] == []
    assert {path for _, _, path in found} == WARNED.get(file, set())


BROKEN = [
    ("shapes.ttl", DCAT.Catalog, DCTERMS.title, None),
    ("shapes.ttl", DCAT.Catalog, DCTERMS.publisher, None),
    ("shapes.ttl", DCAT.Dataset, DCTERMS.description, None),
    ("shapes.ttl", DCAT.Distribution, DCTERMS.modified, Literal("yesterday")),
    ("shapes.ttl", DCAT.Distribution, DCAT.accessURL, None),
    ("shapes.ttl", DCAT.Distribution, DCAT.byteSize, Literal("large")),
    ("shapes.ttl", DCAT.DataService, DCAT.endpointURL, None),
    ("shapes.ttl", SPDX.Checksum, SPDX.checksumValue, Literal("00")),
    ("shapes.ttl", FOAF.Agent, FOAF.name, None),
    ("range.ttl", DCAT.Catalog, DCAT.dataset, URIRef("http://example.org/")),
    ("range.ttl", DCAT.Dataset, DCTERMS.language, URIRef("http://example.org/")),
    ("range.ttl", DCAT.Distribution, DCTERMS.license, URIRef("http://example.org/")),
    ("range.ttl", DCAT.DataService, DCAT.servesDataset, URIRef("http://example.org/")),
    ("mdr-vocabularies.shape.ttl", DCAT.Dataset, DCTERMS.accrualPeriodicity, URIRef("http://example.org/")),
    ("mdr-vocabularies.shape.ttl", DCAT.Distribution, DCTERMS.format, URIRef("http://example.org/")),
    ("mdr-vocabularies.shape.ttl", DCAT.Distribution, DCAT.compressFormat, URIRef("http://example.org/")),
    ("mdr-vocabularies.shape.ttl", SPDX.Checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
]
"""File, class of the node that is broken, property that is taken away, and what is put in its place."""


@pytest.mark.parametrize(("file", "kind", "path", "wrong"), BROKEN)
def test_a_broken_copy_fails(
    file: str, kind: URIRef, path: URIRef, wrong: Literal | URIRef | None, catalogue: Graph, shared: Path
) -> None:
    broken = Graph() + catalogue
    focus = next(node for node in sorted(catalogue.subjects(RDF.type, kind)) if (node, path, None) in catalogue)
    broken.remove((focus, path, None))
    if wrong is not None:
        broken.add((focus, path, wrong))
    assert {(node, at) for _, node, at in violations(broken, shapes_of(shared, file))} >= {(focus, path)}
