"""Validate N-Triples by the shapes of a Turtle file with pySHACL as it comes, and write the report; a whole process."""

import sys

import pyshacl
import rdflib


def main(data: str, shapes: str) -> None:
    """Write the report to standard output."""
    data_graph = rdflib.Graph().parse(data, format="nt")
    _, report, _ = pyshacl.validate(data_graph, shacl_graph=rdflib.Graph().parse(shapes, format="turtle"))
    sys.stdout.buffer.write(report.serialize(format="turtle", encoding="utf-8"))


if __name__ == "__main__":
    main(*sys.argv[1:])
