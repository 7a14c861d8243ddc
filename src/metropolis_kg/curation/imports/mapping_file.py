"""Reading a mapping: a CSVW metadata file, which lies beside its table as ``<table>-metadata.json``.

CSVW is the W3C's Metadata Vocabulary for Tabular Data. What is read of it is what an import needs; anything else is
refused, so that nothing a steward wrote is without effect. The names of properties are those of the content's prefixes.
"""

import json
from collections.abc import Mapping as Table
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from metropolis_kg.curation.faults import fault
from metropolis_kg.curation.imports.description import KNOWN, REQUIRED, Description, canonical, read_value
from metropolis_kg.curation.imports.mapping import (
    IDENTIFYING,
    KINDS,
    NAMING,
    NUMBERS,
    THINGS,
    TIMES,
    Column,
    Kind,
    Mapping,
)
from metropolis_kg.curation.imports.records import ENCODINGS, Dialect
from metropolis_kg.curation.imports.things import MADE
from metropolis_kg.curation.imports.times import DATE_FORMATS
from metropolis_kg.errors import ContentError

_MADE = tuple(kind for kind in MADE if kind != "mkg:Office")
"""The classes of which a table makes things; a post needs an organisation, of which a cell says nothing."""

CSVW = "http://www.w3.org/ns/csvw"


def read_mapping(path: Path, prefixes: Table[str, str]) -> Mapping:
    """Return the mapping in the file ``path``. Raises ContentError, which says what would be right."""
    return _Reading(path, prefixes).mapping()


def read_document(path: Path) -> dict[str, Any]:
    """Return the JSON object that a file is. Raises ContentError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_unique(path))
    except OSError as error:
        raise fault("unreadable-file", path, said=error.strerror) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise fault("not-utf8", path, line, encoding="Windows-1252") from error
    except json.JSONDecodeError as error:
        raise fault("mapping-not-json", path, error.lineno, error.colno, said=error.msg) from error
    except RecursionError as error:
        raise fault("mapping-not-json", path, said="too many brackets in each other") from error
    except ValueError as error:  # a number of thousands of digits
        raise fault("mapping-not-json", path, said=str(error)) from error
    if not isinstance(document, dict):
        raise fault("mapping-no-object", path)
    return document


def _unique(path: Path) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: set[str] = set()
        for key, _ in found:
            if key in seen:
                raise fault("mapping-key-twice", path, key=key)
            seen.add(key)
        return dict(found)

    return pairs


_TABLE_KEYS = ("@context", "@type", "url", "dialect", "tableSchema")
_SCHEMA_KEYS = ("columns", "primaryKey")
_DIALECT_KEYS = (
    "encoding", "delimiter", "quoteChar", "doubleQuote", "header", "headerRowCount", "skipRows", "skipBlankRows",
    "trim", "lineTerminators",
)  # fmt: skip
_COLUMN_KEYS = (
    "name", "titles", "propertyUrl", "aboutUrl", "valueUrl", "lang", "default", "null", "datatype", "required",
    "virtual", "suppressOutput",
)  # fmt: skip


class Checked:
    """Reads a document key by key, and says what is wrong with its own file."""

    def __init__(self, path: Path, prefixes: Table[str, str]) -> None:
        self.path, self.prefixes = path, prefixes

    def require_known(self, found: Table[str, Any], known: tuple[str, ...]) -> None:
        """Raise ContentError for the first key that is none."""
        for key in found:
            if key not in known:
                close = get_close_matches(key, known, n=1)
                code = "mapping-key-misspelt" if close else "mapping-key-unknown"
                raise fault(code, self.path, key=key, meant="".join(close), known=", ".join(known))

    def wrong(self, key: str, wanted: str) -> ContentError:
        """Return that the value of a key will not do."""
        return fault("mapping-value", self.path, key=key, wanted=wanted)

    def lacking(self, key: str, wanted: str) -> ContentError:
        """Return that a key is missing."""
        return fault("mapping-lacks", self.path, key=key, wanted=wanted)

    def language(self, document: Table[str, Any]) -> str:
        """Return the language of names, from the context."""
        context = document.get("@context")
        if context is None:
            raise self.lacking("@context", f'["{CSVW}", {{"@language": "de"}}]')
        if isinstance(context, list) and len(context) == 2 and context[0] == CSVW and isinstance(context[1], dict):
            language = context[1].get("@language")
            if language in ("de", "en"):
                return str(language)
        raise self.wrong("@context", f'["{CSVW}", {{"@language": "de"}}]')

    def description(self, document: Table[str, Any], own: tuple[str, ...]) -> Description:
        """Return what is said of source and graph; keys of ``own`` are others."""
        said = {canonical(key): value for key, value in document.items() if key not in own}
        self.require_known(dict.fromkeys(said), (*own, *KNOWN))
        for name in REQUIRED:
            if name not in said:
                raise self.lacking(name, _EXAMPLES.get(name, '{"@id": "…"}'))
        found = {}
        for name, value in said.items():
            try:
                found[name] = read_value(name, value, self.prefixes)
            except ValueError as error:
                raise self.wrong(name, str(error)) from error
        return Description(found)


_EXAMPLES = {
    **dict.fromkeys(
        ("dct:title", "schema:creditText", "mkg:windowBasis"),
        '[{"@value": "…", "@language": "de"}, {"@value": "…", "@language": "en"}]',
    ),
    **dict.fromkeys(("mkg:observedNotBefore", "mkg:observedNotAfter"), '"2026-11-26"'),
    "dct:license": '{"@id": "https://creativecommons.org/licenses/by/4.0/"}',
    "dct:rightsHolder": '{"@id": "organisation:…"}',
    "dct:language": '{"@id": "eulang:DEU"}',
    "schema:url": '{"@id": "https://…"}',
}


class _Reading(Checked):
    def mapping(self) -> Mapping:
        document = read_document(self.path)
        lang = self.language(document)
        description = self.description(document, _TABLE_KEYS)
        if not isinstance(document.get("url"), str):
            raise self.lacking("url", '"table.csv"')
        schema = document.get("tableSchema")
        if not isinstance(schema, dict) or not isinstance(schema.get("columns"), list):
            raise self.lacking("tableSchema", '{"primaryKey": […], "columns": […]}')
        self.require_known(schema, _SCHEMA_KEYS)
        columns = tuple(self._column(each) for each in schema["columns"])
        return Mapping(
            self.path,
            kind=self._kind(columns),
            columns=columns,
            key=self._key(schema, columns),
            dialect=self._dialect(document.get("dialect", {})),
            lang=lang,
            description=description,
        )

    # Columns

    def _column(self, found: Any) -> Column:
        if not isinstance(found, dict) or not isinstance(found.get("name"), str):
            raise self.wrong("columns", '{"name": "holder", "titles": "Person", "propertyUrl": "org:member"}')
        self.require_known(found, _COLUMN_KEYS)
        name, virtual = found["name"], self._truth(found, "virtual")
        kept_back = self._truth(found, "suppressOutput")
        titles = self._titles(found)
        if not kept_back and not found.get("propertyUrl"):
            raise fault("mapping-column-says-nothing", self.path, name=name)
        return Column(
            name,
            titles=titles if not virtual else (),
            term="" if kept_back else self._property(found),
            about=self._about(found),
            value=self._text(found, "valueUrl"),
            lang=self._text(found, "lang"),
            default=self._text(found, "default"),
            nulls=self._nulls(found),
            date_format=self._date_format(found),
            required=self._truth(found, "required"),
            virtual=virtual,
        )

    def _titles(self, found: dict[str, Any]) -> tuple[str, ...]:
        titles = found.get("titles", found["name"])
        if isinstance(titles, dict):
            titles = [text for each in titles.values() for text in (each if isinstance(each, list) else [each])]
        titles = titles if isinstance(titles, list) else [titles]
        if not titles or not all(isinstance(each, str) and each for each in titles):
            raise self.wrong("titles", '"Person"')
        return tuple(titles)

    def _property(self, found: dict[str, Any]) -> str:
        name = canonical(self._text(found, "propertyUrl"))
        for prefix, space in sorted(self.prefixes.items(), key=lambda pair: len(pair[1]), reverse=True):
            if name.startswith(space):
                name = f"{prefix}:{name.removeprefix(space)}"
        known = (*dict.fromkeys((*THINGS, *TIMES, *NUMBERS, *IDENTIFYING, *NAMING, "rdf:type")),)
        if name not in known:
            close = get_close_matches(name, known, n=1)
            code = "mapping-property-misspelt" if close else "mapping-property-unknown"
            raise fault(code, self.path, name=name, meant="".join(close), known=", ".join(known))
        return name

    def _about(self, found: dict[str, Any]) -> str:
        about = self._text(found, "aboutUrl")
        if about and not (about.startswith("{") and about.endswith("}")):
            raise self.wrong("aboutUrl", '"{holder}"')
        return about[1:-1]

    def _nulls(self, found: dict[str, Any]) -> tuple[str, ...]:
        nulls = found.get("null", "")
        nulls = nulls if isinstance(nulls, list) else [nulls]
        if not all(isinstance(each, str) for each in nulls):
            raise self.wrong("null", '["", "?"]')
        return tuple(nulls)

    def _date_format(self, found: dict[str, Any]) -> str | None:
        datatype = found.get("datatype", "string")
        if isinstance(datatype, str):
            return None
        self.require_known(datatype, ("base", "format")) if isinstance(datatype, dict) else None
        if not isinstance(datatype, dict) or datatype.get("format") not in DATE_FORMATS:
            raise self.wrong("datatype", f'{{"base": "date", "format": "dd/MM/yyyy"}}; {", ".join(DATE_FORMATS)}')
        return str(datatype["format"])

    def _text(self, found: dict[str, Any], key: str) -> str:
        value = found.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, '"…"')
        return value

    def _truth(self, found: dict[str, Any], key: str) -> bool:
        value = found.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "true | false")
        return value

    # What the columns are together

    def _kind(self, columns: tuple[Column, ...]) -> str:
        names = [each.name for each in columns]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise fault("mapping-name-twice", self.path, name=twice)
        types = [each for each in columns if each.term == "rdf:type" and not each.about]
        if len(types) != 1 or types[0].value not in KINDS or not types[0].virtual:
            wanted = '{"name": "kind", "virtual": true, "propertyUrl": "rdf:type", "valueUrl": "mkg:Tenure"}'
            raise fault("mapping-kind", self.path, wanted=wanted, known=", ".join(KINDS))
        kind = KINDS[types[0].value]
        given = [each.term for each in columns if each.term and not each.about]
        for name in kind.needs:
            if given.count(name) != kind.needs.count(name):
                raise fault(
                    "mapping-property-count", self.path, name=name, count=kind.needs.count(name), kind=types[0].value
                )
        if "mkg:when" in given and {"schema:startDate", "schema:endDate"}.intersection(given):
            raise fault("mapping-times", self.path)
        for each in columns:
            self._check(each, columns, kind, types[0].value)
        return types[0].value

    def _check(self, column: Column, columns: tuple[Column, ...], kind: Kind, kind_name: str) -> None:
        known = {each.name: each for each in columns}
        if not column.term:
            return
        if column.about:
            self._check_about(column, known.get(column.about))
        elif column.term != "rdf:type" and column.term not in kind.properties:
            raise fault("mapping-property-not-of", self.path, name=column.term, kind=kind_name,
                        known=", ".join(kind.properties))  # fmt: skip
        if column.virtual and not (column.value or column.default):
            raise fault("mapping-virtual-without-value", self.path, name=column.name)

    def _check_about(self, column: Column, of: Column | None) -> None:
        allowed = ("rdf:type", *IDENTIFYING, *NAMING)
        if of is None or of.term not in THINGS or column.term not in allowed:
            raise fault("mapping-about", self.path, name=column.name, about=column.about, known=", ".join(allowed))
        if column.term == "rdf:type" and (not column.virtual or column.value not in _MADE):
            raise fault("mapping-class", self.path, name=column.name, known=", ".join(_MADE))

    def _key(self, schema: dict[str, Any], columns: tuple[Column, ...]) -> tuple[str, ...]:
        key = schema.get("primaryKey", [])
        key = key if isinstance(key, list) else [key]
        real = [each.name for each in columns if not each.virtual]
        if not key or not all(each in real for each in key):
            raise fault("mapping-primary-key", self.path, known=", ".join(real))
        return tuple(key)

    def _dialect(self, found: Any) -> Dialect:
        if not isinstance(found, dict):
            raise self.wrong("dialect", '{"delimiter": ";"}')
        self.require_known(found, _DIALECT_KEYS)
        encoding = ENCODINGS.get(str(found.get("encoding", "utf-8")).lower())
        delimiter, quote = found.get("delimiter", ","), found.get("quoteChar", '"')
        skip = found.get("skipRows", 0)
        if encoding is None:
            raise self.wrong("encoding", '"utf-8" | "windows-1252"')
        if not _is_character(delimiter):
            raise self.wrong("delimiter", '"," | ";" | "\\t"')
        if quote is not None and (not _is_character(quote) or quote == delimiter):
            raise self.wrong("quoteChar", '"\\"" | null')
        if not isinstance(skip, int) or isinstance(skip, bool) or skip < 0:
            raise self.wrong("skipRows", "0")
        if found.get("header", True) is not True or found.get("headerRowCount", 1) != 1:
            raise self.wrong("header", "true")
        trim = found.get("trim", False)
        if trim not in (True, False, "true", "false"):
            raise self.wrong("trim", "true | false")
        return Dialect(
            encoding, delimiter, quote,
            double_quote=bool(found.get("doubleQuote", True)),
            skip_rows=skip,
            skip_blank_rows=self._truth(found, "skipBlankRows"),
            trim=trim in (True, "true"),
        )  # fmt: skip


def _is_character(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 1 and value not in "\r\n\0"
