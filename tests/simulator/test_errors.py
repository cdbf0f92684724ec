"""Errors say what happened in one line."""

from edge_csms.simulator.errors import CannotConnect, Refused


def test_a_failed_connection_names_address_and_reason() -> None:
    assert str(CannotConnect("ws://box/CP1", "nobody there")) == "cannot connect to ws://box/CP1: nobody there"


def test_a_refusal_names_action_and_code() -> None:
    assert str(Refused("Authorize", "InternalError", "", {})) == "Authorize was refused: InternalError"
