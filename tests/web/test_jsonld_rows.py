"""Rows J1 to J4 of the HTTP behaviour: JSON-LD as a portal's developer gets it. In process: ``tests/publication``."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from jsonschema import Draft202012Validator
from pyld import jsonld
from referencing import Registry, Resource

from graphs import canonical
from metropolis_kg.content import Content
from metropolis_kg.curation.build import build
from repository import Edit
from servers import ask, free_port, served, wait_for

THINGS = [
    "person/michael-mueller", "tenure/governing-mayor-interim-president-2017", "organisation/metropolis",
    "count/metropolis-member-cities-141", "relation/use-platform-of-network", "scheme/roles",
    "graph/berlin-metropolis", "ns",
]  # fmt: skip
TENURE = "tenure/governing-mayor-interim-president-2017"


def load(url: str, _: object = None) -> dict[str, Any]:
    """Load a context over HTTP, as any JSON-LD processor does."""
    answer = ask(url, "application/ld+json, application/json;q=0.5")
    assert answer.status == 200
    return {"contextUrl": None, "documentUrl": url, "document": answer.json()}


def test_j1_the_default_is_one_tree_rooted_at_the_thing_by_the_versioned_context(site: str) -> None:
    answer = ask(f"{site}/doc/{TENURE}", "application/ld+json")
    document = answer.json()
    assert answer.headers["content-type"] == "application/ld+json"
    assert next(iter(document)) == "@context"
    assert document["@context"].startswith(f"{site}/context/")
    assert document["id"] == f"{site}/id/{TENURE}"
    assert "@graph" not in document
    assert document["member"]["label"]["en"] == "Governing Mayor of Berlin"
    assert document["interval"]["start"]["month"] == "2017-11"
    assert document["evidence"][0]["quote"] == {"de": "zuvor seit November 2017 Interimspräsident"}


def test_j1_what_pyld_frames_of_the_flattened_form_is_the_same_root(site: str) -> None:
    context = ask(f"{site}/context.jsonld").json()["@context"]
    flattened = ask(f"{site}/doc/{TENURE}.jsonld?profile=flattened").json()
    frame = {"@context": context, "id": f"{site}/id/{TENURE}", "evidence": {"@embed": "@always"}}
    theirs = jsonld.frame(flattened, frame, {"documentLoader": load, "omitGraph": True})
    ours = ask(f"{site}/doc/{TENURE}.jsonld").json()
    assert set(ours) - set(theirs) <= {"reverse", "included"}
    assert theirs["evidence"][0]["quote"] == ours["evidence"][0]["quote"]
    assert theirs["interval"]["start"]["month"] == ours["interval"]["start"]["month"]
    assert theirs["member"]["id"] == ours["member"]["id"]


@pytest.mark.parametrize("form", ["compacted", "expanded", "flattened", "framed"])
@pytest.mark.parametrize("thing", THINGS)
def test_j2_every_form_is_the_graph_that_turtle_is(site: str, thing: str, form: str) -> None:
    answer = ask(f"{site}/doc/{thing}.jsonld?profile={form}")
    assert answer.headers["content-type"] == f'application/ld+json;profile="http://www.w3.org/ns/json-ld#{form}"'
    nquads = jsonld.to_rdf(answer.json(), {"format": "application/n-quads", "documentLoader": load})
    turtle = ask(f"{site}/doc/{thing}.ttl").body
    expected = canonical(ox.parse(turtle, format=ox.RdfFormat.TURTLE))
    assert len(expected) > 5
    assert canonical(ox.parse(nquads.encode(), format=ox.RdfFormat.N_QUADS)) == expected


def test_j2_each_form_has_the_look_that_json_ld_gives_it(site: str) -> None:
    forms = {
        form: ask(f"{site}/doc/{TENURE}.jsonld?profile={form}").json()
        for form in ("compacted", "expanded", "flattened", "framed")
    }
    assert forms["compacted"] == forms["framed"] == ask(f"{site}/doc/{TENURE}.jsonld").json()
    assert forms["expanded"] == jsonld.expand(forms["expanded"])
    assert "@context" not in json.dumps(forms["expanded"])
    nodes = forms["flattened"]["@graph"]
    assert len({node["id"] for node in nodes}) == len(nodes) > 10
    stubs = [value for node in nodes for value in node.values() if isinstance(value, dict) and "id" in value]
    assert stubs
    assert all(stub.keys() == {"id"} for stub in stubs)


def test_j3_the_context_is_kept_for_ever_under_its_version_and_briefly_under_its_name(site: str) -> None:
    address = ask(f"{site}/doc/{TENURE}.jsonld").json()["@context"]
    versioned, present = ask(address), ask(f"{site}/context.jsonld")
    for answer in (versioned, present):
        assert (answer.status, answer.headers["content-type"]) == (200, "application/ld+json")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert ask(address, method="OPTIONS").status == 204
    assert versioned.body == present.body
    assert versioned.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in present.headers["cache-control"]
    assert present.headers["content-location"] == address
    assert ask(address, if_none_match=versioned.headers["etag"]).status == 304
    for wrong in ("000000000000", "x", "%2e%2e", "0" * 5000):
        assert ask(f"{site}/context/{wrong}.jsonld").status == 404


def test_j3_a_context_stays_as_long_as_a_release_that_was_published_with_it(
    workspace: Path, edit: Edit, tmp_path: Path
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}/"
    assert build(Content(workspace), tmp_path / "var", base).release
    with served(tmp_path / "var", port, METROPOLIS_KG_ROOT=str(workspace)) as url:
        before = ask(f"{url}/context.jsonld")
        address = before.headers["content-location"]
        edit("ontology/prefixes.ttl", 'sh:prefix "vann"', 'sh:prefix "annotating"')
        _without_prefix(workspace, "vann", "annotating")
        assert build(Content(workspace), tmp_path / "var", base).release
        wait_for(lambda: ask(f"{url}/context.jsonld").headers["content-location"] != address)
        assert ask(address).body == before.body
        assert ask(address).headers["cache-control"] == "public, max-age=31536000, immutable"
        assert b'"annotating"' in ask(f"{url}/context.jsonld").body


def _without_prefix(root: Path, old: str, new: str) -> None:
    """Rename a prefix in all files of the content."""
    for path in (path for pattern in ("*.ttl", "*.rq") for path in root.rglob(pattern)):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"{old}:", f"{new}:"), encoding="utf-8")


def test_j3_nothing_is_loaded_from_the_network_and_no_json_ld_processor_either(site_var: Path) -> None:
    script = """
import socket, sys
from pathlib import Path
from metropolis_kg.curation.release import Release
from metropolis_kg.publication.description import describe
from metropolis_kg.publication.jsonld import write_jsonld
from metropolis_kg.publication.media_types import PROFILES
from metropolis_kg.store.release import open_embedded

def refused(*_):
    raise AssertionError("a connection is made")

socket.socket.connect = socket.getaddrinfo = refused
release = Release((Path(sys.argv[1]) / "current").resolve())
opened = open_embedded(release.path / "store", release.manifest)
description = describe(opened, Path(sys.argv[2]), opened.iri("id/place/berlin"))
written = [len(write_jsonld(description, opened, profile)) for profile in PROFILES]
print(min(written), "pyld" in sys.modules)
"""
    queries = Path(__file__).parents[2] / "queries"
    command = [sys.executable, "-c", script, str(site_var), str(queries)]
    shortest, processor = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert int(shortest) > 1000
    assert processor == "False"


@pytest.mark.parametrize(
    ("thing", "keys"),
    [
        ("person/michael-mueller", {"name", "label", "claims"}),
        (TENURE, {"label", "member", "role", "organization", "when", "interval", "evidence", "succeededBy"}),
        ("place/berlin", {"label", "prefLabel", "identifier", "sameAs"}),
        ("event/metropolis-annual-meeting-2018", {"label", "title", "when", "location"}),
        ("source/berlin-metropolis", {"title", "url", "publisher", "language", "sha256"}),
    ],
)
def test_j4_keys_are_what_a_developer_would_type(site: str, thing: str, keys: set[str]) -> None:
    document = ask(f"{site}/doc/{thing}", "application/json").json()
    assert keys <= document.keys()
    assert [key for key in document if ":" in key] == []
    assert document["label"]["en"]


def test_j4_the_link_of_a_document_leads_to_the_schema_of_all_documents_and_that_to_the_others(site: str) -> None:
    answer = ask(f"{site}/doc/{TENURE}.jsonld")
    assert f'<{site}/schema.json>; rel="describedby"; type="application/schema+json"' in answer.headers["link"]
    schema = ask(f"{site}/schema.json")
    assert (schema.status, schema.headers["content-type"]) == (200, "application/schema+json")
    assert schema.headers["access-control-allow-origin"] == "*"
    assert schema.json()["$id"] == f"{site}/schema.json"
    names = [branch["then"]["$ref"] for branch in schema.json()["$defs"]["classes"]["allOf"]]
    assert "schema/Tenure.json" in names
    for name in names:
        each = ask(f"{site}/{name}")
        assert (each.status, each.json()["$id"]) == (200, f"{site}/{name}")
    for other in ("?profile=expanded", "?profile=flattened"):
        assert "schema.json" not in ask(f"{site}/doc/{TENURE}.jsonld{other}").headers.get("link", "")


def retrieved(uri: str) -> Resource[Any]:
    """Load a schema over HTTP."""
    return Resource.from_contents(ask(uri).json())


@pytest.mark.parametrize("thing", THINGS)
def test_j4_a_document_keeps_to_the_schema_and_a_broken_one_does_not(site: str, thing: str) -> None:
    schema = ask(f"{site}/schema.json").json()
    validator = Draft202012Validator(schema, registry=Registry(retrieve=retrieved))
    document = ask(f"{site}/doc/{thing}.jsonld").json()
    assert [error.message for error in validator.iter_errors(document)] == []
    for key in ("id", "label", "document"):
        assert not validator.is_valid({**document, key: [document.get(key)]})


def test_j4_the_schema_tells_what_a_role_is(site: str) -> None:
    validator = Draft202012Validator(ask(f"{site}/schema/Tenure.json").json())
    document = ask(f"{site}/doc/{TENURE}.jsonld").json()
    assert validator.is_valid(document)
    for wrong in ("president", [document["role"]], {"label": {"en": "president"}}, None):
        assert not validator.is_valid({**document, "role": wrong})


def test_j4_a_class_without_a_schema_is_404_with_the_way_to_those_there_are(site: str) -> None:
    answer = ask(f"{site}/schema/Unicorn.json")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "/schema.json" in answer.json()["detail"]
    again = ask(f"{site}/schema.json", if_none_match=ask(f"{site}/schema.json").headers["etag"])
    assert again.status == 304
