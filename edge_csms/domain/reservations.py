"""What a reservation is, whom it serves and what ends it (OCPP 1.6 §5.13)."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from edge_csms.domain.model import Connector, ConnectorStatus

ANY_CONNECTOR = 0
CLOCK_SKEW = timedelta(minutes=5)  # by which a charger's clock may lie behind ours
WHOLE_SECOND = timedelta(seconds=1)  # times on the wire mostly are whole seconds


class ReservationStatus(StrEnum):
    """How a reservation stands."""

    REQUESTED = "requested"  # asked for, not answered yet: shown to nobody
    ACCEPTED = "accepted"
    USED = "used"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    ENDED = "ended"  # by a fault, an unavailability, or because the charge point doesn't have it any more


OPEN = (ReservationStatus.REQUESTED, ReservationStatus.ACCEPTED)
ENDS_RESERVATIONS = frozenset((ConnectorStatus.FAULTED, ConnectorStatus.UNAVAILABLE))


@dataclass(frozen=True, slots=True)
class Reservation:
    """A connector, or with 0 any one, that is kept free for an idTag and its group until `expires_at`."""

    reservation_id: int
    charge_point_id: str
    connector_id: int
    id_tag: str
    parent_id_tag: str | None
    status: ReservationStatus
    expires_at: datetime
    created_at: datetime
    detail: str = ""
    settled_at: datetime | None = None
    transaction_id: int | None = None
    unsure: bool = False  # no answer came: the charge point may keep the connector free all the same
    charge_point_key: int = field(default=0, kw_only=True)

    @property
    def is_open(self) -> bool:
        """Say whether it holds, or may turn out to."""
        return self.status in OPEN

    def as_of(self, now: datetime) -> "Reservation":
        """Give it as it stands at a time: nothing need happen for it to expire."""
        if not self.is_open or self.expires_at > now:
            return self
        return replace(self, status=ReservationStatus.EXPIRED, settled_at=self.expires_at)

    def may_serve(self, connector_id: int, started_at: datetime) -> bool:
        """Say whether a transaction that doesn't name it may be the one it was made for, if the idTag is right.

        A Start that comes late counts by its own time, even where the reservation was marked as expired meanwhile.
        """
        over = self.status in (ReservationStatus.USED, ReservationStatus.CANCELLED)
        ended = self.status is ReservationStatus.ENDED and not self.unsure
        at_place = self.connector_id in (ANY_CONNECTOR, connector_id)
        return not (over or ended) and at_place and self.created_at - CLOCK_SKEW <= started_at < self.expires_at

    def ends_with(self, connector_id: int, status: str) -> bool:
        """Say whether this status of a connector, or of the whole charge point, ends it (§5.13)."""
        return self.is_open and status in ENDS_RESERVATIONS and connector_id in (self.connector_id, ANY_CONNECTOR)

    def is_let_go(self, before: Connector, status: str, now: datetime) -> bool:
        """Say whether its connector, which was reserved, is free again by itself: a restart may forget a reservation.

        Shortly before its time is over it just expires, by the charger's clock.
        """
        was_held = before.status == ConnectorStatus.RESERVED and before.status_at > self.created_at - WHOLE_SECOND
        is_free = before.connector_id == self.connector_id and status == ConnectorStatus.AVAILABLE
        return self.is_open and was_held and is_free and now < self.expires_at - CLOCK_SKEW
