"""Everything in schema.org: one JSON-LD document whose graph holds the tree of each thing."""

from collections.abc import Iterator

import orjson

from metropolis_kg.model.identifiers import document_path
from metropolis_kg.publication.exports.reading import Reader
from metropolis_kg.publication.schema_org import CONTEXT, in_schema_org, structured_data


def as_schema_org(reader: Reader) -> Iterator[bytes]:
    """Yield the document, a thing a line, in the order of IRIs."""
    release = reader.release
    yield b'{"@context": "%s", "@graph": [' % CONTEXT.encode()
    for number, iri in enumerate(reader.everything()):
        document = release.iri(document_path(iri.removeprefix(release.base)))
        tree = structured_data(in_schema_org(release, reader.queries, iri, document))
        del tree["@context"]
        yield (b",\n" if number else b"\n") + orjson.dumps(tree)
    yield b"]}\n"
