"""What happens with roll-outs: they are ordered, looked at, and end."""

from dataclasses import dataclass
from datetime import datetime

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.firmware_rollouts import FirmwareRollout, RolloutState
from edge_csms.services import charge_points, firmware_images
from edge_csms.storage import firmware_rollouts


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants of several charge points."""

    image_id: int
    charge_point_ids: list[str]
    asked_by: str
    signed: bool | None = None
    protocol: str | None = None
    force: bool = False


def order(wanted: Order, now: datetime) -> FirmwareRollout:
    """Begin a roll-out; raises NotFound for an image or a charge point that isn't there, Invalid for what can't be."""
    image = firmware_images.get(wanted.image_id)
    keys = [charge_points.get(charge_point_id).key for charge_point_id in wanted.charge_point_ids]
    if len(set(keys)) < len(keys):
        raise Invalid("a charge point is named twice", {"charge_point_ids": ["A charge point is named twice."]})
    if wanted.signed and not image.is_signed:
        raise Invalid("the image has no signature", {"signed": ["The image has no signature."]})
    columns = {
        "image_id": wanted.image_id,
        "state": RolloutState.RUNNING.value,
        "signed": wanted.signed,
        "protocol": wanted.protocol,
        "force": wanted.force,
        "asked_by": wanted.asked_by,
        "asked_at": now,
    }
    return get(firmware_rollouts.add(columns, keys))


def get(rollout_id: int) -> FirmwareRollout:
    """Find a roll-out; raises NotFound."""
    found = firmware_rollouts.get(rollout_id)
    if found is None:
        raise NotFound(f"there is no roll-out {rollout_id}")
    return found


def list_(limit: int, before: int | None = None) -> list[FirmwareRollout]:
    """List roll-outs, the newest first, from behind `before`."""
    return firmware_rollouts.list_(limit=limit, before=before)


def list_running() -> list[FirmwareRollout]:
    """List what goes on, the oldest first."""
    return firmware_rollouts.list_(limit=1000, state=RolloutState.RUNNING)[::-1]


def finish(rollout_id: int, state: RolloutState, reason: str | None, now: datetime) -> FirmwareRollout:
    """End a roll-out; one that has ended stays as it ended."""
    firmware_rollouts.finish(rollout_id, state, reason, now)
    return get(rollout_id)


def cancel(rollout_id: int, username: str, now: datetime) -> FirmwareRollout:
    """Leave alone the charge points whose turn has not come; raises NotFound, and Conflict where it has ended."""
    rollout = get(rollout_id)
    if not firmware_rollouts.finish(rollout_id, RolloutState.CANCELLED, f"cancelled by {username}", now):
        raise Conflict(f"the roll-out has ended: {rollout.state}")
    return get(rollout_id)
