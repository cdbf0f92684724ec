"""Versions that must not be kept, or only just, and what is expected of a box that tries them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from edge_csms.services.update_spool import REQUESTED
from edge_csms.storage.engine import looked_into
from tests.updates.box import Box, Charger

# What a version does that must not be kept.
ENDS = """
import sys
if "serve" in sys.argv:
    sys.exit("this version is broken")
"""
NEVER_READY = """
import edge_csms.central.updates as updates
async def status(self):
    return {"version": VERSION, "ready": False, "charge_points": []}
updates.Updates.status = status
"""
TURNS_CHARGERS_AWAY = """
import edge_csms.central.system as system
system.CentralSystem.why_kept_off = lambda self, identity: ("it is broken", "wait") if identity == "CP2" else None
"""
# A version that hangs: before it does anything, while the database is migrated, in its start, and later.
HANGS_AT_ONCE = """
import sys, time
if "serve" in sys.argv:
    time.sleep(3600)
"""
MIGRATION_HANGS = """
import time
import edge_csms.storage.schema as schema
schema.migrate = lambda database: time.sleep(3600)
"""
MIGRATION_SPINS = """
import edge_csms.storage.schema as schema
def migrate(database):
    while True:
        pass
schema.migrate = migrate
"""
START_HANGS = """
import time
import edge_csms.central.updates as updates
updates.Updates.prepare = lambda self: time.sleep(3600)
"""
LOOP_HANGS_LATER = """
import time
import edge_csms.central.updates as updates
status, asked = updates.Updates.status, []
async def hang(self):
    asked.append(True)
    if len(asked) > 2:
        time.sleep(3600)
    return await status(self)
updates.Updates.status = hang
"""
DATABASE_HANGS_LATER = """
import asyncio, time
import edge_csms.jobs.update as update
async def run(self):
    while not self._updates.serving:
        await asyncio.sleep(0.01)
    await self._updates._database.run(time.sleep, 3600)
update.Update.run = run
"""
# One that works, but takes long.
MIGRATES_LONG = """
import time
import edge_csms.storage.schema as schema
migrate = schema.migrate
def migrate_long(database):
    until = time.monotonic() + 12  # more than an updater in haste suffers without a sign of life
    while time.monotonic() < until:
        database.execute_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT count(*) FROM n"
        )
    return migrate(database)
schema.migrate = migrate_long
"""
# What takes the way back from the updater: a disk without any room, and a snapshot that can't be found.
FILLS_THE_DISK = """
import edge_csms.central.updates as updates
prepare = updates.Updates.prepare
def fill(self):
    prepare(self)
    try:
        with open(self.spool.path.parent / "filler", "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        pass
updates.Updates.prepare = fill
"""
HIDES_THE_SNAPSHOT = """
import edge_csms.central.updates as updates
prepare_site = updates.Updates.prepare
def hide(self):
    prepare_site(self)
    data_dir = self.spool.path.parent
    if (snapshot := data_dir / "backups" / f"before-update-{VERSION}.db").exists():
        snapshot.rename(data_dir / "hidden")
updates.Updates.prepare = hide
"""
# A version that changes the schema, whose database the old one can't use.
NEW_SCHEMA = """
import pathlib, shutil
import edge_csms.storage.schema as schema
migrations = pathlib.Path(__file__).parent / "migrations"
shutil.copytree(schema.MIGRATIONS, migrations, dirs_exist_ok=True)
schema.MIGRATIONS = migrations
(migrations / "0900_more.py").write_text(
    "def up(migrator, db):\\n    db.execute_sql('CREATE TABLE more (number INTEGER)')\\n"
)
"""


@contextlib.asynccontextmanager
async def connected(box: Box, *identities: str) -> AsyncIterator[list[Charger]]:
    """Connect chargers, idle until the update, charging from then on."""
    chargers = [Charger(box, identity) for identity in identities]
    for charger in chargers:
        charger.plug_in()
        await asyncio.wait_for(charger.connected.wait(), 10)
    yield chargers
    for charger in chargers:
        await charger.unplug()


async def ask_for(box: Box, release: bytes) -> None:
    brought = await box.bring(release)
    assert brought.status == 201, brought.body
    asked = await box.wish()
    assert asked.status == 202, asked.body


async def check_all_is_well(box: Box, chargers: list[Charger], version: str) -> None:
    """Check that a version serves, every charger is back, and what was acknowledged is stored once."""
    assert (box.version(), box.installation.current) == (version, version)
    for charger in chargers:
        charger.charges = True
        count = len(charger.answered)
        async with asyncio.timeout(60):
            while len(charger.answered) < count + 6:
                await asyncio.sleep(0.05)  # until it has said more
        await charger.unplug()
    stored = {(one["charge_point_id"], one["transaction_id"]): one for one in await box.transactions()}
    started = [(charger, answer) for charger in chargers for answer in charger.answered if "Start" in answer[0]]
    assert {(charger.identity, answer["transactionId"]) for charger, (_, _, answer) in started} <= stored.keys()
    meters = [(one["charge_point_id"], one["meter_start_wh"]) for one in stored.values()]
    assert len(meters) == len(set(meters))
    assert not box.spool.has(REQUESTED)
    assert box.state.read() is None
    with looked_into(box.database) as database:
        assert database.find_damage() is None


def note_database(box: Box) -> set[str]:
    """Give what of a stopped site's tables would show that a newer version was there."""
    with looked_into(box.database) as database:
        return set(database.get_tables())
