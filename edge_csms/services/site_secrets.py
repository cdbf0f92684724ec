"""The secret files of a site: sealed into every backup, taken over by another box, or lost with the old one.

Chargers' keys and people's passwords need none of this: their credentials lie in the database as hashes. What a box
without these files can't do: prove to chargers that it is the same central system, trust the certificates and tokens
that the old one gave them, and know who is logged in.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from edge_csms.domain.errors import Invalid
from edge_csms.services import recovery_code, settings
from edge_csms.services.secret_file import SecretFile, write_private
from edge_csms.storage import backups, charge_points

SECRETS, TLS = "secrets", "tls"
OURS = re.compile(r"secrets|tls/[\w-][\w.-]*\.(key|pem)")
SEALED = "secrets.sealed"  # the names of settings: what every backup holds
LOST = "secrets.lost_at"

Bond = Literal["token", "root_certificate", "client_certificate"]  # of a charge point to the secrets of the site


@dataclass(frozen=True, slots=True)
class Affected:
    """A charge point that can't simply come back after the secrets were lost, and why."""

    charge_point_id: str
    reason: Bond


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost when a backup was restored without its recovery code, and who still needs something new."""

    lost_at: datetime
    affected: tuple[Affected, ...]


def keep(data_dir: Path) -> None:
    """Keep the secret files, sealed, in the database, if they have changed: from there they get into every backup."""
    texts, code = _read(data_dir), recovery_code.of_site(data_dir)
    content = json.dumps(texts, sort_keys=True).encode()
    mark = hmac.new(code.encode(), content, hashlib.sha256).hexdigest()
    if (settings.get(SEALED) or "").partition(":")[0] != mark:
        settings.put(SEALED, f"{mark}:{base64.b64encode(recovery_code.seal(texts, code)).decode()}")


def open_in(backup: Path, data_dir: Path, code: str | None) -> dict[str, str] | None:
    """Say which secret files must be written when a backup is restored here: {} = the present ones fit, None = lost.

    Raises Invalid where the code doesn't fit, and for what is no backup.
    """
    mark, _, text = (backups.read_setting(backup, SEALED) or "").partition(":")
    if not mark:
        if code:
            raise Invalid("this backup holds no sealed secrets; restore it without the recovery code")
        return {}  # it was made before this box had any to keep
    try:
        sealed = base64.b64decode(text)
    except binascii.Error as error:
        raise Invalid(f"the secrets in it are damaged ({error}); restore it without the recovery code") from None
    if code:
        return _checked(recovery_code.unseal(sealed, code))
    if not (data_dir / SECRETS).exists():
        return None
    try:
        recovery_code.unseal(sealed, recovery_code.of_site(data_dir))
    except Invalid:
        return None
    return {}  # a backup of this very box, which has them, or newer ones


def take_over(data_dir: Path, texts: dict[str, str], now: datetime) -> None:
    """Write the secret files of a backup; those which they replace are kept beside."""
    stamp = f".replaced-{now:%Y%m%dT%H%M%S}"
    for name in (SECRETS, TLS):
        if (data_dir / name).exists():
            (data_dir / name).rename(data_dir / (name + stamp))
    for name, text in texts.items():
        path = data_dir / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_private(path, text)


def _checked(texts: dict[str, str]) -> dict[str, str]:
    for name in texts:
        if not OURS.fullmatch(name):
            raise Invalid(f"the secrets in this backup name a strange file: {name}")
    return texts


def note(lost: bool, now: datetime) -> None:
    """Note after a restore whether the secrets were lost with the old box."""
    settings.put(LOST, now.isoformat() if lost else "")


def find_loss() -> Loss | None:
    """Say who still needs something new since the secrets were lost; None where all is well."""
    text = settings.get(LOST)
    if not text:
        return None
    lost_at = datetime.fromisoformat(text)
    bound = charge_points.list_bound_to_secrets(lost_at)
    return Loss(lost_at, tuple(Affected(name, _reason(has_token, profile)) for name, has_token, profile in bound))


def _reason(has_token: bool, security_profile: int) -> Bond:
    if has_token:
        return "token"
    return "client_certificate" if security_profile == 3 else "root_certificate"


def _read(data_dir: Path) -> dict[str, str]:
    SecretFile(data_dir).key("recovery_key")  # so that the new box goes on with the same code
    # Keys first: a certificate whose key is missing is taken for damage.
    files = [data_dir / SECRETS, *sorted((data_dir / TLS).glob("*.key")), *sorted((data_dir / TLS).glob("*.pem"))]
    return {str(path.relative_to(data_dir)): path.read_text() for path in files}
