"""A line of the log stays one line, and shows what was put into it instead of obeying it."""

import logging
import sys

import pytest

from edge_csms.services.log_lines import LogLines


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
