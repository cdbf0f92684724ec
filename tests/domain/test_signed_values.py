"""Which values are signed, and what in them the signature is over."""

import base64
import json

import pytest

from edge_csms.domain.signed_values import SignedData, is_signed, unwrap

OCMF = 'OCMF|{"FV":"1.0","GI":"Zähler \\"7\\"","RD":[]}|{"SD":"3045"}'


@pytest.mark.parametrize(
    ("value", "value_format", "signed"),
    [
        ("1234", "Raw", False),
        ("3045022100", "SignedData", True),
        (OCMF, "Raw", True),
        ("AP;0;3;ALCV3", "Raw", True),
        ("OCMF", "Raw", False),
    ],
)
def test_signed_is_what_says_so_or_looks_so(value: str, value_format: str, signed: bool) -> None:
    assert is_signed(value, value_format) is signed


def test_bare_data_stay_as_they_are() -> None:
    assert unwrap(OCMF) == SignedData(OCMF, "OCMF", "plain")
    assert unwrap("AP;0;3") == SignedData("AP;0;3", "ALFEN", "plain")
    assert unwrap("1B1B1B1B01") == SignedData("1B1B1B1B01", None, "hex")
    assert unwrap("<signedMeterValue/>") == SignedData("<signedMeterValue/>", None, "plain")


def test_what_is_wrapped_in_json_is_taken_out() -> None:
    wrapped = {
        "signedMeterData": base64.b64encode(OCMF.encode()).decode(),
        "encodingMethod": "OCMF",
        "publicKey": "a2V5",
    }
    assert unwrap(json.dumps(wrapped)) == SignedData(OCMF, "OCMF", "plain", "a2V5")


def test_wrapped_bytes_that_are_no_text_stay_base64() -> None:
    data = base64.b64encode(b"\xff\x00\x01").decode()
    wrapped = json.dumps({"signedMeterData": data, "encodingMethod": "EDL", "publicKey": ""})
    assert unwrap(wrapped) == SignedData(data, "EDL", "base64")


@pytest.mark.parametrize("value", ["", "{", "{}", '{"signedMeterData": 7}', "[" * 5000, "{" * 5000])
def test_anything_else_is_taken_as_it_is(value: str) -> None:
    assert unwrap(value) == SignedData(value, None, "plain")
