"""What the server does about updates of itself."""

import asyncio
import io
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

import edge_csms
from edge_csms.central import updates as module
from edge_csms.central.updates import Updates
from edge_csms.domain.accounts import Actor
from edge_csms.domain.errors import Conflict
from edge_csms.services import update_intake
from edge_csms.services.release_file import ReleaseRefused
from edge_csms.services.update_spool import (
    ON_PROBATION,
    PROGRESS,
    REQUESTED,
    WAITING,
    OnProbation,
    Progress,
    Spool,
    Wish,
)
from tests.house import House
from tests.making_releases import VERSION, make, pin

AT = datetime(2026, 11, 24, tzinfo=UTC)
ANNA = Actor("anna", "127.0.0.1")
START = {"connectorId": 1, "idTag": "CARD1", "meterStart": 0, "timestamp": "2026-11-24T10:00:00Z"}


@pytest.fixture
def updates(house: House, tmp_path: Path) -> Updates:
    updates = Updates(house.central, house.database, Spool(tmp_path), pin(tmp_path / "trees"))
    updates.spool.prepare()
    return updates


async def bring(updates: Updates, content: bytes) -> None:
    await updates.take(update_intake.copy(updates.spool, io.BytesIO(content)))


async def test_it_tells_the_updater_how_it_is(updates: Updates, house: House) -> None:
    await house.connect("CP1")
    told = {"version": edge_csms.VERSION, "ready": False, "charge_points": ["CP1"]}
    assert await updates.status() == told
    updates.serving = True
    assert await updates.status() == told | {"ready": True}


async def test_a_database_thread_that_hangs_is_not_ready(
    updates: Updates, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.01)
    updates.serving = True
    released = threading.Event()
    hung = house.database.run(released.wait, 10)
    assert (await updates.status())["ready"] is False
    released.set()
    await hung
    assert (await updates.status())["ready"] is True


async def test_a_disk_that_takes_nothing_more_is_not_ready(updates: Updates, house: House) -> None:
    updates.serving = True
    house.database.condemn("a page is damaged")
    assert (await updates.status())["ready"] is False


async def test_a_version_that_the_updater_marked_is_on_probation_until_it_is_kept(
    updates: Updates, house: House
) -> None:
    updates.prepare()
    assert not house.central.probation.is_on
    updates.spool.write(ON_PROBATION, OnProbation(edge_csms.VERSION))
    updates.prepare()
    assert house.central.probation.is_on
    await updates.keep_version()
    assert not house.central.probation.is_on
    assert not updates.spool.has(ON_PROBATION)


async def test_an_old_version_acknowledges_nothing_before_its_database_is_back(updates: Updates, house: House) -> None:
    updates.spool.write(ON_PROBATION, OnProbation("9.9.9"))
    updates.prepare()
    assert house.central.probation.is_on
    updates.close()


async def test_what_a_crash_has_left_in_the_spool_is_swept_at_the_start(updates: Updates) -> None:
    wish = Wish(version=VERSION, username="anna", address="", at=AT)
    updates.spool.write(WAITING, wish)
    for name in (f"waiting.{'0' * 16}.part", f"{'a' * 32}.part", "b" * 32):
        (updates.spool.path / name).write_text("cut off")
    (updates.spool.path / f"progress.{'0' * 16}.part").write_text("the updater is writing this")
    updates.prepare()
    assert {path.name for path in updates.spool.path.iterdir()} == {WAITING, f"progress.{'0' * 16}.part"}


async def test_a_version_keeps_itself_where_no_updater_is_left(
    updates: Updates, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_PROBATION_SECONDS", 0.01)
    updates.spool.write(ON_PROBATION, OnProbation(edge_csms.VERSION))
    updates.prepare()
    await asyncio.wait_for(house.central.probation.wait_for_end(), 5)
    assert not updates.spool.has(ON_PROBATION)


async def test_an_update_is_asked_for_and_withdrawn(updates: Updates) -> None:
    with pytest.raises(Conflict, match="bring one first"):
        await updates.ask(ANNA, AT, wait=False)
    await bring(updates, make())
    await updates.ask(ANNA, AT, wait=False)
    state = await updates.state()
    assert state.requested == Wish(version=VERSION, username="anna", address="127.0.0.1", at=AT)
    assert state.waiting is None
    with pytest.raises(Conflict, match="already"):
        await updates.ask(ANNA, AT, wait=False)
    with pytest.raises(Conflict, match="already"):
        await bring(updates, make())
    await updates.withdraw()
    assert (await updates.state()).release is None
    assert list(updates.spool.path.iterdir()) == []


async def test_what_is_being_carried_out_can_not_be_withdrawn(updates: Updates) -> None:
    updates.spool.write(PROGRESS, Progress(step="checking", version=VERSION, at=AT))
    with pytest.raises(Conflict, match="being carried out"):
        await updates.withdraw()


async def test_it_waits_until_nobody_charges(updates: Updates, house: House) -> None:
    line = await house.connect("CP1")
    started = await line.call("StartTransaction", START)
    await bring(updates, make())
    with pytest.raises(Conflict, match="in a transaction: CP1"):
        await updates.ask(ANNA, AT, wait=False)
    await updates.ask(ANNA, AT, wait=True)
    await updates.go_on()
    assert updates.spool.has(WAITING)
    assert not updates.spool.has(REQUESTED)
    stop = {"transactionId": started["transactionId"], "meterStop": 1, "timestamp": "2026-11-24T11:00:00Z"}
    await line.call("StopTransaction", stop)
    await updates.go_on()
    assert not updates.spool.has(WAITING)
    assert updates.spool.has(REQUESTED)


async def test_a_charger_that_is_gone_holds_nothing_up(updates: Updates, house: House) -> None:
    line = await house.connect("CP1")
    await line.call("StartTransaction", START)
    assert await updates.charging() == ["CP1"]
    house.central.disconnect(line.session)
    assert await updates.charging() == []


async def test_a_file_that_is_refused_leaves_nothing_behind(updates: Updates) -> None:
    with pytest.raises(ReleaseRefused):
        await bring(updates, make(version="0.0.1"))
    assert list(updates.spool.path.iterdir()) == []


async def test_a_program_that_was_installed_otherwise_is_not_updated(updates: Updates) -> None:
    updates.installation = None
    with pytest.raises(Conflict, match="the way it was installed"):
        await updates.ask(ANNA, AT, wait=False)
    assert (await updates.state()).release is None
