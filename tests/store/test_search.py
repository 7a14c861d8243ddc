"""Finding things in an index of a few: spellings, order, kinds, and what is no search at all."""

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from weakref import ref

import pytest

from metropolis_kg.store.protocol import QueryTimeoutError, StoreUnavailableError
from metropolis_kg.store.search import MOST_FOUND, find
from metropolis_kg.store.search_entry import Entry
from metropolis_kg.store.search_file import write_search
from metropolis_kg.store.search_index import SearchIndex
from metropolis_kg.store.search_results import Results

NS = "https://example.org/ns#"
PREFIXES = {"mkg": NS, "dct": "http://purl.org/dc/terms/", "org": "http://www.w3.org/ns/org#"}
PERSON, PLACE, CLAIM, EVIDENCE = (f"{NS}Person",), (f"{PREFIXES['dct']}Location",), (f"{NS}Claim",), (f"{NS}Evidence",)


def entry(name: str, classes: tuple[str, ...] = PLACE, links: int = 0, **more: object) -> Entry:
    return Entry(f"https://example.org/id/{name}", classes, {"de": name, "en": name}, links=links, **more)  # type: ignore[arg-type] # each by its name


ENTRIES = [
    entry("Michael Müller", PERSON, 8),
    entry("Johannesburg", links=3, codes=["http://www.wikidata.org/entity/Q34647", "Q34647"]),
    entry("Johannesstadt", links=5),
    entry("Łódź"),
    entry("Straße der Pariser Kommune"),
    entry("東京"),
    entry("Αθήνα"),
    entry("Санкт-Петербург"),
    entry("القاهرة"),
    entry("UN-Habitat"),
    entry("Para Einheit"),
    entry("Gauteng"),
    entry("Michael Müller: Präsident (2018)", CLAIM, 9),
    Entry("https://example.org/id/e1", EVIDENCE, {"de": "Michael Müller war Präsident von 141 Mitgliedern."}, links=99),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    path = tmp_path_factory.mktemp("search") / "search.sqlite"
    write_search(path, ENTRIES, PREFIXES)
    return SearchIndex(path)


def names(results: Results) -> list[str]:
    return [found.iri.rpartition("/")[2] for found in results.found]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("michael mueller", "Michael Müller"), ("MULLER", "Michael Müller"), ("müller mich", "Michael Müller"),
        ("Johannesbrug", "Johannesburg"), ("Iohannesburg", "Johannesburg"), ("Johanesbug", "Johannesburg"),
        ("Q34647", "Johannesburg"), ("http://www.wikidata.org/entity/Q34647", "Johannesburg"), ("lodz", "Łódź"),
        ("strasse der pariser", "Straße der Pariser Kommune"), ("東", "東京"), ("東京", "東京"), ("αθηνα", "Αθήνα"),
        ("петербург санкт", "Санкт-Петербург"), ("القاه", "القاهرة"), ("unhabitat", "UN-Habitat"),
        ("UM-Habitat", "UN-Habitat"), ("Johannes burg", "Johannesburg"), ("MichaelMüller", "Michael Müller"),
        ("Ｍｉｃｈａｅｌ", "Michael Müller"), ("ParaEinheit", "Para Einheit"), ("Gaueng", "Gauteng"),
    ],
)  # fmt: skip
def test_a_thing_is_found_however_its_name_is_written(index: SearchIndex, text: str, name: str) -> None:
    assert names(find(index, text))[0] == name


def test_names_come_before_claims_and_quotes_however_connected_these_are(index: SearchIndex) -> None:
    assert names(find(index, "Müller")) == ["Michael Müller", "Michael Müller: Präsident (2018)", "e1"]


def test_whole_words_come_before_unfinished_ones_and_connected_things_first(index: SearchIndex) -> None:
    assert names(find(index, "johannes")) == ["Johannesstadt", "Johannesburg"]
    assert names(find(index, "Johannesburg"))[0] == "Johannesburg"


def test_what_matches_exactly_says_so_and_what_does_not_is_like_it_in_part(index: SearchIndex) -> None:
    exact, near = find(index, "michael mueller").found[0], find(index, "Michel Muler").found[0]
    assert (exact.exact, exact.score, exact.matched) == (True, 100, "Michael Müller")
    assert not near.exact
    assert 80 < near.score < 100


def test_a_guess_says_that_it_is_one(index: SearchIndex) -> None:
    assert find(index, "Johannesbrug").is_guess
    assert not find(index, "Johannesburg").is_guess


def test_misspelt_words_are_not_understood_where_that_is_not_wanted(index: SearchIndex) -> None:
    assert not find(index, "Johannesbrug", fuzzy=False).found


def test_a_number_is_taken_as_it_is(index: SearchIndex) -> None:
    assert names(find(index, "141")) == ["e1"]
    assert not find(index, "142").found


def test_kinds_and_classes_restrict_what_is_found_and_kinds_are_counted_all_the_same(index: SearchIndex) -> None:
    everyone, people = find(index, "Müller"), find(index, "Müller", kind="people")
    assert names(people) == names(find(index, "Müller", types=PERSON)) == ["Michael Müller"]
    assert people.total == 1
    assert dict(everyone.kinds) == dict(people.kinds) == {"people": 1, "claims": 1, "quotes": 1}


def test_pages_follow_each_other_without_gap_or_repetition(index: SearchIndex) -> None:
    whole = names(find(index, "Präsident Müller Michael", limit=100))
    assert len(whole) > 1
    pages = [names(find(index, "Präsident Müller Michael", limit=1, offset=at)) for at in range(len(whole))]
    assert [each for page in pages for each in page] == whole


@pytest.mark.parametrize(
    "text",
    ['"', '" OR *', "NEAR(a b)", "a AND NOT b", "words:x", "^a", "*", "{a b}:c", "_0", "\x00", "a\x00b", "\u202eabc",
     "'; DROP TABLE things; --", "%", "\ud800", "", "   ", "()", "a" * 10_000, "ab " * 5_000],
)  # fmt: skip
def test_hostile_text_is_only_text(index: SearchIndex, text: str) -> None:
    assert find(index, text).total <= len(ENTRIES)


def test_sets_of_classes_cannot_be_sought_by_the_words_that_stand_for_them(index: SearchIndex) -> None:
    assert not find(index, "_1 _2", fuzzy=False).found


def test_things_of_a_kind_are_in_alphabetical_order_by_language(tmp_path: Path) -> None:
    entries = [
        Entry(f"https://example.org/id/{number}", PLACE, {"de": german, "en": english})
        for number, (german, english) in enumerate([("Österreich", "Austria"), ("Norwegen", "Norway"), ("3", "3")])
    ]
    write_search(tmp_path / "search.sqlite", entries, PREFIXES)
    index = SearchIndex(tmp_path / "search.sqlite")
    german, english = index.browse("places", 10, language="de"), index.browse("places", 10)
    assert [found.labels["de"] for found in german.found] == ["3", "Norwegen", "Österreich"]
    assert [found.labels["en"] for found in english.found] == ["3", "Austria", "Norway"]
    assert german.letters == {"#": 0, "N": 1, "O": 2}
    assert [found.labels["en"] for found in index.browse("places", 1, 1).found] == ["Austria"]
    assert not index.browse("people", 10).found


def test_what_very_many_have_is_counted_up_to_a_bound_which_is_said(tmp_path: Path) -> None:
    entries = [Entry(f"https://example.org/id/{n}", PLACE, {"": f"Ort {n}"}) for n in range(MOST_FOUND + 1)]
    write_search(tmp_path / "search.sqlite", [*entries, entry("Ort Anna", PERSON)], PREFIXES)
    index = SearchIndex(tmp_path / "search.sqlite")
    assert (find(index, "ort").total, find(index, "ort").total_is_exact) == (MOST_FOUND, False)
    people = find(index, "ort", kind="people")
    assert (people.total, people.total_is_exact, names(people)) == (1, True, ["Ort Anna"])


def test_the_same_entries_in_another_order_give_the_same_file(tmp_path: Path) -> None:
    for name, entries in {"one": ENTRIES, "other": ENTRIES[::-1]}.items():
        write_search(tmp_path / name, entries, PREFIXES)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_search_that_takes_too_long_is_ended(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metropolis_kg.store.search_index._SECONDS", -1.0)
    monkeypatch.setattr("metropolis_kg.store.read_only._STEPS_BETWEEN_LOOKS", 1)
    slow = SearchIndex(index.path)
    with pytest.raises(QueryTimeoutError):
        find(slow, "müller")
    assert slow.entry(ENTRIES[0].iri)


@pytest.mark.parametrize("damage", [b"", b"garbage" * 1000, None])
def test_a_damaged_or_missing_file_is_an_outage_and_not_an_empty_answer(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "search.sqlite"
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(StoreUnavailableError):
        find(SearchIndex(path), "müller")


def test_an_index_that_nobody_holds_is_closed_at_once_though_threads_that_asked_go_on(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    write_search(path, ENTRIES, PREFIXES)
    with ThreadPoolExecutor(1) as thread:
        index = SearchIndex(path)
        assert thread.submit(index.entry, ENTRIES[0].iri).result()
        gone = ref(index)
        gc.disable()
        try:
            del index
            thread.submit(int).result()  # the thread has let go of what it did before
            assert gone() is None
        finally:
            gc.enable()
