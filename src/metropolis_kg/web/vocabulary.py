"""What pages about the vocabulary and the shapes are made of."""

from functools import lru_cache

from metropolis_kg.content import Content
from metropolis_kg.model.shapes import ShapesGraph
from metropolis_kg.publication.description import Description
from metropolis_kg.publication.names import Names, names_for
from metropolis_kg.publication.reading import Reader
from metropolis_kg.publication.shapes import GRAPH
from metropolis_kg.publication.shapes_page import ShapesReader, mentioned
from metropolis_kg.publication.vocabulary import schemes_of, usage_of
from metropolis_kg.publication.vocabulary_page import VocabularyPage, terms_of, vocabulary_page
from metropolis_kg.web.site import View


def shapes_of(view: View) -> ShapesGraph:
    """Return the shapes of the content under the base of the release. Raises ContentError(s)."""
    return _read(view.site.content, view.release.base)


@lru_cache(maxsize=2)
def _read(content: Content, base: str) -> ShapesGraph:
    from metropolis_kg.curation.shapes import read_shapes  # brings rdflib, which few requests need

    return read_shapes(content, base)


def shapes_reader(view: View, described: Description) -> ShapesReader:
    """Return a reader of the shapes in the language of the request; ``described`` may name things."""
    known = shapes_of(view)
    things = names_for(view.release, view.site.queries, mentioned(known, view.release.base))
    names = Names({**things.labels, **view.names.labels})
    return ShapesReader(known, Reader(described, names, view.links, view.words), view.release.iri(GRAPH))


def vocabulary_of(view: View, described: Description) -> VocabularyPage:
    """Return the page of the vocabulary that is described, in the language of the request."""
    queries = view.site.queries
    classes, properties, _ = terms_of(described)
    usage = usage_of(view.release, queries, tuple(classes), tuple(properties))
    names = Names({**usage.names.labels, **view.names.labels})
    reader = Reader(described, names, view.links, view.words)
    return vocabulary_page(
        view.release, reader, shapes_reader(view, described), usage, schemes_of(view.release, queries), view.names
    )
