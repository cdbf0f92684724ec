"""Asking a charge point over REST to send a message now."""

from typing import Any

import pytest

from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

PATH = "/api/v1/charge-points/CP1/trigger"


async def test_a_message_comes_when_it_is_asked_for(prompt_site: RunningSite) -> None:
    async with ChargePoint(prompt_site.ocpp_url, "CP1") as charger:
        await charger.boot()
        answer = await prompt_site.ask("POST", PATH, {"message": "meter_values"}, role=Role.TECHNICIAN)
        assert (answer.status, answer.json["status"]) == (200, "Accepted")
        assert answer.json["detail"] == "The charge point will send the message."
        audit = (await prompt_site.get("/api/v1/audit?action=charge_point.trigger"))["items"]
    assert (audit[0]["details"], audit[0]["result"]) == ("message=meter_values connector_id=None", "Accepted")


async def test_a_no_is_told_in_plain_words(prompt_site: RunningSite) -> None:
    async with ChargePoint(prompt_site.ocpp_url, "CP1") as charger:
        await charger.boot()
        charger.behaviour.answers["TriggerMessage"] = {"status": "NotImplemented"}
        answer = await prompt_site.ask("POST", PATH, {"message": "heartbeat"})
        assert (answer.json["status"], answer.json["detail"]) == (
            "NotImplemented",
            "The charge point can't send this message on request.",
        )


@pytest.mark.parametrize(
    ("body", "status"), [({"message": "all"}, 400), ({}, 400), ({"message": "boot", "connector_id": -1}, 400)]
)
async def test_nonsense_is_refused(prompt_site: RunningSite, body: dict[str, Any], status: int) -> None:
    assert (await prompt_site.ask("POST", PATH, body)).status == status


async def test_who_is_not_there_or_may_not_is_told_so(prompt_site: RunningSite) -> None:
    assert (await prompt_site.ask("POST", PATH, {"message": "boot"})).status == 404
    await prompt_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1"})
    assert (await prompt_site.ask("POST", PATH, {"message": "boot"})).status == 409
    assert (await prompt_site.ask("POST", PATH, {"message": "boot"}, role=Role.VIEWER)).status == 403
