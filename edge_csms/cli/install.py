"""`install` and `uninstall`: make the program a service of a box without its Debian package, and take it away again."""

import argparse
import os
import pwd
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge_csms import VERSION
from edge_csms.cli.common import Commands, UserFault
from edge_csms.config import ConfigError, load

if TYPE_CHECKING:
    from edge_csms.services.installation import Installation

USER = "edge-csms"
SERVICE = "edge-csms.service"
UPDATE_WAITS = "edge-csms-update.path"
DATA_DIR = Path("/var/lib/edge-csms")  # where the settings name no other
TO_START = "start it with:  systemctl start edge-csms"


@dataclass(frozen=True)
class Box:
    """Where things lie on the box, below its root directory."""

    root: Path = Path("/")

    @property
    def installation(self) -> "Installation":
        """Give the trees of the program."""
        from edge_csms.services.installation import Installation  # here, so that other commands don't wait for it

        return Installation(self.root / "usr/lib/edge-csms")

    @property
    def command(self) -> Path:
        """Say where people find the program."""
        return self.root / "usr/bin/edge-csms"

    @property
    def settings(self) -> Path:
        """Say where the settings are."""
        return self.root / "etc/edge-csms/config.toml"

    @property
    def units(self) -> Path:
        """Say where units lie that came without a package."""
        return self.root / "etc/systemd/system"

    @property
    def updater_state(self) -> Path:
        """Say where the updater keeps what it must remember over a power cut."""
        return self.root / "var/lib/edge-csms-update"

    @property
    def is_packaged(self) -> bool:
        """Tell whether the program came as a Debian package, which alone may change it then."""
        files = self.root / "var/lib/dpkg/info/edge-csms.list"
        return files.exists() and "/usr/bin/edge-csms" in files.read_text().splitlines()


def add_commands(commands: Commands) -> None:
    """Add `install` and `uninstall`."""
    install = commands.add_parser(
        "install",
        help="make this program a service of the box",
        description="Lay the program down below /usr/lib/edge-csms, with a user, settings and a unit of systemd, and "
        "start it. For boxes without apt; on Debian the package does this. As root; run it again from a newer version.",
    )
    install.set_defaults(run=_install)

    uninstall = commands.add_parser(
        "uninstall",
        help="take the service away",
        description="Stop the service and remove the program. Data and settings stay, unless --with-data is given.",
    )
    uninstall.add_argument(
        "--with-data", action="store_true", help="remove data, backups and settings too: there is no way back"
    )
    uninstall.set_defaults(run=_uninstall)


def _install(options: argparse.Namespace) -> int:
    box, tree = Box(), find_tree()
    check_box(box)
    _make_user()
    _systemctl("stop", SERVICE, if_running=True)
    lay_down(tree, box)
    print(f"installed {box.installation.tree(VERSION)}", flush=True)
    load(box.settings)  # raises what must be mended, before anything is started
    data_dir = load(box.settings).data_dir
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.chown(data_dir, USER, USER)
    _systemctl("daemon-reload", if_running=True)
    _systemctl("enable", "--quiet", *(path.name for path in units_of(tree) if "[Install]" in path.read_text()))
    if not _systemctl("start", SERVICE, UPDATE_WAITS, if_running=True):
        print(f"systemd does not run here; where it does, {TO_START}")
    # The installed program tells the rest: as the owner of the data, this one may not read where it was unpacked.
    return subprocess.run([box.command, "welcome"], check=False).returncode


def _uninstall(options: argparse.Namespace) -> int:
    box = Box()
    check_root()
    if box.is_packaged:
        raise UserFault("it came as a Debian package: remove it with  apt remove edge-csms")
    if box.installation.current is None:
        raise UserFault("it is not installed")
    data_dir, doubt = find_data_dir(box.settings)
    names = [path.name for path in units_of(box.installation.tree(box.installation.current))]
    _systemctl("disable", "--quiet", "--now" if _systemd_runs() else "--no-reload", *names)
    take_away(box)
    _systemctl("daemon-reload", if_running=True)
    if options.with_data:
        shutil.rmtree(data_dir, ignore_errors=True)
        shutil.rmtree(box.settings.parent, ignore_errors=True)
        print(f"removed, with all data in {data_dir}{doubt}")
    else:
        print(f"removed; data stay in {data_dir}, settings in {box.settings}{doubt}")
    return 0


def find_tree() -> Path:
    """Give the directory of the program that runs; raises UserFault where it is none that can be laid down."""
    program = Path(sys.executable).resolve()
    if not getattr(sys, "frozen", False):
        raise UserFault("only the built program can be installed: `make binary` builds it in dist/edge-csms-dir")
    if Path(sys._MEIPASS).parent != program.parent:  # type: ignore[attr-defined]  # it unpacked itself elsewhere
        raise UserFault(
            "this is the program as one file, which is made to be carried and tried: as a service it would unpack "
            "itself at each start. Install from the archive edge-csms-VERSION-MACHINE.tar.gz, or from the .deb"
        )
    return program.parent


def find_data_dir(settings: Path) -> tuple[Path, str]:
    """Say where the data lie, and what is in doubt about that: who wants to be rid of it need not mend its settings."""
    try:
        return load(settings).data_dir, ""
    except ConfigError:
        doubt = f" (there may be data elsewhere: {settings} is missing or has faults)"
    try:
        named = Path(tomllib.loads(settings.read_text())["storage"]["data_dir"])
    except (OSError, ValueError, LookupError, TypeError):
        return DATA_DIR, doubt
    return (named, "") if (named / "edge-csms.db").is_file() and named.is_absolute() else (DATA_DIR, doubt)


def check_root() -> None:
    """Raise UserFault for anyone who isn't root."""
    if os.geteuid() != 0:
        raise UserFault("this needs root: put sudo in front")


def check_box(box: Box) -> None:
    """Raise UserFault where this version must not be installed."""
    check_root()
    if box.is_packaged:
        raise UserFault("the Debian package edge-csms is installed here: install its newer version instead")
    present = box.installation.current
    if present is not None and _numbers(present) > _numbers(VERSION):
        raise UserFault(
            f"version {present} is installed, and this is the older {VERSION}: it could not read the newer database. "
            "To go back, uninstall first, and restore a backup from before"
        )


def lay_down(tree: Path, box: Box) -> None:
    """Copy the tree to its place and let it be the current one; write settings where there are none, and the units."""
    installation = box.installation
    installation.trees.mkdir(parents=True, exist_ok=True)
    if tree.resolve() != installation.tree(VERSION).resolve():
        installation.sweep()
        shutil.copytree(tree, installation.fresh(VERSION), symlinks=True)
        _belong_to_root(installation.fresh(VERSION))
        os.sync()
        installation.adopt(VERSION)
    installation.switch(VERSION)
    if (key := tree / "_internal" / installation.key_file.name).exists():
        shutil.copyfile(key, installation.key_file)  # pinned: updates must be signed with its other half
    box.command.parent.mkdir(parents=True, exist_ok=True)
    box.command.unlink(missing_ok=True)
    box.command.symlink_to(installation.program())
    if not box.settings.exists():
        box.settings.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tree / "_internal" / "config.example.toml", box.settings)
    box.units.mkdir(parents=True, exist_ok=True)
    for unit in units_of(tree):
        shutil.copyfile(unit, box.units / unit.name)


def take_away(box: Box) -> None:
    """Remove what `lay_down` brought, but the settings."""
    current = box.installation.current
    for unit in units_of(box.installation.tree(current)) if current else []:
        (box.units / unit.name).unlink(missing_ok=True)
    box.command.unlink(missing_ok=True)
    shutil.rmtree(box.installation.trees)
    shutil.rmtree(box.updater_state, ignore_errors=True)


def units_of(tree: Path) -> list[Path]:
    """List the systemd units that a tree brings."""
    return sorted((tree / "_internal" / "systemd").iterdir())


def _belong_to_root(tree: Path) -> None:
    """Let nobody but root write what root will run, however the archive was unpacked."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _make_user() -> None:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        home = ("--home-dir", "/var/lib/edge-csms", "--no-create-home", "--shell", "/usr/sbin/nologin")
        subprocess.run(["useradd", "--system", "--user-group", *home, USER], check=True)


def _systemd_runs() -> bool:
    return Path("/run/systemd/system").is_dir()


def _systemctl(*arguments: str, if_running: bool = False) -> bool:
    """Tell systemd something; False where it isn't there to hear it."""
    if shutil.which("systemctl") is None or (if_running and not _systemd_runs()):
        return False
    done = subprocess.run(["systemctl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0 and arguments[0] != "stop":  # a service that isn't there yet can't be stopped
        raise UserFault(f"systemctl {arguments[0]} failed: {done.stderr.strip()}; see  journalctl -u edge-csms")
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
