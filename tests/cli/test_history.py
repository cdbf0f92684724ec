"""`history`: an archive of meter values, readable without the site."""

import asyncio
import json

from edge_csms.services import meter_history
from edge_csms.services.meter_history import Month
from edge_csms.storage.database import Database
from tests.history import JANUARY, NEVER, add_charger, add_transaction


async def archive(directory):
    database = Database(directory / "site.db")
    await database.open()
    await add_transaction(database, await add_charger(database), 7, JANUARY, minutes=3)
    await add_transaction(database, 1, 8, JANUARY, minutes=3)
    path = meter_history.archive(database.path, directory, Month("2026-01", 0, 6), NEVER)
    await database.close()
    return path


def test_the_messages_of_a_transaction_are_printed_as_lines_of_json(edge_csms, tmp_path):
    path = asyncio.run(archive(tmp_path))
    done = edge_csms("history", str(path), "--transaction", "7")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["charge_point_id"], one["transaction_id"]) for one in lines] == [("CP1", 7)] * 3
    assert '"value":"200"' in lines[-1]["payload"]


def test_what_is_no_archive_is_told(complaint, tmp_path):
    assert "is no file" in complaint("history", "missing")
    (tmp_path / "other").write_text("no archive")
    assert "is no archive, or damaged" in complaint("history", "other")
