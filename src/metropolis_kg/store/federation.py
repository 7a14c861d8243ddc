"""SERVICE: asking another endpoint within a query (SPARQL 1.1 Federated Query section 2).

An engine would follow SERVICE to any address. Here the endpoint is asked by this program, if it is on the list of the
deployment, and the engine gets its solutions as VALUES in the place of the clause: terms, never text.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from metropolis_kg.store.protocol import RESULTS_JSON, QueryRefusedError, ServiceFailedError
from metropolis_kg.store.query_form import UNCERTAIN, parsed_services, says_service
from metropolis_kg.store.query_text import Names, Token, first_keyword, group, tokens, with_prologue

MOST_SOLUTIONS = 10_000
"""Solutions of one SERVICE clause."""

LARGEST = 16 << 20
"""Bytes of the answer to one SERVICE clause."""


_AGENT = "metropolis-kg (SPARQL federated query)"


@dataclass(frozen=True)
class Federation:
    """Which endpoints SERVICE may name, and whether these may be at addresses that are not public."""

    allowed: Collection[str]
    private: bool
    seconds: float
    """How long to wait for an endpoint, each time."""

    @classmethod
    def none(cls) -> "Federation":
        """Return what follows no SERVICE at all."""
        return cls((), private=False, seconds=0)

    def resolved(self, query: str, prefixes: Mapping[str, str], base: str) -> str:
        """Return ``query`` with the solutions of each SERVICE clause in its place.

        Raises QueryRefusedError for an endpoint that is not allowed, a variable in its place, and SERVICE within
        SERVICE; ServiceFailedError where the endpoint does not answer and the clause does not say SILENT.
        """
        if not says_service(query):
            return query
        clauses = list(self._clauses(query, prefixes, base))
        if parsed_services(_filled(query, clauses, ["{}"] * len(clauses))):
            raise QueryRefusedError(UNCERTAIN)
        return _filled(query, clauses, [self._solutions(clause) for clause in clauses])

    def _clauses(self, query: str, prefixes: Mapping[str, str], base: str) -> Iterator["_Clause"]:
        pieces = list(tokens(query))
        names = Names(query, pieces, prefixes, base)
        keyword = first_keyword(query)
        prologue = query[: keyword.start] if keyword else ""
        end = 0
        for index, piece in enumerate(pieces):
            if (piece.kind, piece.text) != ("word", "SERVICE"):
                continue
            if piece.start < end:
                raise QueryRefusedError("SERVICE within SERVICE is not followed here.")
            silent = (pieces[index + 1].kind, pieces[index + 1].text) == ("word", "SILENT")
            endpoint = self._endpoint(pieces[index + 1 + silent], names)
            asked_for = group(pieces[index + 2 + silent :])
            if not asked_for:
                raise QueryRefusedError("The group after SERVICE does not end.")
            end = asked_for[-1].end
            asked = with_prologue(f"{prologue}SELECT * WHERE {query[asked_for[0].start : end]}", prefixes, base)
            yield _Clause(piece.start, end, endpoint, silent, asked)

    def _endpoint(self, named: Token, names: Names) -> str:
        if named.text[0] in "?$":
            raise QueryRefusedError("SERVICE must name its endpoint by an IRI; a variable is not followed here.")
        endpoint = names.resolve(named)
        if endpoint not in self.allowed:
            listed = f"Only {', '.join(sorted(self.allowed))} may be asked." if self.allowed else ""
            raise QueryRefusedError(
                f"SERVICE <{endpoint}> is not followed here. {listed or 'Ask the two endpoints one by one.'}"
            )
        return endpoint

    def _solutions(self, clause: "_Clause") -> str:
        try:
            return _values(self._ask(clause), clause.endpoint)
        except (OSError, http.client.HTTPException, ValueError, SyntaxError) as error:
            if clause.silent:
                return "VALUES () { () }"
            raise ServiceFailedError(f"SERVICE <{clause.endpoint}> has no answer: {error}.") from error

    def _ask(self, clause: "_Clause") -> bytes:
        parts = urlsplit(clause.endpoint)
        connection = _Connection(parts.scheme, parts.hostname or "", parts.port, self._address, self.seconds)
        headers = {
            "Accept": RESULTS_JSON, "Content-Type": "application/x-www-form-urlencoded", "User-Agent": _AGENT,
        }  # fmt: skip
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, urlencode({"query": clause.query}), headers)
            response = connection.getresponse()
            body = response.read(LARGEST + 1)
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise ValueError(f"it answers with status {response.status}")
        if len(body) > LARGEST:
            raise ValueError(f"it answers with more than {LARGEST >> 20} megabytes")
        return body

    def _address(self, host: str, port: int) -> tuple[str, int]:
        """Return a public address of ``host``: what is connected to is what was looked at."""
        found = [place[4][:2] for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for address, number in found:
            if self.private or is_public(str(address)):
                return str(address), int(number)
        raise QueryRefusedError(f"SERVICE is not followed to {host}, which is not at a public address.")


@dataclass(frozen=True)
class _Clause:
    """A SERVICE clause: where it stands, the endpoint, and what to ask it."""

    start: int
    end: int
    endpoint: str
    silent: bool
    query: str


def _filled(query: str, clauses: Sequence[_Clause], texts: Sequence[str]) -> str:
    """Return ``query`` with each of ``texts`` in the place of a clause."""
    for clause, text in reversed(list(zip(clauses, texts, strict=True))):
        query = query[: clause.start] + text + query[clause.end :]
    return query


class _Connection(http.client.HTTPConnection):
    """A connection to the address that ``address`` finds; for https, the certificate is that of the host."""

    def __init__(self, scheme: str, host: str, port: int | None, address: Any, timeout: float) -> None:
        self._secure, self._address = scheme == "https", address
        self.default_port = 443 if self._secure else 80  # which the Host header leaves out
        super().__init__(host, port or self.default_port, timeout=timeout)

    def connect(self) -> None:
        """Connect to the address that was looked at, whatever the name leads to a moment later."""
        plain = socket.create_connection(self._address(self.host, self.port), self.timeout)
        secured = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host) if self._secure else plain
        self.sock = secured


def is_public(address: str) -> bool:
    """Tell whether ``address`` is one that anybody on the internet may reach (RFC 6890).

    >>> [is_public(each) for each in ("9.9.9.9", "127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254", "2620:fe::fe")]
    [True, False, False, False, True]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or _translated(ip) or ip
    return ip.is_global and inner.is_global and not inner.is_multicast and not any(ip in each for each in _RETIRED)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_RETIRED = [ipaddress.ip_network(each) for each in ("::/96", "fec0::/10", "192.88.99.0/24")]
"""Networks that Python still takes for global: IPv4-compatible and site-local (RFC 4291), relays of 6to4 (RFC 7526)."""


def _translated(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that a NAT64 leads to (RFC 6052)."""
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None


def _values(results: bytes, endpoint: str) -> str:
    """Return the solutions in ``results`` as a VALUES block. Raises SyntaxError, ValueError."""
    solutions = ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON)
    if not isinstance(solutions, ox.QuerySolutions):
        raise ValueError("it answers with yes or no to a SELECT")
    rows = []
    for solution, number in zip(solutions, count(1), strict=False):
        if number > MOST_SOLUTIONS:
            raise ValueError(f"it has more than {MOST_SOLUTIONS:,} solutions; say more narrowly which")
        rows.append(f"({' '.join(_written(solution[variable], endpoint) for variable in solutions.variables)})")
    return f"VALUES ({' '.join(map(str, solutions.variables))}) {{ {' '.join(rows)} }}"


def _written(term: Any, endpoint: str) -> str:
    """Return ``term`` for VALUES, which takes no blank nodes: these become IRIs (RDF 1.1 Concepts section 3.5)."""
    if term is None:
        return "UNDEF"
    if isinstance(term, ox.Triple):
        raise ValueError("it answers with a triple as a term, which VALUES does not take")
    if isinstance(term, ox.BlankNode):
        parts = urlsplit(endpoint)
        return str(ox.NamedNode(f"{parts.scheme}://{parts.netloc}/.well-known/genid/{term.value}"))
    return str(term)
