"""Validate N-Triples by the shapes of a Turtle file with pyrudof, and write the report; a whole process.

It runs in an environment of its own, where our package is not installed.
"""

import sys

import pyrudof


def main(data: str, shapes: str) -> None:
    """Write the report to standard output."""
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(data, pyrudof.RDFFormat.NTriples)
    rudof.read_shacl(shapes, pyrudof.ShaclFormat.Turtle)
    rudof.validate_shacl()
    sys.stdout.write(rudof.serialize_shacl_validation_results(pyrudof.ResultShaclValidationFormat.Turtle))


if __name__ == "__main__":
    main(*sys.argv[1:])
