"""Release files for tests: good ones, and such as only somebody with the key and bad intentions could make."""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge_csms.services.installation import Installation, architecture
from edge_csms.services.release_file import MAGIC
from edge_csms.storage import schema

KEY = Ed25519PrivateKey.generate()
FILES = {"edge-csms": b"#!/bin/sh\necho 2.0.0\n", "inside/part.txt": b"part"}
VERSION = "2.0.0"


def pin(directory: Path, key: Ed25519PrivateKey = KEY) -> Installation:
    """Make an installation of nothing but the pinned key."""
    installation = Installation(directory)
    directory.mkdir(exist_ok=True)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    installation.key_file.write_bytes(public)
    return installation


def pack(files: dict[str, bytes], *, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Make an archive; `kind` is that of its last member, which leads to /etc where it is a link."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:xz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            if name == [*files][-1] and kind != tarfile.REGTYPE:
                member.type, member.linkname = kind, "/etc"
            else:
                member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def make(
    contents: dict[str, bytes] = FILES,
    *,
    archive: bytes | None = None,
    key: Ed25519PrivateKey = KEY,
    **about: Any,
) -> bytes:
    """Make a release file of these contents; `about` changes its manifest, `archive` its archive."""
    archive = pack(contents) if archive is None else archive
    manifest = {
        "version": VERSION,
        "architecture": architecture(),
        "schema": schema.newest(),
        "minimum_version": "0.0.1",
        "archive_bytes": len(archive),
        "archive_sha256": hashlib.sha256(archive).hexdigest(),
        "files": [describe(name, content) for name, content in contents.items()],
    }
    head = json.dumps(manifest | about).encode()
    return MAGIC + key.sign(MAGIC + head).hex().encode() + b"\n%d\n" % len(head) + head + archive


def describe(name: str, content: bytes) -> dict[str, Any]:
    """Describe a file as a manifest does."""
    digest = hashlib.sha256(content).hexdigest()
    return {"path": name, "size_bytes": len(content), "sha256": digest, "executable": name == "edge-csms"}
