"""`version`: tells the versions of the program and of what it is made of."""

import argparse
import importlib.metadata
import platform

from edge_csms import VERSION
from edge_csms.cli.common import Commands


def add_commands(commands: Commands) -> None:
    """Add `version`."""
    parser = commands.add_parser(
        "version",
        help="tell the versions of the program and its parts",
        description="Print the versions of edge-csms, Python, Tornado, Peewee and the SQLite inside.",
    )
    parser.set_defaults(run=_version)


def _version(options: argparse.Namespace) -> int:
    import apsw  # brings the SQLite that we use: not the system's, and not that of Python's sqlite3

    # Each name stands here as a literal: so PyInstaller sees whose metadata must go into the executable.
    parts = {
        "edge-csms": VERSION,
        "Python": platform.python_version(),
        "Tornado": importlib.metadata.version("tornado"),
        "Peewee": importlib.metadata.version("peewee"),
        "SQLite": apsw.sqlite_lib_version(),
    }
    for name, number in parts.items():
        print(f"{name} {number}")
    return 0
