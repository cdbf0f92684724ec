"""What happens with firmware images: they come in checked, are described, and go."""

from datetime import datetime
from typing import Any

from edge_csms.domain.errors import Conflict, NotFound
from edge_csms.domain.file_jobs import FirmwareImage
from edge_csms.services import firmware_signatures
from edge_csms.services.file_store import StoredFile
from edge_csms.storage import file_jobs, firmware_images, firmware_rollouts


def add(name: str, stored: StoredFile, given: dict[str, Any], username: str, now: datetime) -> FirmwareImage:
    """Keep an image whose file is in the store, with what was given about it; raises Invalid for a wrong signature."""
    firmware_signatures.check(given.get("signing_certificate"), given.get("signature"), stored.sha256)
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
    """Change what is said about an image; raises NotFound, and Invalid for a wrong signature."""
    image = get(image_id)
    if not changes:
        return image
    certificate = changes.get("signing_certificate", image.signing_certificate)
    firmware_signatures.check(certificate, changes.get("signature", image.signature), image.sha256)
    firmware_images.update(image_id, changes)
    return get(image_id)


def delete(image_id: int) -> FirmwareImage:
    """Forget an image, whose file may then be deleted; raises NotFound, and Conflict while somebody needs it."""
    image = get(image_id)
    if file_jobs.count_open_of_image(image_id) or firmware_rollouts.count_running_of_image(image_id):
        raise Conflict(f"an update with {image.name} is under way: cancel it first")
    firmware_images.delete(image_id)
    return image
