"""The program with a fault that the torture must find: `python -m tests.torture.careless FAULT serve`."""

import sys

import apsw

from edge_csms.cli import main
from edge_csms.storage.engine import SiteDatabase


def sync_nothing() -> None:
    """Leave it to the kernel when to write."""
    connect = SiteDatabase._connect_writer

    def connect_carelessly(self: SiteDatabase) -> apsw.Connection:
        connection = connect(self)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    SiteDatabase._connect_writer = connect_carelessly  # type: ignore[method-assign]


PROGRAM = ("-m", "tests.torture.careless")
FAULTS = {"sync-nothing": sync_nothing}

if __name__ == "__main__":
    FAULTS[sys.argv[1]]()
    sys.exit(main(sys.argv[2:]))
