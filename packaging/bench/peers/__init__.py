"""Two other central systems to compare with, installed into a cache directory; each answers what the load asks.

`ocpp-rpc` is Node's fastest in common use and stores nothing. `ocpp-sqlite` is what people build at home with Python:
the package `ocpp` on `websockets`, and one INSERT and COMMIT for each message, as durable as ours.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
NODE_PACKAGE = "ocpp-rpc@2.2.1"
PYTHON_PACKAGES = ("ocpp==2.1.0", "websockets==17.4")


class NotInstalled(Exception):
    """A peer can't be had on this machine."""


@dataclass(frozen=True)
class Peer:
    """Another central system."""

    name: str
    install: Callable[[Path], None]
    command: Callable[[Path, int, Path], list[str]]  # of the cache directory, the port and a directory for its data


def _install_node(cache: Path) -> None:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotInstalled("node and npm are missing (Debian: apt-get install nodejs npm)")
    if not (cache / "node_modules/ocpp-rpc").exists():
        _run([npm, "install", "--silent", "--ignore-scripts", "--no-save", "--prefix", str(cache), NODE_PACKAGE])


def _node_command(cache: Path, port: int, data: Path) -> list[str]:
    return ["node", str(HERE / "ocpp_rpc.js"), str(cache / "node_modules/ocpp-rpc"), str(port)]


def _install_python(cache: Path) -> None:
    environment = cache / "ocpp-sqlite"
    if not (environment / "ready").exists():
        _run([sys.executable, "-m", "venv", "--clear", str(environment)])
        _run([str(environment / "bin/pip"), "install", "--quiet", *PYTHON_PACKAGES])
        (environment / "ready").touch()


def _python_command(cache: Path, port: int, data: Path) -> list[str]:
    return [str(cache / "ocpp-sqlite/bin/python"), str(HERE / "ocpp_sqlite.py"), str(port), str(data / "site.db")]


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        last = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1:]
        raise NotInstalled(" ".join([command[0], "failed:", *last])) from error


PEERS = {
    peer.name: peer
    for peer in (
        Peer("ocpp-rpc", _install_node, _node_command),
        Peer("ocpp-sqlite", _install_python, _python_command),
    )
}
