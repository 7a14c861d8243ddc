"""The response cache: what is found again, what is not, and that it stays within its bytes."""

import threading
import tracemalloc

import pytest

from metropolis_kg.web.response_cache import Headers, ResponseCache

HEADERS = [
    ("Content-Type", "text/turtle"), ("ETag", '"t"'), ("Vary", "Accept, Accept-Encoding"), ("Content-Length", "4"),
    ("Cache-Control", "public"), ("Content-Location", "http://localhost/x.ttl"), ("Link", "<x>; rel=y"),
]  # fmt: skip


def asking(path: str = "/x", method: str = "GET", **headers: str) -> dict[str, str]:
    """Return the environment of a request."""
    sent = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return {"PATH_INFO": path, "QUERY_STRING": "", "REQUEST_METHOD": method, **sent}


def cache_with(headers: Headers = HEADERS, **sent: str) -> ResponseCache:
    """Return a cache that keeps one response to a request with those headers."""
    cache = ResponseCache(1 << 20)
    cache.keep_body("t", b"body")
    cache.store(1, asking(**sent), "200 OK", headers, "/<x>")
    return cache


def test_a_response_is_found_by_address_release_and_the_headers_that_vary_names() -> None:
    cache = cache_with(accept="a", accept_encoding="gzip")
    found = cache.find(1, asking(accept="a", accept_encoding="gzip", accept_language="de"))
    assert found
    assert found[1:] == ("200 OK", HEADERS, b"body")
    assert found[0].route == "/<x>"
    for release, request in (
        (2, asking(accept="a", accept_encoding="gzip")),
        (1, asking(accept="a")),
        (1, asking(accept="b", accept_encoding="gzip")),
        (1, asking("/y", accept="a", accept_encoding="gzip")),
        (1, {**asking(accept="a", accept_encoding="gzip"), "QUERY_STRING": "at=2018"}),
    ):
        assert cache.find(release, request) is None


def test_where_responses_at_one_address_vary_differently_all_of_the_headers_select() -> None:
    cache = cache_with(accept="a")
    page = [("Vary", "Accept, Accept-Language"), ("ETag", '"p"')]
    cache.keep_body("p", b"page")
    cache.store(1, asking(accept="html", accept_language="de"), "200 OK", page, "")
    assert cache.find(1, asking(accept="html", accept_language="en")) is None
    found = cache.find(1, asking(accept="html", accept_language="de"))
    assert found
    assert found[3] == b"page"
    cache.store(1, asking(accept="a"), "200 OK", HEADERS, "")
    assert cache.find(1, asking(accept="a", accept_language="en")) is None
    assert cache.find(1, asking(accept="a"))


@pytest.mark.parametrize("known", ['"t"', 'W/"t"', '"a", "t"', "*"])
def test_what_the_client_has_is_304_with_the_headers_that_a_304_has(known: str) -> None:
    found = cache_with().find(1, asking(if_none_match=known))
    assert found
    _, status, headers, body = found
    assert (status[:3], body) == ("304", b"")
    assert [name for name, _ in headers] == ["ETag", "Vary", "Cache-Control", "Content-Location", "Link"]


def test_after_a_304_or_head_whoever_wants_the_body_is_left_to_the_views() -> None:
    cache = ResponseCache(1 << 20)
    cache.store(1, asking(if_none_match='"t"'), "304 NOT MODIFIED", HEADERS[1:3], "")
    assert cache.find(1, asking(if_none_match='"t"'))
    assert cache.find(1, asking()) is None
    assert cache.find(1, asking(method="HEAD")) is None
    cache.store(1, asking(method="HEAD"), "200 OK", HEADERS, "")
    assert cache.find(1, asking(method="HEAD"))
    assert cache.find(1, asking()) is None
    cache.store(1, asking(if_none_match='"t"'), "304 NOT MODIFIED", HEADERS[1:3], "")
    assert cache.find(1, asking(method="HEAD"))
    cache.keep_body("t", b"body")
    assert cache.find(1, asking())


def test_a_redirect_is_kept_without_an_entity_tag() -> None:
    cache = ResponseCache(1 << 20)
    cache.store(1, asking(accept="a"), "303 SEE OTHER", [("Location", "http://localhost/y"), ("Vary", "Accept")], "")
    found = cache.find(1, asking(accept="a", if_none_match="*"))
    assert found
    assert found[1][:3] == "303"


def test_what_varies_with_everything_is_not_kept() -> None:
    assert cache_with([("Vary", "*"), ("ETag", '"t"')]).find(1, asking()) is None


def test_memory_stays_within_what_may_be_kept_whatever_clients_send() -> None:
    cache = ResponseCache(4 << 20)
    tracemalloc.start()
    try:
        for number in range(20_000):
            tag = f"{number % 3000:032x}"
            headers = [(name, f"{value} {number}") for name, value in HEADERS if name not in ("ETag", "Vary")]
            cache.keep_body(tag, bytes(number % 10_000))
            sent = asking(f"/{number % 500}?", accept=f"{number}," * (number % 2000))
            cache.store(1, sent, "200 OK", [*headers, ("ETag", f'"{tag}"'), ("Vary", "Accept")], "")
        used = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert cache.kept <= 4 << 20
    assert used < 1.2 * (4 << 20)


def test_headers_of_eight_kilobytes_are_not_kept() -> None:
    long = "text/turtle;q=0.1," * 500
    cache = cache_with(accept=long)
    assert cache.find(1, asking(accept=long)) is None
    assert cache.kept < 5_000


def test_a_body_that_would_push_out_most_others_is_not_kept() -> None:
    cache = ResponseCache(1 << 20)
    cache.keep_body("large", bytes(1 << 19))
    assert cache.body("large") is None
    assert not ResponseCache(0).keeps


def test_threads_share_it() -> None:
    cache, failed = ResponseCache(1 << 18), []

    def work(thread: int) -> None:
        for number in range(2000):
            tag = f"{number % 50}"
            cache.keep_body(tag, tag.encode() * 1000)
            cache.store(1, asking(f"/{tag}"), "200 OK", [("ETag", f'"{tag}"')], "")
            found = cache.find(1, asking(f"/{(number + thread) % 50}"))
            if found and found[3] != found[0].tag.encode() * 1000:  # type: ignore[union-attr]
                failed.append(found)

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
