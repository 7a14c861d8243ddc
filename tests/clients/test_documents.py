"""Documents as real clients read them; each must find the graph that the release has."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

from graphs import canonical
from metropolis_kg.content import Content
from metropolis_kg.curation.release import Release
from metropolis_kg.publication.catalogue import with_catalogue
from metropolis_kg.publication.description import describe
from metropolis_kg.publication.documents import with_document
from metropolis_kg.publication.media_types import GRAPHS, JSON_LD, N_QUADS, TRIG, Syntax
from metropolis_kg.store.release import open_embedded
from metropolis_kg.store.results import GRAPH_FORMATS
from schema_context import CONTEXT, in_https
from schema_context import graph_of as graph_of_schema_org
from servers import ask

THINGS = ["person/barbara-berninger", "organisation/metropolis", "tenure/governing-mayor-interim-president-2017",
          "graph/geonames", "dataset"]  # fmt: skip
PERSON = THINGS[0]
RAPPER = {"ttl": "turtle", "nt": "ntriples", "nq": "nquads", "trig": "trig", "rdf": "rdfxml"}

GraphOf = Callable[[str], ox.Dataset]


def read(nquads: str | bytes) -> ox.Dataset:
    """Return what N-Quads state."""
    return canonical(ox.parse(nquads, format=ox.RdfFormat.N_QUADS, lenient=True))


@pytest.fixture(scope="module")
def graph_of(site_var: Path, content: Content) -> GraphOf:
    """Return what the release says in the document of a thing, by its name, asked without HTTP."""
    published = Release((site_var / "current").resolve())
    opened = open_embedded(published.path / "store", published.manifest)

    def described(name: str) -> ox.Dataset:
        iri = opened.iri(name if name in ("dataset", "graph/geonames") else f"id/{name}")
        description = describe(opened, content.queries, iri)
        if name == "dataset":
            description = with_catalogue(description, opened, content.queries)
        return canonical(with_document(description, opened, opened.iri(f"doc/{name}")).triples)

    return described


# ---- rdflib ----


@pytest.mark.parametrize("name", THINGS)
@pytest.mark.parametrize("syntax", GRAPHS, ids=lambda syntax: syntax.extension)
def test_rdflib_parses_each_format_by_its_address(site: str, graph_of: GraphOf, name: str, syntax: Syntax) -> None:
    store = rdflib.Dataset() if syntax in (N_QUADS, TRIG) else rdflib.Graph()
    parsed = store.parse(f"{site}/doc/{name}.{syntax.extension}")
    triples = parsed.default_graph if isinstance(parsed, rdflib.Dataset) else parsed
    assert read(triples.serialize(format="nt")) == graph_of(name)


@pytest.mark.parametrize("name", ["turtle", "xml", "nt", "json-ld", "trig", "n3", None])
@pytest.mark.parametrize("address", ["id", "doc"])
def test_rdflib_negotiates_with_the_header_it_sends_for_a_format(
    site: str, graph_of: GraphOf, name: str | None, address: str
) -> None:
    store = rdflib.Dataset() if name == "trig" else rdflib.Graph()
    parsed = store.parse(f"{site}/{address}/{PERSON}", format=name)
    triples = parsed.default_graph if isinstance(parsed, rdflib.Dataset) else parsed
    assert read(triples.serialize(format="nt")) == graph_of(PERSON)


# ---- PyLD and pyoxigraph ----


def test_pyld_loads_a_document_and_its_context_from_their_addresses(site: str, graph_of: GraphOf) -> None:
    options = {"documentLoader": jsonld.requests_document_loader(timeout=10), "format": "application/n-quads"}
    for url in (f"{site}/doc/{PERSON}.jsonld", f"{site}/doc/{PERSON}", f"{site}/id/{PERSON}"):
        assert read(jsonld.to_rdf(url, options)) == graph_of(PERSON)


@pytest.mark.parametrize("name", THINGS)
def test_pyoxigraph_parses_what_curl_gets(site: str, graph_of: GraphOf, name: str) -> None:
    for syntax in GRAPHS:
        if syntax is not JSON_LD:  # it loads no context
            body = curl("--compressed", f"{site}/doc/{name}.{syntax.extension}")
            assert canonical(ox.parse(body, format=GRAPH_FORMATS[syntax.media_type])) == graph_of(name)


# ---- curl and raptor ----


def curl(*arguments: str) -> bytes:
    """Return what curl gets. Fails where curl does."""
    if not shutil.which("curl"):
        pytest.skip("needs curl; on Debian: apt-get install curl")
    command = ["curl", "--silent", "--show-error", "--fail", "--max-time", "20", *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_curl_follows_a_name_to_its_document(site: str, graph_of: GraphOf) -> None:
    body = curl("-L", "--compressed", "-H", "Accept: application/n-triples", f"{site}/id/{PERSON}")
    assert read(body) == graph_of(PERSON)
    head = curl("-I", "-L", "-H", "Accept: text/turtle", f"{site}/id/{PERSON}").decode().lower()
    assert [line.split()[1] for line in head.splitlines() if line.startswith("http/")] == ["303", "200"]
    assert b"<h1" in curl("-L", "-H", "Accept: text/html", f"{site}/id/{PERSON}")


def rapper(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run raptor's command, which asks for what its parser reads."""
    if not shutil.which("rapper"):
        pytest.skip("needs rapper; on Debian: apt-get install raptor2-utils")
    return subprocess.run(["rapper", *arguments], capture_output=True, text=True, timeout=30, check=True)


@pytest.mark.parametrize("parser", ["guess", "turtle", "ntriples", "rdfxml", "trig", "nquads"])
@pytest.mark.parametrize("address", ["id", "doc"])
def test_rapper_negotiates_with_the_header_of_each_parser(
    site: str, graph_of: GraphOf, parser: str, address: str
) -> None:
    done = rapper("-i", parser, "-o", "ntriples", f"{site}/{address}/{PERSON}")
    assert read(done.stdout) == graph_of(PERSON)
    assert "warning" not in done.stderr.lower()
    assert f"returned {len(graph_of(PERSON))} triples" in done.stderr


@pytest.mark.parametrize("extension", RAPPER)
def test_rapper_counts_each_format_by_its_address(site: str, graph_of: GraphOf, extension: str) -> None:
    for parser in ("guess", RAPPER[extension]):
        counted = rapper("-c", "-i", parser, f"{site}/doc/{PERSON}.{extension}").stderr
        assert f"returned {len(graph_of(PERSON))} triples" in counted


# ---- JavaScript: jsonld.js, and Comunica dereferencing and traversing ----


@pytest.fixture(scope="module")
def javascript(site: str, node: Path, installed: None) -> dict[str, Any]:
    """What clients in JavaScript make of the person's document, all asked in one process."""
    prologue = f"PREFIX mkg: <{site}/ns#> PREFIX foaf: <http://xmlns.com/foaf/0.1/>"
    prologue += " PREFIX org: <http://www.w3.org/ns/org#> PREFIX time: <http://www.w3.org/2006/time#>"
    job = {
        "base": f"{site}/",
        "document": f"{site}/doc/{PERSON}",
        "thing": f"{site}/id/{PERSON}",
        "frame": {"@context": f"{site}/context.jsonld", "@type": "Person"},
        "query": f"{prologue} SELECT DISTINCT ?name WHERE {{ ?person a mkg:Person ; foaf:name ?name }}",
        "traversed": f"""{prologue} SELECT DISTINCT ?tenure ?begun ?page WHERE {{
            ?tenure org:member <{site}/id/{PERSON}> ; org:organization ?organisation ; time:hasTime ?time .
            ?time time:hasBeginning ?beginning .
            ?beginning time:inXSDgYear ?begun .
            ?organisation foaf:homepage ?page }}""",
        "page": ask(f"{site}/doc/{PERSON}", "text/html").body.decode(),
        "context": {"@context": CONTEXT},
    }
    command = [str(node), str(Path(__file__).with_name("documents.mjs"))]
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize("way", ["toRDF", "expanded", "flattened"])
def test_jsonld_js_reads_a_document_from_its_address(javascript: dict[str, Any], graph_of: GraphOf, way: str) -> None:
    assert read(javascript[way]) == graph_of(PERSON)


def test_jsonld_js_frames_a_document(javascript: dict[str, Any], site: str) -> None:
    assert javascript["framed"]["id"] == f"{site}/id/{PERSON}"
    assert javascript["framed"]["name"] == {"de": "Barbara Berninger", "en": "Barbara Berninger"}


@pytest.mark.parametrize("way", ["dereferenced", "redirected"])
def test_comunica_dereferences_document_and_name(javascript: dict[str, Any], graph_of: GraphOf, way: str) -> None:
    assert read(javascript[way]) == graph_of(PERSON)


def test_comunica_finds_schema_org_in_a_page(javascript: dict[str, Any], site: str) -> None:
    """What else it finds there are the links in the head of the page."""
    said = list(graph_of_schema_org(ask(f"{site}/doc/{PERSON}.jsonld?profile=schema").body))
    kinds = {quad.predicate for quad in said}
    found = [quad for quad in read(in_https(javascript["embedded"])) if quad.predicate in kinds]
    assert len(found) > 20
    assert {quad for quad in found if isinstance(quad.object, ox.NamedNode)} == {
        quad for quad in said if isinstance(quad.object, ox.NamedNode)
    }
    texts = [quad.object for quad in said if isinstance(quad.object, ox.Literal)]
    english = {text.value for text in texts if text.language != "de"}
    assert {quad.object.value for quad in found if isinstance(quad.object, ox.Literal)} == english


def test_comunica_queries_document_and_name_as_sources(javascript: dict[str, Any]) -> None:
    assert [row["name"] for row in javascript["joined"]] == ["Barbara Berninger"] * len(javascript["joined"])
    assert javascript["joined"]


def test_comunica_follows_links_from_a_person_to_tenure_and_organisation(
    javascript: dict[str, Any], site: str, graph_of: GraphOf
) -> None:
    """The person's document says neither when the tenure began, in the form asked for, nor the network's website."""
    tenure = f"{site}/id/tenure/berninger-regional-secretary-europe"
    expected = {"tenure": tenure, "begun": "2011", "page": "https://www.metropolis.org/"}
    assert javascript["traversed"] == [expected]
    assert not [url for url in javascript["elsewhere"] if "schema.org" in url]
    said = {(quad.predicate.value.split("/")[-1], quad.object.value) for quad in literals_and_nodes(graph_of(PERSON))}
    assert ("homepage", expected["page"]) not in said
    assert all(name != "time#inXSDgYear" for name, _ in said)


def literals_and_nodes(dataset: ox.Dataset) -> Iterator[Any]:
    """Yield the statements of a dataset whose objects have a value."""
    return (quad for quad in dataset if isinstance(quad.object, ox.NamedNode | ox.Literal))
