"""What proves the identity of a charge point, and how a new key takes the place of an old one (WP A01).

A charge point may take a key though its answer gets lost, and may use it at once or after a restart only. So every key
that was sent holds beside the present one. The first login with one of them ends those from before it.
"""

from dataclasses import dataclass

from edge_csms.domain.errors import NotFound
from edge_csms.storage import charge_points

KEPT = 5  # keys that were sent and not used yet; whoever sends more has no charger that takes them


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a charge point's proof of identity is checked against."""

    credential: str | None
    next_credentials: tuple[str, ...]  # of keys that were sent, in their order
    token_id: str | None


def get(charge_point_id: str) -> Secrets:
    """Give what proves the identity of a charge point."""
    credential, following, token_id = charge_points.get_secrets(charge_point_id)
    return Secrets(credential, tuple((following or "").split()), token_id)


def prepare(charge_point_id: str, credential: str) -> None:
    """Let a new key hold from before it is sent; raises NotFound."""
    following = get(charge_point_id).next_credentials
    _put(charge_point_id, (*following, credential)[-KEPT:])


def drop(charge_point_id: str, credential: str) -> None:
    """Let a key hold no more, which the charge point refused; raises NotFound."""
    _put(charge_point_id, tuple(one for one in get(charge_point_id).next_credentials if one != credential))


def promote(charge_point_id: str, credential: str) -> None:
    """Note that the charge point has logged in with a key that was sent: those from before it hold no more."""
    following = get(charge_point_id).next_credentials
    if credential in following:
        charge_points.update(charge_point_id, {"credential": credential})
        _put(charge_point_id, following[following.index(credential) + 1 :])


def _put(charge_point_id: str, following: tuple[str, ...]) -> None:
    if not charge_points.update(charge_point_id, {"next_credentials": "\n".join(following) or None}):
        raise NotFound(f"there is no charge point {charge_point_id}")
