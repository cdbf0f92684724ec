"""Reset, unlocking and configuration, and what a charge point may say to them (sections 3.5 to 3.7, 3.10, 3.13)."""

import asyncio
from typing import Any

import pytest

from edge_csms.domain.roles import Role
from tests.running import Answer, RunningSite
from tests.scenarios.charger import ACCEPTED, Charger
from tests.scenarios.oca.reusable import booted, restarted, transaction

CONFIGURATION = "/api/v1/charge-points/CP1/configuration"
INTERVAL = {"key": "MeterValueSampleInterval", "readonly": False, "value": "60"}


async def put(csms: RunningSite, charger: Charger, key: str, value: str, word: str) -> Answer:
    """Change a setting over REST, which the charge point answers with this word."""
    asked = asyncio.create_task(csms.ask("PUT", f"{CONFIGURATION}/{key}", {"value": value}, role=Role.TECHNICIAN))
    came = await charger.next("ChangeConfiguration")
    assert came.payload == {"key": key, "value": value}
    await came.answer({"status": word})
    return await asked


async def read(csms: RunningSite, charger: Charger, path: str, asked_for: Any, answer: dict[str, Any]) -> Any:
    """Read settings over REST from the charge point."""
    asked = asyncio.create_task(csms.get(f"{CONFIGURATION}{path}?refresh=true"))
    came = await charger.next("GetConfiguration")
    assert came.payload == asked_for
    await came.answer(answer)
    return await asked


# Reset


async def test_tc_013_hard_reset(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.told(csms, "Reset", {"type": "Hard"}, ACCEPTED)
        await restarted(charger)
        await charger.call("Heartbeat")


async def test_tc_014_soft_reset(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        transaction_id = await charger.charge()
        await charger.told(csms, "Reset", {"type": "Soft"}, ACCEPTED)
        await charger.stop(transaction_id, "SoftReset")
        await charger.status(1, "Finishing")
        await restarted(charger)
        shown = await transaction(csms, transaction_id)
        assert (shown["state"], shown["stop_reason"]) == ("closed", "SoftReset")


# Unlocking


async def test_tc_017_1_unlock_without_a_session(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.told(csms, "UnlockConnector", {"connectorId": 1}, {"status": "Unlocked"})


async def test_tc_017_2_unlock_a_fixed_cable(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.told(csms, "UnlockConnector", {"connectorId": 1}, {"status": "NotSupported"})


async def test_tc_018_1_unlock_with_a_session(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        transaction_id = await charger.charge()
        await charger.told(csms, "UnlockConnector", {"connectorId": 1}, {"status": "Unlocked"})
        await charger.status(1, "Finishing")
        assert (await charger.stop(transaction_id, "UnlockCommand"))["idTagInfo"] == ACCEPTED
        await charger.status(1, "Available")
        shown = await transaction(csms, transaction_id)
        assert (shown["state"], shown["stop_reason"]) == ("closed", "UnlockCommand")


async def test_tc_030_unlock_failure(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.told(csms, "UnlockConnector", {"connectorId": 1}, {"status": "UnlockFailed"})


async def test_tc_031_unlock_an_unknown_connector(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.told(csms, "UnlockConnector", {"connectorId": 9}, {"status": "NotSupported"})


# Configuration


async def test_tc_019_1_retrieve_all_configuration_keys(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        maximum = {"key": "GetConfigurationMaxKeys", "readonly": True, "value": "40"}
        listed = await read(csms, charger, "", {}, {"configurationKey": [INTERVAL, maximum]})
        shown = [(one["key"], one["value"], one["readonly"]) for one in listed["items"]]
        assert sorted(shown) == [("GetConfigurationMaxKeys", "40", True), ("MeterValueSampleInterval", "60", False)]


async def test_tc_019_2_retrieve_a_specific_configuration_key(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        profiles = {"key": "SupportedFeatureProfiles", "readonly": True, "value": "Core"}
        asked_for, answer = {"key": ["SupportedFeatureProfiles"]}, {"configurationKey": [profiles], "unknownKey": []}
        shown = await read(csms, charger, "/SupportedFeatureProfiles", asked_for, answer)
        assert (shown["value"], shown["readonly"]) == ("Core", True)


async def test_tc_021_change_configuration(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        answer = await put(csms, charger, "MeterValueSampleInterval", "60", "Accepted")
        assert (answer.status, answer.json["status"], answer.json["entry"]["value"]) == (200, "Accepted", "60")


async def test_tc_040_1_a_configuration_key_that_is_not_supported(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        answer = await put(csms, charger, "Nonsense", "1", "NotSupported")
        assert (answer.status, answer.json["status"]) == (200, "NotSupported")
        assert "doesn't know" in answer.json["detail"]


async def test_tc_040_2_an_invalid_value_of_a_configuration_key(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        answer = await put(csms, charger, "MeterValueSampleInterval", "-1", "Rejected")
        assert (answer.status, answer.json["status"]) == (200, "Rejected")
        assert answer.json["entry"]["value"] is None


@pytest.mark.parametrize("refresh", ["/Nonsense"])
async def test_an_unknown_key_is_kept_as_unknown(csms: RunningSite, refresh: str) -> None:
    async with booted(csms) as charger:
        shown = await read(csms, charger, refresh, {"key": ["Nonsense"]}, {"unknownKey": ["Nonsense"]})
        assert (shown["key"], shown["value"], shown["unknown"]) == ("Nonsense", None, True)


async def test_a_value_that_holds_after_a_restart_only(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        answer = await put(csms, charger, "MeterValueSampleInterval", "60", "RebootRequired")
        assert (answer.json["status"], answer.json["entry"]["reboot_required"]) == ("RebootRequired", True)
        shown = await read(
            csms,
            charger,
            "/MeterValueSampleInterval",
            {"key": ["MeterValueSampleInterval"]},
            {"configurationKey": [INTERVAL]},
        )
        assert (shown["value"], shown["reboot_required"]) == ("60", False)
