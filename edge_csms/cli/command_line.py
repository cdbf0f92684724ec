"""Finds the command that was asked for, and turns every fault that a user can mend into a line on stderr."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from edge_csms import VERSION
from edge_csms.cli import (
    backups,
    check_config,
    demo,
    history,
    install,
    preflight,
    serve,
    simulate,
    update,
    users,
    version,
    welcome,
)
from edge_csms.cli.common import UserFault
from edge_csms.config import ConfigError
from edge_csms.domain.errors import Refusal

# In the order in which --help lists them.
FAMILIES = (serve, check_config, welcome, preflight, users, backups, history, install, update, simulate, demo, version)

EXIT_FAULT = 1
EXIT_MISUSE = 2  # wrong arguments or settings
EXIT_INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_MISUSE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = build_parser().parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()  # here, where a reader that left can still be passed over in silence
        return code
    except ConfigError as error:
        return _complain(*map(str, error.faults), code=EXIT_MISUSE)
    except UserFault as error:
        return _complain(f"edge-csms: {error}")
    except Refusal as refusal:
        return _complain(f"edge-csms: {refusal.detail}")
    except BrokenPipeError:  # the reader of our output left, as in `edge-csms user list | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAULT
    except OSError as error:
        return _complain(f"edge-csms: {_explain(error)}")
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = Parser(prog="edge-csms", description="An OCPP central system for the chargers of one site.")
    parser.add_argument("--version", action="version", version=f"edge-csms {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for family in FAMILIES:
        family.add_commands(commands)
    return parser


def _complain(*lines: str, code: int = EXIT_FAULT) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return code


def _explain(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason
