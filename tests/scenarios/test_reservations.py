"""Reservations through a running server: every way in which one is made and ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.domain.events import Event, ReservationChanged
from edge_csms.domain.roles import Role
from edge_csms.ocpp.errors import NotSupported
from edge_csms.simulator.behaviour import SILENCE
from edge_csms.simulator.charge_point import ChargePoint
from tests.conftest import StartSite
from tests.running import Answer, RunningSite


@pytest.fixture
def impatient_site(start_site: StartSite) -> RunningSite:
    """Give a server that waits half a second for an answer."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", call_timeout_seconds=0.5)


def in_minutes(minutes: float) -> str:
    return f"{datetime.now(UTC) + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


@asynccontextmanager
async def charger(site: RunningSite, charge_point_id: str = "CP1", connectors: int = 2) -> AsyncIterator[ChargePoint]:
    """Give a charger that is ready for commands at once: after a boot they would wait for two seconds."""
    async with ChargePoint(site.ocpp_url, charge_point_id, connectors=connectors) as charge_point:
        await charge_point.report_all()
        yield charge_point


async def reserve(site: RunningSite, **fields: Any) -> Answer:
    body = {"charge_point_id": "CP1", "connector_id": 1, "id_tag": "GUEST", "expires_at": in_minutes(30)} | fields
    return await site.ask("POST", "/api/v1/reservations", body, role=Role.TECHNICIAN)


async def reserved(site: RunningSite, **fields: Any) -> dict[str, Any]:
    answer = await reserve(site, **fields)
    assert answer.status == 201, answer.body
    item: dict[str, Any] = answer.json
    return item


async def status_of(site: RunningSite, reservation: dict[str, Any]) -> str:
    shown = await site.get(f"/api/v1/reservations/{reservation['reservation_id']}")
    return str(shown["status"])


async def wait_for_change(site: RunningSite, status: str) -> None:
    """Wait until a reservation has become so."""
    changed = asyncio.get_running_loop().create_future()

    def listen(event: Event) -> None:
        if isinstance(event, ReservationChanged) and event.status == status and not changed.done():
            changed.set_result(None)

    unsubscribe = site.app.bus.subscribe(listen)
    try:
        await asyncio.wait_for(changed, 10)
    finally:
        unsubscribe()


async def test_an_accepted_reservation_is_kept_and_sent_to_the_letter(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site, expires_at="2030-05-01T10:00:00.750+02:00")
        assert made == {
            "reservation_id": made["reservation_id"],
            "charge_point_id": "CP1",
            "connector_id": 1,
            "id_tag": "GUEST",
            "parent_id_tag": None,
            "status": "accepted",
            "detail": "",
            "expires_at": "2030-05-01T08:00:00Z",
            "created_at": made["created_at"],
            "settled_at": None,
            "transaction_id": None,
        }
        call = await charge_point.next_call("ReserveNow")
        assert list(call.payload.items()) == [
            ("connectorId", 1),
            ("expiryDate", "2030-05-01T08:00:00Z"),
            ("idTag", "GUEST"),
            ("reservationId", made["reservation_id"]),
        ]
        assert (await site.get("/api/v1/reservations"))["items"] == [made]


async def test_the_parent_of_a_known_tag_goes_along(site: RunningSite) -> None:
    await site.ask("POST", "/api/v1/id-tags", {"id_tag": "GUEST", "parent_id_tag": "FAMILY"})
    async with charger(site) as charge_point:
        assert (await reserved(site))["parent_id_tag"] == "FAMILY"
        assert (await charge_point.next_call("ReserveNow")).payload["parentIdTag"] == "FAMILY"


async def test_each_refusal_is_told_in_the_chargers_word_and_nothing_is_kept(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        for word in ("Faulted", "Occupied", "Rejected", "Unavailable"):
            charge_point.behaviour.answers["ReserveNow"] = {"status": word}
            refused = await reserve(site)
            assert (refused.status, refused.json["charge_point_status"]) == (409, word)
            assert word in refused.json["detail"]
        assert (await site.get("/api/v1/reservations"))["items"] == []


async def test_a_callerror_is_passed_on_and_nothing_is_kept(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        charge_point.behaviour.answers["ReserveNow"] = NotSupported("no reservations here")
        refused = await reserve(site)
        assert (refused.status, refused.json["code"]) == (502, "NotSupported")
        assert (await site.get("/api/v1/reservations"))["items"] == []


async def test_after_silence_nobody_takes_the_reservation_for_accepted(impatient_site: RunningSite) -> None:
    async with charger(impatient_site) as charge_point:
        charge_point.behaviour.answers["ReserveNow"] = SILENCE
        assert (await reserve(impatient_site)).status == 504
        [kept] = (await impatient_site.get("/api/v1/reservations"))["items"]
        assert (kept["status"], "did not answer" in kept["detail"]) == ("ended", True)


async def test_a_silent_charger_may_have_taken_it_all_the_same(impatient_site: RunningSite) -> None:
    async with charger(impatient_site) as charge_point:
        charge_point.behaviour.answers["ReserveNow"] = SILENCE
        await reserve(impatient_site)
        call = await charge_point.next_call("ReserveNow")
        await start(charge_point, "GUEST", reservation_id=call.payload["reservationId"])
        [kept] = (await impatient_site.get("/api/v1/reservations"))["items"]
        assert kept["status"] == "used"


async def start(charge_point: ChargePoint, id_tag: str, *, connector_id: int = 1, **more: Any) -> int:
    """Send a Start to the letter, whatever the simulated charger would think of it."""
    timestamp = more.pop("timestamp", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    payload = {"connectorId": connector_id, "idTag": id_tag, "meterStart": 0, "timestamp": timestamp}
    if "reservation_id" in more:
        payload["reservationId"] = more["reservation_id"]
    answer: dict[str, Any] = await charge_point.call_raw("StartTransaction", payload)
    return int(answer["transactionId"])


async def test_a_start_that_names_the_reservation_uses_it(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site)
        transaction_id = await start(charge_point, "guest", reservation_id=made["reservation_id"])
        shown = await site.get(f"/api/v1/reservations/{made['reservation_id']}")
        assert (shown["status"], shown["transaction_id"]) == ("used", transaction_id)


async def test_a_start_with_the_tag_uses_it_though_it_names_none(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site)
        await start(charge_point, "GUEST")
        assert await status_of(site, made) == "used"


async def test_a_start_with_a_tag_of_the_same_parent_uses_it(site: RunningSite) -> None:
    for id_tag in ("GUEST", "SPOUSE"):
        await site.ask("POST", "/api/v1/id-tags", {"id_tag": id_tag, "parent_id_tag": "FAMILY"})
    async with charger(site) as charge_point:
        made = await reserved(site)
        await start(charge_point, "SPOUSE")
        assert await status_of(site, made) == "used"


async def test_a_start_of_somebody_else_or_elsewhere_leaves_it_alone(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site)
        await start(charge_point, "STRANGER", connector_id=1)
        await start(charge_point, "GUEST", connector_id=2)
        assert await status_of(site, made) == "accepted"


async def test_a_reservation_of_any_connector_is_used_on_any(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site, connector_id=0)
        await start(charge_point, "GUEST", connector_id=2)
        assert await status_of(site, made) == "used"


async def test_the_simulated_charger_uses_its_reservation_by_itself(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site)
        used = asyncio.create_task(wait_for_change(site, "used"))
        await charge_point.start(1, "GUEST")
        await used
        assert await status_of(site, made) == "used"


async def test_it_expires_by_itself(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site, expires_at=in_minutes(2 / 60))
        await wait_for_change(site, "expired")
        assert await status_of(site, made) == "expired"
        late = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        await start(charge_point, "GUEST", timestamp=late)
        assert await status_of(site, made) == "expired"


@pytest.mark.parametrize(("connector_id", "status"), [(1, "Faulted"), (1, "Unavailable"), (0, "Faulted")])
async def test_a_fault_of_its_connector_or_of_the_whole_charger_ends_it(
    site: RunningSite, connector_id: int, status: str
) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site)
        error_code = "GroundFailure" if status == "Faulted" else "NoError"
        payload = {"connectorId": connector_id, "errorCode": error_code, "status": status}
        await charge_point.call_raw("StatusNotification", payload)
        shown = await site.get(f"/api/v1/reservations/{made['reservation_id']}")
        assert (shown["status"], status in shown["detail"]) == ("ended", True)


async def test_a_fault_elsewhere_leaves_it_alone(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site)
        payload = {"connectorId": 2, "errorCode": "GroundFailure", "status": "Faulted"}
        await charge_point.call_raw("StatusNotification", payload)
        assert await status_of(site, made) == "accepted"


async def test_one_that_the_charger_forgets_ends_as_soon_as_its_connector_is_free_again(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        charge_point.behaviour.answers["ReserveNow"] = {"status": "Accepted"}
        made = await reserved(site)
        for status, stands in (("Available", "accepted"), ("Reserved", "accepted"), ("Available", "ended")):
            payload = {"connectorId": 1, "errorCode": "NoError", "status": status}
            await charge_point.call_raw("StatusNotification", payload)
            assert await status_of(site, made) == stands
        await start(charge_point, "GUEST", reservation_id=made["reservation_id"])
        assert await status_of(site, made) == "used"  # whatever its connector said


async def cancel(site: RunningSite, reservation: dict[str, Any]) -> Answer:
    return await site.ask("DELETE", f"/api/v1/reservations/{reservation['reservation_id']}", role=Role.TECHNICIAN)


async def test_it_can_be_cancelled_once(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site)
        cancelled = await cancel(site, made)
        assert (cancelled.status, cancelled.json["status"]) == (200, "cancelled")
        call = await charge_point.next_call("CancelReservation")
        assert call.payload == {"reservationId": made["reservation_id"]}
        assert (await cancel(site, made)).status == 409
        assert (await cancel(site, {"reservation_id": 999})).status == 404


async def test_a_charger_that_has_lost_it_ends_it(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site)
        charge_point.behaviour.answers["CancelReservation"] = {"status": "Rejected"}
        answer = await cancel(site, made)
        assert (answer.status, answer.json["status"]) == (200, "ended")


async def test_without_an_answer_to_the_cancellation_it_stays(impatient_site: RunningSite) -> None:
    async with charger(impatient_site) as charge_point:
        made = await reserved(impatient_site)
        charge_point.behaviour.answers["CancelReservation"] = SILENCE
        assert (await cancel(impatient_site, made)).status == 504
        charge_point.behaviour.answers["CancelReservation"] = NotSupported("no")
        assert (await cancel(impatient_site, made)).status == 502
        assert await status_of(impatient_site, made) == "accepted"
    assert (await cancel(impatient_site, made)).status == 409  # offline


async def test_a_raw_call_is_remembered_like_ours(site: RunningSite) -> None:
    async with charger(site):
        path = "/api/v1/charge-points/CP1/calls"
        asked = {"connectorId": 2, "expiryDate": in_minutes(10), "idTag": "X", "reservationId": 4711}
        assert (await site.ask("POST", f"{path}/ReserveNow", asked)).json == {"status": "Accepted"}
        shown = await site.get("/api/v1/reservations/4711")
        assert (shown["status"], shown["id_tag"], shown["connector_id"]) == ("accepted", "X", 2)
        await site.ask("POST", f"{path}/CancelReservation", {"reservationId": 4711})
        assert await status_of(site, shown) == "cancelled"


async def test_the_same_id_again_replaces_the_reservation(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        path = "/api/v1/charge-points/CP1/calls/ReserveNow"
        asked = {"connectorId": 1, "expiryDate": in_minutes(10), "idTag": "X", "reservationId": 7}
        await site.ask("POST", path, asked)
        await site.ask("POST", path, asked | {"idTag": "Y"})
        assert (await site.get("/api/v1/reservations/7"))["id_tag"] == "Y"
        charge_point.behaviour.answers["ReserveNow"] = {"status": "Rejected"}
        await site.ask("POST", path, asked | {"idTag": "Z"})
        shown = await site.get("/api/v1/reservations/7")
        assert (shown["status"], shown["id_tag"]) == ("accepted", "Y")


async def test_of_two_at_once_for_one_connector_one_wins(site: RunningSite) -> None:
    async with charger(site):
        await site.token(Role.TECHNICIAN)
        answers = await asyncio.gather(*(reserve(site, id_tag=f"TAG{number}") for number in range(4)))
        assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
        assert (await reserve(site, connector_id=2)).status == 201
        assert len((await site.get("/api/v1/reservations?status=accepted"))["items"]) == 2


async def test_it_survives_a_restart_of_ours(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        made = await reserved(site)
        charge_point.drop_network()
        await site.stop()
        await site.start()
        await charge_point.restore_network()
        await start(charge_point, "GUEST", reservation_id=made["reservation_id"])
        assert await status_of(site, made) == "used"
