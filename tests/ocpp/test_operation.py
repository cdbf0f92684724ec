"""Tests of operations and of the set of them."""

import msgspec
import pytest

from edge_csms.ocpp.operation import Operation, OperationSet, Request, Response, Sender


class PingResponse(Response):
    """The answer of an operation made up for these tests."""

    optional_member: int | None = None
    member: str


class Ping(Request[PingResponse]):
    """An operation made up for these tests."""


class Pong(Request[PingResponse]):
    """Another one."""


PING = Operation(Ping, PingResponse, Sender.EITHER)
PONG = Operation(Pong, PingResponse, Sender.CHARGE_POINT, essential=("member",))
OPERATIONS = OperationSet("test1.0", [PING, PONG])


def test_operation_is_named_as_its_request():
    assert PING.action == "Ping"
    assert repr(PING) == "Operation(Ping)"


def test_operation_is_found_by_action_with_regard_to_case():
    assert OPERATIONS.get("Ping") is PING
    assert OPERATIONS.get("ping") is None


def test_operation_is_found_by_a_request_and_by_its_class():
    assert OPERATIONS.of(Pong()) is PONG
    assert OPERATIONS.of(Pong) is PONG


def test_operations_are_listed_by_who_may_send_them():
    assert list(OPERATIONS) == [PING, PONG]
    assert len(OPERATIONS) == 2
    assert OPERATIONS.sent_by(Sender.CHARGE_POINT) == [PING, PONG]
    assert OPERATIONS.sent_by(Sender.CENTRAL_SYSTEM) == [PING]


def test_payload_is_written_in_declared_order_under_wire_names_without_absent_members():
    assert msgspec.json.encode(PingResponse(member="x", optional_member=1)) == b'{"optionalMember":1,"member":"x"}'
    assert msgspec.json.encode(PingResponse(member="x")) == b'{"member":"x"}'


def test_payload_fields_are_given_by_name():
    with pytest.raises(TypeError):
        PingResponse(1, "x")
