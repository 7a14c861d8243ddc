"""The port: in what SPARQL 1.1 engines differ, as long as one asks them over HTTP. Nothing here sends anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from urllib.parse import SplitResult, urlsplit

Parameters = Mapping[str, str]
Headers = Mapping[str, str]
Meaning = Literal["timeout", "too large", "malformed", "refused", "outage"]


@dataclass(frozen=True)
class Engine:
    """An engine that does all as SPARQL 1.1 says; each of the others overrides what it does in its own way."""

    name: ClassVar[str] = "SPARQL 1.1"

    evaluates: ClassVar[bool] = True
    """Whether its answers to whole queries can be relied on; otherwise it is only asked for the statements needed."""

    authentication: ClassVar[Literal["Basic", "Digest"]] = "Basic"
    """How it wants to be told who asks (RFC 7617, RFC 7616)."""

    batch: ClassVar[int] = 5_000
    """Statements that one INSERT DATA may have."""

    longest_iri: ClassVar[int | None] = None
    """Bytes of an IRI beyond which it is not kept as it is; none: there is no such limit."""

    own_graphs: ClassVar[frozenset[str]] = frozenset()
    """Named graphs that come with the engine and are no part of what was loaded."""

    def update_url(self, query_url: str) -> str:
        """Return where updates are sent, as far as that of queries tells (SPARQL 1.1 Protocol section 2.2)."""
        return query_url

    def time_limit(self, seconds: float) -> Parameters:
        """Return the parameters of a request that make the engine itself give up after ``seconds``; none: it cannot."""
        return {}

    def fault(self, headers: Headers) -> tuple[Meaning, str] | None:
        """Return why an answer with status 200 and ``headers`` (names in lower case) is not whole; none: it is."""
        return None

    def meaning(self, status: int, text: str) -> Meaning:
        """Return what an answer with ``status`` other than 200 and ``text`` means (SPARQL 1.1 Protocol section 2.1.6).

        ``text`` is its body, or as much of it as was read.
        """
        if status in (408, 504):
            return "timeout"
        if status == 400:
            return "malformed"
        return "refused" if status < 500 else "outage"

    def answers_as(self, body: bytes) -> bool:
        """Tell whether ``body``, an answer to SELECT in JSON, shows this engine behind a proxy that hides its name."""
        return False

    def is_cut_by_timeout(self, cause: Exception) -> bool:
        """Tell whether an answer that ends too early, which ``cause`` says, means that the engine has given up."""
        return False

    def stored(self, term: Any) -> Any:
        """Return the term under which ``term`` is loaded and looked up, so that ``restored`` finds it again.

        Another one only where the engine would otherwise give back something else than it was given.
        """
        return term

    def finds(self, literal: Any) -> bool:
        """Tell whether statements can be looked up by ``literal`` as their object, and all of them are found."""
        return True

    def restored(self, term: Any) -> Any:
        """Return the term that was stored as ``term``, which the engine has answered; none for an unbound variable."""
        return term


def with_last(url: str, last: str) -> str:
    """Return ``url`` with ``last`` in the place of the last part of its path.

    >>> with_last("http://host:80/db/query", "update")
    'http://host:80/db/update'
    """
    parts: SplitResult = urlsplit(url)
    return parts._replace(path=f"{parts.path.rpartition('/')[0]}/{last}").geturl()
