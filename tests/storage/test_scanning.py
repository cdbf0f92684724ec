"""A scan of a database file in use: a flipped byte is found, and a page that is just being written is not one."""

import random
from pathlib import Path

import pytest

from edge_csms.storage import scanning
from edge_csms.storage.database import Database
from edge_csms.storage.engine import PAGE_BYTES as PAGE
from edge_csms.storage.scanning import Scan
from tests.storage.thread import put


async def filled(path: Path, rows: int = 300) -> Database:
    """Give an open database whose file, not only its log, has some hundred pages."""
    database = Database(path)
    await database.open()
    for number in range(rows):
        await database.run(put, f"{number}", "x" * 8000)
    await database.close()
    await database.open()
    return database


def found(path: Path) -> list[str]:
    scan = Scan(path)
    damages = [damage for damage in scan.steps() if damage is not None]
    scan.close()
    return damages


def flip(path: Path, position: int) -> None:
    with path.open("r+b") as file:
        file.seek(position)
        byte = file.read(1)[0]
        file.seek(position)
        file.write(bytes([byte ^ 0x04]))


async def test_in_a_sound_file_nothing_is_found(tmp_path: Path) -> None:
    database = await filled(tmp_path / "site.db")
    assert found(database.path) == []
    await database.close()


@pytest.mark.parametrize("seed", range(5))
async def test_a_byte_flipped_anywhere_is_found_and_its_page_named(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "PAUSE_SECONDS", 0.001)
    database = await filled(tmp_path / "site.db", rows=100)
    await database.close()
    position = random.Random(seed).randrange(PAGE, database.path.stat().st_size)
    flip(database.path, position)
    (damage,) = found(database.path)
    assert f"page {position // PAGE + 1} of " in damage


async def test_a_page_that_fits_at_a_second_look_was_only_being_written(tmp_path: Path) -> None:
    database = await filled(tmp_path / "site.db", rows=100)
    scan = Scan(database.path)
    torn = bytearray(scan._file.xRead(PAGE, 2 * PAGE))
    torn[100] ^= 1
    assert not scan._fits(bytes(torn))
    assert scan._fits_later(2)
    scan.close()
    await database.close()


async def test_beside_a_scan_everything_goes_on(tmp_path: Path) -> None:
    database = await filled(tmp_path / "site.db", rows=1500)
    scan, number = Scan(database.path), 0
    for damage in scan.steps():
        assert damage is None
        for _ in range(40):
            number += 1
            await database.run(put, f"beside {number}", "y" * 40_000)
    assert number >= 400
    scan.close()
    await database.close()
    assert found(database.path) == []
