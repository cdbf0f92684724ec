"""Local authorization lists to the letter of the first OCPP version."""

from datetime import UTC, datetime

from edge_csms.domain.local_auth_list import Entry, Update
from edge_csms.domain.model import AuthorizationStatus
from edge_csms.ocpp import codec
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def words(site: RunningSite):
    async with ChargePoint(site.ocpp_url, "CP1"):
        return (await site.app.central.dialect("CP1")).local_auth_list


async def test_the_calls_are_in_the_order_of_the_specification(site: RunningSite) -> None:
    wishes = await words(site)
    update = Update(5, False, (Entry("A", AuthorizationStatus.ACCEPTED, NOW, "P"),), ("B",))
    assert codec.encode(wishes.send(update)) == (
        b'{"listVersion":5,"localAuthorizationList":[{"idTag":"B"},{"idTag":"A","idTagInfo":'
        b'{"expiryDate":"2026-11-24T12:00:00Z","parentIdTag":"P","status":"Accepted"}}],"updateType":"Differential"}'
    )
    assert codec.encode(wishes.send(Update(6, True, ()))) == b'{"listVersion":6,"updateType":"Full"}'
    assert codec.encode(wishes.ask_version()) == b"{}"


async def test_an_answer_without_a_version_changes_nothing(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        charge_point.behaviour.answers["GetLocalListVersion"] = {}
        found = await site.get("/api/v1/charge-points/CP1/local-list?refresh=true")
        assert (found["version_read"], found["read_at"], found["supported"]) == (None, None, None)
