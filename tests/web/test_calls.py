"""Any CALL over REST: what goes out, what comes back, what is refused; and the frames that can be looked at."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from edge_csms.domain.roles import Role
from edge_csms.ocpp.operation import Sender
from edge_csms.ocpp.v16 import OPERATIONS
from tests.conftest import StartSite
from tests.raw_charger import RawCharger
from tests.running import Answer, RunningSite

CHARGE_POINT = "/api/v1/charge-points/CP1"
CALLS = f"{CHARGE_POINT}/calls"
PROFILE = (
    '{"connectorId": 1, "csChargingProfiles": {"stackLevel": 0, "chargingProfileId": 1, '
    '"chargingProfileKind": "Relative", "chargingProfilePurpose": "TxDefaultProfile", "chargingSchedule": '
    '{"chargingSchedulePeriod": [{"limit": 16, "startPeriod": 0}, {"startPeriod": 60, "limit": 6.0}], '
    '"chargingRateUnit": "A"}}}'
)


@pytest.fixture
def impatient_site(start_site: StartSite) -> RunningSite:
    """Give a server that waits a second for an answer."""
    return start_site(new_charge_points="accept", call_timeout_seconds=1)


@asynccontextmanager
async def commandable(site: RunningSite, identity: str = "CP1") -> AsyncIterator[RawCharger]:
    """Give a charger that takes commands at once, as one does that has said something and did not just boot."""
    async with RawCharger(site.port, identity) as charger:
        await charger.heartbeat()
        yield charger


def post(site: RunningSite, action: str, body: Any = None, role: Role = Role.TECHNICIAN) -> asyncio.Task[Answer]:
    asking: Coroutine[Any, Any, Answer] = site.ask("POST", f"{CALLS}/{action}", body, role=role)
    return asyncio.create_task(asking)


async def test_a_call_goes_out_and_its_answer_comes_back(site: RunningSite) -> None:
    async with commandable(site) as charger:
        answer = post(site, "Reset", {"type": "Soft"})
        call = await charger.next_call()
        assert call[2:] == ["Reset", {"type": "Soft"}]
        charger.answer(call, {"status": "Rejected"})
        assert ((await answer).status, (await answer).json) == (200, {"status": "Rejected"})


async def test_a_payload_goes_out_as_posted_in_the_specifications_order(site: RunningSite) -> None:
    async with commandable(site) as charger:
        answer = post(site, "SetChargingProfile", PROFILE.encode())
        call = await charger.next_call()
        assert charger.frames[-1] == (
            f'[2,"{call[1]}","SetChargingProfile",{{"connectorId":1,"csChargingProfiles":{{"chargingProfileId":1,'
            '"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative",'
            '"chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":'
            '[{"startPeriod":0,"limit":16},{"startPeriod":60,"limit":6.0}]}}}]'
        )
        charger.answer(call, {"status": "Accepted"})
        assert (await answer).status == 200


@pytest.mark.parametrize("body", [None, b"", b"{}", b" null "])
async def test_an_operation_without_members_needs_no_body(site: RunningSite, body: bytes | None) -> None:
    async with commandable(site) as charger:
        answer = post(site, "ClearCache", body)
        call = await charger.next_call()
        assert call[2:] == ["ClearCache", {}]
        charger.answer(call, {"status": "Accepted"})
        assert (await answer).status == 200


async def test_what_a_charger_answers_is_passed_on_even_if_no_standard_knows_it(site: RunningSite) -> None:
    async with commandable(site) as charger:
        answer = post(site, "Reset", {"type": "Hard"})
        charger.answer(await charger.next_call(), {"status": "Perhaps", "vendor": [1.50]})
        assert (await answer).json == {"status": "Perhaps", "vendor": [1.5]}
        codes = {finding["code"] for finding in (await site.get(CHARGE_POINT))["findings"]}
        assert codes == {"unknown_word", "unknown_field"}


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("Reset", {}),
        ("Reset", {"type": "Gently"}),
        ("Reset", {"type": "Soft", "reason": "because"}),
        ("Reset", {"type": None}),
        ("Reset", ["Soft"]),
        ("Reset", "Soft"),
        ("Reset", b"{'type': 'Soft'}"),
        ("Reset", b"no JSON"),
        ("Reset", b'{"type": "Soft"} {}'),
        ("Reset", b"\xff\xfe"),
        ("Reset", b"[" * 10_000),
        ("UnlockConnector", {"connectorId": "1"}),
        ("UnlockConnector", {"connectorId": 1.5}),
        ("ChangeConfiguration", {"key": "x" * 51, "value": "1"}),
    ],
)
async def test_a_bad_payload_is_400_and_nothing_goes_out(site: RunningSite, action: str, body: Any) -> None:
    async with commandable(site) as charger:
        answer = await post(site, action, body)
        assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
        assert answer.json["detail"]
        await charger.heartbeat()
        assert not charger.has_calls


@pytest.mark.parametrize("action", ["Heartbeat", "Nonsense", "reset", "Reset%20"])
async def test_what_a_central_system_does_not_send_is_404(site: RunningSite, action: str) -> None:
    async with commandable(site):
        assert (await post(site, action, {})).status == 404


async def test_every_call_of_a_central_system_can_be_sent_and_is_described(site: RunningSite) -> None:
    paths = (await site.get("/api/openapi.json"))["paths"]
    for operation in OPERATIONS:
        path = "/api/v1/charge-points/{charge_point_id}/calls/" + operation.action
        assert (path in paths) == (Sender.CENTRAL_SYSTEM in operation.sender), operation


async def test_an_unknown_charger_is_404_and_an_absent_one_409(site: RunningSite) -> None:
    assert (await post(site, "ClearCache")).status == 404
    await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1", "password": None})
    answer = await post(site, "ClearCache")
    assert (answer.status, answer.json["detail"]) == (409, "CP1 is not connected")


async def test_one_that_hangs_up_before_it_answers_is_409(site: RunningSite) -> None:
    async with commandable(site) as charger:
        answer = post(site, "ClearCache")
        await charger.next_call()
    assert (await answer).status == 409


async def test_a_silent_charger_is_504_and_its_late_answer_is_never_taken_for_another(
    impatient_site: RunningSite,
) -> None:
    site = impatient_site
    async with commandable(site) as charger:
        first = post(site, "ClearCache")
        late = await charger.next_call()
        second = post(site, "Reset", {"type": "Soft"})
        assert (await first).status == 504
        assert "did not answer ClearCache within 1 s" in (await first).json["detail"]
        in_time = await charger.next_call()
        charger.answer(late, {"status": "Rejected"})
        charger.answer(in_time, {"status": "Accepted"})
        assert (await second).json == {"status": "Accepted"}
        await charger.heartbeat()
        assert [one["code"] for one in (await site.get(CHARGE_POINT))["findings"]] == ["stray_answer"]


async def test_a_callerror_is_502_with_its_code_and_description(site: RunningSite) -> None:
    async with commandable(site) as charger:
        answer = post(site, "ClearCache")
        call = await charger.next_call()
        charger.send(json.dumps([4, call[1], "NotSupported", "what is a cache?", {}]))
        problem = (await answer).json
        assert (problem["status"], problem["code"], problem["description"]) == (502, "NotSupported", "what is a cache?")

        answer = post(site, "ClearCache")
        charger.send(json.dumps([4, (await charger.next_call())[1]]))
        assert ((await answer).status, (await answer).json["code"]) == (502, "GenericError")
        await charger.heartbeat()


async def test_an_answer_that_is_broken_json_is_502(site: RunningSite) -> None:
    async with commandable(site) as charger:
        answer = post(site, "ClearCache")
        charger.send(f'[3,"{(await charger.next_call())[1]}",{{"status":')
        assert ((await answer).status, (await answer).json["code"]) == (502, "FormationViolation")
        await charger.heartbeat()


async def test_viewers_may_not_command(site: RunningSite) -> None:
    async with commandable(site) as charger:
        assert (await post(site, "ClearCache", role=Role.VIEWER)).status == 403
        assert (await site.ask("POST", f"{CALLS}/ClearCache", role=None)).status == 401
        await charger.heartbeat()
        assert not charger.has_calls


async def test_commands_are_in_the_audit_trail_with_their_results(site: RunningSite) -> None:
    async with commandable(site) as charger:
        answer = post(site, "Reset", {"type": "Soft"})
        charger.answer(await charger.next_call(), {"status": "Accepted"})
        await answer
    await post(site, "ClearCache")
    absent, done = (await site.get("/api/v1/audit?action=charge_point.call"))["items"]
    assert (done["username"], done["subject"]) == ("the-technician", "CP1 Reset")
    assert (done["details"], done["result"]) == ('{"type": "Soft"}', '{"status": "Accepted"}')
    assert (absent["subject"], absent["result"]) == ("CP1 ClearCache", "refused: CP1 is not connected")


# The frames


async def test_frames_of_both_directions_are_shown_with_their_answers(site: RunningSite) -> None:
    async with commandable(site) as charger:
        answer = post(site, "ClearCache")
        charger.answer(await charger.next_call(), {"status": "Accepted"})
        await answer
        assert (await charger.call("Nonsense"))[0] == "NotImplemented"
        charger.send("no frame")
        await charger.heartbeat()
        items = (await site.get(f"{CHARGE_POINT}/messages"))["items"]
        assert [(one["direction"], one["action"]) for one in items] == [
            ("in", "Heartbeat"),
            ("in", ""),
            ("in", "Nonsense"),
            ("out", "ClearCache"),
            ("in", "Heartbeat"),
        ]
        command = items[3]
        assert command["request"] == f'[2,"{command["message_id"]}","ClearCache",{{}}]'
        assert json.loads(command["answer"]) == [3, command["message_id"], {"status": "Accepted"}]
        assert 0 <= command["latency_ms"] < 10_000
        assert items[2]["fault"].startswith("NotImplemented")
        assert items[1]["request"] == "no frame"
        assert items[1]["fault"]
        assert {one["charge_point_id"] for one in items} == {"CP1"}


async def test_frames_come_in_pages_whatever_the_case_of_the_identity(site: RunningSite) -> None:
    async with commandable(site) as charger:
        for _ in range(4):
            await charger.heartbeat()
        pages, cursor = [], ""
        while len(pages) < 4:
            page = await site.get(f"/api/v1/charge-points/cp1/messages?limit=2{cursor}")
            pages.append([one["message_id"] for one in page["items"]])
            cursor = f"&cursor={page['next']}"
            if page["next"] is None:
                break
        assert pages == [["raw-5", "raw-4"], ["raw-3", "raw-2"], ["raw-1"]]
    assert (await site.ask("GET", "/api/v1/charge-points/CP2/messages")).status == 404
