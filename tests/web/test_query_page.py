"""The query page as it is sent; what a browser makes of it is tested in ``browser/``."""

import re
from html import unescape
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from metropolis_kg.content import Content
from metropolis_kg.publication.stored_queries import StoredQueries
from servers import Answer, ask


def page(site: str, language: str = "en", **parameters: str) -> Answer:
    """Return the query page for these parameters."""
    return ask(f"{site}/sparql?{urlencode(parameters)}", "text/html", accept_language=language)


def offered(answer: Answer) -> str:
    """Return the text in the editor."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", answer.body.decode(), re.DOTALL)
    assert found
    return unescape(found[1])


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_example_is_offered_and_is_a_query_that_is_answered(site: str, content: Content, language: str) -> None:
    examples = [query for query in StoredQueries(content).all() if query.folder == "examples"]
    start = page(site, language).body.decode()
    for example in examples:
        assert f'href="?example={example.name}"' in start
        query = offered(page(site, language, example=example.name))
        assert query.startswith(f"# {example.titles[language]}\n")
        answer = page(site, language, query=query)
        assert answer.status == 200, example.name
        assert 'class="problem"' not in answer.body.decode()
        assert offered(answer) == query


def test_an_example_that_there_is_not_is_404(site: str) -> None:
    assert page(site, example="nix").status == 404


def test_the_policy_allows_nothing_inline_and_no_other_host(site: str) -> None:
    policy = page(site).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert not re.search(r"unsafe|data:|https?:|\*", policy)


def test_the_scripts_are_served_from_here_under_the_names_of_their_content(site: str) -> None:
    scripts = re.findall(r'<script type="module" src="([^"]+)"></script>', page(site).body.decode())
    names = [re.sub(r"^/static/built/(.+)-[A-Z0-9]{8}\.js$", r"\1", script) for script in scripts]
    assert names == ["site", "query-page"]
    assert {ask(site + script).status for script in scripts} == {200}


def test_a_problem_has_its_status_and_is_not_kept(site: str) -> None:
    answer = page(site, query="SELECT")
    assert (answer.status, answer.headers["cache-control"]) == (400, "no-store")
    assert offered(answer) == "SELECT"


def test_a_dataset_that_was_chosen_is_kept_in_the_form_and_the_downloads(site: str) -> None:
    graph = f"{site}/graph/berlin-metropolis"
    body = page(site, query="ASK {}", **{"default-graph-uri": graph}).body.decode()
    assert f'<input type="hidden" name="default-graph-uri" value="{graph}">' in body
    assert f"default-graph-uri={quote(graph, safe='')}&amp;format=csv" in body
    assert "snippets" not in body


def test_the_other_language_asks_the_same_of_the_same_graphs(site: str) -> None:
    graphs = [f"{site}/graph/gnd", f"{site}/graph/ror"]
    fields = urlencode({"query": "ASK {}", "default-graph-uri": graphs}, doseq=True)
    body = ask(f"{site}/sparql?{fields}", "text/html", accept_language="en").body.decode()
    [german] = re.findall(r'<a href="([^"]+)" lang="de"', body)
    asked = parse_qs(urlsplit(unescape(german)).query)
    assert asked == {"query": ["ASK {}"], "default-graph-uri": graphs, "lang": ["de"]}


def post(site: str, **fields: str) -> Answer:
    """Return the page that the form leads to where it posts a long query."""
    kind = "application/x-www-form-urlencoded"
    return ask(f"{site}/sparql", "text/html", method="POST", body=urlencode(fields).encode(), content_type=kind)


def test_a_query_that_is_too_long_to_be_read_is_not_lost(site: str) -> None:
    query = "ASK {} #" + "x" * 100_000
    answer = post(site, query=query)
    assert (answer.status, answer.headers["cache-control"]) == (403, "no-store")
    assert offered(answer) == query
    assert "at most 100,000 are taken" in answer.body.decode()


def test_programs_are_spoken_of_where_there_are_some(site: str) -> None:
    query = "ASK {} #" + "x" * 30_000
    assert "programs below send it" in post(site, query=query).body.decode()
    chosen = post(site, query=query, **{"default-graph-uri": f"{site}/graph/gnd"}).body.decode()
    assert "too long for an address" in chosen
    assert "programs below" not in chosen


def test_what_asks_for_data_or_names_a_format_gets_no_page(site: str) -> None:
    address = f"{site}/sparql?query={quote('ASK {}')}"
    assert ask(address, "*/*").headers["content-type"] == "application/sparql-results+json"
    assert ask(f"{address}&format=xml", "text/html").headers["content-type"] == "application/sparql-results+xml"
