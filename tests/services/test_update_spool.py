"""The spool of updates: root reads and writes in a directory whose owner it does not trust."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_csms.services.update_spool import (
    MOST_BYTES,
    OF_THE_SERVER,
    OF_THE_UPDATER,
    RELEASE,
    RESULT,
    Progress,
    Result,
    Spool,
    is_half_written,
)

PROGRESS = Progress(step="checking", version="2.0.0", at=datetime(2026, 11, 24, tzinfo=UTC))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    spool = Spool(tmp_path)
    spool.prepare()
    spool.prepare()
    return spool


def test_what_is_written_is_read_and_removed(spool: Spool) -> None:
    assert spool.read("progress", Progress) is None
    spool.write("progress", PROGRESS)
    assert spool.read("progress", Progress) == PROGRESS
    assert spool.has("progress")
    assert (spool.path / "progress").stat().st_mode & 0o777 == 0o600
    assert spool.remove("progress")
    assert not spool.remove("progress")
    assert os.listdir(spool.path) == []


def test_what_nobody_of_us_has_written_is_as_good_as_missing(spool: Spool) -> None:
    for content in (b"", b"{", b"[]", b'{"step": 1}', b" " * 2 * MOST_BYTES + b"{}"):
        (spool.path / "progress").write_bytes(content)
        assert spool.read("progress", Progress) is None


def test_a_link_is_never_followed(spool: Spool, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    spool.write("progress", PROGRESS)
    (spool.path / "progress").rename(precious)
    (spool.path / RESULT).symlink_to(precious)
    assert spool.read(RESULT, Progress) is None
    spool.write(RESULT, PROGRESS)
    assert not (spool.path / RESULT).is_symlink()
    (spool.path / RELEASE).symlink_to(precious)
    with pytest.raises(OSError, match="symbolic links"), spool.open_release():
        pass
    spool.remove(RELEASE)
    assert precious.exists()


def test_a_pipe_holds_nobody_up(spool: Spool) -> None:
    os.mkfifo(spool.path / RELEASE)
    with pytest.raises(OSError, match="no file"), spool.open_release():
        pass
    os.mkfifo(spool.path / RESULT)
    assert spool.read(RESULT, Result) is None


def test_each_side_knows_its_own_files_that_were_left_half_written() -> None:
    assert is_half_written("progress.0123456789abcdef.part", OF_THE_UPDATER)
    assert not is_half_written("progress.0123456789abcdef.part", OF_THE_SERVER)
    assert not is_half_written("progress", OF_THE_UPDATER)
    assert not is_half_written("0123456789abcdef0123456789abcdef.part", OF_THE_UPDATER)


def test_what_is_left_is_swept_and_nothing_else(spool: Spool, tmp_path: Path) -> None:
    spool.write("progress", PROGRESS)
    (spool.path / "left").symlink_to(tmp_path)
    (spool.path / "left-directory").mkdir()
    spool.sweep(lambda name: name.startswith("left"))
    assert sorted(os.listdir(spool.path)) == ["left-directory", "progress"]


def test_every_sign_of_life_is_another(spool: Spool) -> None:
    signs = [spool.last_sign_of_life()]
    for at in (1, 2):
        spool.show_life()
        os.utime(spool.path / "alive", (at, at))  # the clock that files get their time from has coarse steps
        signs.append(spool.last_sign_of_life())
    spool.show_life()
    assert len({*signs, spool.last_sign_of_life()}) == 4


def test_a_spool_that_is_a_link_is_none(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "data").mkdir()
    spool = Spool(tmp_path / "data")
    spool.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="update"):
        spool.write(RESULT, PROGRESS)
    assert os.listdir(tmp_path / "elsewhere") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_writes_belongs_to_the_owner_of_the_directory(spool: Spool) -> None:
    os.chown(spool.path, 4711, 4712)
    spool.write(RESULT, PROGRESS)
    status = (spool.path / RESULT).stat()
    assert (status.st_uid, status.st_gid) == (4711, 4712)
