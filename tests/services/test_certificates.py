"""Tests of what becomes of the certificates of charge points."""

from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import ChargerCertificate
from edge_csms.services import certificates, charge_points
from edge_csms.services.certificate_authority import Issued
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
UNTIL = NOW + timedelta(days=365)


def issued(number: int) -> Issued:
    return Issued(f"{number:x}", "CHAIN", f"print{number}", UNTIL)


@pytest.fixture
def charger(io_loop, database: Database) -> Database:
    """Give a database with a charge point CP1 that got two certificates, and one without any."""

    async def prepare() -> None:
        for charge_point_id in ("CP1", "CP2"):
            await database.run(charge_points.add, charge_point_id, NOW, {})
        for number in (1, 2):
            await database.run(certificates.note_issued, "CP1", issued(number), NOW)

    io_loop.run_sync(prepare)
    return database


async def states(database: Database, charge_point_id: str = "CP1") -> dict[str, str]:
    return {one.fingerprint: one.state for one in await database.run(certificates.list_, charge_point_id)}


async def test_certificates_are_listed_the_newest_first(charger):
    newest, oldest = await charger.run(certificates.list_, "cp1")
    assert newest == ChargerCertificate("2", "print2", "signed", UNTIL, NOW)
    assert oldest.fingerprint == "print1"
    assert await charger.run(certificates.list_, "CP2") == []


@pytest.mark.parametrize("word", ["Accepted", "Rejected"])
async def test_the_word_of_the_charge_point_is_kept(charger, word):
    await charger.run(certificates.note_answer, "print2", word)
    assert await states(charger) == {"print2": word.lower(), "print1": "signed"}


async def test_a_revoked_certificate_proves_nothing_any_more(charger):
    assert not await charger.run(certificates.is_revoked, "print1")
    await charger.run(certificates.revoke, "CP1", "print1")
    assert await charger.run(certificates.is_revoked, "print1")
    assert not await charger.run(certificates.is_revoked, "print2")
    assert await states(charger) == {"print2": "signed", "print1": "revoked"}


async def test_a_late_word_of_the_charge_point_revives_no_certificate(charger):
    await charger.run(certificates.revoke, "CP1", "print1")
    await charger.run(certificates.note_answer, "print1", "Accepted")
    assert (await states(charger))["print1"] == "revoked"


async def test_of_a_charger_that_asks_again_and_again_the_newest_are_kept_and_what_was_revoked(charger):
    await charger.run(certificates.revoke, "CP1", "print1")
    for number in range(3, 3 + certificates.KEPT):
        await charger.run(certificates.note_issued, "CP1", issued(number), NOW)
    kept = await states(charger)
    assert len(kept) == certificates.KEPT + 1
    assert (kept["print1"], "print2" in kept) == ("revoked", False)


async def test_only_what_a_charge_point_has_can_be_revoked(charger):
    for charge_point_id, fingerprint in (("CP1", "print3"), ("CP2", "print1"), ("CP3", "print1")):
        with pytest.raises(NotFound):
            await charger.run(certificates.revoke, charge_point_id, fingerprint)
    assert set((await states(charger)).values()) == {"signed"}


async def test_certificates_stay_revoked_for_a_charge_point_that_is_made_anew(charger):
    await charger.run(certificates.revoke, "CP1", "print1")
    await charger.run(charge_points.delete, "CP1", NOW)
    await charger.run(charge_points.add, "CP1", NOW, {})
    assert await charger.run(certificates.is_revoked, "print1")
