"""`simulate`: simulated charge points that boot, authorize, charge and stop at any central system."""

import argparse

from edge_csms.cli.common import Commands


def add_commands(commands: Commands) -> None:
    """Add `simulate`."""
    parser = commands.add_parser(
        "simulate",
        help="connect simulated chargers to a central system",
        description="Connect simulated chargers that boot, authorize, charge and stop, and answer commands truthfully. "
        "The name of each is appended to the URL.",
    )
    parser.add_argument("url", metavar="URL", help="such as ws://localhost:8001/ocpp")
    parser.add_argument("--charge-points", type=int, default=1, metavar="N", help="how many (default: 1)")
    parser.add_argument("--password", metavar="P", help="password of every one, sent with HTTP Basic (default: none)")
    parser.set_defaults(run=_simulate)


def _simulate(options: argparse.Namespace) -> int:
    raise NotImplementedError
