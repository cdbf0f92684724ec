"""A new AuthorizationKey by every way there is: whatever becomes of the CALL, the charger finds the door open."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from edge_csms.domain.roles import Role
from tests.conftest import StartSite
from tests.running import Answer, RunningSite
from tests.scenarios.charger import ACCEPTED, Charger, Command, command, refused

FIRST, SECOND, THIRD = bytes(range(20)), bytes(range(20, 40)), bytes(range(40, 60))

Way = Callable[[RunningSite, str], Awaitable[Answer]]


async def put(site: RunningSite, key: str) -> Answer:
    path = "/api/v1/charge-points/CP1/configuration/AuthorizationKey"
    return await site.ask("PUT", path, {"value": key}, role=Role.TECHNICIAN)


async def call(site: RunningSite, key: str) -> Answer:
    return await command(site, "CP1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": key})


async def make_up(site: RunningSite, key: str) -> Answer:
    return await site.ask("POST", "/api/v1/charge-points/CP1/key", role=Role.TECHNICIAN)


each_way = pytest.mark.parametrize("way", [put, call, make_up], ids=["PUT configuration", "POST call", "POST key"])


@pytest.fixture
def impatient_site(start_site: StartSite) -> RunningSite:
    """Give a server that waits a tenth of a second for an answer."""
    return start_site(new_charge_points="accept", hold_after_boot_seconds=0.0, call_timeout_seconds=0.1)


async def announced(site: RunningSite, key: bytes | None = FIRST) -> None:
    """Make a charge point CP1 with a key."""
    body = {"charge_point_id": "CP1", "password": None if key is None else key.hex()}
    assert (await site.ask("POST", "/api/v1/charge-points", body)).status == 201


async def begun(site: RunningSite, charger: Charger, way: Way, key: bytes = SECOND) -> tuple[Command, Any, bytes]:
    """Let a technician change the key; gives what came, the answer to wait for, and the new key."""
    asked = asyncio.create_task(way(site, key.hex()))
    came = await charger.next("ChangeConfiguration")
    assert came.payload["key"] == "AuthorizationKey"
    return came, asked, bytes.fromhex(came.payload["value"])


async def opens(site: RunningSite, *keys: bytes) -> None:
    """Hold that the door opens to each of these keys, in this order."""
    for key in keys:
        async with Charger(site.ocpp_url, password=key) as charger:
            await charger.call("Heartbeat")


async def stays_shut(site: RunningSite, *keys: bytes | None) -> None:
    """Hold that the door opens to none of these keys."""
    for key in keys:
        assert (await refused(Charger(site.ocpp_url, password=key))).status == 401


@each_way
@pytest.mark.parametrize("word", ["Accepted", "RebootRequired"])
async def test_an_accepted_key_holds_and_the_old_one_until_the_first_login_with_it(
    quick_site: RunningSite, way: Way, word: str
) -> None:
    await announced(quick_site)
    async with Charger(quick_site.ocpp_url, password=FIRST) as charger:
        await charger.boot()
        came, asked, new = await begun(quick_site, charger, way)
        await came.answer({"status": word})
        answer = await asked
        assert (answer.status, answer.json["status"]) == (200, word)
    await opens(quick_site, FIRST, new)
    await stays_shut(quick_site, FIRST, None)
    await opens(quick_site, new)


@each_way
async def test_a_charger_that_restarts_before_it_uses_the_new_key_gets_in(quick_site: RunningSite, way: Way) -> None:
    await announced(quick_site)
    async with Charger(quick_site.ocpp_url, password=FIRST) as charger:
        await charger.boot()
        came, asked, new = await begun(quick_site, charger, way)
        await came.answer(ACCEPTED)
        await asked
    async with Charger(quick_site.ocpp_url, password=FIRST) as charger:
        await charger.boot()
    await quick_site.stop()
    await quick_site.start()
    await opens(quick_site, FIRST, new)


@each_way
@pytest.mark.parametrize("word", ["Rejected", "NotSupported"])
async def test_a_refused_key_does_not_hold(quick_site: RunningSite, way: Way, word: str) -> None:
    await announced(quick_site)
    async with Charger(quick_site.ocpp_url, password=FIRST) as charger:
        await charger.boot()
        came, asked, new = await begun(quick_site, charger, way)
        await came.answer({"status": word})
        assert (await asked).json["status"] == word
    await stays_shut(quick_site, new)
    await opens(quick_site, FIRST)


@each_way
async def test_a_callerror_leaves_both_keys_holding(quick_site: RunningSite, way: Way) -> None:
    """It may have come from what the charger did after it had taken the key."""
    await announced(quick_site)
    async with Charger(quick_site.ocpp_url, password=FIRST) as charger:
        await charger.boot()
        came, asked, new = await begun(quick_site, charger, way)
        await came.refuse("InternalError", "flash is full")
        answer = await asked
        assert (answer.status, answer.json["code"]) == (502, "InternalError")
    await opens(quick_site, FIRST, new)


@each_way
async def test_a_lost_answer_leaves_both_keys_holding(impatient_site: RunningSite, way: Way) -> None:
    await announced(impatient_site)
    async with Charger(impatient_site.ocpp_url, password=FIRST) as charger:
        await charger.boot()
        _, asked, new = await begun(impatient_site, charger, way)
        assert (await asked).status == 504
    await opens(impatient_site, FIRST, new)


@each_way
async def test_a_connection_that_ends_before_the_answer_leaves_both_keys_holding(
    quick_site: RunningSite, way: Way
) -> None:
    await announced(quick_site)
    async with Charger(quick_site.ocpp_url, password=FIRST) as charger:
        await charger.boot()
        _, asked, new = await begun(quick_site, charger, way)
    assert (await asked).status == 409
    await opens(quick_site, FIRST, new)


async def test_a_key_whose_answer_was_lost_outlives_a_later_one_that_is_refused(impatient_site: RunningSite) -> None:
    await announced(impatient_site)
    async with Charger(impatient_site.ocpp_url, password=FIRST) as charger:
        await charger.boot()
        _, asked, _ = await begun(impatient_site, charger, call, SECOND)
        assert (await asked).status == 504
        came, asked, _ = await begun(impatient_site, charger, call, THIRD)
        await came.answer({"status": "Rejected"})
        assert (await asked).status == 200
    await stays_shut(impatient_site, THIRD)
    await opens(impatient_site, FIRST, SECOND)


async def test_the_right_key_for_a_charger_that_is_not_there_changes_nothing(quick_site: RunningSite) -> None:
    await announced(quick_site)
    assert (await call(quick_site, SECOND.hex())).status == 409
    await stays_shut(quick_site, SECOND)
    await opens(quick_site, FIRST)


async def test_a_charger_without_a_key_gets_its_first_one(quick_site: RunningSite) -> None:
    await announced(quick_site, None)
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        came, asked, new = await begun(quick_site, charger, make_up)
        await came.answer(ACCEPTED)
        await asked
    async with Charger(quick_site.ocpp_url) as charger:  # it has not taken it into use
        await charger.call("Heartbeat")
    await opens(quick_site, new)
    await stays_shut(quick_site, None, SECOND)


@pytest.mark.parametrize("form", [bytes.hex, bytes], ids=["hex text", "bytes"])
async def test_the_new_key_may_come_in_either_form(quick_site: RunningSite, form: Any) -> None:
    await announced(quick_site)
    async with Charger(quick_site.ocpp_url, password=FIRST) as charger:
        await charger.boot()
        came, asked, new = await begun(quick_site, charger, make_up)
        await came.answer(ACCEPTED)
        await asked
    async with Charger(quick_site.ocpp_url, password=form(new)) as charger:
        await charger.call("Heartbeat")
    await stays_shut(quick_site, FIRST)


async def test_a_key_that_a_person_typed_holds_too(quick_site: RunningSite) -> None:
    await announced(quick_site)
    async with Charger(quick_site.ocpp_url, password=FIRST) as charger:
        await charger.boot()
        asked = asyncio.create_task(put(quick_site, "correct horse battery"))
        await (await charger.next("ChangeConfiguration")).answer(ACCEPTED)
        await asked
    async with Charger(quick_site.ocpp_url, password="correct horse battery") as charger:
        await charger.call("Heartbeat")
    await stays_shut(quick_site, FIRST)


@each_way
async def test_no_key_is_found_where_people_look(quick_site: RunningSite, way: Way) -> None:
    await announced(quick_site)
    async with Charger(quick_site.ocpp_url, password=FIRST) as charger:
        await charger.boot()
        came, asked, new = await begun(quick_site, charger, way)
        await came.answer(ACCEPTED)
        answer = await asked
        looked_at = [answer.body.decode()]
        for path in ("messages", "configuration", "certificates"):
            looked_at.append(json.dumps(await quick_site.get(f"/api/v1/charge-points/CP1/{path}")))
        looked_at.append(json.dumps(await quick_site.get("/api/v1/audit")))
        looked_at.append(json.dumps(await quick_site.get("/api/v1/charge-points/CP1")))
    for text in looked_at:
        assert new.hex() not in text.lower()
    for path in quick_site.data_dir.rglob("*.db*"):
        content = path.read_bytes()
        assert new not in content
        assert new.hex().encode() not in content.lower()
