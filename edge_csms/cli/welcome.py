"""`welcome`: tells a new site's administrator where the admin page is, and the one-time code of the first account."""

import argparse
import socket
from collections.abc import Iterator

from edge_csms.cli.common import Commands, add_config_option, enter_site
from edge_csms.config import Config

EVERY_ADDRESS = ("0.0.0.0", "::")


def add_commands(commands: Commands) -> None:
    """Add `welcome`."""
    parser = commands.add_parser(
        "welcome",
        help="tell the admin page's address and the set-up code",
        description="Tell the addresses of the admin page and of chargers, and, while there is no account yet, the "
        "one-time set-up code of the first one.",
    )
    add_config_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Tell all of it."""
    config = enter_site(options)
    page, port = ("https", config.tls.port) if config.tls.enabled else ("http", config.server.port)
    for number, host in enumerate(_hosts(config)):
        print(f"{'admin page:' if number == 0 else 'or':>11} {page}://{host}:{port}/")
    for host in list(_hosts(config))[:1]:
        print(f"{'chargers:':>11} ws://{host}:{config.server.port}/ocpp/NAME-OF-THE-CHARGER")
    print(f"{'first login:':>11} {_first_login(config)}")
    return 0


def _first_login(config: Config) -> str:
    # here, so that other commands don't wait for the parts of the database
    from edge_csms.control import DATABASE, prepare_data_dir
    from edge_csms.services.setup_code import SetupCode

    prepare_data_dir(config.data_dir)
    setup_code = SetupCode(config.data_dir)
    is_new = not (config.data_dir / DATABASE).exists()
    # A site that is new has no account yet: what is made here is what the server takes at its first start.
    code = setup_code.prepare(accounts_exist=False) if is_new else setup_code.read()
    return f"set-up code {code}, on the admin page, once" if code else "there is an account already"


def _hosts(config: Config) -> Iterator[str]:
    """Yield by what the box can be reached: an address works everywhere, a name only in most networks."""
    from edge_csms.services import preflight  # here, so that other commands don't wait for it

    host = config.server.host
    every = host in EVERY_ADDRESS
    for address in preflight.own_addresses() if every else [host]:
        yield f"[{address}]" if ":" in address else address
    if every:
        yield f"{socket.gethostname().partition('.')[0]}.local"
