"""Asks charge points to send a message now."""

from edge_csms.central.dialect import Trigger
from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import CallRefused, NoAnswer


async def trigger(central: CentralSystem, charge_point_id: str, message: Trigger, connector_id: int | None) -> str:
    """Ask for a message, about one connector if it is given, and return the charge point's word.

    Some don't answer, or say no, where a connector is named: they are asked once more without it.
    """
    if connector_id is not None:
        try:
            status = await central.trigger(charge_point_id, message, connector_id)
        except (CallRefused, NoAnswer):
            status = ""
        if status == "Accepted":
            return status
    return await central.trigger(charge_point_id, message)
