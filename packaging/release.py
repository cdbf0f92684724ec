"""Makes the keys that releases are signed with, and release files: `make release-key` and `make release KEY=FILE`."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from edge_csms import VERSION
from edge_csms.services import release_file
from edge_csms.services.installation import KEY, architecture
from edge_csms.storage import schema

ROOT = Path(__file__).parents[1]
TREE = ROOT / "dist" / "edge-csms-dir"
PRIVATE_KEY = "release-key.pem"
OLDEST_THAT_CAN_UPDATE = "0.1.0"  # raise it where a version can no longer read what an older one has left


def make_key(directory: Path) -> tuple[Path, Path]:
    """Make a pair of keys; gives the secret file and the one to pin. Never replaces one that is there."""
    directory.mkdir(parents=True, exist_ok=True)
    secret, pinned = directory / PRIVATE_KEY, directory / KEY
    key = Ed25519PrivateKey.generate()
    descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pinned.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return secret, pinned


def make_release(
    key_file: Path,
    tree: Path,
    directory: Path,
    version: str = VERSION,
    minimum_version: str = OLDEST_THAT_CAN_UPDATE,
) -> Path:
    """Write the release file of a program's directory and give its path."""
    key = load_pem_private_key(key_file.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{key_file} is no Ed25519 key")
    path = directory / f"edge-csms-{version}-{architecture()}{release_file.SUFFIX}"
    with path.open("wb") as destination, tempfile.TemporaryFile() as scratch:
        release_file.write(
            destination,
            tree,
            key,
            scratch,
            version=version,
            architecture=architecture(),
            schema=schema.newest(),
            minimum_version=minimum_version,
        )
    return path


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    actions = parser.add_subparsers(required=True)
    key = actions.add_parser("key", help="make a pair of keys")
    key.add_argument("directory", type=Path)
    key.set_defaults(run=lambda options: make_key(options.directory))
    release = actions.add_parser("release", help="make a release file of dist/edge-csms-dir")
    release.add_argument("key", type=Path, help="the secret key")
    release.set_defaults(run=lambda options: (make_release(options.key, TREE, TREE.parent),))
    options = parser.parse_args()
    try:
        made = options.run(options)
    except (OSError, ValueError) as error:
        sys.exit(f"release: {error}")
    sys.stdout.write("".join(f"{path}\n" for path in made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
