"""Firmware, diagnostics and logs from end to end: a simulated charger fetches and delivers what a technician orders."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from edge_csms.config.settings import Files, Tls
from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.conftest import StartSite
from tests.file_jobs import IMAGE, dumb, http, image_id, job, listening, location, order, signed
from tests.running import RunningSite


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    """Give a server that commands chargers as soon as they have booted."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", hold_after_boot_seconds=0.0)


@pytest.fixture
def encrypted_site(start_site: StartSite) -> RunningSite:
    """Give a server with both ports."""
    return start_site(new_charge_points="accept", hold_after_boot_seconds=0.0, tls=Tls(enabled=True, port=0))


@pytest.fixture
def ftp_site(start_site: StartSite) -> RunningSite:
    """Give a server that serves FTP."""
    files = Files(ftp_enabled=True, ftp_port=0)
    return start_site(new_charge_points="accept", hold_after_boot_seconds=0.0, files=files)


@asynccontextmanager
async def booted(site: RunningSite, identity: str, **more: Any) -> AsyncIterator[ChargePoint]:
    async with ChargePoint(more.pop("url", site.ocpp_url), identity, reconnect_seconds=0.1, **more) as charge_point:
        await charge_point.boot()
        yield charge_point


async def test_a_charger_fetches_installs_and_restarts(site: RunningSite) -> None:
    async with booted(site, "FW-1") as charge_point:
        with listening(site) as news:
            made = await order(site, "FW-1", "firmware-update", image_id=await image_id(site))
            assert (made["state"], made["kind"], made["asked_by"]) == ("requested", "firmware", "the-admin")
            await news.until(news.jobs, made["job_id"], "installed")
        assert charge_point.updates.image == IMAGE
        assert news.states(made["job_id"]) == ["requested", "downloading", "downloaded", "installing", "installed"]
        assert (await site.get("/api/v1/charge-points/FW-1"))["firmware_version"] == "2.0.1"
    entry = (await site.get("/api/v1/audit?action=charge_point.update_firmware"))["items"][0]
    assert (entry["subject"], entry["result"]) == ("FW-1", "requested")


async def test_a_broken_download_goes_on_where_it_ended(site: RunningSite) -> None:
    async with booted(site, "FW-1") as charge_point:
        charge_point.behaviour.download_breaks_after_bytes = 100_000
        image = await image_id(site)
        with listening(site) as news:
            made = await order(site, "FW-1", "firmware-update", image_id=image, retries=1, retry_interval_seconds=0)
            await news.until(news.jobs, made["job_id"], "installed")
        assert charge_point.updates.image == IMAGE


async def test_a_signed_update_goes_with_certificate_and_signature(site: RunningSite) -> None:
    async with booted(site, "FW-1") as charge_point:
        image = await image_id(site)
        proof = signed()
        assert (await site.ask("PATCH", f"/api/v1/firmware-images/{image}", proof)).json["signed"] is True
        with listening(site) as news:
            made = await order(site, "FW-1", "firmware-update", image_id=image)
            await news.until(news.jobs, made["job_id"], "installed")
        assert (made["kind"], made["request_id"]) == ("signed_firmware", made["job_id"])
        sent = charge_point.received.of("SignedUpdateFirmware")[0].payload
        assert sent["firmware"]["signature"] == proof["signature"]
        assert made["signature_verified"] is True


async def test_what_a_wrong_signature_came_with_is_never_sent(site: RunningSite) -> None:
    async with booted(site, "FW-1") as charge_point:
        wrong = signed(b"another image")
        update = {"image_id": await image_id(site), **wrong}
        answer = await site.ask("POST", "/api/v1/charge-points/FW-1/firmware-update", update)
        assert (answer.status, list(answer.json["errors"])) == (400, ["signature"])
        assert charge_point.received.of("SignedUpdateFirmware") == []
        assert (await site.get("/api/v1/jobs"))["items"] == []
        dumb(charge_point, "SignedUpdateFirmware")
        elsewhere = await order(site, "FW-1", "firmware-update", location="https://maker.example/fw.bin", **wrong)
        assert elsewhere["signature_verified"] is False  # the box never sees that file


async def test_firmware_whose_signature_the_charger_finds_wrong_fails_with_the_reason(site: RunningSite) -> None:
    async with booted(site, "FW-1") as charge_point:
        charge_point.behaviour.accepts_image = lambda image: False
        image = await image_id(site)
        await site.ask("PATCH", f"/api/v1/firmware-images/{image}", signed())
        with listening(site) as news:
            made = await order(site, "FW-1", "firmware-update", image_id=image)
            await news.until(news.jobs, made["job_id"], "failed")
    failed = await job(site, made["job_id"])
    assert (failed["status"], failed["finished_at"] is not None) == ("InvalidSignature", True)
    assert "signature" in failed["reason"]


@pytest.mark.parametrize("method", ["PUT", "POST", "form"])
async def test_diagnostics_come_and_can_be_read(site: RunningSite, method: str) -> None:
    async with booted(site, "FW-1") as charge_point:
        charge_point.behaviour.upload_method = method  # type: ignore[assignment]
        charge_point.behaviour.log_content = content = b"12:00 relay closed\r\n" * 50_000
        with listening(site) as news:
            made = await order(site, "FW-1", "diagnostics", **{"from": "2026-11-01T00:00:00Z"})
            await news.until(news.jobs, made["job_id"], "uploaded")
        assert charge_point.received.of("GetDiagnostics")[0].payload["startTime"] == "2026-11-01T00:00:00Z"
    shown = await job(site, made["job_id"])
    assert (shown["state"], shown["has_file"], shown["size_bytes"]) == ("uploaded", True, len(content))
    file = await site.ask("GET", f"/api/v1/jobs/{made['job_id']}/file", role=Role.TECHNICIAN)
    assert (file.status, file.body) == (200, content)
    assert file.headers["Content-Disposition"] == f'attachment; filename="{shown["file_name"]}"'
    assert shown["file_name"].startswith("FW-1-diagnostics-")


async def test_a_log_is_asked_for_with_a_request_id(site: RunningSite) -> None:
    async with booted(site, "FW-1") as charge_point:
        with listening(site) as news:
            made = await order(site, "FW-1", "logs", log_type="security")
            await news.until(news.jobs, made["job_id"], "uploaded")
        sent = charge_point.received.of("GetLog")[0].payload
        assert (sent["logType"], sent["requestId"]) == ("SecurityLog", made["request_id"])
    entry = (await site.get("/api/v1/audit?action=file.receive"))["items"][0]
    assert (entry["subject"], entry["address"]) == ("FW-1", "127.0.0.1")


async def test_no_update_while_a_car_charges_unless_it_is_forced(site: RunningSite) -> None:
    async with booted(site, "FW-1") as charge_point:
        await charge_point.start(1, "CARD")
        image = await image_id(site)
        refused = await site.ask("POST", "/api/v1/charge-points/FW-1/firmware-update", {"image_id": image})
        assert refused.status == 409
        assert "is open" in refused.json["detail"]
        assert charge_point.received.of("UpdateFirmware") == []
        await order(site, "FW-1", "firmware-update", image_id=image, force=True)
        assert len(charge_point.received.of("UpdateFirmware")) == 1


async def test_a_boot_with_a_new_version_proves_the_installation(site: RunningSite) -> None:
    async with booted(site, "FW-1") as charge_point:
        dumb(charge_point, "UpdateFirmware")
        with listening(site) as news:
            made = await order(site, "FW-1", "firmware-update", image_id=await image_id(site))
            charge_point.nameplate.firmware_version = "2.0.1"
            await charge_point.boot()
            await news.until(news.jobs, made["job_id"], "installed")


async def test_an_update_outlives_a_restart_of_ours(site: RunningSite) -> None:
    async with booted(site, "FW-1") as charge_point:
        dumb(charge_point, "UpdateFirmware")
        made = await order(site, "FW-1", "firmware-update", image_id=await image_id(site))
        url = await location(charge_point, "UpdateFirmware")
        await site.stop()
        await site.start()
        fetched = await http(url)
        assert (fetched.status, fetched.body) == (200, IMAGE)
        assert (await job(site, made["job_id"]))["state"] == "downloaded"


async def test_a_typed_location_goes_out_as_typed_and_is_kept_without_its_password(site: RunningSite) -> None:
    async with booted(site, "FW-1") as charge_point:
        dumb(charge_point, "UpdateFirmware")
        typed = "ftp://me:secret@files.example/fw.bin"
        made = await order(site, "FW-1", "firmware-update", location=typed)
        assert await location(charge_point, "UpdateFirmware") == typed
        assert made["location"] == "ftp://files.example/fw.bin"


async def test_on_the_encrypted_port_chargers_are_sent_to_https(encrypted_site: RunningSite) -> None:
    site = encrypted_site
    async with booted(site, "FW-1", url=site.secure_ocpp_url, tls=site.trust()) as charge_point:
        with listening(site) as news:
            made = await order(site, "FW-1", "diagnostics")
            await news.until(news.jobs, made["job_id"], "uploaded")
            assert (await location(charge_point, "GetDiagnostics")).startswith(f"https://localhost:{site.tls_port}/")
            made = await order(site, "FW-1", "diagnostics", protocol="http")
            await news.until(news.jobs, made["job_id"], "uploaded")
            assert (await location(charge_point, "GetDiagnostics")).startswith(f"http://localhost:{site.port}/files/")


async def test_a_charger_that_knows_only_ftp_gets_and_brings_files(ftp_site: RunningSite) -> None:
    site = ftp_site
    async with booted(site, "FW-1") as charge_point:
        image = await image_id(site)
        with listening(site) as news:
            made = await order(site, "FW-1", "diagnostics", protocol="ftp")
            await news.until(news.jobs, made["job_id"], "uploaded")
            assert (await location(charge_point, "GetDiagnostics")).startswith("ftp://job")
            made = await order(site, "FW-1", "firmware-update", image_id=image, protocol="ftp")
            await news.until(news.jobs, made["job_id"], "installed")
        assert charge_point.updates.image == IMAGE


async def test_without_ftp_an_order_for_it_is_refused(site: RunningSite) -> None:
    async with booted(site, "FW-1"):
        refused = await site.ask("POST", "/api/v1/charge-points/FW-1/diagnostics", {"protocol": "ftp"})
        assert (refused.status, list(refused.json["errors"])) == (400, ["protocol"])
