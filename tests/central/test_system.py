"""Who is connected, who takes whose place, and commands to charge points."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from edge_csms.central import system
from edge_csms.central.session import Session
from edge_csms.domain import events
from edge_csms.domain.errors import Conflict, Invalid, NotFound, Offline
from edge_csms.services import charge_points, configuration
from tests.house import BuildHouse, House, Line

AVAILABLE = {"errorCode": "NoError", "status": "Available"}
BOOT = {"chargePointVendor": "Acme", "chargePointModel": "Box"}


async def ready(house: House, identity: str = "CP1") -> Line:
    """Give a charge point that takes commands at once."""
    line = await house.connect(identity)
    await line.call("Heartbeat")
    return line


async def answered(line: Line, command: Any, answer: dict[str, Any]) -> tuple[list[Any], Any]:
    """Run a command, answer its CALL, and give the CALL and what the command returned."""
    task = asyncio.ensure_future(command)
    call = await line.wire.next()
    line.answer(call, answer)
    return call[2:], await task


# Connections


async def test_connections_are_told_and_listed(house: House) -> None:
    assert house.central.connected() == []
    line = await house.connect()
    assert [live.charge_point_id for live in house.central.connected()] == ["CP1"]
    assert house.central.live("cp1") is line.live
    assert house.central.live("CP2") is None
    house.central.disconnect(line.session)
    assert house.central.connected() == []
    assert house.events == [events.ChargePointConnected("CP1"), events.ChargePointDisconnected("CP1")]


async def test_the_first_version_in_the_chargers_order_is_chosen(house: House) -> None:
    choose = house.central.choose_subprotocol
    assert choose(["ocpp2.0.1", "ocpp1.6"]) == "ocpp1.6"
    assert choose(["OCPP1.6", "ocpp1.5"]) is None
    assert choose([]) is None
    assert house.central.assumed_subprotocol == "ocpp1.6"


async def test_the_newest_connection_wins_and_the_late_end_of_the_old_one_leaves_it_alone(house: House) -> None:
    old = await ready(house)
    waiting = asyncio.ensure_future(house.central.send("CP1", "ClearCache", b"{}"))
    await old.wire.next()
    new = await house.connect()
    assert old.wire.closed == (1000, "a newer connection took its place")
    with pytest.raises(Offline):
        await waiting
    house.central.disconnect(old.session)
    assert house.central.live("CP1").session is new.session  # type: ignore[union-attr]
    assert "currentTime" in await new.call("Heartbeat")
    call, _ = await answered(new, house.central.send("CP1", "ClearCache", b"{}"), {"status": "Accepted"})
    assert call == ["ClearCache", {}]
    assert events.ChargePointDisconnected("CP1") not in house.events


async def test_an_authenticated_connection_gets_its_place_at_once(house: House) -> None:
    line = await house.connect()
    assert await house.central.make_room(line.live.charge_point, authenticated=True)
    assert line.wire.pings == 0


async def test_without_proof_an_old_connection_that_lives_is_kept(house: House) -> None:
    line = await house.connect()
    asking = asyncio.ensure_future(house.central.make_room(line.live.charge_point, authenticated=False))
    await asyncio.sleep(0)
    assert line.wire.pings == 1
    line.session.heard()
    assert await asyncio.wait_for(asking, 5) is False
    assert events.IdentityContested("CP1") in house.events


async def test_without_proof_an_old_connection_that_is_dead_gives_way(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "OLD_SESSION_SECONDS", 0.1)
    line = await house.connect()
    assert await house.central.make_room(line.live.charge_point, authenticated=False)


async def test_without_proof_an_old_connection_that_ends_meanwhile_gives_way(house: House) -> None:
    line = await house.connect()
    asking = asyncio.ensure_future(house.central.make_room(line.live.charge_point, authenticated=False))
    await asyncio.sleep(0)
    house.central.disconnect(line.session)
    assert await asyncio.wait_for(asking, 3)


async def test_at_the_end_all_are_told(house: House) -> None:
    lines = [await house.connect("CP1"), await house.connect("CP2")]
    house.central.close_all(1001, "the central system stops")
    assert {line.wire.closed for line in lines} == {(1001, "the central system stops")}
    assert house.central.connected() == []


async def test_a_retired_charge_point_is_closed_and_forgotten(house: House) -> None:
    line = await ready(house)
    house.central.retire("cp1")
    assert line.wire.closed == (1000, "this charge point was deleted")
    assert house.central.live("CP1") is None
    assert house.central.inspector.list_("CP1") == []
    house.central.disconnect(line.session)  # its late end
    assert house.events[-1] == events.ChargePointRetired("cp1")


async def test_what_a_technician_changes_holds_for_the_session_at_once(build: BuildHouse) -> None:
    house = build(new_charge_points="approve")
    line = await house.connect(accepted=False)
    assert await line.call("Heartbeat") == "SecurityError"
    changes, now = {"registration": "accepted"}, house.central.now()
    house.central.refresh(await house.database.run(charge_points.update, "CP1", changes, now))
    assert "currentTime" in await line.call("Heartbeat")
    assert events.ChargePointChanged("CP1") in house.events


# Signs of life


def silence(session: Session, seconds: float) -> None:
    session.last_heard -= seconds
    session.pinged_at -= seconds


async def test_a_quiet_connection_is_pinged_now_and_then(house: House) -> None:
    line = await house.connect()
    house.central.check_liveness()
    assert line.wire.pings == 0
    silence(line.session, 31)
    house.central.check_liveness()
    house.central.check_liveness()
    assert line.wire.pings == 1
    silence(line.session, 31)
    house.central.check_liveness()
    assert (line.wire.pings, line.wire.aborted) == (2, False)


@pytest.mark.parametrize(("heartbeat_seconds", "limit"), [(10, 180), (300, 900)])
async def test_a_connection_is_ended_after_three_heartbeats_of_silence(
    build: BuildHouse, heartbeat_seconds: int, limit: int
) -> None:
    house = build(heartbeat_interval_seconds=heartbeat_seconds)
    line = await house.connect()
    silence(line.session, limit - 5)
    house.central.check_liveness()
    assert not line.wire.aborted
    silence(line.session, 10)
    house.central.check_liveness()
    assert line.wire.aborted


async def told_interval(house: House, value: str, at: datetime) -> None:
    read = configuration.Read((("HEARTBEATINTERVAL", value, False),), ())
    await house.database.run(configuration.note_read, "CP1", read, False, at)


@pytest.mark.parametrize(
    ("value", "minutes_after_boot", "limit"),
    [("3600", 1, 10_800), ("3600", -1, 900), ("60", 1, 180), ("often", 1, 900)],
    ids=["read after its boot", "before it", "a short one", "no number"],
)
async def test_how_long_one_may_be_silent_is_known_after_a_restart_unless_it_booted_since(
    build: BuildHouse, value: str, minutes_after_boot: int, limit: int
) -> None:
    before = build()
    line = await before.connect()
    await line.call("BootNotification", BOOT)
    await told_interval(before, value, before.central.now() + timedelta(minutes=minutes_after_boot))
    house = build()
    await house.central.recall_heartbeats()
    line = await house.connect()
    silence(line.session, limit - 5)
    house.central.check_liveness()
    assert not line.wire.aborted
    silence(line.session, 10)
    house.central.check_liveness()
    assert line.wire.aborted


async def test_when_a_charge_point_was_last_seen_is_known_and_stored(house: House) -> None:
    line = await ready(house)
    silence(line.session, 100)
    seen = house.central.last_seen(line.live.charge_point)
    assert seen is not None
    assert (house.central.now() - seen).total_seconds() == pytest.approx(100, abs=2)
    house.central.disconnect(line.session)
    await house.central.flush_last_seen()
    stored = await house.database.run(charge_points.get, "CP1")
    assert stored.last_seen is not None
    assert abs((stored.last_seen - seen).total_seconds()) < 2


# Findings


async def test_findings_are_counted_and_stored_with_their_first_example(house: House) -> None:
    line = await house.connect()
    for text in ("first", "second", "third"):
        line.session.receive(text)
    await house.central.flush()
    line.session.receive("fourth")
    await house.central.flush()
    await house.central.flush()
    (finding,) = (await house.database.run(charge_points.show, "CP1")).findings
    assert (finding.code, finding.count, finding.example) == ("invalid_frame", 4, "first")


async def test_findings_wait_while_the_storage_is_out_of_order(house: House) -> None:
    line = await house.connect()
    line.session.receive("no frame")
    await house.database.close()
    await house.central.flush()
    line.session.receive("no frame")
    await house.database.open()
    await house.central.flush()
    (finding,) = (await house.database.run(charge_points.show, "CP1")).findings
    assert finding.count == 2


# Commands


async def test_a_remote_start_names_the_connector_where_a_car_waits(house: House) -> None:
    line = await ready(house)
    for connector_id, status in ((0, "Available"), (1, "Available"), (2, "Preparing")):
        await line.call("StatusNotification", AVAILABLE | {"connectorId": connector_id, "status": status})
    call, status = await answered(line, house.central.remote_start("CP1", "A"), {"status": "Accepted"})
    assert (call, status) == (["RemoteStartTransaction", {"connectorId": 2, "idTag": "A"}], "Accepted")
    call, status = await answered(line, house.central.remote_start("cp1", "A", 7), {"status": "Rejected"})
    assert (call, status) == (["RemoteStartTransaction", {"connectorId": 7, "idTag": "A"}], "Rejected")


async def test_a_remote_start_names_connector_1_where_none_is_known(house: House) -> None:
    line = await ready(house)
    call, _ = await answered(line, house.central.remote_start("CP1", "A"), {"status": "Accepted"})
    assert call[1]["connectorId"] == 1


async def test_a_remote_start_is_refused_where_every_connector_is_taken(house: House) -> None:
    line = await ready(house)
    start = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": house.central.now().isoformat()}
    await line.call("StatusNotification", AVAILABLE | {"connectorId": 1, "status": "Charging"})
    await line.call("StartTransaction", start)
    with pytest.raises(Conflict, match="every connector of CP1 has a transaction"):
        await house.central.remote_start("CP1", "B")


async def test_a_remote_stop_names_the_transaction_as_the_charger_knows_it(house: House) -> None:
    line = await ready(house)
    call, status = await answered(line, house.central.remote_stop("CP1", "17"), {"status": "Accepted"})
    assert (call, status) == (["RemoteStopTransaction", {"transactionId": 17}], "Accepted")


async def test_an_odd_answer_is_noted_and_read_all_the_same(house: House) -> None:
    line = await ready(house)
    _, status = await answered(line, house.central.remote_stop("CP1", "17"), {"Status": "Accepted", "x": 1})
    assert status == "Accepted"
    assert sorted(line.findings) == ["field_case", "unknown_field"]


async def test_one_that_waits_for_acceptance_can_be_read_and_not_told_to_charge(house: House) -> None:
    line = await house.connect(accepted=False)
    await line.call("BootNotification", BOOT)
    for command in (
        house.central.remote_start("CP1", "A"),
        house.central.remote_stop("CP1", "17"),
        house.central.send("CP1", "RemoteStartTransaction", b'{"idTag":"A"}'),
    ):
        with pytest.raises(Offline, match="waits for acceptance"):
            await command
    call, read = await answered(
        line, house.central.read_configuration("CP1", ["A"]), {"configurationKey": [], "unknownKey": ["A"]}
    )
    assert (call, read.unknown) == (["GetConfiguration", {"key": ["A"]}], ("A",))


async def test_commands_need_a_charge_point_that_is_known_and_there(house: House) -> None:
    with pytest.raises(NotFound, match="there is no charge point CP1"):
        await house.central.remote_stop("CP1", "17")
    line = await house.connect()
    house.central.disconnect(line.session)
    with pytest.raises(Offline, match="CP1 is not connected"):
        await house.central.remote_stop("CP1", "17")


@pytest.mark.parametrize(
    ("action", "payload", "error"),
    [
        ("Heartbeat", b"{}", NotFound),
        ("Nonsense", b"{}", NotFound),
        ("Reset", b"{}", Invalid),
        ("Reset", b'{"type":"Soft","x":1}', Invalid),
        ("Reset", b'{"type":"Soft"', Invalid),
        ("Reset", b"[]", Invalid),
        ("SetChargingProfile", b'{"connectorId":1,"csChargingProfiles":{}}', Invalid),
    ],
)
async def test_what_no_central_system_may_say_is_refused(
    house: House, action: str, payload: bytes, error: type[Exception]
) -> None:
    line = await ready(house)
    with pytest.raises(error):
        await house.central.send("CP1", action, payload)
    assert len(line.wire.sent) == 1  # the answer to the Heartbeat


async def test_commands_of_people_go_before_questions_of_our_own(house: House) -> None:
    line = await ready(house)
    tasks = [
        asyncio.ensure_future(command)
        for command in (
            house.central.trigger("CP1", "boot"),
            house.central.trigger("CP1", "boot"),
            house.central.send("CP1", "ClearCache", b"{}"),
            house.central.write_configuration("CP1", "A", "1"),
            house.central.remote_stop("CP1", "17"),
        )
    ]
    told = []
    for _ in tasks:
        call = await line.wire.next()
        told.append(call[2])
        line.answer(call, {"status": "Accepted"})
    await asyncio.gather(*tasks)
    assert told[0] == told[-1] == "TriggerMessage"
    assert sorted(told[1:-1]) == ["ChangeConfiguration", "ClearCache", "RemoteStopTransaction"]


async def test_every_call_and_its_outcome_is_counted(house: House) -> None:
    line = await ready(house)
    await line.call("Heartbeat")
    await line.call("Nonsense")
    assert house.central.counts == {("Heartbeat", "answered"): 2, ("unknown", "refused"): 1}


def test_all_that_can_be_sent_is_listed_with_its_payload(house: House) -> None:
    payloads = house.central.payloads()
    assert {"Reset", "RemoteStartTransaction", "DataTransfer"} <= payloads.keys()
    assert "Heartbeat" not in payloads
    assert payloads["Reset"].__struct_fields__ == ("type",)
