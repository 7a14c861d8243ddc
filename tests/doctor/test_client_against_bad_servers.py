"""Whatever a server does, the client answers in time and says what was wrong."""

import socket
import time
from collections.abc import Callable

import pytest
from raw import misbehaving

from metropolis_kg.doctor.client import Client, Limits, Origins
from metropolis_kg.doctor.finding import NotAskedError
from servers import free_port

OK = b"HTTP/1.1 200 OK\r\n"


def silent(connection: socket.socket, _: bytes) -> None:
    time.sleep(3)


def dripping(connection: socket.socket, _: bytes) -> None:
    for letter in OK * 100:
        connection.sendall(bytes([letter]))
        time.sleep(0.05)


def endless(connection: socket.socket, _: bytes) -> None:
    connection.sendall(OK + b"Content-Type: text/turtle\r\n\r\n")
    while True:
        connection.sendall(b"<urn:a> <urn:b> <urn:c> .\n" * 1000)


def endless_headers(connection: socket.socket, _: bytes) -> None:
    connection.sendall(OK)
    while True:
        connection.sendall(b"X-Again: and again\r\n" * 50)


def garbage(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00 not HTTP \xff\xfe\r\n\r\n")


def garbage_headers(connection: socket.socket, _: bytes) -> None:
    connection.sendall(OK + b"Content-Length: many\r\nno colon here\r\nLink: <<<>>>;;;=\r\n\x00: \xff\r\n\r\nbody")


def short(connection: socket.socket, _: bytes) -> None:
    connection.sendall(OK + b"Content-Length: 1000\r\n\r\nshort")


def bad_chunks(connection: socket.socket, _: bytes) -> None:
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nbody\r\n")


def nothing(_: socket.socket, __: bytes) -> None:
    """Close the connection."""


CASES: list[tuple[Callable[[socket.socket, bytes], None], str]] = [
    (silent, "no answer within 0.5 seconds"),
    (dripping, "no answer within 0.5 seconds"),
    (endless, "the body has more than 1 MiB, the rest was not read"),
    (endless_headers, "no HTTP answer: got more than 100 headers"),
    (garbage, "no HTTP answer"),
    (short, "the body ends 995 bytes before its Content-Length"),
    (bad_chunks, "the body breaks off"),
    (nothing, "no HTTP answer: Remote end closed connection without response"),
]


@pytest.mark.parametrize(("behave", "trouble"), CASES, ids=lambda each: getattr(each, "__name__", ""))
def test_what_is_wrong_with_an_answer_is_told_within_the_deadline(
    behave: Callable[[socket.socket, bytes], None], trouble: str
) -> None:
    began = time.monotonic()
    with misbehaving(behave) as url:
        answer = Client(Limits(seconds_each=0.5)).ask(f"{url}/", most=1 << 20)
    assert answer.trouble.startswith(trouble)
    assert not answer.is_whole
    assert time.monotonic() - began < 2


def test_headers_that_are_garbage_are_read_as_far_as_they_can_be() -> None:
    with misbehaving(garbage_headers) as url:
        answer = Client(Limits()).ask(f"{url}/")
    assert answer.status == 200
    assert answer.links == ()


def test_a_redirect_without_end_is_followed_five_times() -> None:
    def round_and_round(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    with misbehaving(round_and_round) as url:
        client = Client(Limits())
        passed = client.follow(f"{url}/", within=Origins(url))
    assert len(passed) == 6
    assert "which is not followed" in passed[-1].trouble


def test_a_redirect_to_another_host_is_not_followed() -> None:
    def away(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:9/\r\nContent-Length: 0\r\n\r\n")

    with misbehaving(away) as url:
        [answer] = Client(Limits()).follow(f"{url}/", within=Origins(url))
    assert answer.trouble == "it leads on to http://127.0.0.2:9/, which is not followed"


def test_a_body_after_head_is_noticed() -> None:
    def talkative(connection: socket.socket, _: bytes) -> None:
        connection.sendall(OK + b"Content-Length: 4\r\n\r\nbody")

    with misbehaving(talkative) as url:
        assert Client(Limits()).ask(url, method="HEAD").body == b"b"


def test_nobody_there_and_no_tls_are_told() -> None:
    client = Client(Limits())
    assert client.ask(f"http://127.0.0.1:{free_port()}/").trouble == "no HTTP answer: Connection refused"
    assert "has no address" in client.ask("http://nobody.invalid/").trouble
    with misbehaving(garbage) as url:
        assert client.ask(url.replace("http:", "https:")).trouble.startswith("TLS failed")


def test_equal_requests_are_sent_once_and_all_of_them_within_limits() -> None:
    def plain(connection: socket.socket, _: bytes) -> None:
        connection.sendall(OK + b"Content-Length: 2\r\n\r\nok")

    with misbehaving(plain) as url:
        client = Client(Limits(requests=2))
        assert client.ask(url) is client.ask(url)
        client.ask(url, fresh=True)
        assert client.sent == 2
        with pytest.raises(NotAskedError, match="more than 2 requests"):
            client.ask(url, "text/turtle")
        with pytest.raises(NotAskedError, match="were over"):
            Client(Limits(seconds=0)).ask(url)


def test_a_client_that_is_told_to_wait_a_moment_comes_again_once() -> None:
    came: list[bytes] = []

    def busy(connection: socket.socket, asked: bytes) -> None:
        came.append(asked)
        connection.sendall(b"HTTP/1.1 429 Too Many\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n")

    with misbehaving(busy) as url:
        assert Client(Limits()).ask(url).status == 429
    assert len(came) == 2
    assert b"User-Agent: metropolis-kg-doctor/" in came[0]
