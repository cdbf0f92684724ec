"""Release files: a version of the program as one signed file, how it is made, checked and unpacked.

A file is four parts one behind the other: a line that says what it is; a line with the Ed25519 signature of the
manifest, in hex; the manifest, which is a line with its length and JSON; and a tar.xz of the program's directory. The
manifest holds the digests of the archive and of each file in it. So nothing is ever decompressed that is not signed,
and what is unpacked is checked byte by byte as it is written.
"""

import hashlib
import lzma
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from edge_csms.domain.errors import Invalid

MAGIC = b"edge-csms release 1\n"
SUFFIX = ".update"
PROGRAM = "edge-csms"  # in the program's directory: what is started
MOST_BYTES = 300 << 20  # of a release file
MOST_UNPACKED_BYTES = 2000 << 20
MOST_MANIFEST_BYTES = 4 << 20
PIECE_BYTES = 1 << 20
SIGNATURE_HEX = 128
VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){1,3}")
SHA256 = re.compile("[0-9a-f]{64}")
PATH_SEGMENT = re.compile(r"[A-Za-z0-9._+@ -]{1,255}")

DAMAGED = "damaged"


class ReleaseRefused(Invalid):
    """A release file that must not, or can't, take the program's place; `code` names the reason for programs."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class PackedFile(msgspec.Struct, frozen=True):
    """One file of the program's directory."""

    path: str
    size_bytes: int
    sha256: str
    executable: bool = False


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a release file and for whom it is."""

    version: str
    architecture: str  # as uname calls it
    schema: int  # number of the newest migration of the database that the version knows
    minimum_version: str  # the oldest version that it can take the place of
    archive_bytes: int
    archive_sha256: str
    files: tuple[PackedFile, ...]

    @property
    def unpacked_bytes(self) -> int:
        """Say how much its files take on a disk, in blocks of 4 KiB."""
        return sum(-(-file.size_bytes // 4096) * 4096 + 4096 for file in self.files)


def read_key(path: Path) -> Ed25519PublicKey:
    """Read the key that releases must be signed with. Raises ReleaseRefused where there is none."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except FileNotFoundError:
        text = f"no key of a maker is pinned on this box ({path} is missing), so that no release can be trusted"
        raise ReleaseRefused("no_key", text) from None
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise ReleaseRefused("no_key", f"{path} can't be read as a key: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ReleaseRefused("no_key", f"{path} is no Ed25519 key")
    return key


def read_manifest(file: BinaryIO, key: Ed25519PublicKey) -> Manifest:
    """Read and verify what stands before the archive, to which the file is positioned. Raises ReleaseRefused."""
    if file.read(len(MAGIC)) != MAGIC:
        raise ReleaseRefused("foreign", "this is no release file of edge-csms, or it is of a later kind")
    signature, length = file.readline(SIGNATURE_HEX + 2).strip(), file.readline(16).strip()
    if not length.isdigit() or int(length) > MOST_MANIFEST_BYTES:
        raise ReleaseRefused(DAMAGED, "the release file is damaged: its manifest has no length")
    manifest = file.read(int(length))
    try:
        key.verify(bytes.fromhex(signature.decode("ascii")), MAGIC + manifest)
    except (InvalidSignature, ValueError):
        text = "the release is not signed with the key that is pinned on this box: it is from somebody else, or damaged"
        raise ReleaseRefused("signature", text) from None
    try:
        read = msgspec.json.decode(manifest, type=Manifest)
    except msgspec.MsgspecError as error:
        raise ReleaseRefused(
            "foreign", f"the release file is of a kind that this version can't read: {error}"
        ) from error
    _check_manifest(read)
    return read


def check_archive(file: BinaryIO, manifest: Manifest) -> None:
    """Read the archive to its end, compare it with the manifest, and go back to its start. Raises ReleaseRefused."""
    start, digest, size = file.tell(), hashlib.sha256(), 0
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
    if size < manifest.archive_bytes:
        raise ReleaseRefused(DAMAGED, f"the release file is cut off: {manifest.archive_bytes - size} bytes are missing")
    if size > manifest.archive_bytes or digest.hexdigest() != manifest.archive_sha256:
        raise ReleaseRefused(DAMAGED, "the release file is damaged: its archive is not the one that was signed")
    file.seek(start)


def check_fits(manifest: Manifest, installed_version: str, architecture: str, schema: int) -> None:
    """Check that a release may take the place of what is installed. Raises ReleaseRefused."""
    if manifest.architecture != architecture:
        text = f"the release is for {manifest.architecture}, and this box is {architecture}"
        raise ReleaseRefused("architecture", text)
    if manifest.version == installed_version:
        raise ReleaseRefused("same_version", f"version {installed_version} runs already")
    if version_key(manifest.version) < version_key(installed_version) or manifest.schema < schema:
        text = (
            f"version {manifest.version} is older than {installed_version}, which runs here: "
            "it could not read what this one has recorded, so there is no way back but a backup that it made itself"
        )
        raise ReleaseRefused("downgrade", text)
    if version_key(installed_version) < version_key(manifest.minimum_version):
        text = (
            f"version {manifest.version} can take the place of {manifest.minimum_version} or newer only; "
            f"here runs {installed_version}: bring {manifest.minimum_version} first"
        )
        raise ReleaseRefused("too_old", text)


def unpack(file: BinaryIO, manifest: Manifest, directory: Path) -> None:
    """Unpack the archive into a new directory, each file compared with the manifest. Raises ReleaseRefused, OSError."""
    import tarfile  # not at the start: memory that the server would keep for what the updater does

    wanted = {packed.path: packed for packed in manifest.files}
    _make_directory(directory)
    try:
        with tarfile.open(fileobj=file, mode="r|xz") as archive:
            for member in archive:
                packed = wanted.pop(member.name, None)
                content = archive.extractfile(member) if packed is not None and member.isreg() else None
                if packed is None or content is None:
                    raise ReleaseRefused(DAMAGED, f"the archive holds {member.name!r}, which is not in its manifest")
                _unpack_file(content, packed, directory)
    except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise ReleaseRefused(DAMAGED, f"the archive can't be unpacked: {error}") from error
    if wanted:
        raise ReleaseRefused(DAMAGED, f"the archive lacks {min(wanted)!r}")


def write(destination: BinaryIO, tree: Path, key: Ed25519PrivateKey, scratch: BinaryIO, **about: Any) -> Manifest:
    """Write a release file of a program's directory, the same for the same tree. `about` completes its Manifest."""
    import tarfile  # see above

    files = tuple(_list_tree(tree))
    with tarfile.open(fileobj=scratch, mode="w:xz") as archive:
        for packed in files:
            member = tarfile.TarInfo(packed.path)
            member.size, member.mode = packed.size_bytes, 0o755 if packed.executable else 0o644
            with (tree / packed.path).open("rb") as content:
                archive.addfile(member, content)
    size = scratch.tell()
    scratch.seek(0)
    digest = hashlib.file_digest(scratch, "sha256").hexdigest()  # type: ignore[arg-type]
    manifest = Manifest(archive_bytes=size, archive_sha256=digest, files=files, **about)
    _check_manifest(manifest)
    head = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    destination.write(MAGIC + key.sign(MAGIC + head).hex().encode() + b"\n%d\n" % len(head) + head)
    scratch.seek(0)
    while piece := scratch.read(PIECE_BYTES):
        destination.write(piece)
    return manifest


def version_key(version: str) -> tuple[int, ...]:
    """Give what versions are compared by."""
    return tuple(int(number) for number in (version.split(".") + ["0"] * 4)[:4])


def _check_manifest(manifest: Manifest) -> None:
    """Check what even a signed manifest must not say: the unpacking trusts it."""
    versions = (manifest.version, manifest.minimum_version)
    if not all(VERSION.fullmatch(version) for version in versions) or not SHA256.fullmatch(manifest.archive_sha256):
        raise ReleaseRefused("foreign", "the manifest of the release names no version that can be compared")
    paths = {packed.path for packed in manifest.files}
    if len(paths) != len(manifest.files) or not all(_is_inside(path) for path in paths):
        raise ReleaseRefused("path", "the release holds a file whose name leads out of its directory")
    if PROGRAM not in paths or manifest.unpacked_bytes > MOST_UNPACKED_BYTES or manifest.archive_bytes > MOST_BYTES:
        raise ReleaseRefused("foreign", "the release holds no program of a reasonable size")


def _is_inside(path: str) -> bool:
    return all(PATH_SEGMENT.fullmatch(segment) and segment not in (".", "..") for segment in path.split("/"))


def _unpack_file(content: Any, packed: PackedFile, directory: Path) -> None:
    path = directory / packed.path
    for parent in reversed(path.relative_to(directory).parents):
        _make_directory(directory / parent)
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while piece := content.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
        os.fchmod(file.fileno(), 0o755 if packed.executable else 0o644)
        file.flush()
        os.fsync(file.fileno())
    if (size, digest.hexdigest()) != (packed.size_bytes, packed.sha256):
        raise ReleaseRefused(DAMAGED, f"{packed.path} in the archive is not as the manifest says")


def _make_directory(path: Path) -> None:
    path.mkdir(exist_ok=True)
    path.chmod(0o755)  # whatever the umask: the server, which is not root, reads it


def _list_tree(tree: Path) -> Iterator[PackedFile]:
    """List a directory in the order of names; a link counts as the file that it leads to."""
    for path in sorted(tree.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            executable = bool(path.stat().st_mode & 0o100)
            yield PackedFile(path.relative_to(tree).as_posix(), path.stat().st_size, digest, executable)
