"""`check-config`: reads the settings and tells every fault, without starting anything."""

import argparse

from edge_csms.cli.common import Commands, add_config_option
from edge_csms.config import load


def add_commands(commands: Commands) -> None:
    """Add `check-config`."""
    parser = commands.add_parser(
        "check-config",
        help="tell every fault of the settings",
        description="Read the settings and tell every fault with its line and key. Exit code 0, or 2 with faults.",
    )
    add_config_option(parser)
    parser.set_defaults(run=_check_config)


def _check_config(options: argparse.Namespace) -> int:
    load(options.config)
    print("no faults")
    return 0
