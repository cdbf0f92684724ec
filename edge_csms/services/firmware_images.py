"""What happens with firmware images: they come in checked, are described, and go."""

import base64
import binascii
from datetime import datetime
from typing import Any

from cryptography import x509

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.file_jobs import FirmwareImage
from edge_csms.services.file_store import StoredFile
from edge_csms.storage import file_jobs, firmware_images, firmware_rollouts

MAX_CERTIFICATE = 5500  # characters, on the wire of SignedUpdateFirmware
MAX_SIGNATURE = 800


def add(name: str, stored: StoredFile, given: dict[str, Any], username: str, now: datetime) -> FirmwareImage:
    """Keep an image whose file is in the store, with what was given about it."""
    columns = {"size_bytes": stored.size_bytes, "sha256": stored.sha256, "stored_as": stored.stored_as}
    image_id = firmware_images.add(now, {**columns, "name": name, "uploaded_by": username, **given})
    return get(image_id)


def find(image_id: int) -> FirmwareImage | None:
    """Find an image, None where there is none."""
    return firmware_images.get(image_id)


def get(image_id: int) -> FirmwareImage:
    """Find an image; raises NotFound."""
    found = find(image_id)
    if found is None:
        raise NotFound(f"there is no firmware image {image_id}")
    return found


def list_(limit: int, before: int | None = None) -> list[FirmwareImage]:
    """List images, the newest first, from behind `before`."""
    return firmware_images.list_(limit=limit, before=before)


def update(image_id: int, changes: dict[str, Any]) -> FirmwareImage:
    """Change what is said about an image; raises NotFound."""
    if changes and not firmware_images.update(image_id, changes):
        raise NotFound(f"there is no firmware image {image_id}")
    return get(image_id)


def delete(image_id: int) -> FirmwareImage:
    """Forget an image, whose file may then be deleted; raises NotFound, and Conflict while somebody needs it."""
    image = get(image_id)
    if file_jobs.count_open_of_image(image_id) or firmware_rollouts.count_running_of_image(image_id):
        raise Conflict(f"an update with {image.name} is under way: cancel it first")
    firmware_images.delete(image_id)
    return image


def check_signature(signing_certificate: str | None, signature: str | None) -> None:
    """Refuse what no charge point could take; raises Invalid."""
    faults: dict[str, list[str]] = {}
    if signing_certificate is not None and not _is_certificate(signing_certificate):
        faults["signing_certificate"] = [f"This must be a certificate in PEM of at most {MAX_CERTIFICATE} characters."]
    if signature is not None and not _is_base64(signature):
        faults["signature"] = [f"This must be base64 of at most {MAX_SIGNATURE} characters."]
    if faults:
        raise Invalid(" ".join(text for texts in faults.values() for text in texts), faults)


def _is_certificate(text: str) -> bool:
    try:
        x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        return False
    return len(text) <= MAX_CERTIFICATE


def _is_base64(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) > 0 and len(text) <= MAX_SIGNATURE
    except (binascii.Error, ValueError):
        return False
