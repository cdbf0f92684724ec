"""A program that is ahead of ours: `python -m tests.torture.newer NUMBER serve` knows so many migrations more.

The first of them rewrites every transaction; the second fails when it is half done.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from edge_csms.cli import main
from edge_csms.storage import schema

ONE_AHEAD = ("-m", "tests.torture.newer", "1")
BROKEN = ("-m", "tests.torture.newer", "2")

MIGRATIONS = {
    "0901_torture.py": """
def up(migrator, db):
    db.execute_sql('ALTER TABLE "transaction" ADD COLUMN "torture" TEXT')
    db.execute_sql('CREATE TABLE "torture" ("transaction_id" INTEGER PRIMARY KEY)')
    db.execute_sql('UPDATE "transaction" SET "torture" = "wire_id"')
    db.execute_sql('INSERT INTO "torture" SELECT "transaction_id" FROM "transaction"')
""",
    "0902_broken.py": """
def up(migrator, db):
    db.execute_sql('DELETE FROM "meter_value"')
    db.execute_sql('ALTER TABLE "transaction" DROP COLUMN "no such column"')
""",
}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="migrations-") as directory:
        migrations = Path(directory) / "migrations"
        shutil.copytree(schema.MIGRATIONS, migrations)
        for name in list(MIGRATIONS)[: int(sys.argv[1])]:
            (migrations / name).write_text(MIGRATIONS[name])
        schema.MIGRATIONS = migrations
        sys.exit(main(sys.argv[2:]))
