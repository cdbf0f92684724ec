"""The site keeps no more than it wants: the job does all of it, each thing when it is due."""

from datetime import timedelta
from pathlib import Path

from edge_csms.central.clock import SiteClock
from edge_csms.domain.model import IdTag
from edge_csms.jobs.retention import Retention
from edge_csms.services import anonymity, meter_history, transactions
from edge_csms.storage import archives, id_tags, packing
from edge_csms.storage.database import Database
from tests.history import MINUTE, NEVER, add_charger, add_message, add_transaction, keys
from tests.jobs.conftest import running

NAMED = b'{"meterValue":[{"sampledValue":[{"format":"SignedData","value":"OCMF|{\\"ID\\":\\"CAFE\\"}|{}"}]}]}'


def job(database: Database, tmp_path: Path, *, keep_days: int = 30, anonymous_after_days: int = 60) -> Retention:
    directory = tmp_path / "backups"
    directory.mkdir(exist_ok=True)
    return Retention(
        database,
        SiteClock(),
        directory,
        keep_days=keep_days,
        with_archives=True,
        anonymous_after_days=anonymous_after_days,
    )


async def test_after_their_time_values_are_thinned_and_names_are_gone(database: Database, tmp_path: Path) -> None:
    now, key = SiteClock().now().replace(minute=0, second=0, microsecond=0), await add_charger(database)
    await add_transaction(database, key, 1, now - timedelta(days=100), minutes=60)
    await add_message(database, key, 1, now - timedelta(days=100) + MINUTE, NAMED)
    await add_transaction(database, key, 2, now - timedelta(days=40), minutes=5)
    retention = job(database, tmp_path)
    async with running(retention):
        while await database.read(anonymity.list_named, now - timedelta(days=60), None, 10):
            await database.run(lambda: None)
    assert len(await keys(database)) == 4 + 1 + 1  # of four quarters, signed, and of the newer transaction
    old, new = [await database.read(transactions.get, number) for number in (1, 2)]
    assert (old.id_tag, old.energy_wh, new.id_tag) == ("anonymous", 6000, "CAFE")


async def test_archives_are_made_anonymous_once(database: Database, tmp_path: Path) -> None:
    now, key = SiteClock().now(), await add_charger(database)
    await add_transaction(database, key, 1, now - timedelta(days=100), minutes=5)
    await add_message(database, key, 1, now - timedelta(days=100), NAMED)
    retention = job(database, tmp_path)
    await retention.history.catch_up()
    (archive,) = meter_history.list_archives(tmp_path / "backups")
    assert any(b"CAFE" in packing.unpack(one.payload) for one in archives.read(archive.path, 0, 10))
    await retention.make_anonymous(now - timedelta(days=60))
    (cleared,) = meter_history.list_archives(tmp_path / "backups")
    assert not any(b"CAFE" in packing.unpack(one.payload) for one in archives.read(archive.path, 0, 10))
    assert (cleared.first_key, cleared.last_key, cleared.is_rewritten) == (archive.first_key, archive.last_key, True)
    assert await database.read(lambda: meter_history.clear_archives(tmp_path / "backups", now, NEVER)) == 0


async def test_names_stay_where_the_site_sets_no_time(database: Database, tmp_path: Path) -> None:
    now, key = SiteClock().now(), await add_charger(database)
    await add_transaction(database, key, 1, now - timedelta(days=3000), minutes=2)
    await database.run(id_tags.add, IdTag("CAFE"), now)
    retention = job(database, tmp_path, anonymous_after_days=0)
    async with running(retention):
        while (await database.read(meter_history.get_progress)).thinned_to == 0:
            await database.run(lambda: None)
    assert (await database.read(transactions.get, 1)).id_tag == "CAFE"
