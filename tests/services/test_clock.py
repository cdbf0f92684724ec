"""That somebody vouched for the box's clock is remembered, and who it was."""

from datetime import UTC, datetime

from edge_csms.domain.accounts import Actor
from edge_csms.services import audit, clock
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def test_who_vouched_for_a_clock_is_remembered_with_what_it_means_for_arrivals(database: Database) -> None:
    assert await database.run(clock.get_lead) is None
    await database.run(clock.note_trust, 5, NOW, Actor("anna", "192.0.2.7"), "from then to now")
    assert await database.run(clock.get_lead) == 5
    (entry,) = await database.run(audit.list_, 10)
    assert (entry.username, entry.action, entry.details) == ("anna", "clock.trust", "from then to now")
