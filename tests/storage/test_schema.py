"""The schema: what the migrations make is what the models use, whole or not at all, wherever the program runs from."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest

from edge_csms.storage import schema, tables
from edge_csms.storage.engine import SiteDatabase
from edge_csms.storage.schema import ForeignDatabase, NewerSchema, UpgradeFailed
from edge_csms.storage.tables import TABLES


@contextlib.contextmanager
def owned(path: Path) -> Iterator[SiteDatabase]:
    """Give a database file that this thread may write."""
    database = SiteDatabase(path)
    database.own()
    database.connect()
    yield database
    database.close()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SiteDatabase]:
    """Give a database file with nothing in it that this thread may write."""
    with owned(tmp_path / "site.db") as database:
        yield database


def described(database: SiteDatabase) -> set[tuple[str, str, str]]:
    """Give the tables and indexes of a database as it describes them itself, but for the history of migrations."""
    rows = database.execute_sql("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {row for row in rows if "schema_migration" not in row[1]}


def test_the_migrations_make_the_schema_that_the_models_use(file: SiteDatabase, tmp_path: Path) -> None:
    schema.migrate(file)
    with owned(tmp_path / "models.db") as other, other.bind_ctx(TABLES):
        other.create_tables(TABLES)
        assert described(file) == described(other)
        assert len(file.get_tables()) == len(TABLES) + 1


def test_every_model_is_in_the_list_of_tables() -> None:
    models = {
        one
        for one in peewee.Model.__subclasses__()
        for one in one.__subclasses__()
        if one.__module__.startswith(tables.__name__)
    }
    assert models == set(TABLES)


def test_each_migration_is_applied_once(file: SiteDatabase) -> None:
    assert schema.migrate(file)[0] == "0001_first"
    assert schema.migrate(file) == []


def test_a_migration_that_fails_leaves_nothing_and_is_done_later(file: SiteDatabase) -> None:
    failures = 0
    for pages in range(2, 60, 3):  # the disk is full after so many
        file.execute_sql(f"PRAGMA max_page_count = {pages}")
        try:
            schema.migrate(file)
        except peewee.OperationalError:
            failures += 1
            assert described(file) == set()
    assert failures > 5
    file.execute_sql("PRAGMA max_page_count = 1000000")
    schema.migrate(file)
    assert len(file.get_tables()) == len(TABLES) + 1


def test_of_several_migrations_all_are_applied_or_none(
    file: SiteDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.migrate(file)
    before = described(file)
    migrations = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, migrations)
    (migrations / "9001_good.py").write_text("def up(migrator, db): db.execute_sql('CREATE TABLE good (x)')")
    (migrations / "9002_bad.py").write_text("def up(migrator, db): db.execute_sql('DROP TABLE missing')")
    monkeypatch.setattr(schema, "MIGRATIONS", migrations)
    with pytest.raises(UpgradeFailed, match=r"site\.db can't be brought to this version of edge-csms \(no such table"):
        schema.migrate(file)
    assert described(file) == before
    assert file.pragma("foreign_keys") == 1
    (migrations / "9002_bad.py").unlink()
    assert schema.migrate(file) == ["9001_good"]


def test_a_new_and_a_known_database_can_be_used(file: SiteDatabase) -> None:
    schema.check(file)
    schema.migrate(file)
    schema.check(file)


def test_the_database_of_another_program_cannot_be_used(file: SiteDatabase) -> None:
    file.execute_sql("CREATE TABLE recipe (name)")
    with pytest.raises(ForeignDatabase, match=r"site\.db is the database of another program"):
        schema.check(file)


def test_a_database_that_a_newer_program_used_cannot_be_used(file: SiteDatabase) -> None:
    schema.migrate(file)
    file.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_holograms', '2031-01-01 00:00:00')")
    with pytest.raises(NewerSchema, match="9999_holograms"):
        schema.check(file)


def test_the_migrations_lie_beside_the_program_and_are_found_from_anywhere(tmp_path: Path) -> None:
    assert schema.MIGRATIONS.parent == Path(schema.__file__).parent
    program = (
        "from pathlib import Path; from edge_csms.storage import schema; "
        "from edge_csms.storage.engine import SiteDatabase; "
        "database = SiteDatabase(Path('site.db')); database.own(); database.connect(); print(*schema.migrate(database))"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("0001_first")
