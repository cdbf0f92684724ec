"""Quirks of framing and JSON: Q48 to Q65."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.simulator.behaviour import RawFrame
from edge_csms.simulator.charge_point import ChargePoint
from tests.raw_charger import RawCharger
from tests.running import RunningSite
from tests.scenarios.quirks.looking import findings

NOW = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
LATER = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
START = {"connectorId": 1, "idTag": "TAG1", "meterStart": 100, "timestamp": NOW}


async def stored_texts(site: RunningSite) -> bytes:
    """Give all bytes of the database files; what was sent stands in there as it was sent."""
    return b"".join(path.read_bytes() for path in site.data_dir.glob("edge-csms.db*"))


async def test_q48_control_characters_behind_an_id_tag_are_no_part_of_it(careful_site: RunningSite) -> None:
    site = careful_site
    await site.ask("POST", "/api/v1/id-tags", {"id_tag": "20-characters-of-tag", "note": "the right one"})
    async with RawCharger(site.port) as charger:
        await charger.boot()
        started = await charger.call("StartTransaction", {**START, "idTag": "20-characters-of-tag"})
        stop = {
            "transactionId": started["transactionId"],
            "idTag": "20-characters-of-tag\x10\x0e",
            "meterStop": 300,
            "timestamp": NOW,
        }
        assert await charger.call("StopTransaction", stop) == {"idTagInfo": {"status": "Accepted"}}
        authorized = await charger.call("Authorize", {"idTag": "20-characters-of-tag\x10\x0e"})
        assert authorized["idTagInfo"]["status"] == "Accepted"
        assert "control_characters" in await findings(site)
    (shown,) = await site.transactions()
    assert (shown["state"], shown["energy_wh"]) == ("closed", 200)


async def test_q50_a_missing_value_is_repaired(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        started = await charger.call("StartTransaction", START)
        values = json.dumps([{"timestamp": NOW, "sampledValue": [{"value": "150"}]}])
        frame = '[2,"m1","MeterValues",{"connectorId":1,"transactionId":,"meterValue":' + values + "}]"
        assert await charger.ask(frame, "m1") == [3, "m1", {}]
    assert (await site.get(f"/api/v1/transactions/{started['transactionId']}"))["energy_wh"] == 50
    assert "broken_json" in await findings(site)


@pytest.mark.parametrize("action", ["MeterValues", "StatusNotification"])
async def test_q50_what_is_beyond_repair_is_kept_as_text_and_answered(site: RunningSite, action: str) -> None:
    frame = f'[2,"x1","{action}",{{"connectorId":1,"lost":"in the midd'
    async with RawCharger(site.port) as charger:
        await charger.boot()
        assert await charger.ask(frame, "x1") == [3, "x1", {}]
        await charger.heartbeat()
        found = (await findings(site))["broken_json"]
    assert found["example"] == frame


async def test_q50_a_stop_beyond_repair_is_kept_for_whoever_must_look_into_it(site: RunningSite) -> None:
    frames = [f'[2,"s{number}","StopTransaction",{{"meterStop":{number}77,"lost":"in the midd' for number in (1, 2)]
    async with RawCharger(site.port) as charger:
        await charger.boot()
        for number, frame in enumerate(frames, start=1):
            assert await charger.ask(frame, f"s{number}") == [3, f"s{number}", {}]
    assert [one["state"] for one in await site.transactions()] == ["orphan", "orphan"]
    stored = await stored_texts(site)
    assert all(frame.encode() in stored for frame in frames)


async def test_q50_a_boot_beyond_repair_forgets_nothing_that_was_known(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        answer = await charger.ask('[2,"b1","BootNotification",{"chargePointVen', "b1")
        assert answer[2]["status"] == "Accepted"
    assert (await site.get("/api/v1/charge-points/CP1"))["vendor"] == "Acme"


async def test_q52_a_truncated_answer_fails_that_one_call_and_is_never_answered(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        sent: list[bytes] = []
        broken = RawFrame('[3,"{id}",{"configurationKey":[]')
        charger.behaviour.answers["GetConfiguration"] = broken
        charger.behaviour.edit_frame = lambda frame: (sent.append(frame) or frame,)
        answer = await site.ask("POST", "/api/v1/charge-points/CP1/calls/GetConfiguration", {"key": ["A"]})
        assert (answer.status, answer.json["code"]) == (502, "FormationViolation")
        await charger.heartbeat()
        answer = await site.ask("POST", "/api/v1/charge-points/CP1/calls/ClearCache", {})
        assert answer.status == 200
    messages = (await site.get("/api/v1/charge-points/CP1/messages"))["items"]
    assert {one["action"] for one in messages if one["direction"] == "out"} == {"GetConfiguration", "ClearCache"}
    assert "broken_json" in await findings(site)


async def test_q54_numbers_for_texts_and_texts_for_numbers_are_read(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        started = await charger.call("StartTransaction", {**START, "connectorId": "1", "meterStart": "100"})
        values = [{"timestamp": NOW, "sampledValue": [{"value": 604.213}]}]
        meter = {"connectorId": 1, "transactionId": str(started["transactionId"]), "meterValue": values}
        assert await charger.call("MeterValues", meter) == {}
    assert (await site.get(f"/api/v1/transactions/{started['transactionId']}"))["energy_wh"] == 504


async def test_q56_a_setting_that_is_too_long_and_begins_with_a_line_feed_is_read(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        entry = {"key": "SupportedFeatureProfiles", "readonly": True, "value": "\n" + "x" * 550}
        charger.behaviour.answers["GetConfiguration"] = {"configurationKey": [entry]}
        items = (await site.get("/api/v1/charge-points/CP1/configuration?refresh=true"))["items"]
    assert [one["value"] for one in items] == ["x" * 550]


async def test_q59_unknown_fields_are_passed_over(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        authorized = await charger.call("Authorize", {"idTag": "TAG1", "connectorId": 2})
        assert authorized == {"idTagInfo": {"status": "Accepted"}}
        assert (await findings(site))["unknown_field"]["field"] == "Authorize.connectorId"


async def test_q60_empty_frames_are_counted_and_nothing_else(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        heard = len(charger.frames)
        for _ in range(3):
            charger.send("")
        await charger.heartbeat()
        assert len(charger.frames) == heard + 1
        assert (await findings(site))["ignored_frame"]["count"] == 3


async def test_q62_a_message_in_several_frames_is_one_message(site: RunningSite) -> None:
    frame = b'[2,"f1","Heartbeat",{}]'
    async with RawCharger(site.port) as charger:
        await charger.boot()
        charger.send_frame(1, frame[:5], final=False)
        charger.send_frame(0, frame[5:10], final=False)
        charger.send_frame(0, frame[10:-1], final=False)
        charger.send_frame(0, frame[-1:])
        await charger.heartbeat()
        assert any(json.loads(one)[1] == "f1" for one in charger.frames)


async def test_q64_the_same_start_sent_four_times_at_once_is_one_transaction(site: RunningSite) -> None:
    frame = json.dumps([2, "same", "StartTransaction", START])
    async with RawCharger(site.port) as charger:
        await charger.boot()
        before = len(charger.frames)
        for _ in range(4):
            charger.send(frame)
        await charger.heartbeat()
        answers = [json.loads(one) for one in charger.frames[before:]][:4]
        assert {answer[2]["transactionId"] for answer in answers} == {answers[0][2]["transactionId"]}
        stop = {"transactionId": -1, "meterStop": 300, "timestamp": LATER, "idTag": "TAG1"}
        assert await charger.call("StopTransaction", stop) == {"idTagInfo": {"status": "Accepted"}}
    assert [one["transaction_id"] for one in await site.transactions()] == [answers[0][2]["transactionId"]]


@pytest.mark.parametrize("kind", [1, 5, 99])
async def test_q65_a_message_type_that_nobody_knows_is_passed_over(site: RunningSite, kind: int) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        before = len(charger.frames)
        charger.send(json.dumps([kind, "id", "StartTransaction", START]))
        await charger.heartbeat()
        assert len(charger.frames) == before + 1
    assert await site.transactions() == []


async def test_frames_of_all_kinds_in_a_row_leave_the_connection_alone(site: RunningSite) -> None:
    """The rule behind the rows: whatever comes, the socket stays and the next CALL is served."""
    odd: list[Any] = ["", "null", "[]", "{}", "[2]", '[2,"a"]', '[3,"nobody",{}]', '[4,"nobody"]', "\x00", "[[[["]
    async with RawCharger(site.port) as charger:
        await charger.boot()
        for text in odd:
            charger.send(text)
        await asyncio.wait_for(charger.heartbeat(), 8)
        assert charger.is_open
