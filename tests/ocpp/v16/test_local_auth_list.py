"""Tests of the Local Auth List profile."""

import pytest

from edge_csms.ocpp import codec
from edge_csms.ocpp.v16.local_auth_list import (
    OPERATIONS,
    AuthorizationData,
    GetLocalListVersion,
    GetLocalListVersionResponse,
    SendLocalList,
    SendLocalListResponse,
)
from edge_csms.ocpp.v16.types import IdTagInfo
from tests.ocpp.v16 import official

# The tables of the specification: some clients read answers by position.
MEMBERS = [
    (AuthorizationData, "idTag idTagInfo"),
    (GetLocalListVersion, ""),
    (GetLocalListVersionResponse, "listVersion"),
    (SendLocalList, "listVersion localAuthorizationList updateType"),
    (SendLocalListResponse, "status"),
]


@pytest.mark.parametrize(("struct_type", "members"), MEMBERS)
def test_members_stand_in_the_order_of_the_specification(struct_type, members):
    assert official.members_of(struct_type) == members


def test_every_payload_of_the_profile_has_its_table():
    payloads = {payload for operation in OPERATIONS for payload in (operation.request, operation.response)}
    assert payloads <= {struct_type for struct_type, _ in MEMBERS}


def test_entry_to_remove_has_no_information():
    entries = [AuthorizationData(id_tag="A"), AuthorizationData(id_tag="B", id_tag_info=IdTagInfo(status="Blocked"))]
    update = SendLocalList(list_version=2, local_authorization_list=entries, update_type="Differential")
    assert codec.encode(update) == (
        b'{"listVersion":2,"localAuthorizationList":[{"idTag":"A"},'
        b'{"idTag":"B","idTagInfo":{"status":"Blocked"}}],"updateType":"Differential"}'
    )
