"""Reservations (section 3.17)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.domain.roles import Role
from tests.running import Answer, RunningSite
from tests.scenarios.charger import ACCEPTED, Charger, Payload
from tests.scenarios.oca.reusable import booted

RESERVATIONS = "/api/v1/reservations"


def within(minutes: float) -> str:
    return f"{datetime.now(UTC) + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


async def reserve(csms: RunningSite, charger: Charger, word: str, **fields: Any) -> tuple[Answer, Payload]:
    """Reserve over REST, which the charge point answers with this word; gives the answer and what was sent."""
    body = {"charge_point_id": "CP1", "connector_id": 1, "id_tag": "VALID", "expires_at": within(30)} | fields
    asked = asyncio.create_task(csms.ask("POST", RESERVATIONS, body, role=Role.TECHNICIAN))
    came = await charger.next("ReserveNow")
    await came.answer({"status": word})
    return await asked, came.payload


async def reserved(csms: RunningSite, charger: Charger, **fields: Any) -> int:
    """Reserve with success, and give the id."""
    answer, sent = await reserve(csms, charger, "Accepted", **fields)
    assert (answer.status, answer.json["status"]) == (201, "accepted")
    assert sent["reservationId"] == answer.json["reservation_id"]
    return int(sent["reservationId"])


async def status_of(csms: RunningSite, reservation_id: int) -> str:
    return str((await csms.get(f"{RESERVATIONS}/{reservation_id}"))["status"])


async def test_tc_046_reservation_of_a_connector_transaction(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        reservation_id = await reserved(csms, charger)
        await charger.status(1, "Reserved")
        assert await charger.authorize("VALID") == "Accepted"
        await charger.status(1, "Preparing")
        _, verdict = await charger.start("VALID", reservationId=reservation_id)
        assert verdict == "Accepted"
        await charger.status(1, "Charging")
        assert await status_of(csms, reservation_id) == "used"


async def test_tc_047_reservation_of_a_connector_expire(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        soon = datetime.now(UTC) + timedelta(seconds=1.5)
        reservation_id = await reserved(csms, charger, expires_at=soon.isoformat())
        await charger.status(1, "Reserved")
        async with asyncio.timeout(8):
            while await status_of(csms, reservation_id) != "expired":
                await asyncio.sleep(0.05)
        await charger.status(1, "Available")


async def refused(csms: RunningSite, charger: Charger, word: str) -> None:
    """Hold that a refusal is told with the charge point's word, and leaves no reservation."""
    answer, _ = await reserve(csms, charger, word)
    assert (answer.status, answer.json["charge_point_status"]) == (409, word)
    assert (await csms.get(f"{RESERVATIONS}?status=accepted"))["items"] == []


async def test_tc_048_1_reservation_faulted(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.status(1, "Faulted", "OtherError")
        await refused(csms, charger, "Faulted")


async def test_tc_048_2_reservation_occupied(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.status(1, "Preparing")
        await refused(csms, charger, "Occupied")


async def test_tc_048_3_reservation_unavailable(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        inoperative = {"connectorId": 1, "type": "Inoperative"}
        await charger.told(csms, "ChangeAvailability", inoperative, ACCEPTED)
        await charger.status(1, "Unavailable")
        await refused(csms, charger, "Unavailable")


async def test_tc_048_4_reservation_rejected(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await refused(csms, charger, "Rejected")


async def test_tc_049_reservation_of_a_charge_point_transaction(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        reservation_id = await reserved(csms, charger, connector_id=0)
        await charger.status(1, "Reserved")
        assert await charger.authorize("VALID") == "Accepted"
        await charger.status(1, "Preparing")
        _, verdict = await charger.start("VALID", reservationId=reservation_id)
        assert verdict == "Accepted"
        assert await status_of(csms, reservation_id) == "used"


async def cancel(csms: RunningSite, charger: Charger, reservation_id: int, word: str) -> Answer:
    """Cancel over REST, which the charge point answers with this word."""
    path = f"{RESERVATIONS}/{reservation_id}"
    asked = asyncio.create_task(csms.ask("DELETE", path, role=Role.TECHNICIAN))
    came = await charger.next("CancelReservation")
    assert came.payload == {"reservationId": reservation_id}
    await came.answer({"status": word})
    return await asked


async def test_tc_051_cancel_reservation(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        reservation_id = await reserved(csms, charger)
        await charger.status(1, "Reserved")
        answer = await cancel(csms, charger, reservation_id, "Accepted")
        assert (answer.status, answer.json["status"]) == (200, "cancelled")
        await charger.status(1, "Available")


async def test_tc_052_cancel_reservation_rejected(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        reservation_id = await reserved(csms, charger)
        answer = await cancel(csms, charger, reservation_id, "Rejected")
        assert (answer.status, answer.json["status"]) == (200, "ended")


@pytest.mark.parametrize("id_tag", ["MEMBER1", "MEMBER2"])
async def test_tc_053_use_a_reserved_connector_with_a_parent_id_tag(csms: RunningSite, id_tag: str) -> None:
    async with booted(csms) as charger:
        body = {"charge_point_id": "CP1", "connector_id": 1, "id_tag": "MEMBER1", "expires_at": within(30)}
        asked = asyncio.create_task(csms.ask("POST", RESERVATIONS, body, role=Role.TECHNICIAN))
        came = await charger.next("ReserveNow")
        assert (came.payload["idTag"], came.payload["parentIdTag"]) == ("MEMBER1", "GROUP")
        await came.answer(ACCEPTED)
        reservation_id = (await asked).json["reservation_id"]
        authorized = await charger.call("Authorize", {"idTag": id_tag})
        assert authorized["idTagInfo"] == {"parentIdTag": "GROUP", "status": "Accepted"}
        _, verdict = await charger.start(id_tag, reservationId=reservation_id)
        assert verdict == "Accepted"
        assert await status_of(csms, reservation_id) == "used"
