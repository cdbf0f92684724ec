"""`preflight`: looks whether this machine is fit for the server, and says what mends what isn't."""

import argparse
import fcntl
from datetime import UTC, datetime
from pathlib import Path

from edge_csms.cli.common import Commands, add_config_option, enter_site
from edge_csms.config import Config

EXIT_FAULT = 1


def add_commands(commands: Commands) -> None:
    """Add `preflight`."""
    parser = commands.add_parser(
        "preflight",
        help="tell what of this machine would hinder the server",
        description="Check disk, clock, ports and more, and tell what mends a fault. Exit code 0, or 1 with faults.",
    )
    add_config_option(parser)
    parser.set_defaults(run=_preflight)


def _preflight(options: argparse.Namespace) -> int:
    from edge_csms.services import preflight  # here, so that other commands don't wait for it

    config = enter_site(options)
    ours = _is_served(config.data_dir)
    ports = [preflight.Port(setting, config.server.host, number, ours) for setting, number in _ports(config)]
    checks = preflight.inspect(config.data_dir, ports, preflight.own_addresses(), datetime.now(UTC))
    for check in checks:
        print(check)
    return EXIT_FAULT if any(check.verdict == preflight.Verdict.FAULT for check in checks) else 0


def _ports(config: Config) -> list[tuple[str, int]]:
    wanted = [("[server] port", config.server.port)]
    if config.tls.enabled:
        wanted.append(("[tls] port", config.tls.port))
    if config.files.ftp_enabled:
        wanted.append(("[files] ftp_port", config.files.ftp_port))
    return wanted


def _is_served(data_dir: Path) -> bool:
    """Say whether a server runs on these data: then it has the ports, and that is no fault."""
    from edge_csms.control import LOCK

    try:
        with (data_dir / LOCK).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # no server has ever run here
        return False
    return False
