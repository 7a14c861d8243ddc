"""The one table of syntaxes: their media types, file extensions and names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Syntax:
    """A way to write a representation."""

    extension: str
    media_type: str
    name: str
    aliases: tuple[str, ...] = ()
    """Other media types under which clients ask for the very same bytes, and which are then sent as asked for."""

    names: tuple[str, ...] = ()
    """What clients call it in the ``format`` of an address, beside its extension."""

    near: tuple[str, ...] = ()
    """Media types that it is chosen for as well, but never sent as, since it is not quite that."""


@dataclass(frozen=True)
class Profile:
    """A form of JSON-LD documents, which an address names, or a media type (RFC 6906)."""

    name: str
    """How an address names it: ``?profile=<name>``."""

    iri: str
    also: tuple[str, ...] = ()
    """IRIs of other profiles that a document of this form keeps to as well."""

    @property
    def media_type(self) -> str:
        """The media type of a document of this form."""
        return f'{JSON_LD.media_type};profile="{self.iri}"'


TURTLE = Syntax("ttl", "text/turtle", "Turtle", ("application/x-turtle",), ("turtle", "n3"))
N_TRIPLES = Syntax("nt", "application/n-triples", "N-Triples", ("text/plain",), ("n-triples", "ntriples"))
N_QUADS = Syntax("nq", "application/n-quads", "N-Quads", ("text/x-nquads",))
TRIG = Syntax("trig", "application/trig", "TriG", ("application/x-trig",))
RDF_XML = Syntax("rdf", "application/rdf+xml", "RDF/XML", names=("rdf+xml", "xml"))
JSON_LD = Syntax("jsonld", "application/ld+json", "JSON-LD", ("application/json",), ("json-ld", "json"))
HTML = Syntax("html", "text/html", "HTML", near=("application/xhtml+xml",))

RESULTS_JSON = Syntax("json", "application/sparql-results+json", "JSON", ("application/json",))
RESULTS_XML = Syntax("xml", "application/sparql-results+xml", "XML", ("application/xml", "text/xml"))
CSV = Syntax("csv", "text/csv", "CSV")
TSV = Syntax("tsv", "text/tab-separated-values", "TSV")

ATOM = Syntax("atom", "application/atom+xml", "Atom")

PROBLEM_JSON = Syntax("json", "application/problem+json", "Problem", ("application/json",))
JSON_SCHEMA = Syntax("json", "application/schema+json", "JSON Schema")

JSON = Syntax("json", "application/json", "JSON")
SARIF = Syntax("sarif", "application/sarif+json", "SARIF")

REPORTS = (JSON, Syntax("ttl", "text/turtle", "Turtle"), Syntax("jsonld", "application/ld+json", "JSON-LD"), SARIF)
"""What a validation report can be written in; the first is the default."""

SUGGESTIONS = Syntax("json", "application/x-suggestions+json", "OpenSearch Suggestions")
OPENSEARCH = Syntax("xml", "application/opensearchdescription+xml", "OpenSearch")
LINK_FORMAT = Syntax("link", "application/link-format", "Links")

GRAPHS = (TURTLE, JSON_LD, N_TRIPLES, N_QUADS, TRIG, RDF_XML)
"""What a graph can be written in; the first is the default."""

_FORM = "http://www.w3.org/ns/json-ld#"

COMPACTED = Profile("compacted", f"{_FORM}compacted", also=(f"{_FORM}framed",))
EXPANDED = Profile("expanded", f"{_FORM}expanded")
FLATTENED = Profile("flattened", f"{_FORM}flattened", also=(f"{_FORM}compacted",))
FRAMED = Profile("framed", f"{_FORM}framed", also=(f"{_FORM}compacted",))

PROFILES = (COMPACTED, EXPANDED, FLATTENED, FRAMED)
"""The forms in which a document comes as JSON-LD (JSON-LD 1.1 appendix C, ``profile``); without one, as the last."""

SCHEMA_ORG = Profile(
    "schema", "https://schema.org/", also=("https://schema.org", "http://schema.org/", "http://schema.org")
)  # fmt: skip
"""No form of JSON-LD, but another vocabulary: what schema.org can say of the thing, in any syntax."""

DOCUMENTS = (*GRAPHS, HTML)
"""What a document can be written in; the first is the default. HTML is for those who ask for it by name."""

RESULTS = (RESULTS_JSON, RESULTS_XML, CSV, TSV)
"""What the answer to SELECT and ASK can be written in; the first is the default."""


def by_extension(extension: str, syntaxes: tuple[Syntax, ...]) -> Syntax | None:
    """Return the syntax of ``syntaxes`` with this file extension; none where it has none."""
    return next((syntax for syntax in syntaxes if syntax.extension == extension), None)


def by_name(name: str, syntaxes: tuple[Syntax, ...]) -> Syntax | None:
    """Return the syntax that clients call so; none where none of ``syntaxes`` is."""
    called = name.lower()
    return by_extension(called, syntaxes) or next((each for each in syntaxes if called in each.names), None)


def content_type(media_type: str) -> str:
    """Return the value of a Content-Type header for text in UTF-8; JSON and the RDF types have no charset parameter."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
