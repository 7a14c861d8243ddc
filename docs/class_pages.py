"""The pages of ``docs/jsonld``: one a class, from its JSON Schema, with a thing of the release as the example.

Examples are files, since they need a release: ``python docs/generate.py --examples`` builds one and writes them.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from metropolis_kg.content import Content
from metropolis_kg.model.identifiers import Rebase
from metropolis_kg.model.namespaces import CANONICAL_BASE, read_prefixes
from metropolis_kg.publication.class_shapes import ClassShape, read_class_shapes
from metropolis_kg.publication.json_schema import Schema, schemas_of
from metropolis_kg.publication.jsonld import compaction_of
from metropolis_kg.store.release import OpenRelease, open_remote

FOLDER = Path(__file__).resolve().parent / "jsonld"
EXAMPLES = FOLDER / "examples"
BEGIN, END = "<!-- classes: generated -->\n", "<!-- end of classes -->\n"

_LONGEST = 110
"""Characters of a text in an example; a longer one is cut."""

_NATIVE = {"string": "text", "integer": "whole number", "boolean": "`true` or `false`"}
_REFERRED = {"text": "text by language", "texts": "texts by language", "thing": "thing", "value": "thing or literal"}
_FORMATS = {"iri": "IRI", "date": "day, as 2018-03-15", "date-time": "point in time"}

Document = dict[str, Any]


def class_pages(content: Content, note: str) -> dict[Path, str]:
    """Return path → text of the page of each class, and of the README with the table of classes."""
    release = _nowhere(content)
    schemas, shapes = schemas_of(release, content), read_class_shapes(content, release.base)
    pages = {FOLDER / f"{shape.name}.md": note + "".join(_page(shape, schemas[shape.name])) for shape in shapes}
    head, _, rest = (FOLDER / "README.md").read_text(encoding="utf-8").partition(BEGIN)
    pages[FOLDER / "README.md"] = f"{head}{BEGIN}{_table(shapes, release)}{END}{rest.partition(END)[2]}"
    return pages


def _nowhere(content: Content) -> OpenRelease:
    """Return a release under the canonical base, which is never asked for anything."""
    return open_remote(
        "http://localhost/", CANONICAL_BASE, read_prefixes(content.prefixes_file, Rebase(CANONICAL_BASE).literal)
    )


def _table(shapes: tuple[ClassShape, ...], release: OpenRelease) -> str:
    name = compaction_of(release).name
    rows = [
        f"| [{shape.labels['en']}]({shape.name}.md) | {' or '.join(f'`{name(each)}`' for each in shape.classes)} |\n"
        for shape in shapes
    ]
    return "| class | in `type` |\n|---|---|\n" + "".join(rows)


def _page(shape: ClassShape, schema: Schema) -> Iterator[str]:
    yield f"# {shape.labels['en'].capitalize()}\n\n"
    if "description" in schema:
        yield f"{schema['description']}\n\n"
    yield f"JSON Schema: `<base>schema/{shape.name}.json`. Every document has the keys of the [README](README.md).\n\n"
    example = EXAMPLES / f"{shape.name}.json"
    if example.is_file():
        yield f"## Example\n\n```json\n{example.read_text(encoding='utf-8')}```\n\n"
    yield "## Keys\n\n| key | value | how many | meaning |\n|---|---|---|---|\n"
    for key, value in schema["properties"].items():
        yield f"| `{key}` | {_held(value)} | {_count(key, value, schema)} | {_meaning(value)} |\n"


def _held(value: Schema) -> str:
    """Return in words what a key holds."""
    return f"array: {_single(value['items'])}" if value.get("type") == "array" else _single(value)


def _single(value: Schema) -> str:
    choice = value.get("enum") or value.get("properties", {}).get("id", {}).get("enum")
    if choice:
        return f"thing: {', '.join(f'`{iri}`' for iri in choice)}"
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return _REFERRED.get(name) or f"[{name}]({name}.md)"
    if "format" in value:
        return _FORMATS[value["format"]]
    if "X" in value.get("pattern", ""):
        return "EDTF, as 2017-11/2018-08"
    return _NATIVE[value["type"]]


def _count(key: str, value: Schema, schema: Schema) -> str:
    least, most = value.get("minItems", 1) if key in schema["required"] else 0, value.get("maxItems")
    if value.get("type") != "array":
        return "1" if least else "0 or 1"
    return f"{least}" if least == most else f"{least} to {most}" if most else f"{least} or more"


def _meaning(value: Schema) -> str:
    title, meaning = value.get("title", ""), value.get("description", "")
    return f"{title}. {meaning}".removeprefix(". ").removesuffix(". ").replace("|", "\\|")


def examples(documents: list[Document], schemas: Mapping[str, Schema]) -> dict[str, str]:
    """Return name of class → text of its example: the thing with the most of its keys, shortened.

    ``documents`` are compacted. A class without documents has the part of one that is of it.
    """
    return {
        name: json.dumps(_shortened(found, schema), ensure_ascii=False, indent=2) + "\n"
        for name, schema in schemas.items()
        if name and (found := _fullest(documents, schema))
    }


def _fullest(documents: list[Document], schema: Schema) -> Document | None:
    contained = schema["properties"]["type"]["contains"]
    names = {contained["const"]} if "const" in contained else set(contained["enum"])

    def place(found: Document) -> tuple[int, str]:
        return -len(schema["properties"].keys() & found.keys()), found["id"]

    roots = [each for each in documents if names & set(each.get("type", ()))]
    return min(roots or [each for document in documents for each in _parts(document, names)], key=place, default=None)


def _parts(value: Any, names: set[str]) -> Iterator[Document]:
    for each in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from _parts(each, names)
        if isinstance(each, dict) and names & set(each.get("type", ())):
            yield each


def _shortened(found: Document, schema: Schema) -> Document:
    """Return a thing with the keys of its schema, of arrays the first member, of long texts the beginning."""
    kept: Document = {"@context": f"{CANONICAL_BASE}context.jsonld"} if "@context" in found else {}
    for key in schema["properties"]:
        if key in found:
            kept[key] = _short(found[key], schema["properties"][key], schema)
    return kept


def _short(value: Any, said: Schema, schema: Schema) -> Any:
    if isinstance(value, list):
        return value if said.get("items") == {"type": "string"} else [_short(value[0], said.get("items", {}), schema)]
    if isinstance(value, str):
        return value if len(value) <= _LONGEST or "://" in value else f"{value[:_LONGEST]}…"
    if not isinstance(value, dict):
        return value
    part = schema["$defs"].get(said.get("$ref", "").rpartition("/")[2], {})
    keys = part.get("properties") or dict.fromkeys(value)
    return {key: _short(value[key], keys[key] or {}, schema) for key in keys if key in value}


def examples_of(content: Content) -> dict[str, str]:
    """Return name of class → text of its example, from a release that is built for it under the canonical base."""
    from metropolis_kg.curation.build import build
    from metropolis_kg.store.release import open_embedded

    with tempfile.TemporaryDirectory() as var:
        release = build(content, Path(var), CANONICAL_BASE).release
        if not release:
            raise SystemExit("the content is not released, so there are no examples")
        return examples_from(open_embedded(release.path / "store", release.manifest), content)


def examples_from(release: OpenRelease, content: Content) -> dict[str, str]:
    """Return name of class → text of its example in ``release``, whatever its base."""
    from metropolis_kg.publication.description import describe
    from metropolis_kg.publication.jsonld import framed

    query = "SELECT DISTINCT ?s { ?s ?p ?o FILTER(ISIRI(?s) && !CONTAINS(STR(?s), '#')) } ORDER BY ?s"
    rows = json.loads(release.service.query(query, "application/sparql-results+json"))["results"]["bindings"]
    things = [row["s"]["value"] for row in rows if row["s"]["value"].startswith(release.base)]
    documents = [framed(describe(release, content.queries, iri), release) for iri in [*things, release.prefixes["mkg"]]]
    found = examples(documents, schemas_of(release, content))
    return {name: text.replace(release.base, CANONICAL_BASE) for name, text in found.items()}
