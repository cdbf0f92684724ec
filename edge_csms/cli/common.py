"""What commands share: the --config option, the fault that ends a command, and the step down from root."""

import argparse
import math
from pathlib import Path
from typing import Any, TypeAlias

from edge_csms.config import Config, load
from edge_csms.services.ownership import become_owner

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class UserFault(Exception):
    """Something that the user can mend, in words for the user."""


def add_config_option(parser: argparse.ArgumentParser) -> None:
    """Give a command the option that names the settings file."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="settings (default: /etc/edge-csms/config.toml if it is there, else built-in ones)",
    )


def positive_int(text: str) -> int:
    """Read an argument that counts something."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, not {text}")
    return int(text)


def positive_float(text: str) -> float:
    """Read an argument that is a factor."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0, not {text}")
    return number


def enter_site(options: argparse.Namespace) -> Config:
    """Read the settings and become the owner of the data directory: what every command does that touches it."""
    config = load(options.config)
    become_owner(config.data_dir)
    return config


def administer(config: Config, command: str, **arguments: Any) -> Any:
    """Let the running server carry out a command on what is stored, or do it here when none runs; return the answer."""
    from edge_csms import control  # here, so that other commands don't wait for the parts of the database

    return control.administer(config.data_dir, command, arguments)
