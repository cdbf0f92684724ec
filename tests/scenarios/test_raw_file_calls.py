"""Files that a technician orders by a CALL of his own, as it is written: each is followed as a job all the same."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from edge_csms.domain.roles import Role
from edge_csms.ocpp.errors import NotSupported
from edge_csms.simulator.behaviour import SILENCE
from edge_csms.simulator.charge_point import ChargePoint
from tests.conftest import StartSite
from tests.file_jobs import image_id, job, order, signed
from tests.running import Answer, RunningSite

PLACE = "ftp://me:secret@files.example/"
AT = "2026-11-24T12:00:00Z"
ORDERS: dict[str, Any] = {
    "UpdateFirmware": {"location": PLACE, "retrieveDate": AT},
    "SignedUpdateFirmware": {
        "requestId": 4711,
        "firmware": {"location": PLACE, "retrieveDateTime": AT, "signingCertificate": "PEM", "signature": "c2ln"},
    },
    "GetDiagnostics": {"location": PLACE},
    "GetLog": {"logType": "SecurityLog", "requestId": 4711, "log": {"remoteLocation": PLACE}},
}
TELLING = {
    "firmware": "FirmwareStatusNotification",
    "signed_firmware": "SignedFirmwareStatusNotification",
    "diagnostics": "DiagnosticsStatusNotification",
    "log": "LogStatusNotification",
}


@pytest.fixture
def impatient_site(start_site: StartSite) -> RunningSite:
    """Give a server that commands chargers as soon as they have booted, and waits half a second for an answer."""
    return start_site(new_charge_points="accept", hold_after_boot_seconds=0.0, call_timeout_seconds=0.5)


@asynccontextmanager
async def answering(site: RunningSite, **answers: Any) -> AsyncIterator[ChargePoint]:
    """Connect a charger that answers so and does nothing."""
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        charge_point.behaviour.answers |= answers
        await charge_point.boot()
        yield charge_point


async def send(site: RunningSite, action: str, payload: Any = None) -> Answer:
    path = f"/api/v1/charge-points/CP1/calls/{action}"
    return await site.ask("POST", path, payload or ORDERS[action], role=Role.TECHNICIAN)


async def jobs(site: RunningSite) -> list[dict[str, Any]]:
    return list((await site.get("/api/v1/jobs"))["items"])


@pytest.mark.parametrize(
    ("action", "answer", "kind", "file_name", "end"),
    [
        ("UpdateFirmware", {}, "firmware", None, "Installed"),
        ("SignedUpdateFirmware", {"status": "Accepted"}, "signed_firmware", None, "Installed"),
        ("GetDiagnostics", {"fileName": "diag.zip"}, "diagnostics", "diag.zip", "Uploaded"),
        ("GetLog", {"status": "Accepted", "filename": "a.log"}, "log", "a.log", "Uploaded"),
    ],
)
async def test_what_such_a_call_orders_is_followed_to_its_end(
    quick_site: RunningSite, action: str, answer: dict[str, str], kind: str, file_name: str | None, end: str
) -> None:
    async with answering(quick_site, **{action: answer}) as charge_point:
        assert (await send(quick_site, action)).json == answer
        (made,) = await jobs(quick_site)
        assert (made["kind"], made["state"], made["asked_by"]) == (kind, "requested", "the-technician")
        assert made["location"] == "ftp://files.example/"  # whoever may look at jobs learns no password
        assert made["file_name"] == file_name
        assert made["request_id"] == ORDERS[action].get("requestId")
        assert made["signature_verified"] is (False if kind == "signed_firmware" else None)
        told = {"status": end} | ({"requestId": made["request_id"]} if made["request_id"] else {})
        await charge_point.call_raw(TELLING[kind], told)
        assert (await job(quick_site, made["job_id"]))["state"] == end.lower()


async def test_what_the_charger_refuses_is_no_job(quick_site: RunningSite) -> None:
    refusals = {"GetLog": {"status": "Rejected"}, "GetDiagnostics": {}, "UpdateFirmware": NotSupported("no")}
    async with answering(quick_site, **refusals):
        assert [(await send(quick_site, action)).status for action in refusals] == [200, 200, 502]
        assert (await send(quick_site, "UpdateFirmware", {"location": PLACE})).status == 400
        assert (await send(quick_site, "Reset", {"type": "Soft"})).status == 200
    assert (await send(quick_site, "GetLog")).status == 409
    assert await jobs(quick_site) == []


async def test_one_that_does_not_answer_may_do_it_all_the_same(impatient_site: RunningSite) -> None:
    async with answering(impatient_site, UpdateFirmware=SILENCE) as charge_point:
        assert (await send(impatient_site, "UpdateFirmware")).status == 504
        (made,) = await jobs(impatient_site)
        assert (made["state"], "answer" in made["reason"]) == ("failed", True)
        await charge_point.call_raw("FirmwareStatusNotification", {"status": "Installing"})
        assert (await job(impatient_site, made["job_id"]))["state"] == "installing"


async def test_an_update_that_was_sent_takes_the_place_of_the_one_under_way(quick_site: RunningSite) -> None:
    async with answering(quick_site, UpdateFirmware={}, SignedUpdateFirmware={"status": "Accepted"}):
        first = await order(quick_site, "CP1", "firmware-update", image_id=await image_id(quick_site), **signed())
        assert (await send(quick_site, "UpdateFirmware")).status == 200
        newest, older = await jobs(quick_site)
        assert (newest["state"], older["job_id"], older["state"]) == ("requested", first["job_id"], "cancelled")


@pytest.mark.parametrize("location", ["ftp://[", "ftp://me:secret@[::1", "urn:of:no:place", "ftp:" + "x" * 5000])
async def test_a_strange_location_goes_out_as_it_is_written(quick_site: RunningSite, location: str) -> None:
    async with answering(quick_site, GetDiagnostics={"fileName": "a"}) as charge_point:
        assert (await send(quick_site, "GetDiagnostics", {"location": location})).status == 200
        assert charge_point.received.of("GetDiagnostics")[0].payload == {"location": location}
    assert len(await jobs(quick_site)) == 1


async def test_a_login_in_a_location_is_neither_shown_nor_kept(quick_site: RunningSite) -> None:
    async with answering(quick_site, GetDiagnostics={"fileName": "a"}):
        await send(quick_site, "GetDiagnostics")
    shown = [await quick_site.get(path) for path in ("/api/v1/audit", "/api/v1/charge-points/CP1/messages")]
    assert ["ftp://me:...@files.example/" in str(one) for one in shown] == [True, True]
    assert not any("secret" in str(one) for one in shown)
