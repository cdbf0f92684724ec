"""Quirks of connection life: Q20 to Q31."""

import asyncio
import time
from dataclasses import fields

import pytest

from edge_csms.central import system
from edge_csms.simulator.behaviour import SILENCE
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.web.parts import Parts
from tests.conftest import StartSite
from tests.raw_charger import PING, RawCharger, Refused, basic
from tests.running import RunningSite
from tests.scenarios.quirks.looking import charge_point, connected, quirks, session, settled, until

KEY = "secret-of-16-byte"


async def boot_as(charger: RawCharger, vendor: str, model: str = "Box", firmware: str = "1.0") -> None:
    boot = {"chargePointVendor": vendor, "chargePointModel": model, "firmwareVersion": firmware}
    assert (await charger.call("BootNotification", boot))["status"] == "Accepted"


async def test_q20_one_that_never_answers_a_ping_stays_connected_as_long_as_it_says_anything(
    site: RunningSite,
) -> None:
    async with RawCharger(site.port) as charger:
        charger.sends_pongs = False
        await charger.boot()
        for _ in range(3):
            session(site).last_heard -= 100
            session(site).pinged_at -= 100
            site.app.central.check_liveness()
            await charger.heartbeat()
        await until(lambda: charger.pings == 3)
        assert charger.is_open


@pytest.fixture
def minute_site(start_site: StartSite) -> RunningSite:
    """Give a server that asks for a heartbeat twice a minute."""
    return start_site(new_charge_points="accept", heartbeat_interval_seconds=30)


async def test_q21_one_with_a_heartbeat_a_minute_is_not_cut_off_before_the_third(minute_site: RunningSite) -> None:
    async with RawCharger(minute_site.port) as charger:
        charger.sends_pongs = False
        await charger.boot()
        session(minute_site).last_heard -= 179
        minute_site.app.central.check_liveness()
        await charger.heartbeat()
        session(minute_site).last_heard -= 181
        minute_site.app.central.check_liveness()
        assert await charger.closed() is None  # it may not understand a Close frame any more


async def test_q23_one_that_pings_every_two_minutes_and_says_nothing_else_stays_connected(
    minute_site: RunningSite,
) -> None:
    async with RawCharger(minute_site.port) as charger:
        charger.sends_pongs = False
        await charger.boot()
        for _ in range(3):
            session(minute_site).last_heard -= 120
            await charger.pong()
            minute_site.app.central.check_liveness()
        await charger.heartbeat()


async def test_q24_one_that_falls_asleep_is_offline_and_was_last_seen(site: RunningSite) -> None:
    before = time.time()
    async with RawCharger(site.port) as charger:
        await charger.boot()
    await until(lambda: not site.app.central.connected())
    shown = await charge_point(site)
    assert (shown["online"], shown["last_seen"] is not None) == (False, True)
    await site.stop()
    await site.start()
    assert (await charge_point(site))["last_seen"][:16] == shown["last_seen"][:16]
    assert time.time() - before < 60


async def test_q25_one_that_never_comes_back_after_a_polite_close_loses_its_connection_instead(
    site: RunningSite,
) -> None:
    async with RawCharger(site.port, "WEGOOD") as sulking, RawCharger(site.port, "OTHER") as other:
        await boot_as(sulking, "JIGU", "WeGood Charger", "V1.4")
        await boot_as(other, "Acme")
        assert (await quirks(site, "WEGOOD"))["close_abruptly"] is True
        await site.stop()
        assert await sulking.closed() is None
        assert await other.closed() == 1001
    await site.start()


async def test_q26_the_operator_is_told_that_a_teison_needs_its_power_switched(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await boot_as(charger, "Teison", "Smart Mini")
        (shown,) = (one for one in (await charge_point(site))["quirks"] if one["by"] == "make")
    assert shown["switch"] == "advice"
    assert "switch its power off and on" in shown["value"]


async def test_q27_one_that_dials_every_ten_seconds_after_a_refusal_is_let_in_as_soon_as_it_is_right(
    site: RunningSite,
) -> None:
    await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "FOX", "password": KEY})
    for _ in range(9):
        with pytest.raises(Refused) as refused:
            await RawCharger(site.port, "FOX", headers=basic("FOX", "wrong")).connect()
        assert refused.value.status == 401
    async with RawCharger(site.port, "FOX", headers=basic("FOX", KEY)) as charger:
        await charger.boot()


def test_q27_its_patience_is_never_tried_for_longer_than_five_seconds() -> None:
    throttle = next(field for field in fields(Parts) if field.name == "charger_logins").default_factory()
    for dial in range(100):
        throttle.failed("FOX", 10.0 * dial)
    assert throttle.remaining_seconds("FOX", 995.1) == 0


async def test_q28_a_new_connection_takes_the_place_of_a_half_open_one(site: RunningSite) -> None:
    await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1", "password": KEY})
    async with ChargePoint(site.ocpp_url, "CP1", password=KEY) as charger:
        await charger.boot()
        charger.drop_network(half_open=True)
        dropped_at = time.monotonic()
        await charger.restore_network()
        await charger.heartbeat()
        assert time.monotonic() - dropped_at < 3
        assert await connected(site) == ["CP1"]
        answer = await site.ask("POST", "/api/v1/charge-points/CP1/calls/ClearCache", {})
        assert answer.json == {"status": "Accepted"}


async def test_q28_so_it_does_where_nothing_proves_the_identity_once_the_old_one_is_silent(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "OLD_SESSION_SECONDS", 0.3)
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        charger.drop_network(half_open=True)
        await charger.restore_network()
        await charger.heartbeat()
        assert await connected(site) == ["CP1"]


async def test_q30_after_three_unanswered_calls_the_connection_is_ended_and_made_anew(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1", reconnect_seconds=0.02) as charger:
        await charger.boot()
        charger.behaviour.answers["ClearCache"] = SILENCE
        calls = [site.ask("POST", "/api/v1/charge-points/CP1/calls/ClearCache", {}) for _ in range(3)]
        assert [answer.status for answer in await asyncio.gather(*calls)] == [504, 504, 504]
        await until(lambda: charger.link.connections == 2)
        charger.behaviour.answers.clear()
        await charger.heartbeat()
        answer = await site.ask("POST", "/api/v1/charge-points/CP1/calls/ClearCache", {})
        assert answer.status == 200


async def test_q31_nothing_is_asked_after_a_connect_and_commands_come_one_at_a_time(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"})
        await settled(site)
        await charger.heartbeat()
        assert not charger.has_calls
        path = "/api/v1/charge-points/CP1/calls/GetConfiguration"
        asked = [asyncio.create_task(site.ask("POST", path, {"key": [str(number)]})) for number in range(3)]
        for _ in range(3):
            call = await charger.next_call()
            charger.send_frame(PING, b"")
            await charger.heartbeat()
            assert not charger.has_calls
            charger.answer(call, {})
        assert [answer.status for answer in await asyncio.gather(*asked)] == [200, 200, 200]
