"""Tests of payloads: what real charge points send, the strict verdicts, and what is essential."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from edge_csms.ocpp import codec, reading
from edge_csms.ocpp.errors import (
    FormationViolation,
    OccurenceConstraintViolation,
    PropertyConstraintViolation,
    TypeConstraintViolation,
)
from edge_csms.ocpp.v16 import OPERATIONS
from edge_csms.ocpp.v16.core import (
    Authorize,
    BootNotification,
    DataTransfer,
    GetConfigurationResponse,
    Heartbeat,
    MeterValues,
    ResetResponse,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)
from edge_csms.ocpp.v16.smart_charging import GetCompositeScheduleResponse, SetChargingProfile

START = {"connectorId": 1, "idTag": "04A1B2C3", "meterStart": 0, "timestamp": "2026-01-31T12:00:00Z"}


def decode(struct_type, document, **options):
    return codec.decode(struct_type, json.dumps(document).encode(), **options)


def codes(decoded):
    return [f"{finding.code} {finding.field}" for finding in decoded.findings]


def verdict(struct_type, document):
    with pytest.raises(Exception) as caught:
        decode(struct_type, document, strict=True)
    return type(caught.value), caught.value.description


def test_standard_payload_has_no_findings():
    assert decode(StartTransaction, START) == codec.Decoded(
        StartTransaction(connector_id=1, id_tag="04A1B2C3", meter_start=0, timestamp="2026-01-31T12:00:00Z")
    )


def test_raw_part_of_a_frame_is_decoded():
    assert codec.decode(Heartbeat, Raw(b"{}")).payload == Heartbeat()


@pytest.mark.parametrize("strict", [True, False])
def test_null_is_a_payload_without_members(strict):
    assert codec.decode(Heartbeat, b"null", strict=strict) == codec.Decoded(Heartbeat())


@pytest.mark.parametrize("strict", [True, False])
def test_word_null_inside_text_is_no_null(strict):
    boot = {"chargePointModel": "null", "chargePointVendor": ""}
    assert codes(decode(BootNotification, boot, strict=strict)) == []


def test_charge_point_with_long_serial_numbers_and_empty_vendor_boots():
    decoded = decode(
        BootNotification,
        {"chargePointVendor": "", "chargePointModel": "m" * 23, "chargeBoxSerialNumber": "s" * 33, "imsi": None},
    )
    assert decoded.payload.charge_point_model == "m" * 23
    assert codes(decoded) == ["too_long chargeBoxSerialNumber", "too_long chargePointModel", "null_field imsi"]


def test_transaction_id_beyond_64_bits_is_clamped():
    stop = {"transactionId": 2**70, "meterStop": 5, "timestamp": "2026-01-31T12:00:00Z"}
    decoded = decode(StopTransaction, stop)
    assert decoded.payload.transaction_id == 2**63 - 1
    assert codes(decoded) == ["out_of_range transactionId"]


def test_numbers_as_text_and_text_as_numbers_are_meter_values_all_the_same():
    decoded = decode(
        MeterValues,
        {
            "connectorId": " 1",
            "transactionId": None,
            "meterValue": [
                {"timestamp": "2026-08-04T13:35:45.377", "sampledValue": [{"value": 604.213, "unit": "wh"}]}
            ],
        },
    )
    (meter_value,) = decoded.payload.meter_value
    assert decoded.payload.connector_id == 1
    assert decoded.payload.transaction_id is None
    assert meter_value.timestamp == "2026-08-04T13:35:45.377"
    assert (meter_value.sampled_value[0].value, meter_value.sampled_value[0].unit) == ("604.213", "Wh")
    assert codes(decoded) == [
        "wrong_type connectorId",
        "null_field transactionId",
        "odd_time meterValue[].timestamp",
        "wrong_type meterValue[].sampledValue[].value",
        "word_case meterValue[].sampledValue[].unit",
    ]


def test_unknown_error_code_is_kept_verbatim():
    status = {"connectorId": 1, "errorCode": "Error", "status": "Charging"}
    assert decode(StatusNotification, status).payload.error_code == "Error"


def test_data_as_an_object_is_kept_as_its_text():
    assert decode(DataTransfer, {"vendorId": "V", "data": {"a": 1}}).payload.data == '{"a":1}'


def test_limit_that_was_computed_is_no_deviation():
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.100000000000005}]}
    answer = {"status": "Accepted", "chargingSchedule": schedule}
    assert codes(decode(GetCompositeScheduleResponse, answer, strict=True)) == []


@pytest.mark.parametrize(
    ("document", "error", "description"),
    [
        (START | {"connectorId": "1"}, TypeConstraintViolation, 'connectorId: expected an integer, found "1"'),
        (START | {"meterStart": 1.5}, TypeConstraintViolation, "meterStart: expected an integer, found 1.5"),
        (START | {"idTag": 5}, TypeConstraintViolation, "idTag: expected text, found 5"),
        (START | {"idTag": None}, TypeConstraintViolation, "idTag: must be left out rather than null"),
        (
            START | {"reservationId": None},
            TypeConstraintViolation,
            "reservationId: must be left out rather than null",
        ),
        ({}, OccurenceConstraintViolation, "connectorId: is required"),
        (
            START | {"idTag": "x" * 21},
            PropertyConstraintViolation,
            f'idTag: expected at most 20 characters, found "{"x" * 21}"',
        ),
        (
            START | {"idTag": "x\x10"},
            PropertyConstraintViolation,
            'idTag: expected printable characters, found "x\\u0010"',
        ),
        (
            START | {"idTag": "x\n"},
            PropertyConstraintViolation,
            'idTag: expected printable characters, found "x\\n"',
        ),
        (
            START | {"timestamp": "yesterday"},
            PropertyConstraintViolation,
            'timestamp: expected a time like 2026-01-31T12:00:00Z, found "yesterday"',
        ),
        (
            START | {"meterStart": 2**63},
            PropertyConstraintViolation,
            "meterStart: expected an integer of at most 64 bits, found 9223372036854775808",
        ),
        (START | {"extra": [1]}, FormationViolation, "extra: is not known here, found [1]"),
        ([], FormationViolation, "expected a JSON object, found []"),
        ("x", FormationViolation, 'expected a JSON object, found "x"'),
    ],
)
def test_strict_verdict_on_a_start(document, error, description):
    assert verdict(StartTransaction, document) == (error, description)


def test_strict_verdict_on_what_lies_deeper():
    values = {"connectorId": 1, "meterValue": []}
    assert verdict(MeterValues, values) == (
        OccurenceConstraintViolation,
        "meterValue: expected at least 1 item, found []",
    )
    sampled = [{"value": "1"}, {"value": "1", "location": "Moon"}]
    values["meterValue"] = [{"timestamp": "2026-01-31T12:00:00Z", "sampledValue": sampled}]
    assert verdict(MeterValues, values) == (
        PropertyConstraintViolation,
        'meterValue[0].sampledValue[1].location: expected Body, Cable, EV, Inlet or Outlet, found "Moon"',
    )


@pytest.mark.parametrize("text", ['{"connectorId":1,}', '{"a":"\x01"}', '{"a":NaN}', "{", "", "[" * 100_000])
def test_strict_verdict_on_broken_json_is_formation_violation(text):
    with pytest.raises(FormationViolation, match="unreadable payload"):
        codec.decode(StartTransaction, text.encode(), strict=True)


def test_strict_counts_decimals():
    period = {"startPeriod": 0, "limit": 16.55}
    profile = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]},
    }
    error, description = verdict(SetChargingProfile, {"connectorId": 1, "csChargingProfiles": profile})
    assert error is PropertyConstraintViolation
    assert description.endswith("chargingSchedulePeriod[0].limit: expected at most one decimal, found 16.55")


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({}, OccurenceConstraintViolation),
        (START | {"idTag": None}, TypeConstraintViolation),
        (START | {"idTag": {"id": "x"}}, TypeConstraintViolation),
        (START | {"connectorId": "first"}, TypeConstraintViolation),
        ([1], FormationViolation),
        ("text", FormationViolation),
        (None, OccurenceConstraintViolation),
    ],
)
def test_start_that_cannot_be_understood_is_refused_even_tolerantly(document, error):
    with pytest.raises(error):
        decode(StartTransaction, document, essential=OPERATIONS.get("StartTransaction").essential)


def test_payload_nested_beyond_reason_is_refused_where_it_is_essential():
    with pytest.raises(FormationViolation):
        codec.decode(Authorize, b'{"idTag":' + b"[" * 100_000, essential=("id_tag",))


def test_essential_field_may_deviate_as_long_as_it_can_be_read():
    start = {"ConnectorId": "1", "idTag": "ABCDEFGHIJKLMNOPQRST\x10\x0e"}
    decoded = decode(StartTransaction, start, essential=("connector_id", "id_tag"))
    assert (decoded.payload.connector_id, decoded.payload.id_tag) == (1, "ABCDEFGHIJKLMNOPQRST")
    assert codes(decoded) == [
        "field_case connectorId",
        "wrong_type connectorId",
        "control_characters idTag",
        "missing_field meterStart",
        "missing_field timestamp",
    ]


@pytest.mark.parametrize("raw", [b"[]", b'"Accepted"', b"5", b"{", b"", b"\xff", b"[" * 100_000])
def test_answer_that_is_no_object_is_an_empty_one_with_a_finding(raw):
    decoded = codec.decode_answer(ResetResponse, raw)
    assert decoded.payload == ResetResponse(status=None)
    assert codes(decoded) == ["not_an_object "]


def test_overlong_configuration_value_is_kept():
    value = "\n" + "x" * 550
    answer = {"configurationKey": [{"key": "K", "readonly": "false", "value": value}], "unknownKey": None}
    decoded = codec.decode_answer(GetConfigurationResponse, json.dumps(answer).encode())
    assert decoded.payload.configuration_key[0].value == value
    assert decoded.payload.configuration_key[0].readonly is False


@given(st.sampled_from(list(OPERATIONS)), st.binary() | st.text().map(str.encode))
def test_tolerant_decoding_of_anything_never_raises(operation, raw):
    assert isinstance(codec.decode(operation.request, raw).payload, operation.request)
    assert isinstance(codec.decode_answer(operation.response, raw).payload, operation.response)


@given(
    st.dictionaries(
        st.sampled_from(["connectorId", "idTag", "meterStart", "timestamp", "reservationId", "x"]),
        st.integers(-(2**65), 2**65)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=25)
        | st.sampled_from(["2026-01-31T12:00:00Z", "null", None, True]),
    )
)
def test_one_step_and_field_by_field_agree(document):
    payload, findings = reading.read(StartTransaction, document)
    decoded = decode(StartTransaction, document)
    assert (decoded.payload, decoded.findings) == (payload, findings)
    if findings:
        assert verdict(StartTransaction, document) == (
            type(findings[0].as_error()),
            findings[0].as_error().description,
        )
    else:
        assert decode(StartTransaction, document, strict=True) == decoded
