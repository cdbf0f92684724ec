"""Names are taken out of what chargers sent, and nothing else."""

import base64
import json

import pytest

from edge_csms.domain.anonymity import names_somebody, without_names

TAG = "04a1b2c3d4e5f6"
START = b'{"connectorId":1,"idTag":"04A1B2C3D4E5F6","meterStart":1,"timestamp":"2026-01-01T00:00:00Z"}'


def ocmf(**members: object) -> str:
    return f"OCMF|{json.dumps({'FV': '1.0', 'RD': [], **members})}|{json.dumps({'SD': '3045'})}"


def sampled(value: str, **members: str) -> bytes:
    return json.dumps({"meterValue": [{"sampledValue": [{"value": value, **members}]}]}).encode()


def test_the_tag_of_a_start_goes_and_all_else_stays() -> None:
    assert json.loads(without_names(START, {TAG})) == json.loads(START) | {"idTag": "anonymous"}


def test_a_payload_that_names_nobody_comes_back_byte_for_byte() -> None:
    payload = b'{ "meterValue" : [{"timestamp":"2026-01-01T00:00:00Z","sampledValue":[{"value":"1"}]}], "x":1.50 }'
    assert without_names(payload, {TAG, "1"}) is payload


@pytest.mark.parametrize("name", ["idTag", "IDTAG", "parentIdTag", "idToken"])
def test_a_member_that_is_meant_for_a_tag_goes_whatever_is_in_it(name: str) -> None:
    payload = json.dumps({"list": [{name: {"idToken": "unknown"}}]}).encode()
    assert json.loads(without_names(payload, set())) == {"list": [{name: "anonymous"}]}


def test_a_tag_is_found_also_where_the_standard_has_no_place_for_it() -> None:
    payload = json.dumps({"vendorData": f"card {TAG.upper()} at reader 2", "n": None}).encode()
    assert json.loads(without_names(payload, {TAG})) == {"vendorData": "anonymous", "n": None}


def test_a_short_tag_is_not_looked_for_in_values_and_times() -> None:
    payload = b'{"idTag":"2026","timestamp":"2026-01-01T00:00:00Z","value":"2026"}'
    assert json.loads(without_names(payload, {"2026"})) == json.loads(payload) | {"idTag": "anonymous"}


def test_a_signed_value_that_names_nobody_stays() -> None:
    for members in ({}, {"IS": False, "ID": ""}):
        payload = sampled(ocmf(**members), format="SignedData")
        assert without_names(payload, {TAG}) is payload


@pytest.mark.parametrize(
    ("value", "members"),
    [
        (ocmf(IS=True, ID="04A1B2C3D4E5F6"), {"format": "SignedData"}),
        (ocmf(IS=True, ID="04A1B2C3D4E5F6"), {}),
        (json.dumps({"signedMeterData": base64.b64encode(ocmf(ID="X").encode()).decode()}), {"format": "SignedData"}),
        ("AP;0;3;KEY;DATA;SIGNATURE", {}),
        ("0a0b0c", {"format": "SignedData"}),
        ("OCMF|no json|{}", {}),
        ("OCMF|", {}),
    ],
)
def test_a_signed_value_that_may_name_somebody_goes(value: str, members: dict[str, str]) -> None:
    assert names_somebody(value)
    (reading,) = json.loads(without_names(sampled(value, **members), set()))["meterValue"][0]["sampledValue"]
    assert reading == {"value": "anonymous", **members}


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"idTag":"04A1'])
def test_nothing_is_left_of_what_cannot_be_read(payload: bytes) -> None:
    assert without_names(payload, {TAG}) == b"{}"
