"""What meter values say: the register, the power, when they were taken, and the standard's defaults."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from edge_csms.central import metering_v16
from edge_csms.central.dialect import Sample
from edge_csms.ocpp import codec
from edge_csms.ocpp.v16.core import MeterValues
from edge_csms.ocpp.v16.types import MeterValue

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

Sampled = dict[str, Any] | str


def payload(*samples: tuple[str, list[Sampled]]) -> bytes:
    """Write a MeterValues payload; a sample that is a bare text is a value without anything else."""
    values = [
        {"timestamp": timestamp, "sampledValue": [{"value": one} if isinstance(one, str) else one for one in sampled]}
        for timestamp, sampled in samples
    ]
    return json.dumps({"connectorId": 1, "meterValue": values}).encode()


def at_noon(*sampled: Sampled) -> list[MeterValue]:
    """Read one sample as the dialect does."""
    return read(("2026-11-24T12:00:00Z", list(sampled)))


def read(*samples: tuple[str, list[Sampled]]) -> list[MeterValue]:
    values: list[MeterValue] = codec.decode(MeterValues, payload(*samples)).payload.meter_value
    return values


def power(value: str, phase: str | None = None, unit: str = "W") -> Sampled:
    return {"value": value, "measurand": "Power.Active.Import", "unit": unit, **({"phase": phase} if phase else {})}


def current(value: str, phase: str | None = None) -> Sampled:
    return {"value": value, "measurand": "Current.Import", "unit": "A", **({"phase": phase} if phase else {})}


def voltage(value: str, phase: str | None = None) -> Sampled:
    return {"value": value, "measurand": "Voltage", "unit": "V", **({"phase": phase} if phase else {})}


# --- the register ---


@pytest.mark.parametrize(
    ("sampled", "expected"),
    [
        ("1234", 1234),
        ({"value": "1234", "measurand": "Energy.Active.Import.Register", "unit": "Wh"}, 1234),
        ({"value": "1.2345", "unit": "kWh"}, 1234),
        ({"value": "1234.56"}, 1235),
        ({"value": "-5"}, -5),
        ({"value": "1234", "phase": "L1"}, 1234),
    ],
    ids=["defaults", "all said", "kWh", "fraction", "negative", "single-phase meter"],
)
def test_the_energy_register_is_read_in_wh(sampled: Sampled, expected: int) -> None:
    assert metering_v16.register_wh(at_noon(sampled)) == expected


@pytest.mark.parametrize(
    "sampled",
    [
        {"value": "NaN"},
        {"value": "Infinity"},
        {"value": "1e300"},
        {"value": ""},
        {"value": "twelve"},
        {"value": "12", "format": "SignedData"},
        {"value": "12", "measurand": "Energy.Active.Export.Register"},
        {"value": "12", "measurand": "Energy.Active.Import.Interval"},
        {"value": "12", "measurand": "SoC"},
    ],
    ids=lambda sampled: sampled.get("measurand") or sampled.get("format") or sampled["value"],
)
def test_what_is_no_register_is_not_taken_for_one(sampled: Sampled) -> None:
    assert metering_v16.register_wh(at_noon(sampled)) is None


def test_the_total_goes_before_the_phases_and_phases_are_never_added_up() -> None:
    phases: list[Sampled] = [{"value": value, "phase": phase} for value, phase in (("1", "L1"), ("2", "L2"))]
    assert metering_v16.register_wh(at_noon(*phases, "30")) == 30
    assert metering_v16.register_wh(at_noon(*phases)) is None


def test_the_newest_register_of_a_message_counts() -> None:
    assert metering_v16.register_wh(read(("2026-11-24T12:00:00Z", ["1"]), ("2026-11-24T12:01:00Z", ["2"]))) == 2
    assert metering_v16.register_wh(read(("2026-11-24T12:00:00Z", ["1"]), ("2026-11-24T12:01:00Z", [power("9")]))) == 1


def test_the_newest_register_counts_wherever_it_stands_in_the_message() -> None:
    assert metering_v16.register_wh(read(("2026-11-24T12:01:00Z", ["2"]), ("2026-11-24T12:00:00Z", ["1"]))) == 2


def test_nothing_has_no_register() -> None:
    assert metering_v16.register_wh([]) is None
    assert metering_v16.begin_register_wh([]) is None


def test_the_register_of_the_begin_is_told_apart_from_those_after_it() -> None:
    begin: Sampled = {"value": "900", "context": "Transaction.Begin"}
    end: Sampled = {"value": "1.5", "unit": "kWh", "context": "Transaction.End"}
    for values in (at_noon(begin, end), at_noon(end, begin)):
        assert (metering_v16.begin_register_wh(values), metering_v16.register_wh(values)) == (900, 1500)
    assert metering_v16.begin_register_wh(at_noon("900", end)) is None


# --- the power ---


@pytest.mark.parametrize(
    ("sampled", "expected"),
    [
        ([power("7.4", unit="kW")], 7400.0),
        ([power("1000", "L1"), power("2000", "L2"), power("3000", "L3")], 6000.0),
        ([power("1000", "L1"), power("6000")], 6000.0),
        ([power("3000"), current("1")], 3000.0),
        ([current("10", "L1"), current("10", "L2"), voltage("230", "L1-N"), voltage("240", "L2-N")], 4700.0),
        ([current("10", "L1"), voltage("231", "L1")], 2310.0),
        ([current("10"), voltage("229")], 2290.0),
        ([current("10")], 2300.0),
        ([current("10", "L1"), current("2", "N")], 2300.0),
        ([current("10", "N")], 2300.0),
    ],
    ids=[
        "total in kW",
        "sum of phases",
        "total before phases",
        "power before current",
        "volts between phase and neutral",
        "volts of the phase",
        "volts of all",
        "nominal volts",
        "neutral is no phase",
        "neutral alone",
    ],
)
def test_the_power_is_read_in_watts(sampled: list[Sampled], expected: float) -> None:
    assert metering_v16.power_w(at_noon(*sampled)) == expected


def test_values_without_power_or_current_have_no_power() -> None:
    assert metering_v16.power_w(at_noon("1234", voltage("230"), power("NaN"))) is None
    assert metering_v16.power_w([]) is None


# --- when they were taken ---


def test_a_message_was_taken_at_its_earliest_time() -> None:
    samples = read(("2026-11-24T12:01:00Z", ["2"]), ("2026-11-24T12:00:00Z", ["1"]))
    assert metering_v16.taken_at(samples) == (NOON, None)


def test_times_that_cannot_be_read_are_passed_over_and_named() -> None:
    samples = read(("yesterday", ["2"]), ("2026-11-24T12:00:00Z", ["1"]), ("tomorrow", ["3"]))
    assert metering_v16.taken_at(samples) == (NOON, "yesterday")
    assert metering_v16.taken_at(read(("yesterday", ["2"]))) == (None, "yesterday")
    assert metering_v16.taken_at([]) == (None, None)


def test_a_time_without_a_zone_is_in_the_one_that_the_charger_is_known_for() -> None:
    samples = read(("2026-11-24T13:00:00", ["1"]))
    assert metering_v16.taken_at(samples, timezone(timedelta(hours=1))) == (NOON, None)


# --- as shown ---


def test_what_a_sample_leaves_out_is_filled_in_as_the_standard_says() -> None:
    (samples,) = metering_v16.samples(payload(("2026-11-24T12:00:00Z", ["1234"])))
    register = "Energy.Active.Import.Register"
    assert samples.values == (Sample("1234", register, "Wh", None, "Sample.Periodic", "Outlet", "Raw"),)
    assert (samples.timestamp, samples.timestamp_sent) == (NOON, "2026-11-24T12:00:00Z")


def test_both_spellings_of_celsius_are_one_unit() -> None:
    sampled: list[Sampled] = [
        {"value": "21", "measurand": "Temperature", "unit": unit} for unit in ("Celcius", "Celsius", "K")
    ]
    (samples,) = metering_v16.samples(payload(("2026-11-24T12:00:00Z", sampled)))
    assert [value.unit for value in samples.values] == ["Celsius", "Celsius", "K"]


def test_a_unit_that_is_not_said_is_wh_for_energy_alone() -> None:
    (samples,) = metering_v16.samples(payload(("2026-11-24T12:00:00Z", [{"value": "50", "measurand": "SoC"}])))
    assert [value.unit for value in samples.values] == [None]


def test_samples_are_shown_by_time_whatever_their_order_in_the_message() -> None:
    shown = metering_v16.samples(payload(*((f"2026-11-24T12:0{minute}:00Z", [f"{minute}"]) for minute in (2, 0, 1))))
    assert [samples.values[0].value for samples in shown] == ["0", "1", "2"]


def test_samples_whose_order_cannot_be_known_stay_as_they_were_sent() -> None:
    shown = metering_v16.samples(
        payload(("2026-11-24T12:02:00Z", ["2"]), ("later", ["?"]), ("2026-11-24T12:00:00Z", ["0"]))
    )
    assert [samples.values[0].value for samples in shown] == ["2", "?", "0"]
    assert shown[1].timestamp is None
    assert shown[1].timestamp_sent == "later"


def test_the_transaction_data_of_a_stop_is_read_alike() -> None:
    stop = json.dumps(
        {
            "transactionId": 1,
            "meterStop": 9,
            "timestamp": "2026-11-24T12:00:00Z",
            "transactionData": [{"timestamp": "2026-11-24T12:00:00Z", "sampledValue": [{"value": "9"}]}],
        }
    ).encode()
    (samples,) = metering_v16.stop_samples(stop)
    assert samples.values[0].value == "9"
    assert metering_v16.stop_samples(b'{"transactionId": 1}') == []
