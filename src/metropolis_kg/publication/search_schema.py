"""The JSON Schema of ``/search`` in JSON."""

from typing import Any

from metropolis_kg.model.kinds import SHELVES

Node = dict[str, Any]

_IRI: Node = {"type": "string", "format": "uri"}
_ADDRESS: Node = {"type": ["string", "null"], "format": "uri"}
_COUNT: Node = {"type": "integer", "minimum": 0}
_KIND: Node = {"type": "string", "enum": list(SHELVES)}
_TEXTS: Node = {
    "type": "object", "additionalProperties": {"type": "string"}, "description": "Language, or `und` → text.",
}  # fmt: skip

_RESULT: Node = {
    "type": "object",
    "required": ["id", "document", "labels", "kind", "types", "identifiers", "notes", "when", "links"],
    "additionalProperties": False,
    "properties": {
        "id": _IRI | {"description": "The IRI of the thing."},
        "document": _IRI | {"description": "Where it is told of."},
        "labels": _TEXTS,
        "kind": _KIND,
        "types": {"type": "array", "items": _IRI, "description": "Its classes."},
        "identifiers": {"type": "array", "items": {"type": "string"}, "description": "Codes, and its IRIs elsewhere."},
        "notes": _TEXTS,
        "when": {"type": ["string", "null"], "description": "When it was, in EDTF."},
        "links": _COUNT | {"description": "Statements that point to it."},
        "matched": {
            "type": "object",
            "required": ["text", "language"],
            "properties": {"text": {"type": "string"}, "language": {"type": ["string", "null"]}},
            "description": "The name that fits best; where something is sought.",
        },
        "score": {"type": "number", "minimum": 0, "maximum": 100, "description": "How alike that and `query` are."},
        "exact": {"type": "boolean", "description": "Whether they differ in case, accents and punctuation at most."},
    },
}

SEARCH_RESULTS: Node = {
    "type": "object",
    "required": [
        "query", "queryWasCut", "kind", "total", "totalIsExact", "isGuess", "suggestion", "kinds", "page", "pages",
        "next", "previous", "results",
    ],
    "additionalProperties": False,
    "properties": {
        "query": {"type": "string", "description": "What was sought; its first characters where it was cut."},
        "queryWasCut": {"type": "boolean"},
        "kind": {"anyOf": [_KIND, {"type": "null"}]},
        "total": _COUNT,
        "totalIsExact": {"type": "boolean", "description": "Whether there are just so many, and not at least."},
        "isGuess": {"type": "boolean", "description": "Whether nothing has the words just as they are written."},
        "suggestion": {"type": ["string", "null"], "description": "What may have been meant."},
        "kinds": {
            "type": "object", "propertyNames": _KIND, "additionalProperties": _COUNT,
            "description": "Kind → how many of what was counted are of it.",
        },
        "page": {"type": "integer", "minimum": 1},
        "pages": {"type": "integer", "minimum": 1},
        "next": _ADDRESS,
        "previous": _ADDRESS,
        "results": {"type": "array", "items": _RESULT},
    },
}  # fmt: skip
"""What a page of results is."""

SUGGESTED: Node = {
    "type": "array",
    "description": "The text, names, what each is, and addresses (OpenSearch Suggestions 1.1).",
    "prefixItems": [
        {"type": "string"}, *({"type": "array", "items": {"type": "string"}, "maxItems": 8} for _ in range(3)),
    ],
    "minItems": 4,
    "maxItems": 4,
}  # fmt: skip
"""What suggestions are."""
