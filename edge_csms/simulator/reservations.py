"""Reservations: a connector, or with connector 0 any one, is kept free for somebody (OCPP 1.6 §5.13)."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from edge_csms.ocpp import times
from edge_csms.ocpp.v16.reservation import ReserveNow
from edge_csms.simulator.connector import Connector


class Reservation(msgspec.Struct, frozen=True):
    """Who may use the connector until when."""

    reservation_id: int
    connector_id: int
    id_tag: str
    parent_id_tag: str | None
    expires_at: datetime

    def is_for(self, id_tag: str, parent_id_tag: str | None) -> bool:
        """Whether this idTag, or its group, may use it."""
        same_group = parent_id_tag is not None and _same(parent_id_tag, self.parent_id_tag)
        return _same(id_tag, self.id_tag) or same_group


class Reservations:
    """All that hold, by their id."""

    def __init__(self) -> None:
        self._by_id: dict[int, Reservation] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, request: ReserveNow) -> Reservation:
        """Keep a reservation; one of the same id is replaced."""
        expires_at = times.parse(request.expiry_date)
        assert expires_at is not None  # the payload was read strictly
        reservation = Reservation(
            request.reservation_id, request.connector_id, request.id_tag, request.parent_id_tag, expires_at
        )
        self._by_id[request.reservation_id] = reservation
        return reservation

    def remove(self, reservation_id: int) -> bool:
        """End a reservation; False if there is none of this id."""
        return self._by_id.pop(reservation_id, None) is not None

    def end_at(self, connector_id: int) -> None:
        """End the reservation of a connector that can't be used any more."""
        if (reservation := self.of(connector_id)) is not None:
            self.remove(reservation.reservation_id)

    def holds(self, reservation: Reservation) -> bool:
        """Whether this very reservation still holds."""
        return self._by_id.get(reservation.reservation_id) is reservation

    def of(self, connector_id: int) -> Reservation | None:
        """Return the reservation of a connector."""
        return next((each for each in self._by_id.values() if each.connector_id == connector_id), None)

    def find(self, connector_id: int, id_tag: str, parent_id_tag: str | None) -> Reservation | None:
        """Return the reservation that somebody uses who starts here: of this connector, or of any one."""
        for reservation in (self.of(connector_id), self.of(0)):
            if reservation is not None and reservation.is_for(id_tag, parent_id_tag):
                return reservation
        return None

    def leave_room_for(
        self, connector: Connector, connectors: Iterable[Connector], id_tag: str, parent_id_tag: str | None
    ) -> bool:
        """Whether somebody may start here without taking what is kept for somebody else."""
        own = self.of(connector.connector_id)
        if own is not None:
            return own.is_for(id_tag, parent_id_tag)
        anywhere = self.of(0)
        if anywhere is None or anywhere.is_for(id_tag, parent_id_tag):
            return True
        return any(other is not connector and other.status == "Available" for other in connectors)


def _same(one: str, other: str | None) -> bool:
    return other is not None and one.casefold() == other.casefold()
