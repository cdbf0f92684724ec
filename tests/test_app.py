"""Tests of the composition root: what starts, what is left where a start fails, and what goes on while it runs."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from edge_csms.config.settings import Tls
from edge_csms.domain.errors import Refusal
from edge_csms.services import passwords
from edge_csms.web.tls import TlsUnusable
from tests.running import RunningSite
from tests.scenarios.charger import Charger

KEY = bytes(range(20))


async def test_a_site_starts_stops_and_starts_again_on_its_data(site: RunningSite) -> None:
    async with Charger(site.ocpp_url) as charger:
        await charger.boot()
        first, _ = await charger.start("CARD")
    await site.stop()
    await site.start()
    async with Charger(site.ocpp_url) as charger:
        second, _ = await charger.start("CARD", 2)
    assert second > first
    assert (await site.get("/readyz"))["parts"][0] == {"name": "storage", "state": "ok"}


async def test_every_job_that_runs_is_shown(tls_site: RunningSite) -> None:
    parts = {one["name"]: one["state"] for one in (await tls_site.get("/readyz"))["parts"]}
    assert {"liveness", "boot data", "certificates", "server certificate", "expiry", "quirks"} <= set(parts)
    assert set(parts.values()) == {"ok"}


# Tornado's bind_sockets leaves the socket that it could not bind to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_port_that_is_taken_is_told_and_nothing_stays_open(site: RunningSite, tmp_path: Path) -> None:
    other = RunningSite(tmp_path / "other", tls=Tls(enabled=True, port=site.port))
    with pytest.raises(Refusal, match=rf"port {site.port}: another program uses it; change \[tls\] port"):
        await other.start()
    assert other.app.ports.numbers == {}
    assert not other.app.database.path.exists()
    other.config = msgspec.structs.replace(other.config, tls=Tls())
    await other.start()
    await other.stop()


async def test_a_site_whose_certificate_can_not_be_used_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / "certificate.pem").write_text("no PEM")
    tls = Tls(
        enabled=True, port=0, certificate=str(tmp_path / "certificate.pem"), key=str(tmp_path / "certificate.pem")
    )
    site = RunningSite(tmp_path / "data", tls=tls)
    with pytest.raises(TlsUnusable):
        await site.start()
    assert site.app.ports.numbers == {}
    assert not site.app.database.path.exists()


async def test_a_certificate_is_renewed_without_a_restart(tls_site: RunningSite) -> None:
    (certificate, _), *_ = tls_site.app.network.tls.renewed(tls_site.app.clock.now())
    before = certificate.read_bytes()
    await tls_site.app.network.renew()
    assert certificate.read_bytes() == before
    certificate.unlink()
    await tls_site.app.network.renew()
    assert certificate.read_bytes() != before
    async with Charger(tls_site.secure_ocpp_url, tls=tls_site.trust()) as charger:
        await charger.call("Heartbeat")


async def test_keys_that_are_slow_to_check_hold_nobody_up(site: RunningSite) -> None:
    check = site.app.check_key
    quick, slow = passwords.hash_charger_key(KEY, "CP1"), passwords.hash_charger_password("typed by a person")
    assert await check(quick, "CP1", KEY) == "raw"
    assert await check(quick, "CP1", KEY.hex().encode()) == "hex"
    assert await check(quick, "CP1", b"wrong") is None
    checking = asyncio.create_task(check(slow, "CP1", b"wrong"))
    await asyncio.sleep(0)
    assert not checking.done()
    async with Charger(site.ocpp_url) as charger:
        await charger.call("Heartbeat")
    assert await checking is None
    assert await check(slow, "CP1", b"typed by a person") == "raw"


async def test_numbers_of_transactions_are_kept_outside_of_the_database(site: RunningSite) -> None:
    async with Charger(site.ocpp_url) as charger:
        await charger.boot()
        transaction_id, _ = await charger.start("CARD")
    assert site.app.highest_id.value >= transaction_id
