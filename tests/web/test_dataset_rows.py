"""The rows D1 to D4 of the HTTP contract, each against a running server: one row, one or more tests."""

import gzip
import hashlib
import json
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.robotparser import RobotFileParser

import pyoxigraph as ox
import pytest
import zstandard
from rdflib import DCTERMS, FOAF, RDF, VOID, Dataset, Graph, Literal, Namespace, URIRef

from metropolis_kg.content import Content
from metropolis_kg.curation.build import build
from metropolis_kg.curation.release import Releases
from metropolis_kg.publication.media_types import GRAPHS
from servers import Answer, ask, free_port, served, start_oxigraph

PROBLEM = "application/problem+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
SUFFIXES = [f"{syntax}{more}" for syntax in ("nq", "trig", "ttl", "jsonld") for more in ("", ".gz", ".zst")]
PAGES = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


@pytest.fixture(scope="module")
def catalogue(site: str) -> Graph:
    """What the document about the dataset says."""
    return Graph().parse(f"{site}/doc/dataset.ttl")


@pytest.fixture(scope="module")
def digest(site_var: Path) -> str:
    """The digest of the release that is served."""
    current = Releases(site_var).current()
    assert current
    return current.digest


def count(site: str, query: str) -> int:
    """Return the number that a query asks for."""
    answer = ask(f"{site}/sparql?{urlencode({'query': query})}", "application/sparql-results+json")
    assert answer.status == 200, answer.body
    (binding,) = answer.json()["results"]["bindings"]
    return int(binding["n"]["value"])


def counts(site: str, query: str) -> dict[str, int]:
    """Return key → number that a query asks for."""
    answer = ask(f"{site}/sparql?{urlencode({'query': query})}", "application/sparql-results+json")
    return {row["key"]["value"]: int(row["n"]["value"]) for row in answer.json()["results"]["bindings"]}


# ---- D1 ----


def test_d1_the_well_known_address_leads_to_the_description_of_the_dataset(site: str) -> None:
    answer = ask(f"{site}/.well-known/void", "text/turtle")
    assert (answer.status, answer.headers["location"]) == (303, f"{site}/doc/dataset")
    assert answer.headers["access-control-allow-origin"] == "*"
    document = ask(answer.headers["location"], "text/turtle")
    graph = Graph().parse(data=document.body, format="turtle")
    assert (URIRef(f"{site}/doc/dataset"), RDF.type, VOID.DatasetDescription) in graph
    assert graph.value(URIRef(f"{site}/doc/dataset"), FOAF.primaryTopic) == URIRef(f"{site}/dataset")


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("triples", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
        ("entities", "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?class FILTER(ISIRI(?s)) }"),
        ("distinctSubjects", "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
        ("distinctObjects", "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }"),
        ("classes", "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }"),
        ("properties", "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"),
    ],
)
def test_d1_every_count_equals_that_of_the_endpoint(site: str, catalogue: Graph, name: str, query: str) -> None:
    stated = catalogue.value(URIRef(f"{site}/dataset"), VOID[name])
    assert stated == Literal(count(site, query))


@pytest.mark.parametrize(
    ("kind", "counted", "query"),
    [
        ("class", VOID.entities, "SELECT ?key (COUNT(DISTINCT ?s) AS ?n) { ?s a ?key } GROUP BY ?key"),
        ("property", VOID.triples, "SELECT ?key (COUNT(*) AS ?n) { ?s ?key ?o } GROUP BY ?key"),
    ],
)
def test_d1_every_partition_equals_what_the_endpoint_counts(
    site: str, catalogue: Graph, kind: str, counted: URIRef, query: str
) -> None:
    parts = catalogue.objects(URIRef(f"{site}/dataset"), VOID[f"{kind}Partition"])
    stated = {str(catalogue.value(part, VOID[kind])): int(str(catalogue.value(part, counted))) for part in parts}
    assert len(stated) > 50
    assert stated == counts(site, query)


def test_d1_void_names_the_endpoint_and_the_dumps(site: str, catalogue: Graph, digest: str) -> None:
    dataset = URIRef(f"{site}/dataset")
    assert catalogue.value(dataset, VOID.sparqlEndpoint) == URIRef(f"{site}/sparql")
    dumps = {str(dump) for dump in catalogue.objects(dataset, VOID.dataDump)}
    assert dumps == {f"{site}/data/{digest}/dataset.{suffix}" for suffix in SUFFIXES}


def test_d1_the_counts_of_graphs_in_the_service_description_are_those_of_the_manifest(
    site: str, site_var: Path, digest: str
) -> None:
    manifest = json.loads((site_var / "releases" / digest / "manifest.json").read_bytes())
    query = "SELECT ?key (COUNT(*) AS ?n) { GRAPH ?key { ?s ?p ?o } } GROUP BY ?key"
    assert {name: graph["quads"] for name, graph in manifest["graphs"].items()} == counts(site, query)


# ---- D2 ----


@pytest.mark.parametrize("path", ["dataset", "catalogue"])
def test_d2_the_dataset_and_its_catalogue_lead_to_their_document(site: str, path: str) -> None:
    answer = ask(f"{site}/{path}", "text/turtle")
    assert (answer.status, answer.headers["location"]) == (303, f"{site}/doc/dataset")


@pytest.mark.parametrize("syntax", GRAPHS)
def test_d2_the_catalogue_comes_in_every_format(site: str, syntax: object) -> None:
    media_type = syntax.media_type  # type: ignore[attr-defined]
    answer = ask(f"{site}/doc/dataset", media_type)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(media_type)


def test_d2_the_catalogue_holds_the_dataset_and_both_services(site: str, catalogue: Graph) -> None:
    node = URIRef(f"{site}/catalogue")
    assert (node, RDF.type, DCAT.Catalog) in catalogue
    assert list(catalogue.objects(node, DCAT.dataset)) == [URIRef(f"{site}/dataset")]
    services = set(catalogue.objects(node, DCAT.service))
    assert services == {URIRef(f"{site}/sparql"), URIRef(f"{site}/dataset#documents")}
    for service in services:
        described = ask(str(catalogue.value(service, DCAT.endpointDescription)))
        assert described.status == 200
        assert ask(str(catalogue.value(service, DCAT.endpointURL))).status == 200


def test_d2_the_vocabulary_and_the_shapes_that_the_dataset_conforms_to_are_there(site: str, catalogue: Graph) -> None:
    standards = {str(each) for each in catalogue.objects(URIRef(f"{site}/dataset"), DCTERMS.conformsTo)}
    assert standards == {f"{site}/ns#", f"{site}/shapes/"}
    for standard in standards:
        answer = ask(standard.removesuffix("#"), "text/turtle")
        assert answer.status == 303
        assert ask(answer.headers["location"], "text/turtle").status == 200


def test_d2_the_german_profile_has_place_licence_and_attribution(site: str, catalogue: Graph) -> None:
    dataset = URIRef(f"{site}/dataset")
    assert catalogue.value(dataset, DCATDE.politicalGeocodingURI) == URIRef(
        "http://dcat-ap.de/def/politicalGeocoding/stateKey/11"
    )
    for distribution in catalogue.objects(dataset, DCAT.distribution):
        licences = list(catalogue.objects(distribution, DCTERMS.license))
        assert licences == [URIRef("http://dcat-ap.de/def/licenses/cc-by/4.0")]
        languages = {text.language for text in catalogue.objects(distribution, DCATDE.licenseAttributionByText)}
        assert languages == {"de", "en"}


def test_d2_every_distribution_resolves_with_the_type_size_and_checksum_stated(site: str, catalogue: Graph) -> None:
    distributions = list(catalogue.objects(URIRef(f"{site}/dataset"), DCAT.distribution))
    assert len(distributions) == len(SUFFIXES)
    for distribution in distributions:
        answer = ask(str(catalogue.value(distribution, DCAT.downloadURL)))
        kind = catalogue.value(distribution, DCAT.compressFormat) or catalogue.value(distribution, DCAT.mediaType)
        assert answer.status == 200
        assert answer.headers["content-type"].partition(";")[0] == str(kind).partition("media-types/")[2]
        assert catalogue.value(distribution, DCAT.byteSize) == Literal(
            str(len(answer.body)), datatype=XSD.nonNegativeInteger
        )
        checksum = catalogue.value(catalogue.value(distribution, SPDX.checksum), SPDX.checksumValue)
        assert str(checksum).lower() == hashlib.sha256(answer.body).hexdigest()
        assert ask(str(catalogue.value(distribution, DCAT.accessURL)), "text/turtle").status == 200


def test_d2_a_distribution_is_described_where_its_iri_leads(site: str, catalogue: Graph, digest: str) -> None:
    distribution = URIRef(f"{site}/data/{digest}/#nq-gz")
    assert (distribution, RDF.type, DCAT.Distribution) in catalogue
    for path in ("data/", f"data/{digest}/"):
        listed = Graph().parse(f"{site}/{path}", format="turtle")
        assert set(listed.objects(distribution)) == set(catalogue.objects(distribution))


# ---- D3 ----


def dump(site: str, name: str, **headers: str) -> Answer:
    """Ask for a file of the present release."""
    return ask(f"{site}/data/{name}", **headers)


def test_d3_every_dump_is_there_whole_named_for_ever_and_as_the_present_one(site: str, digest: str) -> None:
    for suffix in SUFFIXES:
        for path, cache in (
            (f"data/{digest}/dataset.{suffix}", "public, max-age=31536000, immutable, no-transform"),
            (f"data/dataset.{suffix}", "public, max-age=60, must-revalidate, no-transform"),
        ):
            answer = ask(f"{site}/{path}", accept_encoding="gzip, br, zstd", accept="image/png")
            checksum = hashlib.sha256(answer.body)
            assert answer.status == 200
            assert answer.headers["content-length"] == str(len(answer.body))
            assert answer.headers["etag"] == f'"{checksum.hexdigest()}"'
            assert b64decode(answer.headers["repr-digest"].split(":")[1]) == checksum.digest()
            assert answer.headers["repr-digest"].startswith("sha-256=:")
            assert answer.headers["cache-control"] == cache
            assert answer.headers["accept-ranges"] == "bytes"
            assert answer.headers["content-disposition"].endswith(f"-{digest[:12]}.{suffix}")
            assert "content-encoding" not in answer.headers
            assert "vary" not in answer.headers
            assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-location"] == f"{site}/data/{digest}/dataset.{suffix}"


def test_d3_head_has_the_same_headers(site: str) -> None:
    whole, head = dump(site, "dataset.nq"), ask(f"{site}/data/dataset.nq", method="HEAD", range="bytes=0-9")
    assert (head.status, head.body) == (200, b"")
    unequal = {name for name in whole.headers if whole.headers[name] != head.headers.get(name)}
    assert unequal <= {"date", "server-timing", "x-request-id"}


def test_d3_the_digest_of_the_release_is_the_checksum_of_its_canonical_n_quads(site: str, digest: str) -> None:
    whole = dump(site, "dataset.nq").body
    assert hashlib.sha256(whole).hexdigest() == digest
    dataset = ox.Dataset(ox.parse(whole, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = (ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    assert b"".join(sorted(lines)) == whole


def test_d3_all_dumps_say_the_same(site: str) -> None:
    bodies = {suffix: dump(site, f"dataset.{suffix}").body for suffix in SUFFIXES}
    for suffix in ("nq", "trig", "ttl", "jsonld"):
        assert gzip.decompress(bodies[f"{suffix}.gz"]) == bodies[suffix]
        assert zstandard.ZstdDecompressor().decompress(bodies[f"{suffix}.zst"]) == bodies[suffix]
    quads = set(ox.parse(bodies["nq"], format=ox.RdfFormat.N_QUADS))
    assert set(ox.parse(bodies["trig"], format=ox.RdfFormat.TRIG)) == quads
    assert set(ox.parse(bodies["jsonld"], format=ox.RdfFormat.JSON_LD)) == quads
    triples = {quad.triple for quad in quads}
    assert {quad.triple for quad in ox.parse(bodies["ttl"], format=ox.RdfFormat.TURTLE)} == triples


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-50", -50, None), ("bytes=-999999999", 0, None)],
)
def test_d3_a_range_is_a_part_of_the_file(site: str, wanted: str, first: int, last: int | None) -> None:
    whole = dump(site, "dataset.nq.gz")
    part = dump(site, "dataset.nq.gz", range=wanted)
    expected = whole.body[first : None if last is None else last + 1]
    assert (part.status, part.body) == (206, expected)
    begin = first % len(whole.body)
    assert part.headers["content-range"] == f"bytes {begin}-{begin + len(expected) - 1}/{len(whole.body)}"
    assert part.headers["content-length"] == str(len(expected))
    assert part.headers["etag"] == whole.headers["etag"]
    assert part.headers["repr-digest"] == whole.headers["repr-digest"]


def test_d3_a_range_beyond_the_file_is_a_problem_that_says_how_long_it_is(site: str) -> None:
    answer = dump(site, "dataset.nq.gz", range="bytes=999999999-")
    length = dump(site, "dataset.nq.gz").headers["content-length"]
    assert (answer.status, answer.headers["content-type"]) == (416, PROBLEM)
    assert answer.headers["content-range"] == f"bytes */{length}"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-6", "items=0-9", "bytes", "bytes=x-y", "bytes=5-1", "bytes=-0", ""])
def test_d3_what_is_not_one_range_of_bytes_is_answered_with_the_whole_file(site: str, wanted: str) -> None:
    answer = dump(site, "dataset.nq.gz", range=wanted)
    assert (answer.status, "content-range" in answer.headers) == (200, False)


def test_d3_a_download_goes_on_only_with_the_same_file(site: str) -> None:
    whole = dump(site, "dataset.nq.gz")
    tag, date = whole.headers["etag"], whole.headers["last-modified"]
    assert dump(site, "dataset.nq.gz", range="bytes=10-", if_range=tag).status == 206
    for other in ('"other"', f"W/{tag}", date, "nonsense"):
        assert dump(site, "dataset.nq.gz", range="bytes=10-", if_range=other).body == whole.body


def test_d3_curl_keeps_the_name_and_goes_on_where_it_stopped(site: str, digest: str, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("needs curl")
    whole = dump(site, "dataset.nq.gz").body
    (tmp_path / "dataset.nq.gz").write_bytes(whole[:1000])
    address = f"{site}/data/{digest}/dataset.nq.gz"
    subprocess.run(["curl", "-sS", "--fail", "-C", "-", "-O", address], cwd=tmp_path, check=True)
    subprocess.run(["curl", "-sS", "--fail", "--compressed", "-OJ", address], cwd=tmp_path, check=True)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(files) == 2
    assert set(files.values()) == {whole}


@pytest.mark.parametrize("suffix", ["nq", "trig", "ttl", "jsonld"])
def test_d3_rdflib_reads_a_dump_by_its_address(site: str, suffix: str) -> None:
    dataset = Dataset(default_union=True)
    dataset.parse(f"{site}/data/dataset.{suffix}")
    triples = ox.parse(dump(site, "dataset.ttl").body, format=ox.RdfFormat.TURTLE)
    assert len(set(dataset.triples((None, None, None)))) == sum(1 for _ in triples)


def test_d3_conditions_come_before_ranges(site: str) -> None:
    tag = dump(site, "dataset.nq.gz").headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        kept = dump(site, "dataset.nq.gz", if_none_match=known, range="bytes=0-9")
        assert (kept.status, kept.body, kept.headers["etag"]) == (304, b"", tag)
        assert kept.headers["access-control-allow-origin"] == "*"
    refused = dump(site, "dataset.nq.gz", if_match='"other"', range="bytes=0-9")
    assert (refused.status, refused.headers["content-type"]) == (412, PROBLEM)
    assert dump(site, "dataset.nq.gz", if_match=tag, range="bytes=0-9").status == 206


@pytest.mark.parametrize(
    "path",
    [
        "data/dataset.xyz", "data/manifest.json", "data/things.txt", "data/..%2Fmanifest.json", "data/dataset.nq/",
        f"data/{'0' * 64}/dataset.nq", f"data/{'0' * 64}/", "data/../dataset.nq", "data/%00", "data/store/",
    ],
)  # fmt: skip
def test_d3_what_is_no_dump_is_a_problem(site: str, path: str) -> None:
    answer = ask(f"{site}/{path}")
    assert (answer.status, answer.headers["content-type"]) == (404, PROBLEM)


def test_d3_only_reading_is_possible(site: str) -> None:
    answer = ask(f"{site}/data/dataset.nq", method="PUT", body=b"")
    assert (answer.status, answer.headers["content-type"]) == (405, PROBLEM)
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["data", "data/{digest}"])
def test_d3_a_missing_slash_leads_on_below_the_base(site: str, digest: str, path: str) -> None:
    address = f"{site}/{path.format(digest=digest)}"
    answer = ask(address, host="elsewhere.example")
    assert (answer.status, answer.headers["location"]) == (308, f"{address}/")


@pytest.mark.parametrize(("language", "word"), [("de", "Prüfsumme"), ("en", "checksum")])
def test_d3_the_page_of_files_has_sizes_checksums_and_says_how_to_check(
    site: str, catalogue: Graph, language: str, word: str, digest: str
) -> None:
    answer = ask(f"{site}/data/", BROWSER, accept_language=language)
    page = answer.body.decode()
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-language"] == language
    assert word in page
    assert f"curl -s {site}/data/{digest}/dataset.nq | sha256sum" in page
    for value in catalogue.objects(None, SPDX.checksumValue):
        assert str(value).lower() in page


@pytest.fixture(scope="module")
def two(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """A server below a path that has published two releases: its address, the older digest, the present one."""
    root, port = tmp_path_factory.mktemp("two"), free_port()
    for folder in ("ontology", "data", "shapes", "queries"):
        shutil.copytree(content.root / folder, root / folder)
    base, digests = f"http://127.0.0.1:{port}/kg/", []
    for title in ("Catalogue of cities", "Catalogue of more cities"):
        text = (content.data / "dataset.ttl").read_text(encoding="utf-8")
        (root / "data" / "dataset.ttl").write_text(
            text.replace("metropolis_kg: Berlin in the city network Metropolis", title), encoding="utf-8"
        )
        outcome = build(Content(root), root / "var", base)
        assert outcome.release, outcome.findings
        digests.append(outcome.release.digest)
    with served(root / "var", port) as url:
        yield f"{url}/kg", digests[0], digests[1]


def test_d3_dumps_of_an_older_release_stay_where_they_were(two: tuple[str, str, str]) -> None:
    site, older, present = two
    for digest in (older, present):
        answer = ask(f"{site}/data/{digest}/dataset.nq")
        assert hashlib.sha256(answer.body).hexdigest() == digest
        listed = Graph().parse(f"{site}/data/{digest}/", format="turtle")
        assert URIRef(f"{site}/data/{digest}/dataset.nq") in set(listed.objects(None, DCAT.downloadURL))
    assert hashlib.sha256(ask(f"{site}/data/dataset.nq").body).hexdigest() == present
    page = ask(f"{site}/data/", BROWSER).body.decode()
    assert f'href="/kg/data/{older}/"' in page


def test_d3_releases_under_another_base_are_not_among_ours(content: Content, tmp_path: Path) -> None:
    port = free_port()
    other = build(content, tmp_path, "https://example.org/kg/").release
    assert other
    assert build(content, tmp_path, f"http://127.0.0.1:{port}/").release
    with served(tmp_path, port) as site:
        assert ask(f"{site}/data/{other.digest}/dataset.nq").status == 404
        page = ask(f"{site}/data/", BROWSER)
        assert page.status == 200
        assert other.digest.encode() not in page.body


def test_d3_a_base_with_a_path_is_kept(two: tuple[str, str, str]) -> None:
    site, _, present = two
    graph = Graph().parse(f"{site}/doc/dataset.ttl")
    assert URIRef(f"{site}/data/{present}/#nq") in set(graph.objects(URIRef(f"{site}/dataset"), DCAT.distribution))
    root = site.removesuffix("/kg")
    for address in (f"{site}/.well-known/void", f"{root}/.well-known/void"):
        assert ask(address).headers["location"] == f"{site}/doc/dataset"


def test_d3_a_release_of_an_older_program_is_served_without_counts(content: Content, tmp_path: Path) -> None:
    port = free_port()
    outcome = build(content, tmp_path, f"http://127.0.0.1:{port}/")
    assert outcome.release
    path = outcome.release.path / "manifest.json"
    manifest = json.loads(path.read_bytes())
    del manifest["statistics"]
    for name in ("spdx", "dcatap", "dcatde"):
        del manifest["prefixes"][name]
    manifest["dumps"] = {name: manifest["dumps"][name] for name in ("dataset.nq", "dataset.trig", "dataset.ttl")}
    path.write_text(json.dumps(manifest))
    (outcome.release.path / "things.txt").unlink()
    with served(tmp_path, port) as site:
        graph = Graph().parse(f"{site}/doc/dataset.ttl")
        assert graph.value(URIRef(f"{site}/dataset"), VOID.triples) is None
        assert len(set(graph.objects(URIRef(f"{site}/dataset"), DCAT.distribution))) == 3
        for address in ("doc/dataset.html", "data/?format=html", "data/?format=ttl", "sitemap/1.xml", "llms.txt"):
            assert ask(f"{site}/{address}").status == 200, address


@pytest.fixture(scope="module")
def remote(site_var: Path, tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[str]:
    """Address of a server whose data come from another SPARQL endpoint, under the base of the other server."""
    folder = tmp_path_factory.mktemp("remote") / "store"
    shutil.copytree(site_var / "current" / "store", folder)
    here, there = free_port(), free_port()
    engine = start_oxigraph(folder, there)
    base = {"METROPOLIS_KG_BASE_IRI": f"http://127.0.0.1:{port}/"}
    try:
        with served(folder.parent, here, "--store", f"http://127.0.0.1:{there}/query", **base) as url:
            yield url
    finally:
        engine.terminate()
        engine.wait(timeout=10)


@pytest.mark.parametrize("path", ["data/", "data/dataset.nq", f"data/{'0' * 64}/dataset.nq"])
def test_d3_a_remote_store_has_no_dumps_and_says_so(remote: str, path: str) -> None:
    answer = ask(f"{remote}/{path}")
    assert (answer.status, answer.headers["content-type"]) == (404, PROBLEM)
    assert "served from another SPARQL endpoint" in answer.json()["detail"]


def test_d3_a_remote_store_has_a_catalogue_without_distributions(remote: str, site: str) -> None:
    document = ask(f"{remote}/doc/dataset.ttl")
    graph = Graph().parse(data=document.body, format="turtle")
    assert (URIRef(f"{site}/catalogue"), DCAT.dataset, URIRef(f"{site}/dataset")) in graph
    assert list(graph.objects(None, DCAT.distribution)) == []
    assert ask(f"{remote}/doc/dataset.html").status == 200


# ---- D4 ----


def locations(site: str) -> list[ElementTree.Element]:
    """Return the entries of every page of the sitemap."""
    index = ElementTree.fromstring(ask(f"{site}/sitemap.xml").body)  # noqa: S314 - from our own server
    pages = [element.text or "" for element in index.iter(f"{PAGES}loc")]
    assert pages
    return [url for page in pages for url in ElementTree.fromstring(ask(page).body).iter(f"{PAGES}url")]  # noqa: S314


def test_d4_the_sitemap_has_every_document_in_both_languages_with_a_date(site: str, site_var: Path) -> None:
    entries = locations(site)
    found = [entry.findtext(f"{PAGES}loc") or "" for entry in entries]
    assert len(found) == len(set(found))
    things = (site_var / "current" / "things.txt").read_text().splitlines()
    for path in ("id/person/michael-mueller", "graph/derived", *things[::50]):
        for language in ("de", "en"):
            assert f"{site}/doc/{path.removeprefix('id/')}.html?lang={language}" in found
    assert f"{site}/doc/dataset.html?lang=de" in found
    created = json.loads((site_var / "current" / "manifest.json").read_bytes())["created"]
    assert {entry.findtext(f"{PAGES}lastmod") for entry in entries} == {created}


def test_d4_each_language_names_the_other_and_itself(site: str) -> None:
    links = {
        entry.findtext(f"{PAGES}loc"): {each.get("hreflang"): each.get("href") for each in entry.iter(LINK)}
        for entry in locations(site)
    }
    for address, versions in links.items():
        assert versions.keys() == {"de", "en", "x-default"}
        assert address in versions.values()
        assert all(links[versions[language]] == versions for language in ("de", "en"))


def test_d4_every_tenth_address_of_the_sitemap_is_a_page_in_its_language(site: str) -> None:
    for entry in locations(site)[::10]:
        address = entry.findtext(f"{PAGES}loc") or ""
        answer = ask(address, BROWSER)
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), address
        assert answer.headers["content-language"] == address[-2:]


@pytest.mark.parametrize("page", ["0", "2", "99999999999999999999"])
def test_d4_a_page_that_the_sitemap_does_not_have_is_a_problem(site: str, page: str) -> None:
    answer = ask(f"{site}/sitemap/{page}.xml")
    assert (answer.status, answer.headers["content-type"]) == (404, PROBLEM)


def test_d4_the_sitemap_is_kept_by_those_who_have_it(site: str) -> None:
    for path in ("sitemap.xml", "sitemap/1.xml", "robots.txt", "llms.txt"):
        answer = ask(f"{site}/{path}")
        assert ask(f"{site}/{path}", if_none_match=answer.headers["etag"]).status == 304


@pytest.mark.parametrize("root", ["", "/kg"])
def test_d4_robots_read_documents_and_dumps_and_ask_no_queries(site: str, two: tuple[str, str, str], root: str) -> None:
    base = two[0] if root else site
    host = base.removesuffix(root)
    robots = RobotFileParser()
    robots.parse(ask(f"{host}/robots.txt").body.decode().splitlines())
    assert robots.site_maps() == [f"{base}/sitemap.xml"]
    assert ask(f"{base}/robots.txt").body == ask(f"{host}/robots.txt").body
    for path in ("/", "/doc/person/michael-mueller", "/data/dataset.nq.gz", "/query/", "/sparql"):
        assert robots.can_fetch("any", f"{base}{path}"), path
    for path in ("/sparql?query=ASK%7B%7D", "/graph-store?default"):
        assert not robots.can_fetch("any", f"{base}{path}"), path


def test_d4_llms_txt_says_what_there_is_and_every_address_in_it_answers(site: str) -> None:
    answer = ask(f"{site}/llms.txt")
    text = answer.body.decode()
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert text.startswith("# metropolis_kg: Berlin in the city network Metropolis\n\n> What a page ")
    assert f"[Michael Müller]({site}/doc/person/michael-mueller.jsonld)" in text
    addresses = [each.partition(")")[0] for each in text.split("](")[1:]]
    assert len(addresses) > 12
    for address in addresses:
        assert urlsplit(address).netloc == urlsplit(site).netloc
        assert ask(address).status == 200, address
