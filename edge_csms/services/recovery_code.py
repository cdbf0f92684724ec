"""The recovery code: what a person keeps on paper, so that a backup's secrets can be opened on another box.

The box knows it too, beside the secrets that it seals: whoever can read it there needs no code. It protects the
backups, which travel on sticks and laptops.
"""

import json
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge_csms.domain.errors import Invalid
from edge_csms.services.secret_file import SecretFile

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: none of them is mistaken for another
MISREAD = str.maketrans("OIL", "011", " -\t\r\n")
LENGTH, GROUP = 24, 4  # 120 bits, which nobody guesses: no slow hash is needed
SALT_BYTES = 16
NONCE = bytes(12)  # each key seals one text only, since its salt is new each time
FORM = b"1"


def of_site(data_dir: Path) -> str:
    """Give the recovery code of this site, made at the first call. Raises SecretsUnreadable."""
    number = int.from_bytes(SecretFile(data_dir).key("recovery_key")) % len(DIGITS) ** LENGTH
    digits = ""
    for _ in range(LENGTH):
        number, digit = divmod(number, len(DIGITS))
        digits += DIGITS[digit]
    return "-".join(digits[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def seal(texts: dict[str, str], code: str) -> bytes:
    """Encrypt named texts so that only the code opens them."""
    salt = secrets.token_bytes(SALT_BYTES)
    head = FORM + salt
    return head + _cipher(code, salt).encrypt(NONCE, json.dumps(texts).encode(), head)


def unseal(sealed: bytes, code: str) -> dict[str, str]:
    """Open what was sealed with this code, however it was typed; raises Invalid where it doesn't fit."""
    head, body = sealed[: len(FORM) + SALT_BYTES], sealed[len(FORM) + SALT_BYTES :]
    if not head.startswith(FORM):
        raise Invalid("the secrets in this backup were sealed by a newer edge-csms")
    try:
        texts: dict[str, str] = json.loads(_cipher(code, head[len(FORM) :]).decrypt(NONCE, body, head))
    except InvalidTag:
        text = "the recovery code doesn't fit this backup; look for typing errors, or restore without it"
        raise Invalid(text) from None
    return texts


def _cipher(code: str, salt: bytes) -> ChaCha20Poly1305:
    typed = code.upper().translate(MISREAD)
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt, b"edge-csms recovery code").derive(typed.encode()))
