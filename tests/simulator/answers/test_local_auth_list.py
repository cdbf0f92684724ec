"""The local authorization list over the wire."""

from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import Central


async def test_a_list_is_taken_and_its_version_told(charge_point: ChargePoint, central: Central) -> None:
    assert await central.call("GetLocalListVersion") == {"listVersion": 0}
    entries = [{"idTag": "TAG1", "idTagInfo": {"status": "Accepted"}}]
    answer = await central.call(
        "SendLocalList", {"listVersion": 3, "localAuthorizationList": entries, "updateType": "Full"}
    )
    assert answer == {"status": "Accepted"}
    assert await central.call("GetLocalListVersion") == {"listVersion": 3}
    charge_point.drop_network()
    assert (await charge_point.authorize("tag1")).status == "Accepted"


async def test_a_charge_point_without_a_list_says_so(charge_point: ChargePoint, central: Central) -> None:
    charge_point.configuration.set("LocalAuthListEnabled", "false")
    assert await central.call("GetLocalListVersion") == {"listVersion": -1}
    answer = await central.call("SendLocalList", {"listVersion": 1, "updateType": "Full"})
    assert answer == {"status": "NotSupported"}
