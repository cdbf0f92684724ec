"""Opening a database file: what is made, what is refused, and that a refused file stays as it is."""

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.storage.database import Database
from edge_csms.storage.schema import ForeignDatabase, NewerSchema
from tests.storage.thread import names, put, seen_from_outside


def write(path: Path, *statements: str) -> None:
    """Make or change a database file as another program would."""
    connection = apsw.Connection(str(path))
    for statement in statements:
        connection.execute(statement)
    connection.close()


async def make(path: Path) -> None:
    """Make a database file of ours."""
    database = Database(path)
    await database.open()
    await database.run(put, "kept")
    await database.close()


async def test_a_missing_file_is_made(tmp_path: Path) -> None:
    await make(tmp_path / "site.db")
    assert seen_from_outside(tmp_path / "site.db") == ["kept"]


async def test_what_was_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    await make(tmp_path / "site.db")
    database = Database(tmp_path / "site.db")
    await database.open()
    assert await database.read(names) == ["kept"]
    await database.close()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Dear diary, today nobody charged.\n" * 100, "damaged"),
        (b"SQLite format 3\x00" + bytes(4000), "damaged"),
    ],
)
async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "site.db"
    path.write_bytes(content)
    with pytest.raises(StorageUnavailable, match=said):
        await Database(path).open()
    assert path.read_bytes() == content


async def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    write(path, "CREATE TABLE recipe (name)", "INSERT INTO recipe VALUES ('soup')")
    before = path.read_bytes()
    with pytest.raises(ForeignDatabase, match="another program"):
        await Database(path).open()
    assert path.read_bytes() == before


def use_as_newer_program(path: Path) -> None:
    write(path, "INSERT INTO schema_migration (name, applied) VALUES ('9999_holograms', '2031-01-01 00:00:00')")


def use_as_newer_program_and_crash(path: Path) -> None:
    """Leave the change in the WAL only, as a program that is killed does."""
    connection = apsw.Connection(str(path))
    connection.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_holograms', '2031-01-01 00:00:00')")
    copies = {name: path.with_name(name).read_bytes() for name in (path.name, f"{path.name}-wal")}
    connection.close()
    for name, content in copies.items():
        path.with_name(name).write_bytes(content)


def put_away_the_wal(path: Path) -> None:
    use_as_newer_program(path)
    write(path, "PRAGMA journal_mode = DELETE")  # as in a backup


@pytest.mark.parametrize("use", [use_as_newer_program, use_as_newer_program_and_crash, put_away_the_wal])
async def test_a_database_that_a_newer_program_used_is_refused_and_left_as_it_is(
    tmp_path: Path, use: Callable[[Path], None]
) -> None:
    path = tmp_path / "site.db"
    await make(path)
    use(path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(NewerSchema, match="9999_holograms"):
        await Database(path).open()
    assert before.items() <= {file.name: file.read_bytes() for file in tmp_path.iterdir()}.items()


@pytest.mark.parametrize("path", ["/proc/site.db", "/dev/null/site.db", "/"])
async def test_a_place_that_cannot_be_written_is_refused_in_words(path: str) -> None:
    with pytest.raises(StorageUnavailable, match="can't be opened"):
        await Database(Path(path)).open()


async def test_after_a_refusal_nothing_hangs_and_a_second_try_may_succeed(tmp_path: Path) -> None:
    path = tmp_path / "later" / "site.db"
    database = Database(path)
    with pytest.raises(StorageUnavailable, match="can't be opened"):
        await database.open()
    with pytest.raises(StorageUnavailable, match="closed"):
        database.run(put, "a")
    await database.close()
    path.parent.mkdir()
    await database.open()
    assert await database.run(put, "a") == "a"
    await database.close()
