"""What was metered in transactions, for whoever wants to read it."""

from dataclasses import dataclass

from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import ChargePoint, MeterReading
from edge_csms.storage import charge_points, meter_values, transactions


@dataclass(frozen=True, slots=True)
class Readings:
    """What was metered in a transaction, as it was sent, and who metered it."""

    charge_point: ChargePoint
    connector_id: int | None
    messages: list[MeterReading]
    stop_payload: bytes | None


def list_of_transaction(transaction_id: int) -> Readings:
    """Give the MeterValues messages of a transaction and its Stop, as they were sent; raises NotFound."""
    known = transactions.get_known(transaction_id)
    if known is None:
        raise NotFound(f"there is no transaction {transaction_id}")
    key = known.charge_point_key
    messages = meter_values.list_of_transaction(key, transaction_id, known.values_since, known.values_to)
    stop_payload = transactions.get_stop_payload(transaction_id)
    return Readings(charge_points.get_by_key(key), known.connector_id, messages, stop_payload)
