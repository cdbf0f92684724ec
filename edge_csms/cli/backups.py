"""`backup` and `restore`: the whole site as one file, and back."""

import argparse
from pathlib import Path

from edge_csms.cli.common import Commands, UserFault, add_config_option, administer, enter_site


def add_commands(commands: Commands) -> None:
    """Add `backup` and `restore`."""
    backup = commands.add_parser(
        "backup",
        help="write the site's data to one file",
        description="Write all data of the site to one file, and verify it by opening it. Works while the server runs.",
    )
    backup.add_argument("destination", type=Path, metavar="DEST", help="a file that doesn't exist yet")
    add_config_option(backup)
    backup.set_defaults(run=_backup)

    restore = commands.add_parser(
        "restore",
        help="bring back the data of a backup",
        description="Replace the site's data by that of a backup; the replaced file is kept. Stop the server first.",
    )
    restore.add_argument("source", type=Path, metavar="SOURCE", help="a file that `edge-csms backup` wrote")
    add_config_option(restore)
    restore.set_defaults(run=_restore)


def _backup(options: argparse.Namespace) -> int:
    destination = options.destination.absolute()
    if destination.exists():
        raise UserFault(f"{destination} is there already: name a new file")
    if not destination.parent.is_dir():
        raise UserFault(f"{destination.parent} is no directory")
    administer(enter_site(options), "backup", destination=str(destination))
    print(f"backup written and verified: {destination}")
    return 0


def _restore(options: argparse.Namespace) -> int:
    source = options.source.absolute()
    if not source.is_file():
        raise UserFault(f"{source} is no file")
    kept = administer(enter_site(options), "restore", source=str(source))
    print(f"restored from {source}" + ("" if kept is None else f"; the replaced data are kept in {kept}"))
    return 0
