"""A line of the log stays one line, and shows what was put into it instead of obeying it."""

import logging
import os
import sys
from pathlib import Path

import pytest

from edge_csms.services.log_lines import JournalLines, LogLines, lines_for


def line_of(text: str) -> str:
    record = logging.LogRecord("edge_csms", logging.INFO, "", 0, "%s connected", (text,), None)
    return LogLines().format(record)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CP1\r\n2026-11-24 ERROR forged", r"CP1\r\n2026-11-24 ERROR forged connected"),
        ("\x1b[2J\x1b[31mred", r"\x1b[2J\x1b[31mred connected"),
        ("\x00\x7f\x9b31m", r"\x00\x7f\x9b31m connected"),
        ("a\u2028b\u202eniam", r"a\u2028b\u202eniam connected"),
        ("Straße 7, 充电桩 😀", "Straße 7, 充电桩 😀 connected"),
    ],
)
def test_control_characters_are_shown_escaped(text: str, shown: str) -> None:
    assert line_of(text).endswith(f" INFO edge_csms: {shown}")
    assert "\n" not in line_of(text)


def test_the_lines_of_a_traceback_can_not_be_taken_for_others() -> None:
    try:
        raise ValueError("bad\n2026-11-24 12:00:00,000 INFO edge_csms: forged\x1b[0m")
    except ValueError:
        record = logging.LogRecord("edge_csms", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    first, *others = LogLines().format(record).split("\n")
    assert first.endswith(" ERROR edge_csms: failed")
    assert all(line.startswith("    ") for line in others)
    assert others[-1] == r"    2026-11-24 12:00:00,000 INFO edge_csms: forged\x1b[0m"


@pytest.mark.parametrize(
    ("level", "number"),
    [(logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (logging.DEBUG, 7), (5, 7)],
)
def test_the_journal_learns_how_bad_a_line_is(level: int, number: int) -> None:
    record = logging.LogRecord("edge_csms", level, "", 0, "<0>CP1\n<0>forged", (), None)
    line = JournalLines().format(record)
    assert line == rf"<{number}>{logging.getLevelName(level)} edge_csms: <0>CP1\n<0>forged"


def test_the_journal_learns_it_of_every_line_of_a_traceback() -> None:
    try:
        raise ValueError("bad")
    except ValueError:
        record = logging.LogRecord("edge_csms", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    lines = JournalLines().format(record).split("\n")
    assert len(lines) > 2
    assert all(line.startswith("<3>") for line in lines)


def test_lines_are_made_for_the_journal_only_where_it_reads_them(tmp_path: Path) -> None:
    with (tmp_path / "stream").open("w") as stream, (tmp_path / "elsewhere").open("w") as elsewhere:
        file = os.fstat(stream.fileno())
        environment = {"JOURNAL_STREAM": f"{file.st_dev}:{file.st_ino}"}
        assert isinstance(lines_for(stream, environment), JournalLines)
        assert not isinstance(lines_for(elsewhere, environment), JournalLines)
        assert not isinstance(lines_for(stream, {}), JournalLines)
