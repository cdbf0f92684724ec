"""The highest id ever issued, kept outside of the database."""

from pathlib import Path

import pytest

from edge_csms.storage.highest_id import FILE, HighestId


def test_at_first_nothing_was_issued(tmp_path: Path) -> None:
    assert HighestId(tmp_path).value == 0


def test_the_highest_is_remembered(tmp_path: Path) -> None:
    noted = HighestId(tmp_path)
    for transaction_id in (5, 12, 7):
        noted.note(transaction_id)
    assert noted.value == 12
    noted.close()
    assert HighestId(tmp_path).value == 12


def test_the_highest_is_remembered_by_a_process_that_is_killed(tmp_path: Path) -> None:
    HighestId(tmp_path).note(12)  # and never closed
    assert HighestId(tmp_path).value == 12


def test_a_shorter_number_after_a_longer_one_is_read_right(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("999999999\n")
    noted = HighestId(tmp_path)
    noted.note(1_000_000_000)
    assert HighestId(tmp_path).value == 1_000_000_000


@pytest.mark.parametrize("content", [b"", b"\x00" * 21, b"none", b"-5", b"1.5", b"\xff\xfe"])
def test_what_a_power_cut_made_of_the_file_stops_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    noted = HighestId(tmp_path)
    assert noted.value == 0
    noted.note(3)
    assert HighestId(tmp_path).value == 3


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    HighestId(tmp_path).note(1)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
