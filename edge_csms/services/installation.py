"""How the program lies on the box: a tree for each version side by side, and a link that says which of them is started.

    /usr/lib/edge-csms/1.2.3/           a tree: the program and all that it brings along
    /usr/lib/edge-csms/current          -> 1.2.3, and /usr/bin/edge-csms -> /usr/lib/edge-csms/current/edge-csms
    /usr/lib/edge-csms/updater          -> the version that carries out an update; there only while one is under way
    /usr/lib/edge-csms/release-key.pub  the key that releases must be signed with, PEM

All of it belongs to root; the server can't write there.
"""

import os
import platform
import shutil
import sys
from collections.abc import Collection
from pathlib import Path

import edge_csms
from edge_csms.services import release_file

TREES = Path("/usr/lib/edge-csms")
CURRENT = "current"
UPDATER = "updater"
KEY = "release-key.pub"
FRESH = ".fresh-"  # a tree that is being unpacked


class Installation:
    """The trees below one directory."""

    def __init__(self, trees: Path = TREES) -> None:
        self.trees = trees

    @property
    def current(self) -> str | None:
        """Say which version is started."""
        return self._target(CURRENT)

    @property
    def key_file(self) -> Path:
        """Say where the pinned key lies."""
        return self.trees / KEY

    def tree(self, version: str) -> Path:
        """Say where a version lies."""
        return self.trees / version

    def versions(self) -> list[str]:
        """List the versions that are there."""
        return sorted(path.name for path in self.trees.iterdir() if release_file.VERSION.fullmatch(path.name))

    def program(self, name: str = CURRENT) -> Path:
        """Give what is started of a version, or of the one that a link names."""
        return self.trees / name / release_file.PROGRAM

    def switch(self, version: str, link: str = CURRENT) -> None:
        """Let a link name another version: at once, for good, and never none in between."""
        new = self.trees / f"{FRESH}{link}"
        new.unlink(missing_ok=True)
        new.symlink_to(version)
        new.replace(self.trees / link)
        self.sync()

    def end_update(self) -> None:
        """Take away the link to the version that carried an update out."""
        (self.trees / UPDATER).unlink(missing_ok=True)
        self.sync()

    def fresh(self, version: str) -> Path:
        """Say where a version is being unpacked."""
        return self.trees / f"{FRESH}{version}"

    def adopt(self, version: str) -> None:
        """Give a version that was unpacked its place."""
        shutil.rmtree(self.tree(version), ignore_errors=True)
        self.fresh(version).rename(self.tree(version))
        self.sync()

    def keep_only(self, versions: Collection[str | None]) -> None:
        """Remove the trees of all other versions."""
        self.sweep()
        for version in self.versions():
            if version not in versions:
                shutil.rmtree(self.tree(version), ignore_errors=True)

    def sweep(self) -> None:
        """Remove what was left half unpacked, or half switched."""
        for path in self.trees.glob(f"{FRESH}*"):
            if path.is_symlink():
                path.unlink()
            else:
                shutil.rmtree(path, ignore_errors=True)

    def sync(self) -> None:
        """Bring the names below the directory to the disk."""
        descriptor = os.open(self.trees, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _target(self, link: str) -> str | None:
        try:
            return os.readlink(self.trees / link).rstrip("/").rpartition("/")[2]
        except OSError:
            return None


def find() -> Installation | None:
    """Find the installation that this process was started from; None where it was started from anything else."""
    frozen = getattr(sys, "frozen", False)
    tree = Path(sys.executable).resolve().parent if frozen else Path(edge_csms.__file__).resolve().parents[1]
    installation = Installation(tree.parent)
    return installation if tree.name == edge_csms.VERSION and installation.current is not None else None


def architecture() -> str:
    """Say what the box is, as uname does."""
    return platform.machine()
