"""Settings of chargers against their templates: drift, applied when idle, taken back with one call."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tornado.ioloop import IOLoop

from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

CONFIGURATION = "/api/v1/charge-points/CP1/configuration"
TEMPLATES = "/api/v1/configuration-templates"
WANTED = {"HeartbeatInterval": "60", "ResetRetries": "3", "NumberOfConnectors": "9", "Nonsense": "1"}


@pytest.fixture
def charge_point(io_loop: IOLoop, prompt_site: RunningSite) -> Iterator[ChargePoint]:
    """Give a charge point that has booted, of the make Edge Works."""
    one = ChargePoint(prompt_site.ocpp_url, "CP1", reconnect_seconds=0.05)

    async def begin() -> None:
        await one.connect()
        await one.boot()

    io_loop.run_sync(begin)
    yield one
    io_loop.run_sync(one.close)


async def add_template(site: RunningSite, **changes: Any) -> int:
    body = {"name": "ours", "vendor": "Edge*", "settings": WANTED, **changes}
    answer = await site.ask("POST", TEMPLATES, body)
    assert answer.status == 201, answer.body
    return int(answer.json["template_id"])


async def drift(site: RunningSite) -> dict[str, str]:
    return {one["key"]: one["state"] for one in (await site.get(f"{CONFIGURATION}/drift"))["items"]}


async def settled(site: RunningSite, number: int = 1) -> dict[str, Any]:
    """Wait until so many changes are done, and give the newest."""
    async with asyncio.timeout(8):
        while True:
            changes = (await site.get(f"{CONFIGURATION}/changes"))["items"]
            if [one["state"] for one in changes].count("done") >= number:
                return dict(changes[0])
            await asyncio.sleep(0.02)


async def asked(charge_point: ChargePoint, times: int) -> None:
    """Wait until the charge point was asked for settings so often and has answered."""
    async with asyncio.timeout(8):
        while len(charge_point.received.of("GetConfiguration")) < times:
            await asyncio.sleep(0.02)
    await charge_point.heartbeat()


async def test_drift_is_seen_with_each_setting(prompt_site: RunningSite, charge_point: ChargePoint) -> None:
    await add_template(prompt_site)
    assert await drift(prompt_site) == dict.fromkeys(WANTED, "unread")
    await prompt_site.get(f"{CONFIGURATION}?refresh=true")
    await prompt_site.get(f"{CONFIGURATION}/Nonsense?refresh=true")
    assert await drift(prompt_site) == {
        "HeartbeatInterval": "different",
        "ResetRetries": "same",
        "NumberOfConnectors": "different",
        "Nonsense": "unknown",
    }
    shown = {one["key"]: one for one in (await prompt_site.get(CONFIGURATION))["items"]}
    assert (shown["HeartbeatInterval"]["template_value"], shown["HeartbeatInterval"]["drift"]) == ("60", True)
    assert (shown["ResetRetries"]["template_value"], shown["ResetRetries"]["drift"]) == ("3", False)
    assert (shown["ConnectionTimeOut"]["template_value"], shown["ConnectionTimeOut"]["drift"]) == (None, False)


async def test_a_template_for_others_is_no_drift(prompt_site: RunningSite, charge_point: ChargePoint) -> None:
    await add_template(prompt_site, vendor="Acme")
    assert await drift(prompt_site) == {}
    assert (await prompt_site.ask("POST", f"{CONFIGURATION}/apply")).status == 409


async def test_templates_are_applied_and_taken_back(prompt_site: RunningSite, charge_point: ChargePoint) -> None:
    await add_template(prompt_site)
    answer = await prompt_site.ask("POST", f"{CONFIGURATION}/apply", role=Role.TECHNICIAN)
    assert (answer.status, answer.json["state"]) == (202, "waiting")
    change = await settled(prompt_site)
    assert change["results"] == {
        "HeartbeatInterval": "Accepted",
        "ResetRetries": "Unchanged",
        "NumberOfConnectors": "Rejected",
        "Nonsense": "NotSupported",
    }
    assert change["before"]["HeartbeatInterval"] != "60"
    assert charge_point.configuration.text("HeartbeatInterval") == "60"
    writes = [one.payload["key"] for one in charge_point.received.of("ChangeConfiguration")]
    assert writes == ["HeartbeatInterval", "NumberOfConnectors", "Nonsense"]

    assert (await prompt_site.ask("POST", f"{CONFIGURATION}/revert")).status == 202
    change = await settled(prompt_site, 2)
    assert (change["kind"], change["results"]["HeartbeatInterval"]) == ("revert", "Accepted")
    assert charge_point.configuration.text("HeartbeatInterval") != "60"


async def test_without_a_change_there_is_nothing_to_take_back(
    prompt_site: RunningSite, charge_point: ChargePoint
) -> None:
    assert (await prompt_site.ask("POST", f"{CONFIGURATION}/revert")).status == 409
    assert (await prompt_site.ask("POST", f"{CONFIGURATION}/revert".replace("CP1", "CP2"))).status == 404


async def test_while_somebody_charges_the_settings_wait(prompt_site: RunningSite, charge_point: ChargePoint) -> None:
    await add_template(prompt_site)
    await charge_point.start(1, "TAG1")
    await prompt_site.ask("POST", f"{CONFIGURATION}/apply")
    await charge_point.heartbeat()
    assert charge_point.received.of("ChangeConfiguration") == []
    await charge_point.stop(1)
    assert (await settled(prompt_site))["results"]["HeartbeatInterval"] == "Accepted"


async def test_while_it_is_away_the_settings_wait_over_a_restart(
    prompt_site: RunningSite, charge_point: ChargePoint
) -> None:
    await add_template(prompt_site)
    charge_point.drop_network()
    await prompt_site.ask("POST", f"{CONFIGURATION}/apply")
    await prompt_site.stop()
    await prompt_site.start()
    charge_point.url = prompt_site.ocpp_url
    await charge_point.restore_network()
    await charge_point.heartbeat()
    assert (await settled(prompt_site))["results"]["HeartbeatInterval"] == "Accepted"


async def test_a_newer_wish_replaces_one_that_waits(prompt_site: RunningSite, charge_point: ChargePoint) -> None:
    template_id = await add_template(prompt_site)
    charge_point.drop_network()
    await prompt_site.ask("POST", f"{CONFIGURATION}/apply")
    await prompt_site.ask("PATCH", f"{TEMPLATES}/{template_id}", {"settings": {"ResetRetries": "5"}})
    await prompt_site.ask("POST", f"{CONFIGURATION}/apply")
    changes = (await prompt_site.get(f"{CONFIGURATION}/changes"))["items"]
    assert [one["state"] for one in changes] == ["waiting", "replaced"]


async def test_a_yes_that_was_not_meant_is_seen(prompt_site: RunningSite, charge_point: ChargePoint) -> None:
    await add_template(prompt_site, settings={"HeartbeatInterval": "60"})
    charge_point.behaviour.answers["ChangeConfiguration"] = {"status": "Accepted"}
    await prompt_site.ask("POST", f"{CONFIGURATION}/apply")
    await settled(prompt_site)
    async with asyncio.timeout(8):
        while (await settled(prompt_site))["results"] != {"HeartbeatInterval": "NotKept"}:
            await asyncio.sleep(0.02)
    assert await drift(prompt_site) == {"HeartbeatInterval": "different"}


async def test_an_automatic_template_is_applied_after_a_boot_and_refusals_are_not_repeated(
    prompt_site: RunningSite, charge_point: ChargePoint
) -> None:
    await add_template(prompt_site, automatic=True)
    await charge_point.boot()
    change = await settled(prompt_site)
    assert (change["asked_by"], change["results"]["HeartbeatInterval"]) == ("automatic", "Accepted")
    writes = len(charge_point.received.of("ChangeConfiguration"))
    charge_point.configuration.set("HeartbeatInterval", "300")
    await charge_point.boot()
    assert set((await settled(prompt_site, 2))["wanted"]) == {"HeartbeatInterval"}
    assert len(charge_point.received.of("ChangeConfiguration")) == writes + 1


async def test_what_was_taken_back_stays_until_a_template_changes(
    prompt_site: RunningSite, charge_point: ChargePoint
) -> None:
    template_id = await add_template(prompt_site, automatic=True, settings={"ResetRetries": "5"})
    await charge_point.boot()
    await settled(prompt_site)
    await prompt_site.ask("POST", f"{CONFIGURATION}/revert")
    await settled(prompt_site, 2)
    await asked(charge_point, 5)  # to see what automatic templates want, and before and after each change
    await charge_point.boot()
    await asked(charge_point, 6)
    assert charge_point.configuration.text("ResetRetries") == "3"
    await prompt_site.ask("PATCH", f"{TEMPLATES}/{template_id}", {"settings": {"ResetRetries": "6"}})
    prompt_site.app.central.live("CP1").boots.clear()  # so many within minutes would be a boot loop
    await charge_point.boot()
    assert (await settled(prompt_site, 3))["results"] == {"ResetRetries": "Accepted"}


async def test_without_an_automatic_template_nothing_is_asked_after_a_boot(
    prompt_site: RunningSite, charge_point: ChargePoint
) -> None:
    await add_template(prompt_site)
    await charge_point.boot()
    await charge_point.heartbeat()
    assert charge_point.received == []
