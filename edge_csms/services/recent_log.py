"""The latest lines of the log, in memory: for the support bundle of a box whose log nobody can reach."""

import logging
from collections import deque

from edge_csms.services.log_lines import LogLines

MOST_LINES = 1000
MOST_CHARACTERS = 2000  # of one line, traceback and all


class RecentLog(logging.Handler):
    """Keeps the latest lines of everything that is logged while it is attached."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(LogLines())
        self._lines: deque[str] = deque(maxlen=MOST_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        try:
            self._lines.append(self.format(record)[:MOST_CHARACTERS])
        except Exception:
            self.handleError(record)

    def attach(self) -> None:
        """Listen from now on."""
        logging.getLogger().addHandler(self)

    def detach(self) -> None:
        """Listen no more."""
        logging.getLogger().removeHandler(self)

    def text(self) -> str:
        """Give what was kept, the oldest first."""
        return "".join(f"{line}\n" for line in tuple(self._lines))
