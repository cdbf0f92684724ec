"""Tests of the stored certificates of charge points."""

from datetime import UTC, datetime

from edge_csms.domain.model import ChargerCertificate, Registration
from edge_csms.storage import certificates, charge_points
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def add(charge_point_id: str, fingerprint: str) -> int:
    charge_points.add(charge_point_id, Registration.ACCEPTED, NOW)
    found = charge_points.get(charge_point_id)
    assert found is not None
    certificates.add(found.key, ChargerCertificate("1", fingerprint, "signed", NOW, NOW), "CHAIN", NOW)
    return found.key


async def test_a_certificate_belongs_to_one_charge_point(database: Database) -> None:
    first, second = await database.run(add, "CP1", "a"), await database.run(add, "CP2", "b")
    assert [one.fingerprint for one in await database.run(certificates.list_, first)] == ["a"]
    assert await database.run(certificates.get_state, "a") == "signed"
    assert await database.run(certificates.get_state, "a", first) == "signed"
    assert await database.run(certificates.get_state, "a", second) is None
    assert await database.run(certificates.get_state, "c") is None


async def test_a_state_is_that_of_one_certificate(database: Database) -> None:
    key = await database.run(add, "CP1", "a")
    await database.run(add, "CP1", "b")
    await database.run(certificates.update_state, "a", "revoked")
    assert {one.fingerprint: one.state for one in await database.run(certificates.list_, key)} == {
        "a": "revoked",
        "b": "signed",
    }
