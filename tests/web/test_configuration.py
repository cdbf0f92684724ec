"""Settings over REST: read in pieces that a charger takes, written, with secrets that nobody ever sees again."""

from collections.abc import Iterator
from typing import Any

import pytest
from tornado.ioloop import IOLoop

from edge_csms.domain.roles import Role
from edge_csms.ocpp.errors import PropertyConstraintViolation
from edge_csms.simulator.behaviour import SILENCE
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

PATH = "/api/v1/charge-points/CP1/configuration"
KEY = "a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5"


@pytest.fixture
def charge_point(io_loop: IOLoop, prompt_site: RunningSite) -> Iterator[ChargePoint]:
    """Give a charge point that has booted."""
    one = ChargePoint(prompt_site.ocpp_url, "CP1")

    async def begin() -> None:
        await one.connect()
        await one.boot()

    io_loop.run_sync(begin)
    yield one
    io_loop.run_sync(one.close)


async def entries(site: RunningSite, query: str = "") -> dict[str, dict[str, Any]]:
    return {one["key"]: one for one in (await site.get(f"{PATH}{query}"))["items"]}


async def test_the_settings_are_read_and_kept(prompt_site: RunningSite, charge_point: ChargePoint) -> None:
    assert await entries(prompt_site) == {}
    read = await entries(prompt_site, "?refresh=true")
    assert (read["HeartbeatInterval"]["value"], read["HeartbeatInterval"]["readonly"]) == ("300", False)
    assert read["NumberOfConnectors"]["readonly"] is True
    assert await entries(prompt_site) == read


async def test_one_setting_is_read_without_regard_to_case(prompt_site: RunningSite, charge_point: ChargePoint) -> None:
    entry = await prompt_site.get(f"{PATH}/heartbeatinterval?refresh=true")
    assert (entry["key"], entry["value"]) == ("HeartbeatInterval", "300")
    assert charge_point.received.of("GetConfiguration")[0].payload == {"key": ["heartbeatinterval"]}


async def test_a_setting_that_it_does_not_have_is_kept_as_unknown(
    prompt_site: RunningSite, charge_point: ChargePoint
) -> None:
    entry = await prompt_site.get(f"{PATH}/Nonsense?refresh=true")
    assert (entry["unknown"], entry["value"]) == (True, None)


async def test_an_overlong_value_is_kept_and_its_line_feed_is_not(
    prompt_site: RunningSite, charge_point: ChargePoint
) -> None:
    charge_point.configuration.set("Long", "\n" + "x" * 551)
    assert (await entries(prompt_site, "?refresh=true"))["Long"]["value"] == "x" * 551


async def test_silence_on_all_is_no_end_the_keys_are_asked_for_in_pieces(
    prompt_site: RunningSite, charge_point: ChargePoint
) -> None:
    charge_point.configuration.set("GetConfigurationMaxKeys", "4")
    charge_point.behaviour.answers["GetConfiguration"] = lambda asked: None if asked.get("key") else SILENCE
    read = await entries(prompt_site, "?refresh=true")
    assert read["HeartbeatInterval"]["value"] == "300"
    asked = [one.payload.get("key", []) for one in charge_point.received.of("GetConfiguration")]
    assert asked[:2] == [[], ["GetConfigurationMaxKeys"]]
    assert {len(names) for names in asked[2:-1]} == {4}


async def test_one_that_refuses_all_for_the_sake_of_one_is_asked_for_each(
    prompt_site: RunningSite, charge_point: ChargePoint
) -> None:
    def answer(asked: dict[str, Any]) -> Any:
        names = asked.get("key", [])
        return PropertyConstraintViolation("CpoName") if "CpoName" in names else None if names else SILENCE

    charge_point.behaviour.answers["GetConfiguration"] = answer
    read = await entries(prompt_site, "?refresh=true")
    assert read["SecurityProfile"]["value"] == "0"
    assert "CpoName" not in read


async def test_an_empty_answer_forgets_nothing(prompt_site: RunningSite, charge_point: ChargePoint) -> None:
    before = await entries(prompt_site, "?refresh=true")
    charge_point.behaviour.answers["GetConfiguration"] = {}
    assert (await entries(prompt_site, "?refresh=true")).keys() == before.keys()


async def test_what_it_no_longer_has_is_forgotten(prompt_site: RunningSite, charge_point: ChargePoint) -> None:
    await entries(prompt_site, "?refresh=true")
    charge_point.configuration.remove("ResetRetries")
    assert "ResetRetries" not in await entries(prompt_site, "?refresh=true")


async def test_a_change_is_kept_with_the_word_of_the_charger(
    prompt_site: RunningSite, charge_point: ChargePoint
) -> None:
    async def put(key: str, value: str) -> tuple[str, dict[str, Any]]:
        answer = await prompt_site.ask("PUT", f"{PATH}/{key}", {"value": value}, role=Role.TECHNICIAN)
        assert answer.status == 200
        return answer.json["status"], answer.json["entry"]

    status, entry = await put("HeartbeatInterval", "60")
    assert (status, entry["value"], entry["wanted"], entry["reboot_required"]) == ("Accepted", "60", "60", False)
    status, entry = await put("WebSocketPingInterval", "20")
    assert (status, entry["value"], entry["wanted"], entry["reboot_required"]) == ("RebootRequired", None, "20", True)
    assert (await put("NumberOfConnectors", "9"))[0] == "Rejected"
    status, entry = await put("Nonsense", "9")
    assert (status, entry["unknown"]) == ("NotSupported", True)
    read = await entries(prompt_site, "?refresh=true")
    assert read["WebSocketPingInterval"]["reboot_required"] is False


async def test_a_change_by_a_call_to_the_letter_is_kept_as_well(
    prompt_site: RunningSite, charge_point: ChargePoint
) -> None:
    payload = {"key": "HeartbeatInterval", "value": "77"}
    await prompt_site.ask("POST", PATH.replace("configuration", "calls/ChangeConfiguration"), payload)
    assert (await entries(prompt_site))["HeartbeatInterval"]["wanted"] == "77"
    await prompt_site.ask("POST", PATH.replace("configuration", "calls/GetConfiguration"), {"key": ["ResetRetries"]})
    assert (await entries(prompt_site))["ResetRetries"]["value"] == "3"


async def test_no_secret_is_stored_logged_audited_or_shown(
    prompt_site: RunningSite, charge_point: ChargePoint, caplog: pytest.LogCaptureFixture
) -> None:
    charge_point.behaviour.answers["ChangeConfiguration"] = {"status": "Accepted"}
    charge_point.behaviour.answers["GetConfiguration"] = {
        "configurationKey": [{"key": "authorizationkey", "readonly": False, "value": KEY, "more": 1}]
    }
    await prompt_site.ask("PUT", f"{PATH}/AuthorizationKey", {"value": KEY})
    calls = PATH.replace("configuration", "calls/")
    await prompt_site.ask("POST", calls + "ChangeConfiguration", {"key": "AuthorizationKey", "value": KEY})
    await prompt_site.ask("POST", calls + "ChangeConfiguration", {"key": "AuthorizationKey", "value": KEY * 20})
    await prompt_site.ask("POST", calls + "GetConfiguration", {"key": ["AuthorizationKey"]})
    await entries(prompt_site, "?refresh=true")
    charge_point.send_raw('[3,"stray",{"configurationKey":[{"key":"AuthorizationKey","value":"' + KEY + '"}]}]')
    charge_point.send_raw('[3,"broken",{"configurationKey":[{"key":"AuthorizationKey","value":"' + KEY)
    charge_point.send_raw('{"AuthorizationKey":"' + KEY)
    await charge_point.heartbeat()
    everything = [
        *[await prompt_site.get(path) for path in (PATH, "/api/v1/audit", "/api/v1/charge-points/CP1")],
        *[await prompt_site.get(f"/api/v1/charge-points/CP1/{path}") for path in ("messages", "findings")],
    ]
    assert KEY[:16] not in str(everything)
    assert "(not shown)" in str(everything)
    assert KEY[:16] not in caplog.text
    stored = b"".join(path.read_bytes() for path in prompt_site.data_dir.glob("edge-csms.db*"))
    assert KEY[:16].encode() not in stored
    entry = (await entries(prompt_site))["AuthorizationKey"]
    assert (entry["secret"], entry["value"], entry["wanted"]) == (True, None, None)
    assert charge_point.received.of("ChangeConfiguration")[0].payload["value"] == KEY
