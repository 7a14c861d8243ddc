"""Screening: finding, over the whole data at once, every focus node that could possibly fail.

Each constraint is compiled to a SPARQL query for the focus nodes that are not certainly fine. Where the engine here and
the judge might see a term differently, the node counts as one that could fail; so a focus node that no query names has no
result. A shape with a constraint that is not compiled is not screened, and the judge sees all its focus nodes.

Queries are made of the terms of the shapes, each written by the RDF library, never of text from the data. They avoid
what is quadratic in Oxigraph: ``NOT EXISTS`` over more than one pattern.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from metropolis_kg.curation.comparable import FINE, Incomparable, check_constraint, kinds_expression, written_alike
from metropolis_kg.curation.shapes import DESCRIPTIVE, TARGETS, TYPE, Node, Shape, ShapesGraph, sparql_path
from metropolis_kg.model.identifiers import Term
from metropolis_kg.model.namespaces import SH, XSD
