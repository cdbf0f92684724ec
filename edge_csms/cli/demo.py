"""`demo`: a whole site to look at, a server and simulated chargers, each a process of its own as in real life."""

import argparse
import contextlib
import json
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from edge_csms.cli.common import Commands, UserFault, positive_int
from edge_csms.config import Config, load

CONFIG = """\
# Settings of the demonstration: every charger and every idTag is welcome. Never use them for a real site.
[site]
name = "Demonstration"

[storage]
data_dir = {data_dir}

[ocpp]
new_charge_points = "accept"
unknown_id_tags = "accept"
"""
ADMIN = "admin"
START_SECONDS = 20
STOP_SECONDS = 10


def add_commands(commands: Commands) -> None:
    """Add `demo`."""
    parser = commands.add_parser(
        "demo",
        help="serve a demonstration site with simulated chargers",
        description="Serve a site with simulated chargers to look at, and print how to log in. Ctrl-C stops it.",
    )
    parser.add_argument(
        "directory",
        type=Path,
        nargs="?",
        default=Path("edge-csms-demo"),
        metavar="DIR",
        help="keeps the data (default: edge-csms-demo)",
    )
    parser.add_argument(
        "--charge-points", type=positive_int, default=4, metavar="N", help="how many are simulated (default: 4)"
    )
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> int:
    directory = options.directory.absolute()
    settings = _write_settings(directory)
    config = load(settings)
    password = _make_admin(directory / "admin-password", settings)
    address = _address(config)
    for number in (signal.SIGTERM, signal.SIGINT):  # the latter is ignored by what a script starts in the background
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), _running("serve", "--config", str(settings)) as server:
        if not _wait_until_ready(server, f"http://{address}/healthz"):
            return server.wait()
        print(f"\n  Open http://{address}/ and log in as {ADMIN} with the password {password}\n", flush=True)
        chargers = str(options.charge_points)
        with _running("simulate", f"ws://{address}/ocpp", "--charge-points", chargers):
            return server.wait()
    return 0


def _write_settings(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    settings = directory / "config.toml"
    if not settings.exists():
        settings.write_text(CONFIG.format(data_dir=json.dumps(str(directory / "data"))))
    return settings


def _make_admin(password_file: Path, settings: Path) -> str:
    """Return the administrator's password, made up at the first run and kept where only this user can read it."""
    if password_file.exists():
        return password_file.read_text().strip()
    password = secrets.token_urlsafe(9)
    command = _command("user", "add", ADMIN, "--role", "admin", "--password-stdin", "--config", str(settings))
    done = subprocess.run(command, input=password + "\n", text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise UserFault(f"no demonstration: {done.stderr.strip()} (to begin anew, remove {settings.parent})")
    password_file.touch(mode=0o600)
    password_file.write_text(password + "\n")
    return password


def _address(config: Config) -> str:
    host = config.server.host
    if host in {"0.0.0.0", "::"}:
        host = "localhost"
    return f"[{host}]:{config.server.port}" if ":" in host else f"{host}:{config.server.port}"


def _command(*arguments: str) -> list[str]:
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "edge_csms"]
    return [*program, *arguments]


@contextlib.contextmanager
def _running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command beside this one, and stop it at the end."""
    # In a process group of its own, so that Ctrl-C reaches this process alone, which then stops the others in order.
    process = subprocess.Popen(_command(*arguments), stdin=subprocess.DEVNULL, process_group=0)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_ready(server: subprocess.Popen[bytes], url: str) -> bool:
    """Wait for the server's first answer; False if it ended instead, after telling why."""
    import urllib.request  # here, as no other command needs it

    open_directly = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None:
        with contextlib.suppress(OSError), open_directly(url, timeout=1):
            return True
        if time.monotonic() > deadline:
            raise UserFault(f"the server did not answer at {url} within {START_SECONDS} s")
        time.sleep(0.1)
    return False
