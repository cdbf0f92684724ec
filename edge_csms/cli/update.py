"""`apply-update`: lets a release take the program's place, as root; systemd starts it when the page asks for it."""

import argparse
from pathlib import Path

from edge_csms.cli.common import Commands, UserFault, add_config_option
from edge_csms.config import load


def add_commands(commands: Commands) -> None:
    """Add `apply-update`."""
    parser = commands.add_parser(
        "apply-update",
        help="carry out the update that the page asked for",
        description="Carry out the update that somebody asked for on the page, or go on with one that was cut off. "
        "For root; systemd starts it by itself.",
    )
    parser.add_argument("--trees", type=Path, metavar="DIR", help="holds the versions (default: /usr/lib/edge-csms)")
    parser.add_argument("--state", type=Path, metavar="DIR", help="of its own (default: /var/lib/edge-csms-update)")
    parser.add_argument(
        "--service", type=Path, metavar="PROGRAM", help="starts and stops the server instead of systemctl"
    )
    add_config_option(parser)
    parser.set_defaults(run=_apply_update)


def _apply_update(options: argparse.Namespace) -> int:
    from edge_csms.services import installation, update_spool  # here, so that other commands don't wait for them
    from edge_csms.updates import applying, journal, patience, service, site

    data_dir = load(options.config).data_dir
    spool, state = update_spool.Spool(data_dir), journal.State(options.state or journal.STATE)
    if not spool.path.is_dir():
        raise UserFault(f"nobody has asked for an update: there is no {spool.path}")
    with state.locked():
        result = applying.Applying(
            spool,
            installation.Installation(options.trees or installation.TREES),
            site.Site(data_dir),
            service.Service(options.service),
            state,
            patience=patience.Patience(),
            tell=lambda step: print(f"update: {step.replace('_', ' ')}", flush=True),
        ).run()
    if result is None:
        print("nobody has asked for an update")
        return 0
    if result.outcome != "updated":
        raise UserFault(f"{result.outcome}: {result.words}")
    print(result.words)
    return 0
