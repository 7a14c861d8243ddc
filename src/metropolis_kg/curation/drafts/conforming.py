"""Nothing is written that would stand against a release: what is new is judged before it is.

Screening clears most of it, so that pySHACL, which takes a second to start, is asked only where something may be wrong.
"""

from dataclasses import replace

import pyoxigraph as ox

from metropolis_kg.content import Content
from metropolis_kg.curation.checking import derive
from metropolis_kg.curation.drafts.composing import Change
from metropolis_kg.curation.drafts.known_things import KnownThings
from metropolis_kg.curation.drafts.words import DraftError
from metropolis_kg.curation.report import Severity
from metropolis_kg.curation.rewritten import Rewritten
from metropolis_kg.curation.screening import screen
from metropolis_kg.curation.shapes import read_shapes
from metropolis_kg.curation.sources import graph_name
from metropolis_kg.curation.validation import validate
from metropolis_kg.model.dataset import Dataset, NamedGraph


def require_conforming(change: Change, known: KnownThings, content: Content) -> None:
    """Raise DraftError where something new would violate a shape; what was there before is not judged."""
    dataset = _changed(known.dataset, change)
    store, shapes = derive(dataset, content), read_shapes(content, dataset.base)
    new = {ox.NamedNode(known.iri(each.name)) for each in change.drafts}
    screening = screen(store, shapes)
    if not screening.unscreened and not any(new & nodes for nodes in screening.suspects.values()):
        return
    results = validate(store, shapes, Rewritten(dataset.quads())).results
    against = [each for each in results if each.severity is Severity.VIOLATION and each.focus in new]
    if against:
        english, german = (" ".join(dict.fromkeys(each.message(lang) for each in against)) for lang in ("en", "de"))
        raise DraftError("objections", en=english, de=german)


def _changed(dataset: Dataset, change: Change) -> Dataset:
    name = graph_name(change.path, dataset.base)
    quads = [ox.Quad(s, p, o, name) for s, p, o, _ in ox.parse(change.text, format=ox.RdfFormat.TURTLE)]
    others = [graph for graph in dataset.graphs if graph.name != name]
    return replace(dataset, graphs=[*others, NamedGraph(name, change.path, quads)])
