"""`history`: the meter values of an archive, each message as it was sent."""

import argparse
import sys
from pathlib import Path

from edge_csms.cli.common import Commands, UserFault


def add_commands(commands: Commands) -> None:
    """Add `history`."""
    parser = commands.add_parser(
        "history",
        help="show the meter values of an archive",
        description="Print the messages of an archive of meter values, one a line as JSON, in the order in which they "
        "came. Archives lie in data_dir/backups/archives, one for each month.",
    )
    parser.add_argument("archive", type=Path, metavar="FILE", help="an archive, such as meter-values-2026-03.db")
    parser.add_argument(
        "--transaction", type=int, metavar="ID", help="only those of this transaction, by the site's own number"
    )
    parser.set_defaults(run=_history)


def _history(options: argparse.Namespace) -> int:
    from edge_csms.services import (
        meter_history,  # here, so that other commands don't wait for the parts of the database
    )

    if not options.archive.is_file():
        raise UserFault(f"{options.archive} is no file")
    for line in meter_history.read_lines(options.archive, options.transaction):
        sys.stdout.write(line)
    return 0
