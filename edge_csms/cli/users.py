"""`user`: makes, lists and removes the accounts of people, and sets their passwords."""

import argparse
import getpass
import sys
from collections.abc import Callable

from edge_csms.cli.common import Commands, UserFault, add_config_option, administer, enter_site

ROLES = {
    "admin": "may do everything",
    "technician": "commands chargers, edits idTags, accepts chargers",
    "viewer": "reads",
}


def add_commands(commands: Commands) -> None:
    """Add `user` with add, list, passwd and remove."""
    parser = commands.add_parser(
        "user",
        help="add, list and remove users, set passwords",
        description="Manage the accounts of people. Works while the server runs, and while it doesn't.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)

    add = actions.add_parser("add", help="make an account", description="Make an account; asks for its password.")
    add.add_argument("name", metavar="NAME", help="what the user logs in with")
    roles = "; ".join(f"{role}: {what}" for role, what in ROLES.items())
    add.add_argument("--role", choices=ROLES, required=True, help=roles)
    _finish(add, _add, asks_password=True)

    listing = actions.add_parser("list", help="list the accounts", description="List the accounts with their roles.")
    _finish(listing, _list)

    passwd = actions.add_parser(
        "passwd", help="set a password", description="Set a new password; ends the user's logins."
    )
    passwd.add_argument("name", metavar="NAME", help="whose password")
    _finish(passwd, _set_password, asks_password=True)

    remove = actions.add_parser(
        "remove", help="remove an account", description="Remove an account; what its user did stays on record."
    )
    remove.add_argument("name", metavar="NAME", help="whose account")
    _finish(remove, _remove)


def _finish(
    parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int], *, asks_password: bool = False
) -> None:
    if asks_password:
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input, one line"
        )
    add_config_option(parser)
    parser.set_defaults(run=run)


def _add(options: argparse.Namespace) -> int:
    config = enter_site(options)
    password = _read_password(options)
    administer(config, "add_user", username=options.name, role=options.role, password=password)
    print(f"user {options.name} added, role {options.role}")
    return 0


def _list(options: argparse.Namespace) -> int:
    users = administer(enter_site(options), "list_users")
    width = max((len(user["username"]) for user in users), default=0)
    for user in users:
        print(f"{user['username']:{width}}  {user['role']:10}  {'active' if user['active'] else 'not active'}")
    return 0


def _set_password(options: argparse.Namespace) -> int:
    config = enter_site(options)
    password = _read_password(options)
    administer(config, "set_password", username=options.name, password=password)
    print(f"password of {options.name} set")
    return 0


def _remove(options: argparse.Namespace) -> int:
    administer(enter_site(options), "remove_user", username=options.name)
    print(f"user {options.name} removed")
    return 0


def _read_password(options: argparse.Namespace) -> str:
    if options.password_stdin:
        return _read_line()
    if not sys.stdin.isatty():
        raise UserFault("there is no terminal to ask for the password: pipe it in and add --password-stdin")
    password = getpass.getpass(f"Password for {options.name}: ")
    if getpass.getpass("The same again: ") != password:
        raise UserFault("the two passwords differ; nothing was changed")
    return password


def _read_line() -> str:
    try:
        password = sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise UserFault("the password on standard input is not UTF-8 text") from None
    if not password:
        raise UserFault("standard input holds no password")
    return password
