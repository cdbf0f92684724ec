"""What proves a transaction, over REST."""

import json

from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

START = '{ "connectorId": 1, "idTag": "CARD1", "meterStart": 1000, "timestamp": "2026-11-24T12:00:00Z" }'


async def test_start_and_stop_are_given_to_the_letter_and_the_frames_in_their_order(site: RunningSite) -> None:
    charge_point = ChargePoint(site.ocpp_url, "CP1")
    await charge_point.connect()
    await charge_point.boot()
    started = await charge_point.call_raw("StartTransaction", START.encode())
    stop = {"transactionId": started["transactionId"], "meterStop": 2000, "timestamp": "2026-11-24T13:00:00Z"}
    path = f"/api/v1/transactions/{started['transactionId']}/evidence"
    assert (await site.get(path))["stop_payload"] is None
    await charge_point.call_raw("StopTransaction", stop)
    await charge_point.close()

    proof = (await site.ask("GET", path, role=Role.VIEWER)).json
    assert proof["start_payload"] == START
    assert json.loads(proof["stop_payload"]) == stop
    assert [one["action"] for one in proof["messages"]] == ["StartTransaction", "StopTransaction"]
    assert START in proof["messages"][0]["request"]


async def test_the_stored_proof_outlives_a_restart_and_the_frames_do_not(site: RunningSite) -> None:
    charge_point = ChargePoint(site.ocpp_url, "CP1")
    await charge_point.connect()
    await charge_point.boot()
    started = await charge_point.call_raw("StartTransaction", START.encode())
    await charge_point.close()
    await site.stop()
    await site.start()
    proof = await site.get(f"/api/v1/transactions/{started['transactionId']}/evidence")
    assert (proof["start_payload"], proof["messages"]) == (START, [])


async def test_what_is_not_there_has_no_proof(site: RunningSite) -> None:
    assert (await site.ask("GET", "/api/v1/transactions/7/evidence")).status == 404
