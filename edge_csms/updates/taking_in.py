"""Takes a release in: from the spool into a copy of the updater's own, which is checked, and into a new tree."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from edge_csms.services import installation as installed
from edge_csms.services import release_file
from edge_csms.services.installation import Installation
from edge_csms.services.release_file import PIECE_BYTES, Manifest, ReleaseRefused
from edge_csms.services.update_spool import Spool
from edge_csms.storage import schema
from edge_csms.updates.journal import State
from edge_csms.updates.site import SPARE_BYTES, Site

# The snapshot, and what a migration may add: as much again to the database, and both to its log.
COPIES = 4


def take_in(
    spool: Spool, state: State, installation: Installation, site: Site, version: str, tell: Callable[[str], None]
) -> None:
    """Check a release and unpack it into a tree of its own. Raises ReleaseRefused, OSError; then no tree was added."""
    key = release_file.read_key(installation.key_file)
    try:
        with spool.open_release() as source, os.fdopen(state.new_release(), "w+b") as copy:
            _copy(source, copy, state.directory)
            copy.seek(0)
            manifest = release_file.read_manifest(copy, key)
            _check(manifest, version, installation)
            release_file.check_archive(copy, manifest)
            check_room({installation.trees: manifest.unpacked_bytes, site.data_dir: COPIES * site.database_bytes})
            tell("unpacking")
            release_file.unpack(copy, manifest, _nothing_at(installation.fresh(version)))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ReleaseRefused("no_room", f"the disk is full: {error.filename or installation.trees}") from error
        raise
    os.sync()  # all of the tree, before any link leads to it
    installation.adopt(version)


def check_room(needed: dict[Path, int]) -> None:
    """Check that what is needed below some directories fits on their disks, together where that is one."""
    by_disk: dict[int, tuple[Path, int]] = {}
    for path, size in needed.items():
        disk = path.stat().st_dev
        by_disk[disk] = (path, by_disk.get(disk, (path, 0))[1] + size)
    for path, size in by_disk.values():
        free = shutil.disk_usage(path).free
        if free < size + SPARE_BYTES:
            text = f"{path} has {free >> 20} MB free, and the update needs {(size + SPARE_BYTES) >> 20} MB"
            raise ReleaseRefused("no_room", text)


def _copy(source: BinaryIO, copy: BinaryIO, directory: Path) -> None:
    """Copy the file, which may change meanwhile: what counts from here on is the copy."""
    check_room({directory: min(os.fstat(source.fileno()).st_size, release_file.MOST_BYTES)})
    size = 0
    while piece := source.read(PIECE_BYTES):
        size += len(piece)
        if size > release_file.MOST_BYTES + release_file.MOST_MANIFEST_BYTES:
            raise ReleaseRefused("too_large", "the release file is larger than any release can be")
        copy.write(piece)


def _check(manifest: Manifest, wished: str, installation: Installation) -> None:
    if manifest.version != wished:
        text = f"the file holds version {manifest.version}, and version {wished} was asked for"
        raise ReleaseRefused("another", text)
    current = installation.current or ""
    release_file.check_fits(manifest, current, installed.architecture(), schema.newest())


def _nothing_at(path: Path) -> Path:
    shutil.rmtree(path, ignore_errors=True)
    return path
