"""The whole server stops and starts again: who is told, and what is kept."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.websocket import websocket_connect

from edge_csms.storage.highest_id import FILE
from tests.raw_charger import RawCharger
from tests.running import RunningSite

START = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "2026-11-20T12:00:00Z"}


@asynccontextmanager
async def running(data_dir: Path, **settings: Any) -> AsyncIterator[RunningSite]:
    """Run a server for as long as the block lasts."""
    site = RunningSite(data_dir, **{"new_charge_points": "accept", "unknown_id_tags": "accept"} | settings)
    await site.start()
    try:
        yield site
    finally:
        await site.stop()


def setup_code(said: str) -> str:
    (code,) = re.findall(r"^set-up code: (\S+)$", said, re.MULTILINE)
    return str(code)


async def test_the_set_up_code_is_printed_until_there_is_an_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(tmp_path):
        code = setup_code(capsys.readouterr().out)
        assert (tmp_path / "setup-code").read_text().strip() == code
    async with running(tmp_path) as site:
        assert setup_code(capsys.readouterr().out) == code
        body = {"username": "first", "password1": "Kilo-Watt-7", "password2": "Kilo-Watt-7", "setup_code": code}
        answer = await site.ask("POST", "/api/auth/registration/", body, role=None)
        assert answer.status == 201, answer.body
    async with running(tmp_path):
        assert "set-up code" not in capsys.readouterr().out
    assert not (tmp_path / "setup-code").exists()


async def test_at_the_stop_chargers_are_told_and_nobody_is_waited_for(tmp_path: Path) -> None:
    async with running(tmp_path) as site:
        charger, deaf = RawCharger(site.port), RawCharger(site.port, "CP2")
        for one in (charger, deaf):
            await one.connect()
            await one.heartbeat()
        page = await websocket_connect(f"ws://127.0.0.1:{site.port}/api/v1/events")
        await page.write_message(msgspec.json.encode({"token": await site.token()}))
        assert await page.read_message() is not None
        command = asyncio.create_task(site.ask("POST", "/api/v1/charge-points/CP2/calls/ClearCache"))
        await deaf.next_call()  # it gives no answer
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 5
    assert [await charger.closed(), await deaf.closed()] == [1001, 1001]
    assert await page.read_message() is None
    page.close()
    await asyncio.gather(command, return_exceptions=True)
    for one in (charger, deaf):
        one.hang_up()


async def test_who_was_registered_need_not_boot_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as site, RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = (await charger.call("StartTransaction", START))["transactionId"]
    async with running(tmp_path, new_charge_points="reject") as site, RawCharger(site.port) as charger:
        await charger.heartbeat()
        assert (await charger.call("StartTransaction", START))["transactionId"] == transaction_id
        command = asyncio.create_task(
            site.ask("POST", "/api/remote-transactions/stop/", {"transaction_id": transaction_id})
        )
        call = await charger.next_call()
        assert call[2:] == ["RemoteStopTransaction", {"transactionId": transaction_id}]
        charger.answer(call, {"status": "Accepted"})
        assert (await command).status == 200


async def test_one_that_waits_for_acceptance_still_waits_after_a_restart(tmp_path: Path) -> None:
    for expected in ("Pending", "Pending"):
        async with running(tmp_path, new_charge_points="approve") as site, RawCharger(site.port) as charger:
            assert (await charger.boot())["status"] == expected


async def test_transaction_ids_go_on_above_any_that_was_ever_issued(tmp_path: Path) -> None:
    async with running(tmp_path) as site, RawCharger(site.port) as charger:
        assert (await charger.call("StartTransaction", START))["transactionId"] == 1
    assert int((tmp_path / FILE).read_text()) == 1
    (tmp_path / FILE).write_text("41\n")  # as if the database were an older one
    async with running(tmp_path) as site, RawCharger(site.port) as charger:
        assert (await charger.call("StartTransaction", START))["transactionId"] == 1
        assert (await charger.call("StartTransaction", START | {"connectorId": 2}))["transactionId"] == 42


async def test_what_was_seen_and_found_is_stored_at_the_stop(tmp_path: Path) -> None:
    async with running(tmp_path) as site, RawCharger(site.port) as charger:
        charger.send("no frame")
        await charger.heartbeat()
    async with running(tmp_path) as site:
        shown = await site.get("/api/v1/charge-points/CP1")
        assert [one["code"] for one in shown["findings"]] == ["invalid_frame"]
        assert (shown["online"], shown["last_seen"] is not None) == (False, True)


async def test_every_part_that_works_by_itself_is_shown_in_the_readiness(tmp_path: Path) -> None:
    async with running(tmp_path) as site:
        shown = {part["name"] for part in (await site.ask("GET", "/readyz", role=None)).json["parts"]}
        assert {"storage", *site.app.states()} == shown


async def test_nothing_is_logged_as_an_error_by_a_normal_life(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with running(tmp_path) as site, RawCharger(site.port) as charger:
        await charger.boot()
        await charger.call("StartTransaction", START)
        await site.get("/api/v1/charge-points")
    assert [record.getMessage() for record in caplog.records if record.levelno > logging.INFO] == []
