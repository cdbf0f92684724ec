"""Release files on media that somebody plugged in."""

import os
from pathlib import Path

import pytest

from edge_csms.domain.errors import NotFound
from edge_csms.services import removable_media


def test_release_files_are_found_where_systems_mount_media(tmp_path: Path) -> None:
    stick = tmp_path / "media" / "anna" / "STICK"
    (stick / "releases").mkdir(parents=True)
    (stick / "a.update").write_bytes(b"abc")
    (stick / "releases" / "b.update").write_bytes(b"")
    (stick / "photo.jpg").write_bytes(b"")
    (stick / "link.update").symlink_to("/etc/passwd")
    os.mkfifo(stick / "pipe.update")
    (stick / "one" / "two" / "three").mkdir(parents=True)
    (stick / "one" / "two" / "three" / "deep.update").write_bytes(b"")
    mounts = (tmp_path / "media", tmp_path / "absent")
    found = removable_media.find_releases(mounts)
    names = {one.path: one.size_bytes for one in found}
    assert names == {str(stick / "a.update"): 3, str(stick / "releases" / "b.update"): 0}
    with removable_media.open_release(str(stick / "a.update"), mounts) as file:
        assert file.read() == b"abc"


def test_no_other_file_can_be_opened_through_it(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "media").mkdir()
    for path in ("/etc/passwd", str(tmp_path / "secret"), str(tmp_path / "media" / ".." / "secret")):
        with pytest.raises(NotFound):
            removable_media.open_release(path, (tmp_path / "media",))


def test_a_disk_full_of_files_is_looked_at_for_a_while_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removable_media, "MOST_LOOKED_AT", 20)
    for number in range(30):
        (tmp_path / f"{number}.update").write_bytes(b"")
    assert len(removable_media.find_releases((tmp_path,))) == 20
