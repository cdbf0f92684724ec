"""How a line of the log looks: one line an event, whatever a charger or a user has put into it."""

import logging
import os
import re
from collections.abc import Mapping
from typing import Any, TextIO

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
JOURNAL_FORMAT = "%(levelname)s %(name)s: %(message)s"  # the journal notes the time itself
# What syslog calls our levels, the worst first: sd-daemon(3) reads the number in front of a line.
JOURNAL_LEVELS = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6, logging.DEBUG: 7}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class LogLines(logging.Formatter):
    """Shows control characters escaped, as they would end the line, colour a terminal or turn the text around.

    A traceback stands below in lines of its own, which can't be taken for others: they are indented.
    """

    def __init__(self, form: str = FORMAT) -> None:
        super().__init__(form)

    def formatMessage(self, record: logging.LogRecord) -> str:  # logging's name
        """Make the line."""
        return _escaped(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        """Make the lines of a traceback."""
        return "\n".join(f"    {_escaped(line)}" for line in super().formatException(ei).split("\n"))


class JournalLines(LogLines):
    """Says in front of each line how bad it is, for the journal of systemd, where people then filter by it."""

    def __init__(self) -> None:
        super().__init__(JOURNAL_FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """Make the lines."""
        level = next((number for least, number in JOURNAL_LEVELS.items() if record.levelno >= least), 7)
        return "\n".join(f"<{level}>{line}" for line in super().format(record).split("\n"))


def lines_for(stream: TextIO, environment: Mapping[str, str] = os.environ) -> LogLines:
    """Choose the form for a stream: systemd says in JOURNAL_STREAM which file leads to its journal."""
    file = os.fstat(stream.fileno())
    return JournalLines() if environment.get("JOURNAL_STREAM") == f"{file.st_dev}:{file.st_ino}" else LogLines()


def _escaped(line: str) -> str:
    return CONTROL.sub(lambda found: ascii(found[0])[1:-1], line)
