"""How passwords of people and keys of chargers are kept, and how a presented one is compared with what is kept.

Three kinds of credential, each a text that says what it is:
- a person's password: argon2id, made to be slow, because people choose what can be guessed;
- a charger's key that we made: 20 random bytes, which nobody can guess. One HMAC is enough, and 1,500 chargers can
  reconnect in a second. The key itself keys the HMAC over salt and identity, so that no further secret is needed to
  restore a backup on another box, and a credential copied to another charger's row is worth nothing;
- a charger's password that a person chose: argon2id again; after the first success an HMAC of it is kept in memory.
"""

import hashlib
import hmac
import re
import secrets
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from edge_csms.domain.model import fold

# 19 MiB and two passes, the least that OWASP advises: about 20 ms on a PC, 150 ms on a small gateway. RFC 9106 would
# take 64 MiB, as much as our whole process, for every login that runs at once.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# What an unknown user's password is compared with, so that the answer takes as long as a known one's.
DUMMY_HASH = "$argon2id$v=19$m=19456,t=2,p=1$l65Ol5zxvKlBCKFszGY4cA$t0F4oi2NtBlsOO4hahsSW0lG4MDH0P8aVpl9eXrQYDc"

CHARGER_KEY_BYTES = 20  # what AuthorizationKey of OCPP 1.6 holds at most
SALT_BYTES = 16
MADE_UP = "hmac-sha256"
HEX_KEY = re.compile(rb"(?:[0-9a-fA-F]{2}){16,20}")


class KeyForm(StrEnum):
    """How a charger presented its key."""

    RAW = "raw"
    HEX = "hex"


def hash_password(password: str) -> str:
    """Make the credential of a person's password; slow."""
    return HASHER.hash(password)


def verify_password(credential: str, password: str) -> bool:
    """Compare a person's password; slow."""
    return _argon2_matches(credential, password.encode())


def make_charger_key() -> bytes:
    """Make a new key for a charger; people see it as hex."""
    return secrets.token_bytes(CHARGER_KEY_BYTES)


def hash_charger_key(key: bytes, charge_point_id: str) -> str:
    """Make the credential of a key that make_charger_key made; quick."""
    salt = secrets.token_bytes(SALT_BYTES)
    return f"{MADE_UP}${salt.hex()}${_key_digest(key, salt, charge_point_id).hex()}"


def hash_charger_password(password: str) -> str:
    """Make the credential of a charger's password that a person chose; slow."""
    return HASHER.hash(_canonical(password.encode())[0])


class ChargerPasswords:
    """Compares what chargers present; remembers chosen passwords that were right, in memory and not in clear."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right: dict[str, tuple[str, bytes]] = {}  # folded identity -> credential, HMAC of what was right

    def is_quick(self, credential: str, charge_point_id: str, presented: bytes) -> bool:
        """Tell whether verify takes microseconds; if not, it belongs into a thread."""
        return credential.startswith(MADE_UP) or self._known(credential, charge_point_id, presented)

    def verify(self, credential: str, charge_point_id: str, presented: bytes) -> KeyForm | None:
        """Compare what a charger presented, raw or as hex, with its credential; None = wrong."""
        key, form = _canonical(presented)
        if credential.startswith(MADE_UP):
            return form if _made_up_matches(credential, charge_point_id, key) else None
        if self._known(credential, charge_point_id, presented):
            return form
        if not _argon2_matches(credential, key):
            return None
        self._right[fold(charge_point_id)] = (credential, self._digest(key))
        return form

    def _known(self, credential: str, charge_point_id: str, presented: bytes) -> bool:
        known_credential, digest = self._right.get(fold(charge_point_id), ("", b""))
        return known_credential == credential and hmac.compare_digest(digest, self._digest(_canonical(presented)[0]))

    def _digest(self, key: bytes) -> bytes:
        return hmac.digest(self._key, key, hashlib.sha256)


def _canonical(presented: bytes) -> tuple[bytes, KeyForm]:
    """Give the key itself: some chargers send its bytes, others its hex text. No raw key is as long as a hex one."""
    if HEX_KEY.fullmatch(presented):
        return bytes.fromhex(presented.decode()), KeyForm.HEX
    return presented, KeyForm.RAW


def _made_up_matches(credential: str, charge_point_id: str, key: bytes) -> bool:
    _, salt, digest = credential.split("$")
    return hmac.compare_digest(bytes.fromhex(digest), _key_digest(key, bytes.fromhex(salt), charge_point_id))


def _key_digest(key: bytes, salt: bytes, charge_point_id: str) -> bytes:
    return hmac.digest(key, salt + fold(charge_point_id).encode(), hashlib.sha256)


def _argon2_matches(credential: str, password: bytes) -> bool:
    try:
        return HASHER.verify(credential, password)
    except (Argon2Error, InvalidHashError):
        return False


def hash_sent_key(key: str, charge_point_id: str) -> str:
    """Make the credential of a key as it goes over the wire: hex text of random bytes, or what a person typed."""
    if HEX_KEY.fullmatch(key.encode()):
        return hash_charger_key(bytes.fromhex(key), charge_point_id)
    return hash_charger_password(key)
