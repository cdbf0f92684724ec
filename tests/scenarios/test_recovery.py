"""A database that is damaged or gone is never served: a good backup takes its place, loudly, or nothing is served."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tornado.ioloop import IOLoop

from edge_csms import control
from edge_csms.domain.errors import Refusal
from edge_csms.storage import backups, sequences
from tests.running import RunningSite

Harm = Callable[[Path], None]


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut_in_half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def overwrite_header(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[:64] = b"\xff" * 64
    path.write_bytes(content)


def zero_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[8192:16384] = bytes(8192)
    path.write_bytes(content)


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(b"the-admin")] ^= 0x20
    path.write_bytes(content)


def remove(path: Path) -> None:
    path.unlink()


HARMS = [empty, cut_in_half, overwrite_header, zero_pages, flip_a_byte, remove]


@pytest.fixture
def lived_in(tmp_path: Path, io_loop: IOLoop) -> RunningSite:
    """Give a site that was used, backed up and stopped."""
    site = RunningSite(tmp_path / "data", new_charge_points="accept")

    async def live() -> None:
        await site.start()
        assert (await site.ask("POST", "/api/v1/id-tags", {"id_tag": "CARD1"})).status == 201
        site.app.setup_code.finish()
        site.app.highest_id.note(4711)
        backups.write(site.app.database.path, site.data_dir / "backups" / "any name")
        await site.stop()

    io_loop.run_sync(live)
    return site


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
async def test_a_good_backup_takes_the_place_of_a_damaged_database(lived_in: RunningSite, harm: Harm) -> None:
    harm(lived_in.data_dir / control.DATABASE)
    (lived_in.data_dir / "backups" / "newer but broken").write_bytes(b"SQLite format 3\x00 and nothing else")
    await lived_in.start()
    try:
        assert (await lived_in.ask("GET", "/api/v1/id-tags/CARD1")).status == 200
        parts = {part["name"]: part["state"] for part in (await lived_in.get("/readyz"))["parts"]}
        assert "any name" in parts["recovery"]
        kept = list(lived_in.data_dir.glob("edge-csms.db.replaced-*"))
        assert kept or harm is remove
        next_id = await lived_in.app.database.run(sequences.take, sequences.TRANSACTION)
        assert next_id > max(4711, backups.RESTORE_JUMP)  # above any id that was ever issued
    finally:
        await lived_in.stop()


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
async def test_without_a_good_backup_nothing_is_served(lived_in: RunningSite, harm: Harm) -> None:
    harm(lived_in.data_dir / control.DATABASE)
    (lived_in.data_dir / "backups" / "any name").unlink()
    with pytest.raises(Refusal, match="holds no good backup"):
        await lived_in.start()
    assert not (lived_in.data_dir / "setup-code").exists()


async def test_a_lost_write_ahead_log_is_told(lived_in: RunningSite) -> None:
    (lived_in.data_dir / (control.DATABASE + ".in-use")).touch()  # what a crash leaves behind
    await lived_in.start()
    parts = {part["name"]: part["state"] for part in (await lived_in.get("/readyz"))["parts"]}
    await lived_in.stop()
    assert "write-ahead log" in parts["recovery"]


async def test_a_sound_database_is_served_without_a_word(lived_in: RunningSite) -> None:
    await lived_in.start()
    parts = {part["name"]: part["state"] for part in (await lived_in.get("/readyz"))["parts"]}
    await lived_in.stop()
    assert "recovery" not in parts
