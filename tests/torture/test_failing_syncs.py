"""A sync that fails: nothing is acknowledged that a power cut could take back, then or later.

The shim keeps beside the database what is on the disk for certain. It forgets what a failed sync should have written,
as the kernel does, and what a killed process had not synced yet.
"""

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from tests.torture import careless, ledger
from tests.torture.charger import Charger, Fleet, Refused
from tests.torture.rounds import rounds, size
from tests.torture.server import PROGRAM, Ended, Server
from tests.torture.shim import THE_DATABASE, Shim, build

START = b'{"connectorId":1,"idTag":"CARD","meterStart":%d,"timestamp":"2026-11-24T10:00:00Z"}'
FOREVER = 10**9


@pytest.fixture
def shim(tmp_path: Path) -> Shim:
    return Shim(build(tmp_path), tmp_path, with_disk=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data")
    yield server
    server.close()


async def booted(server: Server) -> Charger:
    charger = Charger(server.port, "CP1", [])
    await charger.boot()
    return charger


async def start(charger: Charger, number: int) -> int:
    """Send a Start once, and give the id; raises Refused."""
    answer = await (await charger.line()).send("StartTransaction", START % number)
    transaction_id: int = answer["transactionId"]
    return transaction_id


def starts_on_disk(shim: Shim, into: Path) -> list[int]:
    """Give the registers of the Starts that a power cut would leave now."""
    return sorted(number for _, number in ledger.read(shim.power_cut(into)).starts)


@pytest.mark.torture
async def test_a_start_whose_sync_fails_once_is_written_again_before_it_is_answered(
    server: Server, shim: Shim, tmp_path: Path
) -> None:
    await server.start(shim.environment)
    charger = await booted(server)
    shim.set("failing_syncs", 1)
    assert await start(charger, 1) > 0
    assert shim.get("failing_syncs") == 0
    assert starts_on_disk(shim, tmp_path / "cut") == [1]


@pytest.mark.torture
async def test_a_start_that_no_sync_brings_to_the_disk_is_refused_and_later_ones_hold(
    server: Server, shim: Shim, tmp_path: Path
) -> None:
    await server.start(shim.environment)
    charger = await booted(server)
    shim.set("failing_syncs", FOREVER)
    with pytest.raises(Refused, match=r"InternalError: .*input/output error"):
        await start(charger, 1)
    status, parts = await server.parts()
    assert (status, parts["storage"]) == (503, "input/output error")
    assert starts_on_disk(shim, tmp_path / "cut-1") == []
    shim.set("failing_syncs", 0)
    assert await start(charger, 2)
    assert starts_on_disk(shim, tmp_path / "cut-2") == [2]
    assert await start(charger, 1)  # which the charger sends again
    assert starts_on_disk(shim, tmp_path / "cut-3") == [1, 2]


@pytest.mark.torture
@pytest.mark.parametrize("program", [PROGRAM, (*careless.PROGRAM, "trust-the-log")], ids=["ours", "one that trusts"])
async def test_what_a_killed_process_had_not_synced_is_written_again_before_it_counts(
    shim: Shim, tmp_path: Path, program: tuple[str, ...]
) -> None:
    server = Server(tmp_path / "data", program=program)
    await server.start(shim.environment)
    charger = await booted(server)
    shim.set("failing_syncs", FOREVER)
    with pytest.raises(Refused):
        await start(charger, 1)  # now it stands in the log, and not on the disk
    server.kill()
    shim.set("failing_syncs", 0)
    await server.start()
    await charger.insist("StartTransaction", START % 1)  # known from the log, so that nothing more is written for it
    is_on_disk = starts_on_disk(shim, tmp_path / "cut") == [1]
    server.close()
    assert is_on_disk == (program == PROGRAM)


@pytest.mark.torture
@pytest.mark.site
@pytest.mark.timeout(seconds=120)
@pytest.mark.parametrize("program", [PROGRAM, (*careless.PROGRAM, "fold-unheard")], ids=["ours", "one that is deaf"])
async def test_after_a_log_could_not_be_folded_the_file_is_written_anew(
    shim: Shim, tmp_path: Path, program: tuple[str, ...]
) -> None:
    """Where a reader is in its way, SQLite folds in two steps and syncs after the last: if it fails, both are lost."""
    server = Server(tmp_path / "data", program=program)
    await server.start(shim.environment)
    fleet = Fleet(server.port, 20)
    fleet.begin()
    try:
        await fleet.answered(300)
        reader = apsw.Connection(str(server.database), flags=apsw.SQLITE_OPEN_READONLY)
        reader.execute("BEGIN; SELECT count(*) FROM meter_value").fetchall()
        log = server.database.with_name(server.database.name + "-wal")
        while log.stat().st_size < 1200 * 4120:
            await fleet.answered(100)
        shim.set("failing_file", THE_DATABASE)
        shim.set("failing_syncs", 1)
        reader.close()
        while shim.get("failing_syncs"):
            await fleet.answered(20)
        await fleet.answered(1500)  # and the log begins anew
    finally:
        await fleet.end()
        server.close()
    found = ledger.faults(shim.power_cut(tmp_path / "cut"), fleet)
    assert (found == []) == (program == PROGRAM), found[:3]


@pytest.mark.torture
@pytest.mark.site
@pytest.mark.timeout(seconds=size(600, 7200))
async def test_no_answer_is_lost_whichever_syncs_fail(tmp_path: Path) -> None:
    """Under load, with syncs of log and file failing at random, kills between, and a power cut at the end of each."""
    library, chance, failed, seen = build(tmp_path), random.Random(4), 0, 0
    for number in range(rounds(short=3, long=40)):
        directory = tmp_path / f"round-{number}"
        directory.mkdir()
        shim, server = Shim(library, directory, with_disk=True), Server(directory / "data")
        fleet = Fleet(server.port, size(short=20, long=50), seed=number)
        await server.start(shim.environment)
        fleet.begin()
        try:
            for _ in range(size(short=4, long=10)):
                await fleet.answered(chance.randrange(20, 300))
                fails = chance.choice((1, 1, 2, 3, 8))
                failed += fails
                shim.set("failing_syncs", fails)
                if chance.random() < 0.3:
                    server.kill()
                    await start_at_last(server)
            await fleet.answered(50)
        finally:
            await fleet.end()
            server.close()
        assert ledger.faults(shim.power_cut(directory / "cut"), fleet) == []
        seen += len(fleet.seen)
    print(f"{failed} failed syncs, {seen} answers, none lost")


async def start_at_last(server: Server) -> None:
    """Start again and again, as systemd does: on a disk that fails no server starts."""
    while server.has_ended():
        with contextlib.suppress(Ended):
            await server.start()
