"""What the start page shows: an answer to one question with its evidence, and things to begin with.

What is asked of a release is bounded and kept as long as it is current, so that the page is as quick over a million
statements as over a thousand.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.model.kinds import THINGS
from metropolis_kg.publication.media_types import RESULTS_JSON
from metropolis_kg.publication.names import Names, names_for
from metropolis_kg.publication.own_queries import kept_by_release, rows
from metropolis_kg.publication.reading import Links, Value, named
from metropolis_kg.publication.search import SearchUnavailableError
from metropolis_kg.publication.search import kinds as search_kinds
from metropolis_kg.publication.stored_queries import StoredQueries, StoredQuery, UnknownQueryError, read_query
from metropolis_kg.publication.table import Cell, table_of
from metropolis_kg.publication.time_words import day
from metropolis_kg.publication.words import Words
from metropolis_kg.store.protocol import StoreUnavailableError
from metropolis_kg.store.release import OpenRelease

QUESTIONS = ("succession", "conflicts", "quotes-with", "timeline", "partners", "state-at", "who-led")
"""The stored queries that the page would rather offer, the best first."""

OFFERED = 3
"""How many it offers."""

SHOWN = 6
"""How many things of a kind are shown."""

EXAMPLE = "who-led"
"""The stored query that the page answers."""

MOST_ROWS = 100
"""How many rows of the answer are looked at for one that has all."""

_COLUMNS = {"holder", "role", "certainty", "quote", "source", "claim"}


@dataclass(frozen=True)
class Example:
    """A question, the first row of its answer, and the words that say so."""

    question: str
    day: str | None
    answer: str
    role: str
    certainty: str
    """Key of the word for how certain it is."""

    person: str | None
    """Who held the office that answers, where another source says so, which ``person_source`` is."""

    person_source: str | None
    quote: Value
    source: str
    claim: str
    """The address of the claim."""

    address: str
    """The address of the question."""


@dataclass(frozen=True)
class Kind:
    """A kind of things: how many there are, and a few of them."""

    key: str
    number: int
    things: dict[str, Value]
    """By their IRIs."""


def offered(stored: StoredQueries) -> list[StoredQuery]:
    """Return the questions that the page offers: of those it would rather offer, the first that there are."""
    known = {query.name: query for query in stored.all()}
    preferred = [known[name] for name in QUESTIONS if name in known]
    return [*preferred, *(query for query in known.values() if query not in preferred)][:OFFERED]


def kinds_of(release: OpenRelease, queries: Path, language: str, links: Links) -> list[Kind]:
    """Return the kinds that there are, each with the things to which most statements point, of a hundred of its things.

    ``queries`` is the folder of that name in the content. Raises what the store raises.
    """
    numbers, first, names = _things(release, queries)
    return [
        Kind(key, numbers[key], {iri: named(iri, names, links, language) for iri in first.get(key, ())})
        for key in THINGS
        if key in numbers
    ]


@kept_by_release(4)
def _things(release: OpenRelease, queries: Path) -> tuple[Mapping[str, int], Mapping[str, list[str]], Names]:
    """Return kind → number of things, kind → IRIs of those to show, and what these are called."""
    numbers = _numbers(release, queries)
    found: dict[str, list[tuple[int, str]]] = {}
    for row in rows(release, queries / "description" / "things.rq"):
        if "thing" in row:  # an engine may group nothing into one row of nothing
            found.setdefault(row["kind"]["value"], []).append((-int(row["links"]["value"]), row["thing"]["value"]))
    first = {kind: [iri for _, iri in sorted(things)[:SHOWN]] for kind, things in found.items()}
    shown = [iri for things in first.values() for iri in things if iri.startswith(("http://", "https://"))]
    return numbers, first, names_for(release, queries, shown)


def _numbers(release: OpenRelease, queries: Path) -> Mapping[str, int]:
    """Return kind → number of its things, as the search counts them where its index came with the release, whole."""
    with suppress(SearchUnavailableError, StoreUnavailableError):
        if release.folder:
            return search_kinds(release)
    counted = rows(release, queries / "description" / "kinds.rq")
    return {row["kind"]["value"]: int(row["number"]["value"]) for row in counted if "kind" in row}


def example_of(release: OpenRelease, stored: StoredQueries, words: Words, links: Links) -> Example | None:
    """Return the example; none where the content has no such question, or it has no answer with a quote.

    Raises what the store raises.
    """
    try:
        query = stored.find(EXAMPLE)
    except UnknownQueryError:
        return None
    said = _answer(release, query.path, words.language)
    return _example(query, said, words, links) if said else None


@kept_by_release(4)
def _answer(release: OpenRelease, path: Path, language: str) -> Mapping[str, Cell] | None:
    """Return the first row that has all that is shown of the answer to the stored query in ``path``.

    It is a query of this program's own, so that the page need not wait for the processes that answer readers.
    """
    query = read_query(path, release.prefixes)
    bindings = query.bindings({"lang": language} if "lang" in query.parameters else {}, release)
    table = table_of(release.service.query(query.text, RESULTS_JSON.media_type, bindings=bindings), MOST_ROWS)
    rows_said = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    return next((said for said in rows_said if all(said.get(name) for name in _COLUMNS)), None)


def _example(query: StoredQuery, said: Mapping[str, Cell], words: Words, links: Links) -> Example:
    def text(name: str) -> str:
        term = said[name]
        return term.value if isinstance(term, ox.Literal | ox.NamedNode) else str(term)

    has_person = bool(said.get("person") and said.get("personSource"))
    return Example(
        question=query.titles[words.language],
        day=_day(query, words.language),
        answer=text("holder"),
        role=text("role"),
        certainty=text("certainty").replace(" ", "_"),
        person=text("person") if has_person else None,
        person_source=text("personSource") if has_person else None,
        quote=_quote(said["quote"], words.language),
        source=text("source"),
        claim=links.of(text("claim")),
        address=links.page(f"query/{query.name}"),
    )


def _quote(term: Cell, language: str) -> Value:
    quoted = term if isinstance(term, ox.Literal) else ox.Literal(str(term))
    return Value(quoted.value, quoted.language if quoted.language != language else None)


def _day(query: StoredQuery, language: str) -> str | None:
    """Return the day that the question is about in words; none where it is about none."""
    parameter = query.parameters.get("at")
    return day(date.fromisoformat(parameter.default), language) if parameter and parameter.default else None
