"""What a program posts goes out in the specification's order, to the letter otherwise."""

import json

import pytest

from edge_csms.ocpp import codec
from edge_csms.ocpp.arranging import arrange
from edge_csms.ocpp.v16.core import GetConfiguration, RemoteStartTransaction, Reset
from edge_csms.ocpp.v16.local_auth_list import SendLocalList
from edge_csms.ocpp.v16.smart_charging import SetChargingProfile

PROFILE = b"""{
    "csChargingProfiles": {
        "chargingSchedule": {
            "chargingSchedulePeriod": [
                {"limit": 16, "startPeriod": 0}, {"numberPhases": 3, "limit": 16.0, "startPeriod": 60}
            ],
            "chargingRateUnit": "A"
        },
        "chargingProfileKind": "Relative",
        "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileId": 1
    },
    "connectorId": 1
}"""


def test_members_stand_in_the_specifications_order_on_every_level_and_numbers_stay_as_posted() -> None:
    assert arrange(SetChargingProfile, PROFILE) == (
        b'{"connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,'
        b'"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative",'
        b'"chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":['
        b'{"startPeriod":0,"limit":16},{"startPeriod":60,"limit":16.0,"numberPhases":3}]}}}'
    )


def test_nothing_but_order_and_space_is_changed() -> None:
    assert json.loads(arrange(SetChargingProfile, PROFILE)) == json.loads(PROFILE)


@pytest.mark.parametrize(
    ("struct_type", "payload", "arranged"),
    [
        (Reset, b' { "type" : "Hard" } ', b'{"type":"Hard"}'),
        (GetConfiguration, b"{}", b"{}"),
        (GetConfiguration, b" null", b"{}"),
        (GetConfiguration, b'{"key": [ "b" ,\n"a" ]}', b'{"key":["b","a"]}'),
        (GetConfiguration, b'{"key": []}', b'{"key":[]}'),
        (RemoteStartTransaction, b'{"idTag": "\\u00e4", "connectorId": 1}', b'{"connectorId":1,"idTag":"\\u00e4"}'),
        (
            SendLocalList,
            b'{"updateType":"Full","localAuthorizationList":[{"idTagInfo":{"status":"Blocked"},"idTag":"A"}],"listVersion":1}',
            b'{"listVersion":1,"localAuthorizationList":[{"idTag":"A","idTagInfo":{"status":"Blocked"}}],"updateType":"Full"}',
        ),
    ],
)
def test_payloads_are_written_compactly(struct_type: type, payload: bytes, arranged: bytes) -> None:
    codec.decode(struct_type, payload, strict=True)
    assert arrange(struct_type, payload) == arranged
