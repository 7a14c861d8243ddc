"""Releases are fetched whole or not at all, from folders and from servers, good and bad ones."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from metropolis_kg.curation.release import Release, Releases
from metropolis_kg.curation.transfer import pulling
from metropolis_kg.curation.transfer.contents import Contents
from metropolis_kg.curation.transfer.file_list import TransferError
from metropolis_kg.curation.transfer.folder_place import FolderPlace
from metropolis_kg.curation.transfer.place import Place, PlaceError
from metropolis_kg.curation.transfer.web_place import WebPlace
from metropolis_kg.errors import SettingError
from servers import wait_for
from transferring import Behaviour, brought, fetched, files_of, made, published, web_server


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "_PAUSE", 0.01)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published release, and a folder to which it was brought."""
    folder = tmp_path_factory.mktemp("prepared")
    published(folder / "origin", "a", "b")
    brought(folder / "origin", FolderPlace(folder / "place"))
    return folder


@pytest.fixture
def origin(prepared: Path, tmp_path: Path) -> Path:
    """A folder with a published release."""
    return Path(shutil.copytree(prepared / "origin", tmp_path / "origin", symlinks=True))


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A folder to which it was brought."""
    return Path(shutil.copytree(prepared / "place", tmp_path / "place"))


@pytest.fixture
def served(folder: Path) -> Iterator[tuple[str, Behaviour]]:
    """The same behind a server."""
    with web_server(folder) as running:
        yield running


@pytest.fixture(params=["folder", "web"])
def place(request: pytest.FixtureRequest, folder: Path, served: tuple[str, Behaviour]) -> Place:
    """Either of them."""
    return FolderPlace(folder) if request.param == "folder" else WebPlace(served[0])


def nothing_is_there(var: Path) -> bool:
    return not Releases(var).all() and Releases(var).current() is None


def sst(folder: Path) -> Path:
    return next(folder.rglob("000001.sst"))


def test_what_is_fetched_is_what_was_published(origin: Path, place: Place, tmp_path: Path) -> None:
    release = fetched(tmp_path / "replica", place)
    assert files_of(release.path) == files_of(Releases(origin).published().path)
    assert Releases(tmp_path / "replica").published() == release


def test_a_release_is_brought_to_a_server_as_to_a_folder(origin: Path, tmp_path: Path) -> None:
    brought(origin, FolderPlace(tmp_path / "one"))
    with web_server(tmp_path / "two") as (url, behaviour):
        assert brought(origin, WebPlace(url))
        assert files_of(tmp_path / "two") == files_of(tmp_path / "one")
        before = [each for each in behaviour.asked if each[0] == "PUT"]
        assert before[-2][1].startswith("journal/")
        assert before[-1][1] == "releases.json"
        assert not brought(origin, WebPlace(url))
        assert [each[1] for each in behaviour.asked if each[0] == "PUT"][len(before) :] == ["releases.json"]


def test_what_is_there_already_is_not_sent_again(origin: Path, tmp_path: Path) -> None:
    with web_server(tmp_path / "place") as (url, behaviour):
        brought(origin, WebPlace(url))
        (tmp_path / "place" / "releases.json").unlink()
        sst(tmp_path / "place").write_bytes(b"x" * sst(origin).stat().st_size)
        behaviour.asked.clear()
        assert brought(origin, WebPlace(url))
        put = [Path(path).name for method, path, _ in behaviour.asked if method == "PUT"]
    assert put == ["000001.sst", "files.json", "000001.json", "releases.json"]


def test_a_damaged_release_at_the_place_is_mended_when_it_is_sent_again(origin: Path, folder: Path) -> None:
    sst(folder).write_bytes(b"damaged")
    assert not brought(origin, FolderPlace(folder))
    assert sst(folder).read_bytes() == b"damaged"
    assert brought(origin, FolderPlace(folder), again=True)
    assert sst(folder).read_bytes() == sst(origin).read_bytes()


def test_what_is_here_is_not_fetched_again(served: tuple[str, Behaviour], tmp_path: Path) -> None:
    url, behaviour = served
    fetched(tmp_path / "replica", WebPlace(url))
    behaviour.asked.clear()
    fetched(tmp_path / "replica", WebPlace(url))
    assert {path for _, path, _ in behaviour.asked} == {"releases.json"}


def test_a_release_of_which_something_is_cut_off_here_is_fetched_again(place: Place, tmp_path: Path) -> None:
    release = fetched(tmp_path / "replica", place)
    whole = files_of(release.path)
    sst(release.path).write_bytes(b"")
    fetched(tmp_path / "replica", place)
    assert files_of(release.path) == whole


@pytest.mark.parametrize("name", ["000001.sst", "dataset.nq", "manifest.json", "search.sqlite"])
def test_a_file_that_was_changed_is_named_and_nothing_appears(
    place: Place, folder: Path, tmp_path: Path, name: str
) -> None:
    file = next(folder.rglob(name))
    expected = sha256(file.read_bytes()).hexdigest()
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    with pytest.raises(TransferError) as raised:
        fetched(tmp_path / "replica", place)
    for said in (name, expected, sha256(file.read_bytes()).hexdigest(), "nothing is published"):
        assert said in str(raised.value)
    assert nothing_is_there(tmp_path / "replica")


@pytest.mark.parametrize("name", ["files.json", "000001.json"])
def test_a_changed_list_or_journal_is_refused_and_nothing_is_published(
    place: Place, folder: Path, tmp_path: Path, name: str
) -> None:
    file = next(folder.rglob(name))
    file.write_bytes(file.read_bytes().replace(b" ", b"\t", 1))
    with pytest.raises(TransferError, match=rf"{name} is damaged or was changed: its SHA-256 should be \w+ and is \w+"):
        fetched(tmp_path / "replica", place)
    assert Releases(tmp_path / "replica").current() is None


def test_a_file_that_is_missing_is_named(place: Place, folder: Path, tmp_path: Path) -> None:
    sst(folder).unlink()
    with pytest.raises(PlaceError, match=r"000001\.sst"):
        fetched(tmp_path / "replica", place)
    assert nothing_is_there(tmp_path / "replica")


def test_a_file_that_is_longer_than_promised_is_not_read_to_its_end(place: Place, folder: Path, tmp_path: Path) -> None:
    with sst(folder).open("ab") as file:
        file.truncate(1 << 24)  # a hole
    with pytest.raises(TransferError, match=r"000001\.sst is longer than the 320,000 bytes it should have"):
        fetched(tmp_path / "replica", FolderPlace(folder))
    assert nothing_is_there(tmp_path / "replica")


def test_a_symbolic_link_at_the_place_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(sst(folder).read_bytes())
    linked = sst(folder)
    linked.unlink()
    linked.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TransferError, match=r"000001\.sst is a symbolic link, which is not followed"):
        fetched(tmp_path / "replica", FolderPlace(folder))


def test_a_release_that_is_too_large_is_refused_before_it_comes(served: tuple[str, Behaviour], tmp_path: Path) -> None:
    url, behaviour = served
    with pytest.raises(TransferError, match="up to 1,000 are taken; METROPOLIS_KG_RELEASE_GIGABYTES"):
        fetched(tmp_path / "replica", WebPlace(url), limit=1000)
    assert not any("store/" in path for _, path, _ in behaviour.asked)


def test_a_server_that_breaks_off_again_and_again_is_asked_for_the_rest(
    served: tuple[str, Behaviour], origin: Path, tmp_path: Path
) -> None:
    url, behaviour = served
    behaviour.most = 50_000
    release = fetched(tmp_path / "replica", WebPlace(url))
    assert files_of(release.path) == files_of(Releases(origin).published().path)
    ranges = [wanted for _, path, wanted in behaviour.asked if path.endswith(".sst") and wanted]
    assert ranges == [f"bytes={begin}-" for begin in range(50_000, 320_000, 50_000)]


def test_a_server_that_knows_no_ranges_is_read_from_the_beginning(
    served: tuple[str, Behaviour], origin: Path, tmp_path: Path
) -> None:
    url, behaviour = served
    left = tmp_path / "replica" / f"pulling-{Releases(origin).published().digest}" / "store"
    left.mkdir(parents=True)
    (left / "000001.sst").write_bytes(sst(origin).read_bytes()[:100_000])
    behaviour.knows_ranges = False
    release = fetched(tmp_path / "replica", WebPlace(url))
    assert files_of(release.path) == files_of(Releases(origin).published().path)


def test_a_server_that_sends_nothing_more_is_given_up_and_what_came_is_kept(
    served: tuple[str, Behaviour], origin: Path, tmp_path: Path
) -> None:
    url, behaviour = served
    behaviour.most = 30_000
    whole = sst(origin).read_bytes()
    shortened = next(Path(tmp_path / "place").rglob("000001.sst"))
    shortened.write_bytes(whole[:70_000])
    with pytest.raises(PlaceError, match=r"000001\.sst"):
        fetched(tmp_path / "replica", WebPlace(url))
    assert nothing_is_there(tmp_path / "replica")
    shortened.write_bytes(whole)
    behaviour.most = None
    behaviour.asked.clear()
    fetched(tmp_path / "replica", WebPlace(url))
    assert [wanted for _, path, wanted in behaviour.asked if path.endswith(".sst")] == ["bytes=70000-"]


def test_what_was_kept_of_another_file_is_fetched_anew(
    served: tuple[str, Behaviour], origin: Path, tmp_path: Path
) -> None:
    left = tmp_path / "replica" / f"pulling-{Releases(origin).published().digest}" / "store"
    left.mkdir(parents=True)
    (left / "000001.sst").write_bytes(b"another" * 100)
    release = fetched(tmp_path / "replica", WebPlace(served[0]))
    assert files_of(release.path) == files_of(Releases(origin).published().path)


def test_a_pull_that_is_killed_leaves_nothing_to_be_seen_and_the_next_goes_on(
    served: tuple[str, Behaviour], tmp_path: Path
) -> None:
    url, behaviour = served
    behaviour.most, behaviour.stalls = 100_000, True
    command = [sys.executable, "-m", "metropolis_kg", "--var", str(tmp_path / "replica"), "releases", "pull", url]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    wait_for(lambda: any(path.stat().st_size for path in (tmp_path / "replica").rglob("000001.sst")), process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert nothing_is_there(tmp_path / "replica")
    behaviour.most = None
    behaviour.resumed.set()
    behaviour.asked.clear()
    release = fetched(tmp_path / "replica", WebPlace(url))
    assert release.is_whole
    assert [wanted for _, path, wanted in behaviour.asked if path.endswith(".sst")] == ["bytes=100000-"]
    assert not [path for path in (tmp_path / "replica").glob("pulling-*") if path.name != "pulling-journal"]


def test_credentials_are_read_from_a_file_and_go_to_the_server_that_was_named_alone(
    served: tuple[str, Behaviour], folder: Path, tmp_path: Path
) -> None:
    url, behaviour = served
    (tmp_path / "credentials").write_text("reader:sesame\n", encoding="utf-8")
    fetched(tmp_path / "replica", WebPlace(url, tmp_path / "credentials"))
    assert behaviour.authorizations == {"Basic cmVhZGVyOnNlc2FtZQ=="}
    with web_server(folder) as (other, elsewhere):
        behaviour.moved_to = other.rstrip("/")
        with pytest.raises(PlaceError, match=r"a redirect to .*; name that address") as raised:
            fetched(tmp_path / "another", WebPlace(url, tmp_path / "credentials"))
    assert elsewhere.asked == []
    assert "sesame" not in str(raised.value)


@pytest.mark.parametrize("text", ["nothing", "two:lines\nof:it\n", ""])
def test_a_file_of_credentials_that_has_none_is_named_and_not_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / "credentials").write_text(text, encoding="utf-8")
    with pytest.raises(SettingError, match="should hold one line user:password") as raised:
        WebPlace("https://example.org/", tmp_path / "credentials")
    assert not text or text.strip() not in str(raised.value)


def test_credentials_are_not_sent_in_the_clear_to_another_machine(tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("reader:sesame\n", encoding="utf-8")
    with pytest.raises(TransferError, match="without encryption; use https"):
        WebPlace("http://releases.example.org/", tmp_path / "credentials")


@pytest.mark.parametrize("url", ["https://reader:sesame@example.org/", "https://reader@example.org/"])
def test_credentials_in_an_address_are_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(TransferError, match="METROPOLIS_KG_RELEASES_CREDENTIALS") as raised:
        WebPlace(url)
    assert "sesame" not in str(raised.value)


@pytest.mark.parametrize("url", ["ftp://example.org/", "file:///etc/passwd", "https:///x", "https://example.org/?x=1"])
def test_what_is_no_address_of_a_place_is_refused(url: str) -> None:
    with pytest.raises(TransferError, match="is no place"):
        WebPlace(url)


def test_replicas_tell_of_the_same_publications_also_after_a_rollback(
    origin: Path, folder: Path, tmp_path: Path
) -> None:
    place, replicas = FolderPlace(folder), [tmp_path / "one", tmp_path / "two"]
    fetched(replicas[0], place)
    first = Releases(origin).published()
    second = published(origin, "a", "c")
    brought(origin, place)
    fetched(replicas[0], place)
    Releases(origin).switch(first)
    brought(origin, place)
    for each in replicas:
        assert fetched(each, place).digest == first.digest
        assert Releases(each).publications() == Releases(origin).publications()
    previous = Releases(replicas[0]).previous()
    assert previous
    assert previous.digest == second.digest


def test_what_only_a_replica_noted_gives_way_to_the_one_history(origin: Path, folder: Path, tmp_path: Path) -> None:
    replica = tmp_path / "replica"
    fetched(replica, FolderPlace(folder))
    published(replica, "of", "its", "own")
    Releases(replica).switch(Release(Releases(replica).folder / Releases(origin).published().digest))
    assert len(Releases(replica).publications()) == 3
    fetched(replica, FolderPlace(folder))
    assert Releases(replica).publications() == Releases(origin).publications()


def test_who_has_another_history_cannot_push(folder: Path, tmp_path: Path) -> None:
    before = files_of(folder)
    published(tmp_path / "another", "of", "its", "own")
    with pytest.raises(TransferError, match="tells of another publication than the journal here"):
        brought(tmp_path / "another", FolderPlace(folder))
    assert files_of(folder) == before


def test_a_release_that_is_not_published_is_brought_without_publishing_it(
    origin: Path, folder: Path, tmp_path: Path
) -> None:
    waiting = made(origin, "a", "d")
    assert brought(origin, FolderPlace(folder), waiting)
    assert fetched(tmp_path / "replica", FolderPlace(folder)).digest == Releases(origin).published().digest


def test_a_place_is_left_alone_by_whoever_may_not_write_to_it(origin: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PlaceError, match="Not a directory"):
        brought(origin, FolderPlace(tmp_path / "file"))
    shutil.rmtree(origin / "releases")
    with pytest.raises(Exception, match="nothing is published"):
        brought(origin, FolderPlace(tmp_path / "place"))


@pytest.mark.parametrize(
    "damage",
    [{"published": "x"}, {"journal": [{"number": 7}]}, {"journal": 3}, {"releases": {"x": "y"}}, {"releases": []}],
)
def test_a_place_whose_contents_are_damaged_is_named(folder: Path, damage: dict[str, object]) -> None:
    said = json.loads((folder / "releases.json").read_text(encoding="utf-8"))
    (folder / "releases.json").write_text(json.dumps(said | damage), encoding="utf-8")
    with pytest.raises(TransferError, match=r"releases\.json is no list of releases"):
        Contents.at(FolderPlace(folder))
