"""The server's side of a release file: brought into the spool, checked before anybody waits for it, and described."""

import os
from datetime import UTC, datetime
from typing import BinaryIO

import msgspec

from edge_csms import VERSION
from edge_csms.services import installation as installed
from edge_csms.services import release_file
from edge_csms.services.file_store import OURS, UNFINISHED, NewFile
from edge_csms.services.installation import Installation
from edge_csms.services.release_file import PIECE_BYTES, Manifest, ReleaseRefused
from edge_csms.services.update_spool import OF_THE_SERVER, RELEASE, Spool, is_half_written
from edge_csms.storage import schema

MOST_BYTES = release_file.MOST_BYTES + release_file.MOST_MANIFEST_BYTES


class ReadyRelease(msgspec.Struct, frozen=True, kw_only=True):
    """The release file that waits in the spool."""

    version: str
    size_bytes: int
    changes_database: bool
    brought_at: datetime


def sweep(spool: Spool) -> None:
    """Remove what a crash of the server has left in the spool, as long as nobody brings a file. Raises OSError."""
    spool.sweep(
        lambda name: is_half_written(name, OF_THE_SERVER) or bool(OURS.fullmatch(name.removesuffix(UNFINISHED)))
    )


def new_file(spool: Spool) -> NewFile:
    """Begin a file in the spool. Raises NoRoom, FilesUnavailable."""
    return NewFile(spool.path, MOST_BYTES, MOST_BYTES)


def copy(spool: Spool, source: BinaryIO) -> str:
    """Copy a file into the spool and give the name that it has there. Raises NoRoom, FilesUnavailable, TooLarge."""
    file = new_file(spool)
    try:
        with source:
            while piece := source.read(PIECE_BYTES):
                file.write(piece)
        return file.finish().stored_as
    finally:
        file.close()


def accept(spool: Spool, installation: Installation, name: str) -> ReadyRelease:
    """Check a file in the spool from end to end and make it the one to apply. Raises ReleaseRefused."""
    key = release_file.read_key(installation.key_file)
    with (spool.path / name).open("rb") as file:
        manifest = release_file.read_manifest(file, key)
        _check_fits(manifest)
        release_file.check_archive(file, manifest)
        described = _describe(file, manifest)
    os.replace(spool.path / name, spool.path / RELEASE)
    return described


def look(spool: Spool, installation: Installation) -> ReadyRelease | None:
    """Describe the file that waits; None where none does, or one that does not fit any more."""
    try:
        with spool.open_release() as file:
            manifest = release_file.read_manifest(file, release_file.read_key(installation.key_file))
            _check_fits(manifest)
            return _describe(file, manifest)
    except (OSError, ReleaseRefused):
        return None


def _check_fits(manifest: Manifest) -> None:
    release_file.check_fits(manifest, VERSION, installed.architecture(), schema.newest())


def _describe(file: BinaryIO, manifest: Manifest) -> ReadyRelease:
    status = os.fstat(file.fileno())
    return ReadyRelease(
        version=manifest.version,
        size_bytes=status.st_size,
        changes_database=manifest.schema > schema.newest(),
        brought_at=datetime.fromtimestamp(status.st_mtime, UTC),
    )
