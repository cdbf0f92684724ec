"""Tests of the jobs about certificates."""

import asyncio
import logging
from typing import Any

import pytest

from edge_csms.central.known_certificates import KnownCertificates
from edge_csms.domain.errors import Refusal
from edge_csms.jobs.certificates import Ends, Renewal
from tests.jobs.conftest import running
from tests.making_certificates import certificate_request
from tests.running import RunningSite
from tests.scenarios.charger import ACCEPTED, SECONDS, Charger, until


async def request_certificate(charger: Charger) -> None:
    await charger.boot()
    assert await charger.call("SignCertificate", {"csr": certificate_request(charger.identity)}) == ACCEPTED


async def states(site: RunningSite, charge_point_id: str = "CP1") -> list[str]:
    return [one["state"] for one in (await site.get(f"/api/v1/charge-points/{charge_point_id}/certificates"))["items"]]


async def test_a_slow_charger_keeps_no_other_waiting(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url, "SLOW") as slow, Charger(quick_site.ocpp_url, "CP1") as charger:
        await request_certificate(slow)
        await slow.next("CertificateSigned")
        await request_certificate(charger)
        await (await charger.next("CertificateSigned")).answer(ACCEPTED)
        async with asyncio.timeout(SECONDS):
            while await states(quick_site) != ["accepted"]:
                await asyncio.sleep(0.005)
        assert await states(quick_site, "SLOW") == ["signed"]


@pytest.mark.parametrize("refusal", ["CALLERROR", "end of the connection"])
async def test_a_certificate_that_was_not_taken_is_noted_and_the_next_one_goes_out(
    quick_site: RunningSite, caplog: pytest.LogCaptureFixture, refusal: str
) -> None:
    charger = Charger(quick_site.ocpp_url)
    await charger.connect()
    await request_certificate(charger)
    came = await charger.next("CertificateSigned")
    if refusal == "CALLERROR":
        await came.refuse("NotSupported")
    else:
        await charger.disconnect()
        await charger.connect()
    await until(lambda: "CP1 did not take its certificate" in caplog.text)
    await request_certificate(charger)
    await (await charger.next("CertificateSigned")).answer(ACCEPTED)
    async with asyncio.timeout(SECONDS):
        while await states(quick_site) != ["accepted", "signed"]:
            await asyncio.sleep(0.005)
    await charger.disconnect()


async def test_ends_are_looked_at_again_and_again_but_by_no_clock_in_doubt(
    quick_site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, clock = quick_site.app.certificates, quick_site.app.clock
    looked = 0

    def count() -> list[Any]:
        nonlocal looked
        looked += 1
        return []

    ends = Ends(KnownCertificates(quick_site.app.central, quick_site.app.database, count), clock, every_seconds=0.001)
    async with running(ends):
        await until(lambda: looked >= 3)
    assert known.words == ""
    looked = 0
    clock.go_on_from(int(clock.now().timestamp() * 1_000_000) + 3_600_000_000)  # it stood an hour later before
    assert clock.in_doubt
    async with running(ends):
        await asyncio.sleep(0.01)
    assert looked == 0


async def test_the_certificate_of_the_server_is_looked_at_again_and_again(caplog: pytest.LogCaptureFixture) -> None:
    looked = 0

    async def renew() -> None:
        nonlocal looked
        looked += 1
        if looked == 2:
            raise Refusal("the key is not that of the certificate")

    caplog.set_level(logging.ERROR)
    task = asyncio.create_task(Renewal(renew, every_seconds=0.001).run())
    await until(lambda: looked >= 4)
    task.cancel()
    assert [record.getMessage() for record in caplog.records] == [
        "the server's certificate can't be renewed: the key is not that of the certificate"
    ]


async def test_a_running_server_shows_a_renewed_certificate(tls_site: RunningSite) -> None:
    (certificate, _), *_ = tls_site.app.network.tls.renewed(tls_site.app.clock.now())
    certificate.unlink()  # as if its time were near
    async with Charger(tls_site.secure_ocpp_url, tls=tls_site.trust()):
        pass
    await tls_site.app.network.renew()
    assert certificate.exists()
    async with Charger(tls_site.secure_ocpp_url, tls=tls_site.trust()) as charger:
        await charger.call("Heartbeat")
