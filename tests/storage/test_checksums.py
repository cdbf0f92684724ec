"""A flipped byte is found wherever it is, also where SQLite itself would not see it."""

import random
from pathlib import Path

import pytest

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.storage import tables
from edge_csms.storage.database import Database
from edge_csms.storage.engine import looked_into, storage_fault


def put(number: int) -> None:
    tables.Setting.create(name=f"setting {number}", value="value " * 200)


def values() -> list[str]:
    return [row.value for row in tables.Setting.select()]


async def filled(path: Path) -> int:
    database = Database(path)
    await database.open()
    for number in range(200):
        await database.run(put, number)
    await database.close()
    return path.stat().st_size


def flip(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 0x01
    path.write_bytes(content)


async def test_a_byte_flipped_inside_a_value_is_found(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    await filled(path)
    flip(path, path.read_bytes().index(b"value value") + 3)
    with looked_into(path) as database:
        assert database.find_damage() is not None


@pytest.mark.parametrize("seed", range(12))
async def test_a_byte_flipped_anywhere_in_use_is_found(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "site.db"
    size = await filled(path)
    flip(path, random.Random(seed).randrange(4096, size))
    with looked_into(path) as database:
        assert database.find_damage() is not None


async def test_a_damaged_page_is_called_so_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    await filled(path)
    flip(path, path.read_bytes().index(b"value value") + 3)
    database = Database(path)
    await database.open()
    with pytest.raises(Exception) as caught:
        await database.read(values)
    fault = caught.value if isinstance(caught.value, StorageUnavailable) else storage_fault(caught.value)
    assert fault is not None
    assert fault.state == "damaged"
    await database.close()
