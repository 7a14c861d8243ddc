"""All behaviours asked of one publisher, within the time there is, and what came out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from metropolis_kg.doctor.addresses import joined, with_fields
from metropolis_kg.doctor.behaviours import Behaviour, Level
from metropolis_kg.doctor.client import Client, Limits
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, NotAskedError, UnreadableError, Verdict
from metropolis_kg.doctor.graphs import JSON_LD, TURTLE, Graph
from metropolis_kg.doctor.publisher import BROWSER, Hints, Publisher, discover, needed, rows_of
from metropolis_kg.store.protocol import RESULTS_JSON

NOBODY = "doctor-asks-for-nothing"
"""The last part of names that nothing has."""

Progress = Callable[[str], None]


class Asking:
    """What behaviours ask with: the roles that were found, and short ways to ask them."""

    def __init__(self, client: Client, hints: Hints, publisher: Publisher) -> None:
        self.client, self.hints, self.publisher = client, hints, publisher

    # ---- roles; each raises NotAskedError where there is none ----

    @property
    def thing(self) -> str:
        """IRI of a thing."""
        return needed(self.publisher.thing, "thing", "--thing IRI")

    @property
    def document(self) -> str:
        """Address of the document about the thing."""
        return self.publisher.document if self.thing else ""

    @property
    def endpoint(self) -> str:
        """Address of the SPARQL endpoint."""
        return needed(self.publisher.endpoint, "SPARQL endpoint", "--sparql URL")

    @property
    def unknown(self) -> str:
        """Address beside the thing, or where there is none beside the start, that nothing has."""
        known = (self.publisher.thing or self.publisher.start.url).partition("#")[0].partition("?")[0]
        root = "/".join(known.split("/")[:3])
        return f"{known.rpartition('/')[0] if known.count('/') > 2 else root}/{NOBODY}"

    # ---- ways to ask ----

    def get(self, url: str, accept: str | None = None, **headers: str) -> Exchange:
        """Return the answer to GET; ``if_none_match`` is the header ``If-None-Match``."""
        return self.client.ask(url, accept, headers=spelled(headers))

    def page(self, url: str, **headers: str) -> Exchange:
        """Return what a browser gets."""
        return self.get(url, BROWSER, **headers)

    def graph(self, answer: Exchange) -> Graph:
        """Return what an answer states. Raises UnreadableError."""
        return self.publisher.reader.graph(answer)

    @cached_property
    def turtle(self) -> Exchange:
        """The document in Turtle."""
        return self.get(self.document, TURTLE)

    @cached_property
    def json_ld(self) -> Exchange:
        """The document in JSON-LD. Raises NotAskedError where it does not come in JSON-LD."""
        answer = self.get(self.document, JSON_LD)
        if answer.media_type != JSON_LD:
            raise NotAskedError(f"the document does not come in JSON-LD: {answer.came}")
        return answer

    @property
    def contexts(self) -> list[str]:
        """Addresses of the contexts, at the publisher's, that the document in JSON-LD names."""
        document = self.get(self.document, JSON_LD).json()
        named = document.get("@context") if isinstance(document, dict) else None
        found = [each for each in (named if isinstance(named, list) else [named]) if isinstance(each, str)]
        return [url for each in found if self.publisher.within.holds(url := joined(self.document, each))]

    @cached_property
    def for_people(self) -> Exchange:
        """The document as HTML. Raises NotAskedError where there is none."""
        answer = self.client.follow(self.thing.partition("#")[0], BROWSER, within=self.publisher.within)[-1]
        if answer.media_type not in ("text/html", "application/xhtml+xml"):
            raise NotAskedError(f"the thing has no page for people: {answer.came}")
        return answer

    def sparql_address(self, query: str) -> str:
        """Return the address of the answer to a query."""
        return with_fields(self.endpoint, {"query": query})

    def sparql(self, query: str, accept: str | None = RESULTS_JSON, **fields: str) -> Exchange:
        """Return the answer to a query by GET; ``default_graph_uri`` is the parameter ``default-graph-uri``."""
        given = {"query": query} | {name.replace("_", "-"): value for name, value in fields.items()}
        return self.get(with_fields(self.endpoint, given), accept)

    def form(self, fields: Mapping[str, str], accept: str | None = RESULTS_JSON) -> Exchange:
        """Return the answer to a form sent to the endpoint."""
        return self.post(self.endpoint, "application/x-www-form-urlencoded", urlencode(fields).encode(), accept)

    def post(self, url: str, media_type: str, body: bytes, accept: str | None = None) -> Exchange:
        """Return the answer to POST."""
        return self.client.ask(url, accept, method="POST", headers={"Content-Type": media_type}, body=body)

    def number(self, query: str, name: str = "n") -> int | None:
        """Return the number that a query asks for; None where it does not answer with one."""
        found = rows_of(self.sparql(query))
        value = found[0].get(name, "") if len(found) == 1 else ""
        return int(value) if value.isdecimal() else None


def spelled(headers: Mapping[str, str]) -> dict[str, str]:
    """Return header names as they are sent: ``if_none_match`` is ``If-None-Match``."""
    return {name.replace("_", "-").title(): value for name, value in headers.items()}


@dataclass(frozen=True)
class Outcome:
    """What came out about a behaviour; ``reason`` says why it was not asked."""

    behaviour: Behaviour
    findings: tuple[Finding, ...] = ()
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """It fails where anything did not hold, and holds where something did and nothing kept it from being asked."""
        if any(each.held is False for each in self.findings):
            return Verdict.FAILS
        return Verdict.HOLDS if any(each.held for each in self.findings) and not self.reason else Verdict.NOT_ASKED

    @property
    def failed(self) -> list[Finding]:
        """What did not hold."""
        return [each for each in self.findings if each.held is False]

    @property
    def left_out(self) -> list[Finding]:
        """The parts that were not asked."""
        return [each for each in self.findings if each.held is None]


@dataclass(frozen=True)
class Diagnosis:
    """All that came out about a publisher."""

    hints: Hints
    publisher: Publisher
    outcomes: tuple[Outcome, ...]
    requests: int
    seconds: float

    def count(self, level: Level, verdict: Verdict, group: str | None = None) -> int:
        """Return how many behaviours of a level, of one group or of all, came out so."""
        return sum(
            each.behaviour.level is level and each.verdict is verdict and group in (None, each.behaviour.group)
            for each in self.outcomes
        )

    @property
    def groups(self) -> list[str]:
        """The groups of what was asked for, in order."""
        return list(dict.fromkeys(each.behaviour.group for each in self.outcomes))

    @property
    def was_asked(self) -> bool:
        """Whether anything could be asked."""
        return any(each.verdict is not Verdict.NOT_ASKED for each in self.outcomes)

    @property
    def holds(self) -> bool:
        """Whether every must that was asked holds."""
        return not self.count(Level.MUST, Verdict.FAILS)


def examine(hints: Hints, limits: Limits, behaviours: Sequence[Behaviour], progress: Progress) -> Diagnosis:
    """Ask a publisher all of ``behaviours``. Raises UnreachableError where nothing answers at its address."""
    client = Client(limits)
    progress(f"looking around {hints.url}")
    publisher = discover(client, hints)
    asking = Asking(client, hints, publisher)
    outcomes = []
    for each in behaviours:
        progress(f"{each.id:4}{each.titles['en']}")
        outcomes.append(outcome_of(each, asking))
    return Diagnosis(hints, publisher, tuple(outcomes), client.sent, client.spent)


def outcome_of(behaviour: Behaviour, asking: Asking) -> Outcome:
    """Ask one behaviour. Nothing that a publisher sends makes this raise."""
    findings: list[Finding] = []
    try:
        for each in behaviour.ask(asking):
            findings.append(each)  # noqa: PERF402 # what was found before an error is kept
    except NotAskedError as error:
        return Outcome(behaviour, tuple(findings), str(error))
    except UnreadableError as error:
        findings.append(Finding(False, "it can be read", str(error), error.exchange.shown()))
    except Exception as error:  # what no behaviour foresaw is told with its name, and the others are still asked
        return Outcome(behaviour, tuple(findings), f"it could not be judged: {type(error).__name__}: {error}")
    return Outcome(behaviour, tuple(findings))
