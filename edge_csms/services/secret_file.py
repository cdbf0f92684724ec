"""The site's own secret keys: made at first need, kept in one file that nobody else may read."""

import os
import secrets
import stat
import threading
import tomllib
from pathlib import Path

from edge_csms.domain.errors import Refusal

KEY_BYTES = 32
PRIVATE = 0o600
MAKING = threading.Lock()  # two that need a key for the first time get the same one
UNFINISHED = ".new"  # behind the name of a file that is being written
HEADER = (
    "# Keys of this site, in hex. Whoever has them can log in as anybody. Without them everybody must log in again.\n"
)


class SecretsUnreadable(Refusal):
    """The file is there but can't be understood: a new key beside it would hide that something is broken."""


class SecretFile:
    """Named keys in data_dir/secrets."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "secrets"

    def key(self, name: str) -> bytes:
        """Give the key of this name, 32 random bytes made at the first call. Raises SecretsUnreadable."""
        with MAKING:
            keys = self._read()
            if name not in keys:
                keys[name] = secrets.token_bytes(KEY_BYTES)
                text = HEADER + "".join(f'{known} = "{key.hex()}"\n' for known, key in keys.items())
                write_private(self._path, text)
            return keys[name]

    def _read(self) -> dict[str, bytes]:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        try:
            keys = {name: bytes.fromhex(value) for name, value in tomllib.loads(content.decode()).items()}
        except (ValueError, TypeError):
            keys = {}
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise SecretsUnreadable(f"{self._path} is damaged; restore it, or delete it and let everybody log in again")
        if stat.S_IMODE(self._path.stat().st_mode) != PRIVATE:  # a disk that is read-only lets nobody do even nothing
            self._path.chmod(PRIVATE)
        return keys


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all, and durably."""
    new = path.with_name(path.name + UNFINISHED)
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
