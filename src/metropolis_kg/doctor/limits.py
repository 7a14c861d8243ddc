"""What keeps an endpoint standing: SERVICE refused, runaways stopped, what is too much turned away."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, NotAskedError, expect, left_out
from metropolis_kg.doctor.names import PROBLEM, is_problem
from metropolis_kg.doctor.protocol import FORM_TYPE
from metropolis_kg.doctor.queries import query
from metropolis_kg.store.protocol import RESULTS_JSON

_SERVICE = "<urn:metropolis-kg-doctor:service>"
_DISGUISES = ("plain", "silent", "variable", "nested", "escaped", "commented")
_REFUSED = (400, 403, 501)
_PROMISED = 1 << 30
_SENT = 64 << 20
_AT_ONCE = 24
_LONGEST_RUN = 60
_TOO_LONG = (414, 431)


class Listener:
    """A server on this machine that only counts who connects."""

    def __init__(self, publisher: str) -> None:
        self.connections = 0
        address = _own_address(publisher)
        self._socket = socket.create_server((address, 0))
        self.url = f"http://{address}:{self._socket.getsockname()[1]}/sparql"
        Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                connection.close()

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _own_address(publisher: str) -> str:
    """Return the address of this machine that the publisher's packets would come to. Raises NotAskedError."""
    parts = urlsplit(publisher)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((parts.hostname or "", parts.port or 80))  # of a datagram socket: nothing is sent
        except OSError as error:
            raise NotAskedError(f"this machine has no address that {parts.hostname} could ask") from error
        return str(probe.getsockname()[0])


@asks("Q8")
def service_is_refused(asking: Asking) -> Iterator[Finding]:
    """A query cannot make the endpoint ask other servers; a listener here would notice."""
    with Listener(asking.endpoint) as listener:
        for name in _DISGUISES:
            before = listener.connections
            answer = asking.sparql(query(f"service_{name}").replace(_SERVICE, f"<{listener.url}>"))
            time.sleep(0.02)
            came = "the listener was asked" if listener.connections > before else answer.came
            is_refused = answer.status in _REFUSED and listener.connections == before
            yield expect(answer, is_refused, f"SERVICE ({name}) is refused, and nobody is asked", came)
    harmless = asking.sparql(query("service_in_string"))
    yield expect(
        harmless, (harmless.json() or {}).get("boolean") is True, "the mere word in a string or comment is no SERVICE"
    )


@asks("Q10")
def runaways_are_stopped(asking: Asking) -> Iterator[Finding]:
    """A query that would run for ever is stopped, and others are answered meanwhile."""
    if not asking.hints.intrusive:
        raise NotAskedError(
            "a query that runs for ever could harm an endpoint that does not stop it; --intrusive sends it"
        )
    address = asking.sparql_address(query("runaway"))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(asking.client.ask, address, RESULTS_JSON, seconds=_LONGEST_RUN)
        time.sleep(0.3)
        meanwhile = asking.client.ask(asking.sparql_address("ASK{}"), RESULTS_JSON, fresh=True)
        answer = running.result()
    if answer.is_whole:
        raise NotAskedError(f"the query that was to run for ever was answered in {answer.seconds:.1f} s")
    yield expect(answer, answer.status == 503, "a runaway query is stopped with 503")
    yield expect(answer, answer.media_type == PROBLEM, "it is told as a problem")
    yield expect(
        meanwhile, meanwhile.is_whole and meanwhile.seconds < 5, "others are answered meanwhile", _took(meanwhile)
    )
    after = asking.client.ask(asking.sparql_address("ASK{}"), RESULTS_JSON, fresh=True)
    yield expect(after, after.is_whole and after.seconds < 5, "others are answered afterwards", _took(after))


def _took(answer: Exchange) -> str:
    return f"{answer.came} after {answer.seconds:.1f} s"


@asks("Q12")
def too_much(asking: Asking) -> Iterator[Finding]:
    """Too large a body is 413, too long an address 414, too many at once 429 with Retry-After."""
    yield from _too_large(asking)
    yield from _too_long(asking)
    if asking.hints.intrusive:
        yield from _too_many(asking)
    else:
        yield left_out("too many at once are 429 with Retry-After", "only with --intrusive")


def _too_large(asking: Asking) -> Iterator[Finding]:
    fields = {"Content-Type": FORM_TYPE, "Content-Length": str(_PROMISED)}
    answer = asking.client.ask(asking.endpoint, RESULTS_JSON, method="POST", headers=fields, seconds=3)
    what = "a large body is taken, or 413"
    if answer.status:
        yield expect(answer, answer.status == 413, what)
    elif asking.hints.intrusive:
        body = b"query=ASK%7B%7D%23" + b"a" * _SENT
        sent = asking.client.ask(
            asking.endpoint, RESULTS_JSON, method="POST", headers={"Content-Type": FORM_TYPE}, body=body, seconds=30
        )
        yield expect(sent, sent.is_whole or sent.status == 413, what)
    else:
        yield left_out(what, "announcing a gigabyte has no answer, and only --intrusive sends a large body")


def _too_long(asking: Asking) -> Iterator[Finding]:
    long, longer = (asking.sparql(f"ASK{{}}#{'a' * length}") for length in (40_000, 100_000))
    yield expect(long, long.is_whole or long.status in _TOO_LONG, "an address of 40,000 characters is answered, or 414")
    yield expect(longer, longer.is_whole or longer.status in _TOO_LONG, "one of 100,000 is answered, or 414")


def _too_many(asking: Asking) -> Iterator[Finding]:
    address = asking.sparql_address(query("rows1000000"))

    def one(_: int) -> Exchange:
        return asking.client.ask(address, "text/csv", fresh=True, patient=False, seconds=60, most=1 << 16)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(one, range(_AT_ONCE)))
    for answer in answers:
        told = answer.status == 503 and (is_problem(answer) or answer.header("Retry-After"))
        yield expect(
            answer, 0 < answer.status < 500 or told, f"each of {_AT_ONCE} queries at once is answered or turned away"
        )
        if answer.status == 429:
            yield expect(answer, answer.header("Retry-After"), "429 says when to come again", "no Retry-After")
