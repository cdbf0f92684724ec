"""How a line of the log looks: one line an event, whatever a charger or a user has put into it."""

import logging
import re
from typing import Any

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class LogLines(logging.Formatter):
    """Shows control characters escaped, as they would end the line, colour a terminal or turn the text around.

    A traceback stands below in lines of its own, which can't be taken for others: they are indented.
    """

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # logging's name
        """Make the line."""
        return _escaped(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        """Make the lines of a traceback."""
        return "\n".join(f"    {_escaped(line)}" for line in super().formatException(ei).split("\n"))


def _escaped(line: str) -> str:
    return CONTROL.sub(lambda found: ascii(found[0])[1:-1], line)
