"""Brings a database file to the schema of this program, and refuses one that another or a newer program has used."""

from pathlib import Path

import peewee
from playhouse.migrations import Runner

from edge_csms.domain.errors import Refusal
from edge_csms.storage.engine import storage_fault

MIGRATIONS = Path(__file__).parent / "migrations"


class ForeignDatabase(Refusal):
    """The file is a database of another program; it is left untouched."""


class UpgradeFailed(Refusal):
    """A migration found what it can't deal with; the database is as it was."""


class NewerSchema(Refusal):
    """The database was used by a newer edge_csms; it is left untouched."""


def check(database: peewee.Database) -> None:
    """Look whether a database can be used here, without a change to it; raises ForeignDatabase or NewerSchema."""
    tables, runner = database.get_tables(), _runner(database)
    if tables and runner.table_name not in tables:
        raise ForeignDatabase(f"{database.database} is the database of another program")
    known = {migration.name for migration in runner.migrations()}
    if newer := sorted(set(runner.applied()) - known):
        raise NewerSchema(
            f"{database.database} was used by a newer version of edge-csms (it has {', '.join(newer)}); "
            "run that version again, or restore a backup made by this one"
        )


def is_current(database: peewee.Database) -> bool:
    """Say whether nothing is missing that `migrate` would apply."""
    runner = _runner(database)
    return {migration.name for migration in runner.migrations()} <= set(runner.applied())


def migrate(database: peewee.Database) -> list[str]:
    """Apply what is missing, all of it or nothing, and return the names; raises UpgradeFailed.

    Between two migrations neither the old program nor the new one could use the file.
    """
    runner = _runner(database)
    try:
        with runner.migrator.migration_context():
            return list(runner.up())
    except Exception as error:
        if storage_fault(error) is not None:
            raise
        raise UpgradeFailed(
            f"{database.database} can't be brought to this version of edge-csms ({error}); "
            "it is as it was: run the version before again"
        ) from error


def newest() -> int:
    """Give the number of the newest migration that this program knows."""
    return max(int(path.name[:4]) for path in MIGRATIONS.glob("[0-9]*.py"))


def _runner(database: peewee.Database) -> Runner:
    return Runner(database, directory=str(MIGRATIONS))
