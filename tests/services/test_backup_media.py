"""Media that a backup can be taken along on."""

from pathlib import Path

from edge_csms.services.backup_media import find_writable


def test_only_mounted_media_below_the_usual_places_are_listed(tmp_path: Path) -> None:
    stick, other = tmp_path / "media" / "USB STICK", tmp_path / "home"
    stick.mkdir(parents=True)
    other.mkdir()
    escaped = str(stick).replace(" ", "\\040")
    table = tmp_path / "mounts"
    places = {"sda1": escaped, "sdb1": other, "sdc1": tmp_path / "media/gone"}
    table.write_text("".join(f"/dev/{device} {place} vfat rw 0 0\n" for device, place in places.items()))
    (found,) = find_writable(table, (f"{tmp_path}/media/",))
    assert found.path == str(stick)
    assert found.free_bytes > 0


def test_on_this_machine_the_table_of_mounts_can_be_read() -> None:
    assert isinstance(find_writable(), list)
