"""What the Core profile's messages bring about, in the charger's words: booting, authorizing, charging."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.domain import events
from edge_csms.domain.model import IdTag, Transaction
from edge_csms.services import charge_points, id_tags, transactions
from tests.house import BuildHouse, House, Line

ACCEPTED = {"status": "Accepted"}
BOOT = {"chargePointVendor": "Acme", "chargePointModel": "Box"}
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}


def ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def start(**changes: Any) -> dict[str, Any]:
    return {"connectorId": 1, "idTag": "A", "meterStart": 1000, "timestamp": ago(10)} | changes


def stop(transaction_id: Any, **changes: Any) -> dict[str, Any]:
    return {"transactionId": transaction_id, "meterStop": 3000, "timestamp": ago(5)} | changes


def values(wh: int, **changes: Any) -> dict[str, Any]:
    sampled = [{"value": str(wh)}, {"value": "11", "measurand": "Power.Active.Import", "unit": "kW"}]
    return {"connectorId": 1, "meterValue": [{"timestamp": ago(7), "sampledValue": sampled}]} | changes


async def stored(house: House, transaction_id: int) -> Transaction:
    return await house.database.read(transactions.get, transaction_id)


async def listed(house: House) -> list[Transaction]:
    return (await house.database.read(lambda: transactions.list_()))[::-1]


async def started(line: Line, **changes: Any) -> int:
    answer = await line.call("StartTransaction", start(**changes))
    transaction_id: int = answer["transactionId"]
    return transaction_id


# Booting


async def test_a_boot_is_answered_with_our_time_and_the_interval(build: BuildHouse) -> None:
    house = build(heartbeat_interval_seconds=77)
    line = await house.connect()
    line.session.receive(json.dumps([2, "b", "BootNotification", BOOT | {"firmwareVersion": "1.2.3"}]))
    answer = await line.wire.next()
    assert list(answer[2]) == ["currentTime", "interval", "status"]  # the specification's order
    assert (answer[2]["interval"], answer[2]["status"]) == (77, "Accepted")
    assert datetime.now(UTC) - datetime.fromisoformat(answer[2]["currentTime"]) < timedelta(seconds=5)
    assert answer[2]["currentTime"].endswith("Z")
    known = await house.database.run(charge_points.get, "CP1")
    assert (known.vendor, known.model, known.firmware_version) == ("Acme", "Box", "1.2.3")
    assert events.ChargePointBooted("CP1", accepted=True) in house.events


async def test_a_boot_that_cannot_be_read_is_answered_all_the_same(house: House) -> None:
    line = await house.connect()
    for payload in ({}, {"chargePointVendor": 7, "chargePointModel": ["x"]}, [], None, "text"):
        assert (await line.call("BootNotification", payload))["status"] == "Accepted"
    assert "missing_field" in line.findings


async def test_a_boot_in_mid_transaction_is_no_end_of_it(house: House) -> None:
    line = await house.connect()
    transaction_id = await started(line)
    await line.call("BootNotification", BOOT)
    assert (await stored(house, transaction_id)).state == "open"


async def test_a_charger_that_waits_may_boot_and_nothing_else(build: BuildHouse) -> None:
    line = await build().connect(accepted=False)
    answer = await line.call("BootNotification", BOOT)
    assert (answer["status"], answer["interval"]) == ("Pending", 15)
    for action, payload in (("Heartbeat", {}), ("StatusNotification", STATUS), ("StartTransaction", start())):
        assert await line.call(action, payload) == "SecurityError"


async def test_heartbeats_are_answered_with_our_time(house: House) -> None:
    line = await house.connect()
    (name,) = await line.call("Heartbeat")
    assert name == "currentTime"


# Authorizing


@pytest.mark.parametrize(
    ("tag", "info"),
    [
        (IdTag("A"), ACCEPTED),
        (IdTag("a", parent_id_tag="P"), {"parentIdTag": "P", "status": "Accepted"}),
        (IdTag("A", blocked=True), {"status": "Blocked"}),
        (
            IdTag("A", expires_at=datetime(2020, 1, 1, tzinfo=UTC)),
            {"expiryDate": "2020-01-01T00:00:00Z", "status": "Expired"},
        ),
        (IdTag("A", expires_at=datetime(2099, 1, 1, tzinfo=UTC)), {"expiryDate": "2099-01-01T00:00:00Z", **ACCEPTED}),
        (None, {"status": "Invalid"}),
    ],
)
async def test_a_tag_is_judged_with_what_is_known_of_it(
    build: BuildHouse, tag: IdTag | None, info: dict[str, str]
) -> None:
    house = build(accept_unknown_id_tags=False)
    if tag is not None:
        await house.database.run(id_tags.add, tag, house.central.now())
    line = await house.connect()
    answer = await line.call("Authorize", {"idTag": "A"})
    assert answer == {"idTagInfo": info}
    assert list(answer["idTagInfo"]) == list(info)
    assert any(isinstance(event, events.UnknownIdTagSeen) for event in house.events) == (tag is None)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({}, "OccurenceConstraintViolation"),
        ({"idTag": None}, "TypeConstraintViolation"),
        ({"idTag": ["A"]}, "TypeConstraintViolation"),
        (["A"], "FormationViolation"),
    ],
)
async def test_an_authorize_that_cannot_be_understood_is_an_error(house: House, payload: Any, code: str) -> None:
    line = await house.connect()
    assert await line.call("Authorize", payload) == code


# Transactions


async def test_a_transaction_from_start_to_stop(house: House) -> None:
    line = await house.connect()
    answer = await line.call("StartTransaction", start())
    transaction_id = answer["transactionId"]
    assert list(answer) == ["idTagInfo", "transactionId"]  # some read it by position
    assert (answer["idTagInfo"], transaction_id) == (ACCEPTED, 1)
    assert await line.call("MeterValues", values(2000, transactionId=transaction_id)) == {}
    assert line.live.power_w(1) == 11000
    assert (await stored(house, transaction_id)).energy_wh == 1000
    assert await line.call("StopTransaction", stop(transaction_id, idTag="A")) == {"idTagInfo": ACCEPTED}
    shown = await stored(house, transaction_id)
    assert (shown.state, shown.energy_wh, shown.stop_reason, shown.id_tag) == ("closed", 2000, "Local", "A")
    assert [type(event).__name__ for event in house.events][1:] == [
        "TransactionStarted",
        "MeterValuesReceived",
        "TransactionEnded",
    ]


async def test_a_resent_start_gets_the_same_id_and_verdict_and_is_told_once(house: House) -> None:
    line = await house.connect()
    first = await line.call("StartTransaction", start())
    again = await (await house.connect()).call("StartTransaction", start(idTag="a"))
    assert first == again
    assert len(await listed(house)) == 1
    assert sum(isinstance(event, events.TransactionStarted) for event in house.events) == 1


@pytest.mark.parametrize("changes", [{"connectorId": 2}, {"idTag": "B"}, {"meterStart": 1001}, {"timestamp": ago(9)}])
async def test_a_start_that_differs_is_another_transaction(house: House, changes: dict[str, Any]) -> None:
    line = await house.connect()
    assert await started(line) != await started(line, **changes)


async def test_a_start_is_stored_even_if_its_tag_may_not_charge(build: BuildHouse) -> None:
    house = build(accept_unknown_id_tags=False)
    line = await house.connect()
    answer = await line.call("StartTransaction", start())
    assert answer == {"idTagInfo": {"status": "Invalid"}, "transactionId": 1}
    assert (await stored(house, 1)).id_tag_status == "Invalid"


async def test_a_tag_with_a_maximum_is_concurrent_at_the_start_only(build: BuildHouse) -> None:
    house = build(accept_unknown_id_tags=False)
    await house.database.run(id_tags.add, IdTag("A", max_active_transactions=1), house.central.now())
    line = await house.connect()
    assert (await line.call("StartTransaction", start()))["idTagInfo"] == ACCEPTED
    assert (await line.call("StartTransaction", start()))["idTagInfo"] == ACCEPTED  # resent, not concurrent with itself
    assert (await line.call("StartTransaction", start(connectorId=2)))["idTagInfo"] == {"status": "ConcurrentTx"}
    assert (await line.call("Authorize", {"idTag": "A"}))["idTagInfo"] == ACCEPTED


@pytest.mark.parametrize("missing", ["connectorId", "idTag"])
async def test_a_start_without_connector_or_tag_is_an_error(house: House, missing: str) -> None:
    line = await house.connect()
    payload = start()
    del payload[missing]
    assert await line.call("StartTransaction", payload) == "OccurenceConstraintViolation"
    assert await listed(house) == []


async def test_a_start_is_read_as_tolerantly_as_its_meaning_allows(house: House) -> None:
    line = await house.connect()
    answer = await line.call(
        "StartTransaction", {"connectorId": " 1", "idTag": "X" * 30, "meterStart": "1000", "timestamp": "soon", "x": 1}
    )
    assert answer["transactionId"] == 1
    shown = await stored(house, 1)
    assert (shown.connector_id, shown.id_tag, shown.meter_start_wh) == (1, "X" * 30, 1000)
    assert shown.started_at is not None
    assert datetime.now(UTC) - shown.started_at < timedelta(seconds=5)
    assert {"wrong_type", "too_long", "unknown_field", "implausible_time"} <= set(line.findings)


@pytest.mark.parametrize("transaction_id", [0, -1, 4711, 2**63 - 1, None, "nonsense"])
async def test_a_stop_under_a_strange_id_is_answered_and_kept(house: House, transaction_id: Any) -> None:
    line = await house.connect()
    for _ in range(2):  # resent
        assert await line.call("StopTransaction", stop(transaction_id)) == {}
    (orphan,) = await listed(house)
    assert (orphan.state, orphan.meter_stop_wh, orphan.connector_id) == ("orphan", 3000, None)


async def test_a_stop_carries_the_verdict_on_its_own_tag(build: BuildHouse) -> None:
    house = build(accept_unknown_id_tags=False)
    await house.database.run(id_tags.add, IdTag("A", blocked=True), house.central.now())
    line = await house.connect()
    transaction_id = await started(line)
    blocked = {"idTagInfo": {"status": "Blocked"}}
    assert await line.call("StopTransaction", stop(transaction_id, idTag="A")) == blocked
    assert await line.call("StopTransaction", stop(99, idTag="A")) == blocked


async def test_a_stop_without_tag_for_a_transaction_that_we_know_is_accepted(house: House) -> None:
    line = await house.connect()
    transaction_id = await started(line)
    assert await line.call("StopTransaction", stop(transaction_id)) == {"idTagInfo": ACCEPTED}
    assert await line.call("StopTransaction", stop(transaction_id)) == {"idTagInfo": ACCEPTED}


async def test_a_charger_can_neither_stop_nor_meter_anothers_transaction(house: House) -> None:
    victim, other = await house.connect("CP1"), await house.connect("CP2")
    transaction_id = await started(victim)
    assert await other.call("StopTransaction", stop(transaction_id)) == {}
    assert await other.call("MeterValues", values(9999, transactionId=transaction_id)) == {}
    shown = await stored(house, transaction_id)
    assert (shown.state, shown.energy_wh) == ("open", None)
    told = [event for event in house.events if isinstance(event, events.ForeignTransactionNamed)]
    assert [(one.charge_point_id, one.action) for one in told] == [("CP2", "StopTransaction"), ("CP2", "MeterValues")]
    assert other.findings.count("foreign_transaction") == 2


async def test_available_ends_an_open_transaction_unseen_and_its_late_stop_counts(house: House) -> None:
    line = await house.connect()
    transaction_id = await started(line)
    await line.call("StatusNotification", STATUS | {"connectorId": 2})
    await line.call("StatusNotification", STATUS | {"connectorId": 0})
    assert (await stored(house, transaction_id)).state == "open"
    await line.call("StatusNotification", STATUS)
    assert (await stored(house, transaction_id)).state == "inferred"
    await line.call("StopTransaction", stop(transaction_id))
    assert (await stored(house, transaction_id)).state == "closed_late"
    ended = [event.state for event in house.events if isinstance(event, events.TransactionEnded)]
    assert ended == ["inferred", "closed_late"]


# Meter values and the rest


@pytest.mark.parametrize(
    "payload",
    [
        values(1, connectorId=0),
        values(1, transactionId=0),
        values(1, transactionId=4711),
        {"connectorId": 1},
        {"connectorId": 1, "meterValue": []},
        {"connectorId": "x", "meterValue": "y"},
        {"meterValue": [{"timestamp": "?", "sampledValue": [{"value": None}, {"value": 7}, "x"]}]},
        {},
    ],
)
async def test_meter_values_are_always_answered(house: House, payload: dict[str, Any]) -> None:
    line = await house.connect()
    assert await line.call("MeterValues", payload) == {}


async def test_the_status_of_connectors_is_kept_with_what_the_charger_says_more(house: House) -> None:
    line = await house.connect()
    fault = {"status": "Faulted", "errorCode": "OtherError", "info": "door open", "vendorErrorCode": "E17"}
    await line.call("StatusNotification", STATUS | fault)
    await line.call("StatusNotification", {"connectorId": 2, "status": "Odd"})
    shown = (await house.database.run(charge_points.show, "CP1")).connectors
    assert [(one.connector_id, one.status, one.error_code, one.info, one.vendor_error_code) for one in shown] == [
        (1, "Faulted", "OtherError", "door open", "E17"),
        (2, "Odd", None, None, None),
    ]
    assert {"missing_field", "unknown_word"} <= set(line.findings)


async def test_a_vendors_own_message_is_declined(house: House) -> None:
    line = await house.connect()
    assert await line.call("DataTransfer", {"vendorId": "x", "data": "y"}) == {"status": "UnknownVendorId"}
