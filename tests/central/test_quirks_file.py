"""The site's own quirks.toml: good rows hold, faults are told, nothing crashes."""

import logging
from pathlib import Path

import pytest

from edge_csms.central.quirk_rows import ROWS
from edge_csms.central.quirks_file import NAME, load

GOOD = """
[[quirk]]
vendor = "Acme*"
switch = "close_abruptly"
reason = "it sulks"
"""


def write(data_dir: Path, text: str) -> None:
    (data_dir / NAME).write_text(text)


def test_without_the_file_the_rows_of_the_program_hold(tmp_path: Path):
    quirks, faults = load(tmp_path)
    assert (quirks.built_in, quirks.of_file, faults) == (ROWS, (), [])


def test_its_rows_are_added(tmp_path: Path):
    write(tmp_path, GOOD)
    quirks, faults = load(tmp_path)
    assert faults == []
    (row,) = quirks.of_file
    assert (row.vendor, row.model, row.switch, row.value) == ("Acme*", "*", "close_abruptly", True)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("this is no TOML", "can't be read: "),
        ("[quirks]", "there is no table quirks; each row is a table [[quirk]]"),
        ('[[quirk]]\nswitch = "no_set_up"', "row 2: Object missing required field `reason`"),
        ('[[quirk]]\nswitch = "magic"\nreason = "x"', "row 2: there is no switch magic"),
        ('[[quirk]]\nswitch = "no_set_up"\nreason = "x"\nvalue = 5', "row 2: no_set_up: Expected `bool`, got `int`"),
        ('[[quirk]]\nswitch = "no_set_up"\nreason = "x"\nmake = "y"', "row 2: Object contains unknown field `make`"),
        ('[[quirk]]\nswitch = "no_set_up"\nreason = "x"\nvalue = 2026-11-24', "row 2: Expected"),
    ],
)
def test_a_fault_is_a_line_in_the_log_and_the_other_rows_hold(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, fault: str
):
    write(tmp_path, text if "no TOML" in text else GOOD + text)
    with caplog.at_level(logging.ERROR):
        quirks, faults = load(tmp_path)
    assert [one for one in faults if one.startswith(fault)] == faults
    assert len(faults) == len(caplog.records) == 1
    assert NAME in caplog.records[0].getMessage()
    assert len(quirks.of_file) == (0 if "no TOML" in text else 1)


def test_a_single_table_is_a_row_too(tmp_path: Path):
    write(tmp_path, GOOD.replace("[[quirk]]", "[quirk]"))
    assert len(load(tmp_path)[0].of_file) == 1


def test_a_file_that_is_no_text_is_a_fault(tmp_path: Path):
    (tmp_path / NAME).write_bytes(b"\xff\xfe\x00")
    assert load(tmp_path)[1][0].startswith("can't be read: ")
