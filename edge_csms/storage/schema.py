"""Brings a database file to the schema of this program, and refuses one that a newer program has used."""

import re
from pathlib import Path

import peewee
from playhouse.migrations import Runner

from edge_csms.domain.errors import Refusal

MIGRATIONS = Path(__file__).parent / "migrations"


class NewerSchema(Refusal):
    """The database was used by a newer edge_csms; it is left untouched."""


def migrate(database: peewee.Database) -> list[str]:
    """Apply what is missing and return the names of what was applied; raises NewerSchema before touching anything."""
    runner = Runner(database, directory=str(MIGRATIONS))
    known = {migration.name for migration in runner.migrations()}
    if newer := sorted(set(runner.applied()) - known):
        raise NewerSchema(
            f"this database was used by a newer version of edge-csms (it has {', '.join(newer)}); "
            "run that version again, or restore a backup made by this one"
        )
    return list(runner.up())


def version() -> str:
    """Name the newest migration that this program knows."""
    return max(path.stem for path in MIGRATIONS.glob("[0-9]*.py") if re.match(r"\d+", path.stem))
