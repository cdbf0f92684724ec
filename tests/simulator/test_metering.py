"""MeterValues."""

from datetime import UTC, datetime

from edge_csms.simulator import metering
from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import Central


async def test_readings_come_by_themselves_while_charging(charge_point: ChargePoint, central: Central) -> None:
    charge_point.clock.speed = 3600.0
    await charge_point.start(1, "TAG1")
    await central.until(lambda: len(central.of("MeterValues")) >= 3)
    await charge_point.stop(1)
    readings = [int(each["meterValue"][0]["sampledValue"][0]["value"]) for each in central.of("MeterValues")]
    assert readings == sorted(readings)
    assert readings[-1] - readings[0] > 100  # two minutes and more at 11 kW
    assert {each["transactionId"] for each in central.of("MeterValues")} == {1}


async def test_no_readings_come_where_the_interval_is_0(charge_point: ChargePoint, central: Central) -> None:
    charge_point.clock.speed = 36000.0
    charge_point.configuration.set("MeterValueSampleInterval", "0")
    await charge_point.start(1, "TAG1")
    await charge_point.clock.sleep(600)
    assert not central.of("MeterValues")


async def test_what_is_measured_is_configured(charge_point: ChargePoint, central: Central) -> None:
    charge_point.configuration.set("MeterValuesSampledData", "Voltage")
    await charge_point.meter(1)
    values = central.of("MeterValues")[0]["meterValue"][0]["sampledValue"]
    assert [(each["measurand"], each["phase"]) for each in values] == [
        ("Voltage", "L1-N"),
        ("Voltage", "L2-N"),
        ("Voltage", "L3-N"),
    ]
    assert "transactionId" not in central.of("MeterValues")[0]
    charge_point.configuration.set("MeterValuesSampledData", "")
    assert await charge_point.meter(1) is None


def test_the_next_mark_is_a_multiple_of_the_interval() -> None:
    now = datetime(2031, 1, 6, 12, 7, 30, tzinfo=UTC)
    assert [metering.seconds_to_mark(now, interval) for interval in (30, 60, 900)] == [30, 30, 450]


async def test_readings_come_by_the_clock_from_every_connector(charge_point: ChargePoint, central: Central) -> None:
    await central.call("ChangeConfiguration", {"key": "ClockAlignedDataInterval", "value": "1"})
    await central.until(lambda: len(central.of("MeterValues")) >= 2)
    first, second = central.of("MeterValues")[:2]
    assert (first["connectorId"], second["connectorId"]) == (1, 2)
    (value,) = first["meterValue"][0]["sampledValue"]
    assert (value["context"], value["measurand"]) == ("Sample.Clock", "Energy.Active.Import.Register")
