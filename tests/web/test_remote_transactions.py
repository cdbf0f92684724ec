"""Remote start and stop in the seed's shapes, with each way in which they fail."""

import asyncio
import json
from typing import Any

import pytest

from edge_csms.domain.roles import Role
from tests.conftest import StartSite
from tests.raw_charger import RawCharger
from tests.running import Answer, RunningSite

START, STOP = "/api/remote-transactions/start/", "/api/remote-transactions/stop/"
FOR_A = {"charger_id": "CP1", "id_tag": "A", "connector_id": 1}


@pytest.fixture
def impatient_site(start_site: StartSite) -> RunningSite:
    """Give a server that waits a second for an answer."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", call_timeout_seconds=1)


def post(site: RunningSite, path: str, body: Any, role: Role | None = Role.TECHNICIAN) -> asyncio.Task[Answer]:
    return asyncio.create_task(site.ask("POST", path, body, role=role))


async def charging(site: RunningSite, charger: RawCharger) -> int:
    """Let a charger charge; its answers let commands out at once."""
    start = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": site.app.clock.now().isoformat()}
    transaction_id: int = (await charger.call("StartTransaction", start))["transactionId"]
    return transaction_id


@pytest.mark.parametrize(("path_start", "path_stop"), [(START, STOP), (START[:-1], STOP[:-1])])
async def test_start_and_stop_reach_the_charger_and_its_word_comes_back(
    site: RunningSite, path_start: str, path_stop: str
) -> None:
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()
        answer = post(site, path_start, FOR_A)
        call = await charger.next_call()
        assert call[2:] == ["RemoteStartTransaction", {"connectorId": 1, "idTag": "A"}]
        charger.answer(call, {"status": "Accepted"})
        assert ((await answer).status, (await answer).json["status"]) == (200, "Accepted")

        transaction_id = await charging(site, charger)
        for body in ({"transaction_id": transaction_id}, {"transaction_id": transaction_id, "charger_id": "cp1"}):
            answer = post(site, path_stop, body)
            call = await charger.next_call()
            assert call[2:] == ["RemoteStopTransaction", {"transactionId": transaction_id}]
            charger.answer(call, {"status": "Rejected"})
            assert ((await answer).status, (await answer).json["status"]) == (200, "Rejected")


async def test_a_start_that_names_no_connector_gets_one(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()
        answer = post(site, START, {"charger_id": "cp1", "id_tag": "A", "connector_id": None})
        call = await charger.next_call()
        assert call[3] == {"connectorId": 1, "idTag": "A"}
        charger.answer(call, {"status": "Accepted"})
        assert (await answer).status == 200


@pytest.mark.parametrize(
    ("path", "body", "wrong"),
    [
        (START, {}, {"charger_id", "id_tag"}),
        (START, FOR_A | {"id_tag": ""}, {"id_tag"}),
        (START, FOR_A | {"id_tag": "x" * 21}, {"id_tag"}),
        (START, FOR_A | {"id_tag": 7}, {"id_tag"}),
        (START, FOR_A | {"connector_id": 0}, {"connector_id"}),
        (START, FOR_A | {"connector_id": "1"}, {"connector_id"}),
        (START, FOR_A | {"connector_id": 2**70}, {"connector_id"}),
        (START, FOR_A | {"when": "now"}, {"when"}),
        (START, [FOR_A], {"non_field_errors"}),
        (STOP, {}, {"transaction_id"}),
        (STOP, {"transaction_id": "1"}, {"transaction_id"}),
        (STOP, {"transaction_id": -1}, {"transaction_id"}),
        (STOP, {"transaction_id": None, "x": 1}, {"transaction_id", "x"}),
    ],
)
async def test_a_wrong_body_is_400_and_every_fault_is_named(
    site: RunningSite, path: str, body: Any, wrong: set[str]
) -> None:
    answer = await post(site, path, body)
    assert (answer.status, answer.headers["Content-Type"], set(answer.json)) == (400, "application/json", wrong)


@pytest.mark.parametrize("body", [b"no JSON", b"{'charger_id': 'CP1'}", b'{"charger_id":', b"\xff", b"[" * 100_000])
async def test_a_body_that_is_no_json_is_400(site: RunningSite, body: bytes) -> None:
    answer = await post(site, START, body)
    assert answer.status == 400
    assert answer.json["detail"].startswith("JSON parse error")


async def test_unknown_chargers_and_transactions_are_404(site: RunningSite) -> None:
    assert set((await post(site, START, FOR_A)).json) == {"detail"}
    assert (await post(site, START, FOR_A)).status == 404
    assert (await post(site, STOP, {"transaction_id": 1})).status == 404
    assert (await post(site, STOP, {"transaction_id": 2**63 - 1})).status == 404
    async with RawCharger(site.port) as charger, RawCharger(site.port, "CP2") as other:
        transaction_id = await charging(site, charger)
        await other.heartbeat()
        for charger_id in ("CP2", "CP3"):
            answer = await post(site, STOP, {"transaction_id": transaction_id, "charger_id": charger_id})
            assert answer.status == 404


async def test_an_absent_charger_is_409(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        transaction_id = await charging(site, charger)
    await site.charger_is_gone("CP1")
    for path, body in ((START, FOR_A), (STOP, {"transaction_id": transaction_id})):
        answer = await post(site, path, body)
        assert (answer.status, answer.json) == (409, {"detail": "CP1 is not connected"})


async def test_a_transaction_that_has_ended_is_409(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        transaction_id = await charging(site, charger)
        stop = {"transactionId": transaction_id, "meterStop": 1, "timestamp": site.app.clock.now().isoformat()}
        await charger.call("StopTransaction", stop)
        answer = await post(site, STOP, {"transaction_id": transaction_id})
        assert (answer.status, set(answer.json)) == (409, {"detail"})
        await charger.heartbeat()
        assert not charger.has_calls


async def test_a_callerror_is_502_with_code_and_description(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()
        answer = post(site, START, FOR_A)
        charger.send(json.dumps([4, (await charger.next_call())[1], "InternalError", "relay stuck", {"x": 1}]))
        assert (await answer).status == 502
        assert (await answer).json == {
            "detail": "the charge point answered with InternalError: relay stuck",
            "code": "InternalError",
            "description": "relay stuck",
        }
        await charger.heartbeat()


async def test_a_silent_charger_is_504_and_the_next_command_works(impatient_site: RunningSite) -> None:
    site = impatient_site
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()
        answer = await post(site, START, FOR_A)
        assert (answer.status, answer.json) == (
            504,
            {"detail": "CP1 did not answer RemoteStartTransaction within 1 s"},
        )
        await charger.next_call()
        await charger.heartbeat()
        again = post(site, START, FOR_A)
        charger.answer(await charger.next_call(), {"status": "Accepted"})
        assert (await again).status == 200


async def test_who_may_command_and_what_the_trail_says(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()
        assert (await post(site, START, FOR_A, Role.VIEWER)).status == 403
        assert (await post(site, START, FOR_A, None)).status == 401
        answer = post(site, START, FOR_A)
        charger.answer(await charger.next_call(), {"status": "Rejected"})
        await answer
    (entry,) = (await site.get("/api/v1/audit?action=transaction.remote_start"))["items"]
    assert (entry["username"], entry["address"], entry["subject"]) == ("the-technician", "127.0.0.1", "CP1")
    assert (entry["details"], entry["result"]) == ("id_tag=A connector_id=1", "Rejected")
