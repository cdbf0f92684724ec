"""A site loses its database after months: the daily backup brings the records back, the archives the meter values."""

import asyncio
from datetime import timedelta

from edge_csms import control
from edge_csms.central.clock import SiteClock
from edge_csms.storage import meter_history, sequences
from tests.history import add_charger, add_transaction, keys
from tests.running import RunningSite

SECONDS = 10.0  # within which the history must be back


async def test_records_come_back_at_the_start_and_the_history_by_itself(site: RunningSite) -> None:
    long_ago, database = SiteClock().now() - timedelta(days=70), site.app.database
    key = await add_charger(database)
    await add_transaction(database, key, 1, long_ago, minutes=60)
    await add_transaction(database, key, 2, SiteClock().now() - timedelta(hours=2), minutes=60)
    await database.run(sequences.raise_to, sequences.TRANSACTION, 2)
    await site.app.retention.history.catch_up()
    assert await site.app.backup.make() is not None
    before = await database.read(meter_history.list_after, 0, 1000)
    site.app.setup_code.finish()
    await site.stop()
    (site.data_dir / control.DATABASE).write_bytes(b"")
    await site.start()

    database = site.app.database
    assert "took its place" in site.app.states()["recovery"]
    assert (await site.get("/api/v1/transactions/1"))["energy_wh"] == 6000
    async with asyncio.timeout(SECONDS):
        while len(await keys(database)) < len(before):
            await asyncio.sleep(0.01)
    assert await database.read(meter_history.list_after, 0, 1000) == before
    assert len((await site.get("/api/v1/transactions/1/meter-values?limit=100"))["items"]) == 60
    assert await database.read(sequences.get, sequences.TRANSACTION) > 100_000


async def test_what_was_made_anonymous_reads_so_everywhere(site: RunningSite) -> None:
    database = site.app.database
    key = await add_charger(database)
    await add_transaction(database, key, 1, SiteClock().now() - timedelta(days=70), minutes=5)
    await site.app.retention.make_anonymous(SiteClock().now() - timedelta(days=60))
    shown = await site.get("/api/v1/transactions/1")
    assert (shown["id_tag"], shown["energy_wh"]) == ("anonymous", 500)
    evidence = await site.get("/api/v1/transactions/1/evidence")
    assert evidence == {"start_payload": '{"idTag":"anonymous"}', "stop_payload": "{}", "messages": []}
    exported = await site.ask("GET", "/api/v1/transactions.csv")
    assert b"anonymous" in exported.body
    assert b"CAFE" not in exported.body
