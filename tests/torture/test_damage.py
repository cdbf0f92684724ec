"""Damage to the files of a killed server: told, never served as if nothing were, and a good backup takes its place."""

import asyncio
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from edge_csms.storage import checksums, recovery
from edge_csms.storage.engine import PAGE_BYTES as PAGE
from tests.torture.charger import Charger
from tests.torture.server import Server

DEADLINE_SECONDS = 120.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data")
    yield server
    server.close()


async def charge(server: Server, times: int = 1) -> None:
    charger = Charger(server.port, "CP1", [])
    await charger.boot()
    for _ in range(times):
        await charger.charge(values=2)
    charger.hang_up()


@pytest.mark.torture
async def test_a_killed_server_whose_log_is_gone_says_so(server: Server) -> None:
    await server.start()
    await charge(server)
    server.kill()
    for suffix in ("-wal", "-shm"):
        server.database.with_name(server.database.name + suffix).unlink()
    shutil.copyfile(server.database, server.data_dir / "backups" / "as it was")
    await server.start()
    _, parts = await server.parts()
    assert "write-ahead log" in parts["recovery"] or "took its place" in parts["recovery"]


def grow(database: Path, megabytes: int) -> None:
    """Make a database file larger than what is read at every start, with values that nobody asks for."""
    checksums.register()
    connection = apsw.Connection(str(database), vfs=checksums.VFS)
    for number in range(megabytes):
        text = random.Random(number).randbytes(2**19).hex()
        connection.execute("INSERT INTO setting (name, value) VALUES (?, ?)", (f"ballast {number}", text))
    connection.close()


@pytest.mark.torture
@pytest.mark.site
@pytest.mark.timeout(seconds=300)
async def test_a_flipped_byte_in_a_large_database_is_found_after_the_start_and_a_backup_takes_its_place(
    server: Server,
) -> None:
    await server.start()
    await charge(server)
    assert server.stop() == 0
    assert server.run("backup", str(server.data_dir / "backups" / "good")) == 0
    grow(server.database, 220)
    size = server.database.stat().st_size
    assert size > recovery.SCANNED_AT_START
    position = size - 200 * PAGE + 234
    with server.database.open("r+b") as file:
        file.seek(position)
        byte = file.read(1)[0]
        file.seek(position)
        file.write(bytes([byte ^ 0x01]))
    await server.start()
    async with asyncio.timeout(DEADLINE_SECONDS):
        while (await server.parts())[0] == 200:
            await asyncio.sleep(0.2)
    status, parts = await server.parts()
    assert (status, parts["storage"]) == (503, "damaged")
    assert "Start the server anew" in parts["integrity"]
    assert server.stop() == 0
    await server.start()
    status, parts = await server.parts()
    assert status == 200
    assert "took its place" in parts["recovery"]
    assert list(server.data_dir.glob("edge-csms.db.replaced-*"))
