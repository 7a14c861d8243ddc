"""JSON Schema (draft 2020-12) of the compacted JSON-LD: for things of each class that has a shape, and for documents.

What a key holds follows from the context (array or not, language map, datatype) and the shapes (how many values there
are, and of which kind). What else a document may say is left open, as RDF is.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from metropolis_kg.content import Content
from metropolis_kg.model.namespaces import RDF, XSD
from metropolis_kg.publication.class_shapes import ClassShape, PropertyShape, read_class_shapes
from metropolis_kg.publication.jsonld import compaction_of
from metropolis_kg.publication.jsonld_compaction import Compaction, Term
from metropolis_kg.publication.jsonld_tree import embedded_by
from metropolis_kg.publication.own_queries import kept_by_release
from metropolis_kg.store.release import OpenRelease

Schema = dict[str, Any]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_LANGUAGE_TAG = "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"
_NATIVE: dict[str, Schema] = {
    f"{XSD}boolean": {"type": "boolean"},
    f"{XSD}integer": {"type": "integer"},
    f"{XSD}string": {"type": "string"},
}
_FORMATS: dict[str, Schema] = {
    f"{XSD}date": {"format": "date"},
    f"{XSD}decimal": {"pattern": "^[+-]?[0-9]*[.]?[0-9]+$"},
    f"{XSD}dateTime": {"format": "date-time"},
    f"{XSD}gYear": {"pattern": "^-?[0-9]{4,}$"},
    f"{XSD}gYearMonth": {"pattern": "^-?[0-9]{4,}-(0[1-9]|1[0-2])$"},
}
_IRI: Schema = {"type": "string", "format": "iri"}
_TYPES: Schema = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
_LABEL: Schema = {"$ref": "#/$defs/text"}
_THINGS: Schema = {"type": "array", "items": {"$ref": "#/$defs/thing"}, "minItems": 1}

_DEFINITIONS: dict[str, Schema] = {
    "text": {
        "description": "Text by language tag (BCP 47).",
        "type": "object",
        "propertyNames": {"pattern": _LANGUAGE_TAG},
        "additionalProperties": {"type": "string"},
        "minProperties": 1,
    },
    "texts": {
        "description": "Texts by language tag (BCP 47).",
        "type": "object",
        "propertyNames": {"pattern": _LANGUAGE_TAG},
        "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "minProperties": 1,
    },
    "thing": {
        "description": "A thing by its IRI, with what it is called and perhaps more.",
        "type": "object",
        "properties": {"id": _IRI, "type": _TYPES, "label": _LABEL},
        "required": ["id"],
    },
    "literal": {
        "description": "A literal whose datatype or language the key does not say.",
        "type": "object",
        "properties": {"@type": {"type": "string"}, "@language": {"type": "string"}, "@value": True},
        "required": ["@value"],
    },
    "value": {
        "description": "A thing or a literal.",
        "anyOf": [
            {"$ref": "#/$defs/thing"},
            {"$ref": "#/$defs/literal"},
            {"type": ["string", "number", "boolean"]},
        ],
    },
}


_OF_DOCUMENTS: dict[str, Schema] = {
    "@context": {"description": "Where the meaning of the keys is."},
    "claims": {
        "description": "The claims it occurs in, with their evidence.",
        "type": "array",
        "items": {"allOf": [{"$ref": "#/$defs/thing"}, {"$ref": "#/$defs/classes"}]},
        "minItems": 1,
    },
    "document": {"$ref": "#/$defs/thing", "description": "What the document says about itself."},
    "reverse": {
        "description": "What else points to the thing, by key.",
        "type": "object",
        "additionalProperties": _THINGS,
    },
    "included": _THINGS | {"description": "What the document says beside."},
}


def schema_document(release: OpenRelease, content: Content, name: str) -> bytes | None:
    """Return the schema of a class, or that of all documents for ``""``; none where there is no such class.

    Raises ContentError where shapes or ontology cannot be read.
    """
    schemas = schemas_of(release, content)
    return (
        orjson.dumps(schemas[name], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE) if name in schemas else None
    )


@kept_by_release(1, of_stores=True)
def schemas_of(release: OpenRelease, content: Content) -> Mapping[str, Schema]:
    """Return name of class → schema of things of it; ``""`` → the schema of every document."""
    classes = read_class_shapes(content, release.base)
    writing = _Writing(compaction_of(release), release, classes)
    return {each.name: writing.thing(each) for each in classes} | {"": writing.every()}


def schema_path(name: str = "") -> str:
    """Return the path below the base of the schema of a class, or of every document."""
    return f"schema/{name}.json" if name else "schema.json"


class _Writing:
    def __init__(self, compaction: Compaction, release: OpenRelease, classes: tuple[ClassShape, ...]) -> None:
        self._compaction, self._release, self._classes = compaction, release, classes
        self._by_class = {iri: each for each in classes for iri in each.classes}
        self._embedded = embedded_by(release.prefixes)

    def every(self) -> Schema:
        """Return the schema that every document keeps to: its thing and its claims keep to those of their classes."""
        return {
            "$schema": _DRAFT,
            "$id": self._release.iri(schema_path()),
            "title": "A document about a thing",
            "description": "What is said of a thing, as compacted JSON-LD. Each of its classes brings its own schema.",
            "allOf": [{"$ref": "#/$defs/thing"}, {"$ref": "#/$defs/classes"}],
            "properties": _OF_DOCUMENTS,
            "required": ["@context", "id", "document"],
            "$defs": _DEFINITIONS | {"classes": {"allOf": [self._branch(each) for each in self._classes]}},
        }

    def _branch(self, of: ClassShape) -> Schema:
        is_one = {"properties": {"type": self._types(of)}, "required": ["type"]}
        return {"if": is_one, "then": {"$ref": schema_path(of.name)}}

    def thing(self, of: ClassShape) -> Schema:
        """Return the schema of things of a class, with all that is said of them."""
        properties = {
            "id": _IRI | {"description": "IRI of the thing."},
            "type": _TYPES | self._types(of) | {"description": "Its classes."},
            "label": _LABEL | {"description": "What it is called."},
            **self._properties(of),
        }
        described = {"description": of.definitions["en"]} if "en" in of.definitions else {}
        return {
            "$schema": _DRAFT,
            "$id": self._release.iri(schema_path(of.name)),
            "title": of.labels["en"],
            **described,
            "type": "object",
            "properties": self._compaction.in_order(properties),
            "required": ["id", "type", *sorted(self._key(each) for each in of.properties if each.least)],
            "$defs": _DEFINITIONS | self._embedded_in(of),
        }

    def _types(self, of: ClassShape) -> Schema:
        names = [self._compaction.name(iri) for iri in of.classes]
        return {"contains": {"const": names[0]} if len(names) == 1 else {"enum": names}}

    def _properties(self, of: ClassShape) -> dict[str, Schema]:
        return self._compaction.in_order({self._key(each): self._values(each) for each in of.properties})

    def _embedded_in(self, of: ClassShape) -> dict[str, Schema]:
        """Return the definitions of what is embedded in a thing of the class, and in that; a stub keeps to them too."""
        found: dict[str, Schema] = {}
        todo = [of]
        while todo:
            for each in filter(None, map(self._embedded_class, todo.pop().properties)):
                if each.name not in found:
                    thing = _DEFINITIONS["thing"]
                    properties = thing["properties"] | self._properties(each)
                    found[each.name] = thing | {"description": each.labels["en"], "properties": properties}
                    todo.append(each)
        return found

    def _embedded_class(self, shape: PropertyShape) -> ClassShape | None:
        return self._by_class.get(shape.constraints.get("class", "")) if shape.path in self._embedded else None

    def _term(self, shape: PropertyShape) -> Term:
        return self._compaction.terms.get(shape.path) or Term(self._compaction.name(shape.path), None, many=True)

    def _key(self, shape: PropertyShape) -> str:
        return self._term(shape).key

    def _values(self, shape: PropertyShape) -> Schema:
        """Return what the key of a property holds."""
        term = self._term(shape)
        named = {"title": shape.names["en"]} if "en" in shape.names else {}
        named |= {"description": shape.definitions["en"]} if "en" in shape.definitions else {}
        if term.kind == "@language":
            counted = {"minProperties": shape.least} if shape.least > 1 else {}
            counted |= {"maxProperties": 1} if shape.most == 1 else {}
            return named | {"$ref": "#/$defs/texts" if term.many else "#/$defs/text"} | counted
        value = self._value(shape, term)
        if not term.many:
            return named | value
        most = {"maxItems": shape.most} if shape.most else {}
        return named | {"type": "array", "items": value, "minItems": max(shape.least, 1), "uniqueItems": True} | most

    def _value(self, shape: PropertyShape, term: Term) -> Schema:
        stated = shape.constraints
        if term.kind == "@id":
            return _IRI | ({"enum": list(shape.values)} if shape.values else {})
        if term.kind:
            return {"type": "string"} | _FORMATS.get(term.kind, {}) | _facets(stated)
        if "datatype" in stated:
            return self._literal(stated["datatype"], stated)
        if shape.values:
            return {"$ref": "#/$defs/thing", "properties": {"id": {"enum": list(shape.values)}}}
        embedded = self._embedded_class(shape)
        if embedded:
            return {"$ref": f"#/$defs/{embedded.name}"}
        is_thing = "class" in stated or stated.get("nodeKind", "").endswith("#IRI")
        return {"$ref": "#/$defs/thing" if is_thing else "#/$defs/value"}

    def _literal(self, datatype: str, stated: Mapping[str, str]) -> Schema:
        if datatype in _NATIVE:
            return _NATIVE[datatype] | _facets(stated)
        if datatype == f"{RDF}langString":
            return {"$ref": "#/$defs/literal", "required": ["@language"]}
        return {"$ref": "#/$defs/literal", "properties": {"@type": {"const": self._compaction.name(datatype)}}}


def _facets(stated: Mapping[str, str]) -> Schema:
    """Return the constraints on the text of a literal that JSON Schema has as well."""
    facets: Schema = {}
    if "pattern" in stated:
        facets["pattern"] = stated["pattern"]
    if "minLength" in stated:
        facets["minLength"] = int(stated["minLength"])
    if "minInclusive" in stated and stated.get("datatype") == f"{XSD}integer":
        facets["minimum"] = int(stated["minInclusive"])
    return facets
