"""`backup`, `restore` and `recovery-code`: the whole site as one file, and back, with its secrets."""

import argparse
import sys
from pathlib import Path

from edge_csms.cli.common import Commands, UserFault, add_config_option, administer, enter_site

NEEDS = {
    "token": "it needs a new address, with a new token",
    "root_certificate": "it must be told to trust this box's root certificate",
    "client_certificate": "it must trust this box's root certificate, and needs a new certificate of its own",
}


def add_commands(commands: Commands) -> None:
    """Add `backup`, `restore` and `recovery-code`."""
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
        description="Replace the site's data by that of a backup; the replaced file is kept. Stop the server first. On "
        "another box than the one which made the backup, its recovery code brings keys and certificates along.",
    )
    restore.add_argument("source", type=Path, metavar="SOURCE", help="a file that `edge-csms backup` wrote")
    restore.add_argument("--recovery-code-stdin", action="store_true", help="read the recovery code from stdin")
    add_config_option(restore)
    restore.set_defaults(run=_restore)

    code = commands.add_parser(
        "recovery-code",
        help="show the code that opens the secrets in this site's backups",
        description="Show the code that opens the secrets in this site's backups on another box. Keep it on paper.",
    )
    add_config_option(code)
    code.set_defaults(run=_show_recovery_code)


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
    code = sys.stdin.readline().strip() if options.recovery_code_stdin else None
    config = enter_site(options)
    done = administer(config, "restore", source=str(source), recovery_code=code)
    kept = done["kept"]
    print(f"restored from {source}" + ("" if kept is None else f"; the replaced data are kept in {kept}"))
    if done["taken_over"]:
        print("the keys and certificates of the site came along")
    if done["lost"]:
        print("Its keys and certificates stayed behind: everybody must log in again. With the recovery code of the")
        print("site they come too: restore once more with --recovery-code-stdin.")
        for charge_point_id, reason in done["affected"]:
            print(f"{charge_point_id} can't come back by itself: {NEEDS[reason]}")
    return 0


def _show_recovery_code(options: argparse.Namespace) -> int:
    from edge_csms.services import recovery_code  # here, so that other commands don't wait for cryptography

    config = enter_site(options)
    if not config.data_dir.is_dir():
        raise UserFault(f"there is no site in {config.data_dir} yet")
    print(recovery_code.of_site(config.data_dir))
    return 0
