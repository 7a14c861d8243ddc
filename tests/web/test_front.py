"""What stands in front of Flask: it answers as Flask would, from the release that is current."""

from pathlib import Path

from metropolis_kg.content import find_content
from metropolis_kg.curation.build import build
from repository import REPOSITORY
from servers import ask, free_port, served


def test_below_a_path_hot_documents_are_found_with_and_without_it(tmp_path: Path) -> None:
    port = free_port()
    assert build(find_content(REPOSITORY), tmp_path / "var", f"http://127.0.0.1:{port}/kg/").release
    with served(tmp_path / "var", port, "--workers", "1") as url:
        for path in ("/doc/place/berlin.ttl", "/id/place/berlin"):
            answers = [ask(f"{url}{below}{path}") for _ in range(2) for below in ("/kg", "")]
            assert len({(answer.status, answer.body, answer.headers.get("location")) for answer in answers}) == 1
            assert all("cache;desc=hit" in answer.headers["server-timing"] for answer in answers[2:])
        for below in ("/kg", ""):  # as it comes through a proxy that takes the path away
            for _ in range(2):
                page = ask(f"{url}{below}/doc/place/berlin", "text/html").body.decode()
                assert 'href="/kg/doc/place/berlin?lang=de"' in page


def test_a_request_with_more_than_a_cache_understands_is_left_to_the_views(site: str) -> None:
    path = f"{site}/doc/place/berlin.ttl"
    for _ in range(4):
        tag = ask(path).headers["etag"]
    for headers in (
        {"if_match": tag}, {"range": "bytes=0-1"}, {"content_type": "text/plain"}, {"content_encoding": "identity"},
    ):  # fmt: skip
        assert ask(path, **headers).status == 200
    assert ask(path, if_match='"other"').status == 412
    assert ask(path, method="POST").status == 405
    assert ask(path, method="OPTIONS").status == 204
    assert ask(f"{path}?x=%FF").status == 400
    assert ask(f"{path}?x={'y' * 40_000}").status in (414, 431)


def test_what_the_address_asks_for_selects_as_well(site: str) -> None:
    for _ in range(3):
        pages = {lang: ask(f"{site}/doc/place/berlin?lang={lang}", "text/html") for lang in ("de", "en")}
        for lang, page in pages.items():
            assert f'<html lang="{lang}"' in page.body.decode()


def test_pages_at_addresses_that_differ_in_a_field_do_not_pass_for_each_other(site: str) -> None:
    for field in ("a=1", "a=2", "b", ""):
        for _ in range(3):
            page = ask(f"{site}/doc/place/berlin?{field}", "text/html").body.decode()
            kept = f"{field}=&amp;" if field == "b" else f"{field}&amp;" if field else ""
            assert f'href="/doc/place/berlin?{kept}lang=de"' in page
