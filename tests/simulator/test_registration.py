"""Booting and heartbeats."""

from datetime import UTC, datetime

from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import TIME, Central


async def test_boot_tells_the_nameplate_and_then_all_connectors(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.boot()
    boot = central.of("BootNotification")[0]
    assert (boot["chargePointVendor"], boot["chargePointModel"]) == ("Edge Works", "Wallbox 22")
    assert [each["connectorId"] for each in central.of("StatusNotification")] == [0, 1, 2]


async def test_boot_sets_clock_and_heartbeat_interval(charge_point: ChargePoint, central: Central) -> None:
    central.answers["BootNotification"] = {"currentTime": TIME, "interval": 77, "status": "Accepted"}
    await charge_point.boot()
    assert abs(charge_point.clock.now() - datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)).total_seconds() < 5
    assert charge_point.configuration.number("HeartbeatInterval") == 77


async def test_the_interval_of_the_boot_counts_at_once(charge_point: ChargePoint, central: Central) -> None:
    central.answers["BootNotification"] = {"currentTime": TIME, "interval": 1, "status": "Accepted"}
    await charge_point.boot()
    await central.until(lambda: central.of("Heartbeat"))


async def test_while_it_is_not_accepted_it_is_quiet(charge_point: ChargePoint, central: Central) -> None:
    central.answers["BootNotification"] = {"currentTime": TIME, "interval": 15, "status": "Rejected"}
    assert (await charge_point.boot()).status == "Rejected"
    await charge_point.plug_in(1)
    assert central.actions() == ["BootNotification"]


async def test_a_heartbeat_sets_the_clock_only_where_it_is_wrong(charge_point: ChargePoint, central: Central) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    central.answers["Heartbeat"] = {"currentTime": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    await charge_point.heartbeat()
    assert charge_point.clock.offset.total_seconds() == 0
