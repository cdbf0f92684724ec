"""A checksum in every page of a database file: a flipped byte is found when its page is read, also one inside a value.

SQLite's own checks see only what breaks the structure. Its checksum VFS, which comes with apsw, keeps 8 bytes of each
page for this and checks them at every read.
"""

import apsw
import apsw.sqlite_extra

VFS = "cksmvfs"
RESERVED_BYTES = 8


def register() -> None:
    """Make the VFS known to SQLite, once per process."""
    if VFS not in apsw.vfs_names():
        apsw.sqlite_extra.load(apsw.Connection(":memory:"), "cksumvfs")


def protect(connection: apsw.Connection) -> None:
    """Let a database that has no page yet carry checksums; one that exists keeps what it has.

    Its first page is written at once. The VFS learns from it that there are checksums, and would write without them
    what a large database transaction puts into the file before.
    """
    connection.reserve_bytes(None, RESERVED_BYTES)
    connection.execute("PRAGMA user_version = 0")


def protect_like(connection: apsw.Connection, other: apsw.Connection) -> None:
    """Let a database that has no page yet have pages like those of another one, with checksums if that has them."""
    ((page_bytes,),) = other.execute("PRAGMA page_size").fetchall()
    connection.execute(f"PRAGMA page_size = {page_bytes}")
    if other.reserve_bytes(None, -1) == RESERVED_BYTES:
        protect(connection)


def is_mismatch(error: BaseException) -> bool:
    """Say whether this is a page whose checksum doesn't fit."""
    return isinstance(error, apsw.IOError) and getattr(error, "extendedresult", None) == apsw.SQLITE_IOERR_DATA
