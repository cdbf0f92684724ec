"""A disk that is full, and one that can only be read: nothing is acknowledged that is not kept, and service resumes."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websockets

from edge_csms.storage.tables import DATABASE, MeterValue
from tests.running import RunningSite

BOOT = '[2,"boot","BootNotification",{"chargePointModel":"Box","chargePointVendor":"Acme"}]'


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Give a file system of 48 MB of its own; only root may mount one."""
    directory = Path(tempfile.mkdtemp())
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small file system needs root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", directory], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield directory
    subprocess.run(["umount", "-l", directory], check=True)
    directory.rmdir()


def start(number: int) -> str:
    return (
        f'[2,"start{number}","StartTransaction",{{"connectorId":1,"idTag":"CARD1","meterStart":{number},'
        f'"timestamp":"2026-11-24T10:00:00Z"}}]'
    )


def meter_values(number: int) -> str:
    return (
        f'[2,"meter{number}","MeterValues",{{"connectorId":1,"meterValue":[{{"timestamp":"2026-11-24T11:00:00Z",'
        f'"sampledValue":[{{"value":"{number}"}}]}}]}}]'
    )


async def ask(charger: Any, text: str) -> str:
    await charger.send(text)
    return str(await asyncio.wait_for(charger.recv(), 10))


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65536))
    return filler


async def state(site: RunningSite) -> tuple[int, str]:
    answer = await site.ask("GET", "/readyz", role=None)
    return answer.status, {part["name"]: part["state"] for part in answer.json["parts"]}["storage"]


async def wait_until_ok(site: RunningSite) -> None:
    async with asyncio.timeout(10):
        while (await state(site)) != (200, "ok"):
            await asyncio.sleep(0.1)


async def test_a_full_disk_keeps_what_is_acknowledged_and_service_resumes_by_itself(small_disk: Path) -> None:
    site = RunningSite(small_disk / "data", new_charge_points="accept", unknown_id_tags="accept")
    await site.start()
    async with websockets.connect(f"{site.ocpp_url}/CP1", subprotocols=["ocpp1.6"]) as charger:
        await ask(charger, BOOT)
        filler = fill(small_disk)
        acknowledged = 0
        while (await ask(charger, meter_values(acknowledged))).startswith("[3"):
            acknowledged += 1
        assert await state(site) == (503, "disk full")
        assert (await ask(charger, start(1))).startswith("[3")  # what the ballast is for
        assert "currentTime" in await ask(charger, '[2,"h","Heartbeat",{}]')
        assert "Accepted" in await ask(charger, BOOT)
        assert "Accepted" in await ask(charger, '[2,"a","Authorize",{"idTag":"CARD1"}]')
        filler.unlink()
        await wait_until_ok(site)
        assert (await ask(charger, meter_values(999))).startswith("[3")
    assert len(await site.transactions()) == 1
    stored = await site.app.database.read(count_meter_values)
    assert stored == acknowledged + 1
    await site.stop()


async def test_without_ballast_a_start_is_refused_once_and_then_the_charger_is_better_offline(small_disk: Path) -> None:
    site = RunningSite(small_disk / "data", new_charge_points="accept", unknown_id_tags="accept")
    await site.start()
    async with websockets.connect(f"{site.ocpp_url}/CP1", subprotocols=["ocpp1.6"]) as charger:
        await ask(charger, BOOT)
        (site.data_dir / "ballast").unlink()
        filler, number = fill(small_disk), 0
        while (answer := await ask(charger, start(number))).startswith("[3"):
            number += 1
        assert '"InternalError"' in answer
        assert "disk full" in answer
        with pytest.raises(websockets.ConnectionClosed):
            await ask(charger, start(number))
    with pytest.raises(websockets.InvalidStatus, match="503"):
        await websockets.connect(f"{site.ocpp_url}/CP1", subprotocols=["ocpp1.6"])
    filler.unlink()
    await wait_until_ok(site)
    async with websockets.connect(f"{site.ocpp_url}/CP1", subprotocols=["ocpp1.6"]) as charger:
        assert (await ask(charger, start(number))).startswith("[3")
    assert len(await site.transactions()) == number + 1
    await site.stop()


async def test_a_file_system_that_turns_read_only_is_told_plainly(small_disk: Path) -> None:
    site = RunningSite(small_disk / "data", new_charge_points="accept", unknown_id_tags="accept")
    await site.start()
    async with websockets.connect(f"{site.ocpp_url}/CP1", subprotocols=["ocpp1.6"]) as charger:
        await ask(charger, BOOT)
        await site.app.database.run(forbid_writing)
        assert '"InternalError"' in await ask(charger, meter_values(1))
        assert await state(site) == (503, "read-only")
        assert "currentTime" in await ask(charger, '[2,"h","Heartbeat",{}]')
        assert "Accepted" in await ask(charger, BOOT)
    await site.stop()


def count_meter_values() -> int:
    return int(MeterValue.select().count())


def forbid_writing() -> None:
    DATABASE.execute_sql("PRAGMA query_only = 1")
