"""Packing payloads: small, and back byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_csms.storage import packing

TYPICAL = (
    b'{"connectorId":1,"transactionId":12345,"meterValue":[{"timestamp":"2026-11-24T12:00:00.123Z","sampledValue":['
    b'{"value":"123456","context":"Sample.Periodic","format":"Raw","measurand":"Energy.Active.Import.Register",'
    b'"location":"Outlet","unit":"Wh"},{"value":"16.4","context":"Sample.Periodic","format":"Raw",'
    b'"measurand":"Current.Import","phase":"L2","location":"Outlet","unit":"A"}]}]}'
)


@given(st.binary(max_size=3000))
def test_whatever_is_packed_comes_back_byte_for_byte(payload: bytes) -> None:
    assert packing.unpack(packing.pack(payload)) == payload


@given(st.binary(max_size=300))
def test_nothing_grows_by_more_than_its_mark(payload: bytes) -> None:
    assert len(packing.pack(payload)) <= len(payload) + 1


def test_meter_values_become_less_than_a_quarter() -> None:
    assert len(packing.pack(TYPICAL)) < len(TYPICAL) / 4


def test_what_was_packed_by_an_older_program_is_read_for_ever() -> None:
    stored = bytes.fromhex(PACKED_HEX)
    assert packing.unpack(stored) == TYPICAL


def test_a_mark_that_nobody_made_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="mark"):
        packing.unpack(b"\x7fabc")


# `packing.pack(TYPICAL).hex()` as the first release made it; it never changes.
PACKED_HEX = (
    "01236c9791b1892961cb0c0d758d4c420c8da096191a1963b50c16c84079135333a07306269491a2dbd04ccf847c77e0ce7d84cb0050540300"
)
