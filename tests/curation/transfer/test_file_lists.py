"""The list of files that comes with a release is refused where it could do harm."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from metropolis_kg.curation.transfer.file_list import FileList, TransferError
from transferring import made


@pytest.fixture
def listed(tmp_path: Path) -> dict[str, Any]:
    """A list, as it is written."""
    said: dict[str, Any] = json.loads(FileList.of(made(tmp_path, "a").path).text)
    return said


def read(said: dict[str, Any], release: str | None = None) -> FileList:
    return FileList.read(json.dumps(said).encode(), release or said["release"])


def test_a_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    release = made(tmp_path, "a", "b")
    files = FileList.of(release.path)
    assert FileList.read(files.text, release.digest) == files
    assert {each.path: each.sha256 for each in files.files} == {
        path.relative_to(release.path).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in release.path.rglob("*")
        if path.is_file()
    }
    assert files.digest == sha256(files.text).hexdigest()


@pytest.mark.parametrize(
    "path",
    [
        "../stolen", "store/../../stolen", "/etc/passwd", "store//x", "./x", "store/", "", ".hidden", "a\\b", "a\0b",
        "C:x", "ä", "a\n", "a" * 300, "a/b/c/d/e",
    ],
)  # fmt: skip
def test_a_path_that_leads_out_of_a_release_is_refused(listed: dict[str, Any], path: str) -> None:
    listed["files"][-1]["path"] = path
    with pytest.raises(TransferError, match="no path within a release"):
        read(listed)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bytes": -1}, "cannot be read"),
        ({"bytes": True}, "cannot be read"),
        ({"bytes": "1"}, "cannot be read"),
        ({"sha256": "xyz"}, "cannot be read"),
        ({"sha256": None}, "cannot be read"),
        ({"path": 3}, "cannot be read"),
        ({"path": "manifest.json"}, "twice"),
    ],
)
def test_a_file_without_length_or_digest_is_refused(
    listed: dict[str, Any], change: dict[str, object], reason: str
) -> None:
    listed["files"][-1] |= change
    with pytest.raises(TransferError, match=reason):
        read(listed)


@pytest.mark.parametrize("needed", ["dataset.nq", "manifest.json", "store/CURRENT"])
def test_a_list_without_what_a_release_needs_is_refused(listed: dict[str, Any], needed: str) -> None:
    listed["files"] = [each for each in listed["files"] if each["path"] != needed]
    with pytest.raises(TransferError, match=f"lacks {needed}"):
        read(listed)


def test_a_list_is_that_of_the_release_and_its_dataset_has_the_digest_that_names_it(listed: dict[str, Any]) -> None:
    with pytest.raises(TransferError, match="it is that of"):
        read(listed, "0" * 64)
    listed["release"] = "0" * 64
    with pytest.raises(TransferError, match="named after another"):
        read(listed)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"null", b'{"release": 1, "files": 2}', b"\xff", b"[" * 100_000])
def test_what_is_no_list_is_refused(text: bytes) -> None:
    with pytest.raises(TransferError, match="cannot be read"):
        FileList.read(text, "0" * 64)


def test_a_release_with_a_symbolic_link_does_not_travel(tmp_path: Path) -> None:
    release = made(tmp_path, "a")
    (release.path / "store" / "leak").symlink_to("/etc/passwd")
    with pytest.raises(TransferError, match=r"store/leak is a symbolic link"):
        FileList.of(release.path)
