"""The program with a fault that the torture must find: `python -m tests.torture.careless FAULT serve`."""

import sys
from collections.abc import Callable

import apsw

from edge_csms.cli import main
from edge_csms.storage import rewriting
from edge_csms.storage.database import LOG_PAGES
from edge_csms.storage.engine import SiteDatabase


def sync_nothing() -> None:
    """Leave it to the kernel when to write."""
    _when_connected(lambda connection: connection.execute("PRAGMA synchronous = OFF"))


def trust_the_log() -> None:
    """Take what a killed process left in the log for written."""
    rewriting.settle_log = lambda database: None


def fold_unheard() -> None:
    """Let SQLite fold the log by itself, which tells nobody when that fails."""
    _when_connected(lambda connection: connection.wal_autocheckpoint(LOG_PAGES))


def _when_connected(spoil: Callable[[apsw.Connection], object]) -> None:
    connect = SiteDatabase._connect_writer

    def connect_carelessly(self: SiteDatabase) -> apsw.Connection:
        connection = connect(self)
        spoil(connection)
        return connection

    SiteDatabase._connect_writer = connect_carelessly  # type: ignore[method-assign]


PROGRAM = ("-m", "tests.torture.careless")
FAULTS = {"sync-nothing": sync_nothing, "trust-the-log": trust_the_log, "fold-unheard": fold_unheard}

if __name__ == "__main__":
    FAULTS[sys.argv[1]]()
    sys.exit(main(sys.argv[2:]))
