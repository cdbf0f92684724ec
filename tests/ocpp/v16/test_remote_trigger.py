"""Tests of the Remote Trigger profile."""

import pytest

from edge_csms.ocpp import codec
from edge_csms.ocpp.v16.remote_trigger import (
    OPERATIONS,
    TriggerMessage,
    TriggerMessageResponse,
)
from tests.ocpp.v16 import official

# The tables of the specification: some clients read answers by position.
MEMBERS = [
    (TriggerMessage, "requestedMessage connectorId"),
    (TriggerMessageResponse, "status"),
]


@pytest.mark.parametrize(("struct_type", "members"), MEMBERS)
def test_members_stand_in_the_order_of_the_specification(struct_type, members):
    assert official.members_of(struct_type) == members


def test_every_payload_of_the_profile_has_its_table():
    payloads = {payload for operation in OPERATIONS for payload in (operation.request, operation.response)}
    assert payloads <= {struct_type for struct_type, _ in MEMBERS}


def test_not_implemented_is_a_result():
    assert codec.decode(TriggerMessageResponse, b'{"status":"NotImplemented"}', strict=True).findings == ()
