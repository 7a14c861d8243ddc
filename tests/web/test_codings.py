"""Content codings: levels, and what is left as it is."""

import gzip
import random

import zstandard

from metropolis_kg.web.codings import CODINGS, LARGE, SMALLEST, Acceptable, acceptable, coded, is_text

BY_NAME = {coding.name: coding for coding in CODINGS}


def test_the_same_body_is_coded_into_the_same_bytes() -> None:
    body = b"the same " * 1000
    made = {coded(body, Acceptable(coding))[0] for coding in CODINGS for _ in range(2)}
    assert len(made) == len(CODINGS)


def test_a_large_body_is_coded_at_the_lowest_level() -> None:
    body = (b"abcdefgh" * 100 + random.Random(1).randbytes(200)) * (LARGE // 1000 + 1)  # noqa: S311
    for coding in CODINGS:
        assert coding.code(body) == coding.make(body, 1)
        assert coding.code(body[: LARGE // 2]) == coding.make(body[: LARGE // 2], coding.level)


def test_what_would_not_get_smaller_is_left_as_it_is_unless_that_is_excluded() -> None:
    body = random.Random(1).randbytes(5 * SMALLEST)  # noqa: S311
    assert coded(body, acceptable("gzip")) == (body, None)
    made, coding = coded(body, acceptable("gzip, identity;q=0"))
    assert coding == BY_NAME["gzip"]
    assert gzip.decompress(made) == body
    made, coding = coded(b"", acceptable("zstd, *;q=0"))
    assert coding == BY_NAME["zstd"]
    assert zstandard.ZstdDecompressor().decompress(made) == b""


def test_types_that_are_compressed_already_are_no_text() -> None:
    texts = ["text/turtle; charset=utf-8", "application/ld+json", "image/svg+xml", "Application/JSON", "text/html"]
    others = ["image/png", "application/gzip", "application/zip", "application/octet-stream", ""]
    assert all(map(is_text, texts))
    assert not any(map(is_text, others))
