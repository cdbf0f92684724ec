"""What was metered in a transaction, read back."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from edge_csms.central import metered
from edge_csms.domain.model import ChargePoint, MeterReading, Registration
from edge_csms.services.meter_values import Readings
from tests.house import BuildHouse

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CHARGE_POINT = ChargePoint(1, "CP1", Registration.ACCEPTED)


def message(timestamp: str, value: str) -> MeterReading:
    text = f'{{"connectorId":1,"meterValue":[{{"timestamp":"{timestamp}","sampledValue":[{{"value":"{value}"}}]}}]}}'
    return MeterReading(1, 7, NOW, text.encode())


STOP = (
    b'{"meterStop":9,"timestamp":"2026-11-24T12:30:00Z","transactionId":7,'
    b'"transactionData":[{"timestamp":"2026-11-24T12:10:00","sampledValue":[{"value":"2"}]}]}'
)
READINGS = Readings(
    CHARGE_POINT,
    1,
    [message("2026-11-24T12:20:00", "3"), message("nonsense", "4"), message("2026-11-24T12:00:00", "1")],
    STOP,
)


async def test_all_comes_by_time_and_what_has_none_last(build: BuildHouse) -> None:
    read = metered.read(build().central, READINGS)
    assert [one.values[0].value for _, one in read] == ["1", "2", "3", "4"]
    assert {connector_id for connector_id, _ in read} == {1}


async def test_times_without_a_zone_are_utc_or_local_where_a_technician_says_so(build: BuildHouse) -> None:
    central = build(timezone=ZoneInfo("Europe/Berlin")).central
    local = replace(READINGS, charge_point=replace(CHARGE_POINT, switches={"local_time": True}))
    hours = [
        [one.timestamp.hour for _, one in metered.read(central, each) if one.timestamp] for each in (READINGS, local)
    ]
    assert hours == [[12, 12, 12], [11, 11, 11]]
