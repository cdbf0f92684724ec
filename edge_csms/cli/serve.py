"""`serve`: runs the server until it is told to stop."""

import argparse
import gc

from edge_csms.cli.common import Commands, add_config_option, enter_site


def add_commands(commands: Commands) -> None:
    """Add `serve`."""
    parser = commands.add_parser(
        "serve",
        help="run the server until SIGTERM or Ctrl-C",
        description="Run the server in the foreground. SIGTERM or Ctrl-C stops it within 10 seconds, exit code 0.",
    )
    add_config_option(parser)
    parser.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    config = enter_site(options)
    gc.disable()  # nothing of what is imported is garbage: looking for some took a tenth of the start
    from edge_csms.app import serve  # here, so that other commands don't wait for what only a server needs

    gc.freeze()
    gc.enable()
    serve(config)
    return 0
