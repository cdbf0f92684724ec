"""`simulate`: simulated charge points that boot, authorize, charge and stop at any central system."""

import argparse
import asyncio
from urllib.parse import urlsplit

from edge_csms.cli.common import Commands, UserFault, positive_float, positive_int


def add_commands(commands: Commands) -> None:
    """Add `simulate`."""
    parser = commands.add_parser(
        "simulate",
        help="connect simulated chargers to a central system",
        description="Connect simulated chargers that boot, authorize, charge and stop, and answer commands truthfully. "
        "They go on until Ctrl-C, unless --sessions is given.",
    )
    add = parser.add_argument
    add(
        "url",
        metavar="URL",
        help="such as ws://localhost:8001/ocpp; a charger's name goes to its end, or where {id} is",
    )
    add("--charge-points", type=positive_int, default=1, metavar="N", help="how many chargers (default: 1)")
    add("--connectors", type=positive_int, default=1, metavar="N", help="how many connectors each has (default: 1)")
    add("--sessions", type=positive_int, metavar="N", help="end after so many at each connector (default: never)")
    add("--speed", type=positive_float, default=60.0, metavar="X", help="how much faster than life (default: 60)")
    add("--password", metavar="P", help="what every charger sends with HTTP Basic (default: nothing)")
    add(
        "--id-tag", action="append", metavar="TAG", dest="id_tags", help="what drivers show; may be given several times"
    )
    add("--prefix", default="SIM", help="what the chargers' names begin with (default: SIM)")
    parser.set_defaults(run=_simulate)


def _simulate(options: argparse.Namespace) -> int:
    _check_url(options.url)
    from edge_csms.simulator import fleet  # here, so that other commands don't wait for Tornado's client
    from edge_csms.simulator.errors import SimulatorError

    given = {name: value for name, value in vars(options).items() if name in fleet.Options.__struct_fields__}
    if options.id_tags is None:
        del given["id_tags"]  # the fleet has some of its own
    try:
        asyncio.run(fleet.run(fleet.Options(**given)))
    except SimulatorError as error:
        raise UserFault(str(error)) from None
    return 0


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"ws", "wss"} and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise UserFault(f"{url} is no address of a central system: it looks like ws://localhost:8001/ocpp")
