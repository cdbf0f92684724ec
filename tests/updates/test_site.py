"""What the updater asks of a site and does to its database."""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from edge_csms import VERSION, control
from edge_csms.domain.errors import Conflict
from edge_csms.services.update_spool import ON_PROBATION, OnProbation
from edge_csms.storage import sequences
from edge_csms.storage.database import Database
from edge_csms.storage.engine import changed
from edge_csms.updates import site as module
from edge_csms.updates.site import Failed, Site
from tests.running import RunningSite

OTHER_USER = 65534


async def test_a_running_server_says_how_it_is_and_keeps_itself(site: RunningSite) -> None:
    own = Site(site.data_dir)
    status = await asyncio.to_thread(own.status)
    assert status is not None
    assert (status.version, status.ready, status.charge_points) == (VERSION, True, ())
    site.app.updates.spool.write(ON_PROBATION, OnProbation(VERSION))
    await asyncio.to_thread(own.keep)
    assert not site.app.updates.spool.has(ON_PROBATION)


def test_nobody_answers_where_nothing_runs(tmp_path: Path) -> None:
    control.prepare_data_dir(tmp_path / "data")
    assert Site(tmp_path / "data").status() is None
    assert Site(tmp_path / "absent").status() is None
    with pytest.raises(Conflict, match="no server answers"):
        Site(tmp_path / "data").keep()


async def note(data_dir: Path, value: int) -> int:
    """Leave a number in the database, and give the one that was there."""
    database = Database(data_dir / control.DATABASE)
    await database.open()
    before: int = await database.run(sequences.get, sequences.TRANSACTION)
    await database.run(sequences.raise_to, sequences.TRANSACTION, value)
    await database.close()
    return before


async def test_the_database_is_put_back_as_it_was(tmp_path: Path) -> None:
    control.prepare_data_dir(tmp_path)
    site = Site(tmp_path)
    assert site.database_bytes == 0
    await note(tmp_path, 5)
    assert site.database_bytes > 0
    site.take_snapshot("2.0.0")
    await note(tmp_path, 7)
    site.put_snapshot_back("2.0.0")
    site.put_snapshot_back("2.0.0")
    assert await note(tmp_path, 5) == 5
    site.take_snapshot("2.0.1")
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["before-update-2.0.1.db"]


async def test_a_copy_that_took_its_place_already_is_not_missed(tmp_path: Path) -> None:
    control.prepare_data_dir(tmp_path)
    await note(tmp_path, 5)
    Site(tmp_path).put_snapshot_back("2.0.0")
    assert await note(tmp_path, 5) == 5


async def test_a_database_that_a_newer_version_has_changed_is_not_taken_for_ours(tmp_path: Path) -> None:
    control.prepare_data_dir(tmp_path)
    site = Site(tmp_path)
    await note(tmp_path, 5)
    site.check_database()
    site.take_snapshot("2.0.0")
    with changed(tmp_path / control.DATABASE) as database:
        database.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('0900_more', '2026-11-24 00:00:00')")
    with pytest.raises(Failed, match="newer version"):
        site.check_database()
    (tmp_path / "backups" / "before-update-2.0.0.db").rename(tmp_path / "elsewhere.db")
    with pytest.raises(Failed, match="newer version"):
        site.put_snapshot_back("2.0.0")
    (tmp_path / "elsewhere.db").rename(tmp_path / "backups" / "before-update-2.0.0.db")
    site.put_snapshot_back("2.0.0")
    assert await note(tmp_path, 5) == 5


@pytest.mark.parametrize("is_full", [False, True])
async def test_what_is_replaced_is_kept_where_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_full: bool
) -> None:
    control.prepare_data_dir(tmp_path)
    await note(tmp_path, 5)
    Site(tmp_path).take_snapshot("2.0.0")
    (tmp_path / "ballast").write_text("takes up room")
    monkeypatch.setattr(module, "SPARE_BYTES", shutil.disk_usage(tmp_path).total if is_full else 0)
    Site(tmp_path).put_snapshot_back("2.0.0")
    assert not (tmp_path / "ballast").exists()
    assert bool([*tmp_path.glob("*.replaced-*")]) is not is_full


def test_a_copy_that_was_cut_off_is_swept(tmp_path: Path) -> None:
    control.prepare_data_dir(tmp_path)
    for name in ("before-update-2.0.0.db.unfinished", "daily.db.unfinished", "before-update-2.0.0.db"):
        (tmp_path / "backups" / name).write_text("a copy")
    Site(tmp_path).sweep()
    left = {path.name for path in (tmp_path / "backups").iterdir()}
    assert left == {"daily.db.unfinished", "before-update-2.0.0.db"}


def test_a_database_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    with control.locked(tmp_path), pytest.raises(Failed, match="another edge-csms is using"):
        Site(tmp_path).take_snapshot("2.0.0")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_root_touches_the_data_as_their_owner_only() -> None:
    with tempfile.TemporaryDirectory() as directory:  # not tmp_path, which only root may enter
        data_dir = Path(directory) / "data"
        control.prepare_data_dir(data_dir)
        await note(data_dir, 5)
        for path in (Path(directory), data_dir, *data_dir.rglob("*")):
            os.chown(path, OTHER_USER, OTHER_USER)
        Site(data_dir).take_snapshot("2.0.0")
        Site(data_dir).put_snapshot_back("2.0.0")
        assert {path.stat().st_uid for path in data_dir.rglob("*")} == {OTHER_USER}
