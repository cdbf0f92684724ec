"""Findings are counted, and no charger can fill the disk with them."""

import pytest

from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import Finding
from edge_csms.services import findings
from edge_csms.services.findings import MAX_KINDS
from tests.services.charging import HOUR, NOON, Charger, Site


def finding(field: str, count: int = 1, example: str = "an example") -> Finding:
    return Finding("unknown_field", field, "is not known here", example, count)


async def kept(books: Site) -> dict[str, Finding]:
    _, found = await books.database.read(findings.list_, "CP1")
    return {one.field or one.code: one for one in found}


async def test_they_are_counted_with_their_first_example(books: Site, charger: Charger) -> None:
    await books.database.run(findings.note, {charger.key: [finding("A.b")]}, NOON)
    await books.database.run(findings.note, {charger.key: [finding("A.b", 4, "another")]}, NOON + HOUR)
    (one,) = (await kept(books)).values()
    assert (one.count, one.example, one.first_seen, one.last_seen) == (5, "an example", NOON, NOON + HOUR)


async def test_beyond_so_many_kinds_they_are_only_counted(books: Site, charger: Charger) -> None:
    made_up = [finding(f"A.field{number}", 2) for number in range(MAX_KINDS + 5)]
    await books.database.run(findings.note, {charger.key: made_up}, NOON)
    await books.database.run(findings.note, {charger.key: [finding("A.field0"), finding("A.new")]}, NOON)
    found = await kept(books)
    assert len(found) == MAX_KINDS + 1
    assert found["many_more"].count == 6
    assert found["A.field0"].count == 3


async def test_each_charge_point_has_its_own(books: Site, charger: Charger, other_charger: Charger) -> None:
    await books.database.run(findings.note, {charger.key: [finding("A.b")], other_charger.key: []}, NOON)
    charge_point, found = await books.database.read(findings.list_, "CP2")
    assert (charge_point.charge_point_id, found) == ("CP2", [])
    with pytest.raises(NotFound):
        await books.database.read(findings.list_, "CP3")
