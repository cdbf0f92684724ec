"""Rows of findings."""

from datetime import UTC, datetime, timedelta

from edge_csms.domain.model import Finding
from edge_csms.storage import findings
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


async def test_findings_of_one_kind_are_counted_and_keep_their_first_example(
    database: Database, charge_point_key: int
) -> None:
    first = Finding("wrong_type", "StartTransaction.meterStart", "a text", '"12"')
    assert not await database.run(findings.increase, charge_point_key, first, NOW)
    await database.run(findings.add, charge_point_key, first, NOW)
    again = Finding(first.code, first.field, "a text", '"99"', count=3)
    assert await database.run(findings.increase, charge_point_key, again, LATER)
    (found,) = (await database.read(findings.list_by_charge_point, [charge_point_key]))[charge_point_key]
    assert (found.example, found.count, found.first_seen, found.last_seen) == ('"12"', 4, NOW, LATER)


async def test_the_newest_comes_first_and_kinds_are_counted(database: Database, charge_point_key: int) -> None:
    for number, field in enumerate(("a", "b", "c")):
        await database.run(findings.add, charge_point_key, Finding("odd", field, "", ""), NOW + timedelta(number))
    found = await database.read(findings.list_by_charge_point, [charge_point_key])
    assert [finding.field for finding in found[charge_point_key]] == ["c", "b", "a"]
    assert await database.read(findings.count, charge_point_key) == 3
    assert await database.read(findings.list_by_charge_point, [charge_point_key + 1]) == {}
