"""Makes and cancels reservations on charge points; what became of them is kept by the dialect, whoever asks."""

from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import Conflict, Declined, Refusal
from edge_csms.domain.reservations import Reservation
from edge_csms.services import reservations
from edge_csms.services.reservations import Wish
from edge_csms.storage.database import Database

REFUSALS = {
    "Faulted": "The connector has a fault.",
    "Occupied": "The connector is in use or reserved already.",
    "Rejected": "The charge point takes no reservations, or none for this connector.",
    "Unavailable": "The connector is out of operation.",
}


async def reserve(central: CentralSystem, database: Database, wish: Wish) -> Reservation:
    """Have a charge point keep a connector free.

    Raises Declined where it won't, Conflict where we know better, and what commands raise.
    """
    dialect = await central.dialect(wish.charge_point_id)
    asked = await database.run(reservations.prepare, wish, central.now())
    try:
        answer = await central.call(wish.charge_point_id, dialect.reservations.reserve(asked))
    except Refusal:
        await database.run(reservations.note_refused, asked)  # where it never left
        raise
    if answer.status != "Accepted":
        words = REFUSALS.get(answer.status, "It won't keep the connector free.")
        raise Declined(str(answer.status), f"{wish.charge_point_id} answered {answer.status}. {words}")
    return await database.run(reservations.get_of, asked.charge_point_key, asked.reservation_id, central.now())


async def cancel(central: CentralSystem, database: Database, reservation_id: int) -> Reservation:
    """Have a charge point forget a reservation.

    Raises NotFound, Conflict for one that is over, and what commands raise.
    """
    known = await database.run(reservations.get, reservation_id, central.now())
    if not (known.is_open or known.unsure):
        raise Conflict(f"reservation {reservation_id} is {known.status.value} already")
    await take_back(central, known)
    return await database.run(reservations.get_of, known.charge_point_key, reservation_id, central.now())


async def take_back(central: CentralSystem, reservation: Reservation) -> None:
    """Ask the charge point to forget a reservation."""
    dialect = await central.dialect(reservation.charge_point_id)
    await central.call(reservation.charge_point_id, dialect.reservations.cancel(reservation.reservation_id))
