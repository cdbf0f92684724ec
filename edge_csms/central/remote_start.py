"""Starts transactions remotely, and says in plain words why a charge point said no, as far as that can be known."""

import re
from collections.abc import Iterable

from edge_csms.central.system import CentralSystem
from edge_csms.domain.charging_profile import ChargingProfile
from edge_csms.domain.model import Connector
from edge_csms.services import charge_points
from edge_csms.storage.database import Database

CARD_NUMBER = re.compile(r"[0-9A-Fa-f]{8}|[0-9A-Fa-f]{14}")  # of 4 or 7 bytes, as RFID cards have them
WHY_NOT = {
    "Faulted": "it has a fault",
    "Finishing": "its last transaction has ended, but the plug is still in: it must be pulled out first. "
    "To interrupt charging, set a limit of 0 A instead of stopping",
    "Reserved": "it is reserved",
    "Unavailable": "it is out of operation",
}


async def remote_start(
    central: CentralSystem,
    database: Database,
    charge_point_id: str,
    id_tag: str,
    connector_id: int | None,
    profile: ChargingProfile | None = None,
) -> tuple[str, str]:
    """Ask for a transaction; returns the charge point's word and what it means. Raises what commands raise."""
    status = await central.remote_start(charge_point_id, id_tag, connector_id, profile)
    if status == "Accepted":
        return status, "The charge point will start as soon as a car is plugged in."
    shown = await database.run(charge_points.show, charge_point_id)
    only_cards = central.quirks.of(shown.charge_point).switches.hex_remote_tags
    asked = [one for one in shown.connectors if one.connector_id == (connector_id or one.connector_id) > 0]
    return status, f"The charge point answered {status}: {why_not(asked, id_tag, only_cards=only_cards)}."


def why_not(connectors: Iterable[Connector], id_tag: str, *, only_cards: bool) -> str:
    """Guess why a charge point rejects a start on one of these connectors."""
    if only_cards and not CARD_NUMBER.fullmatch(id_tag):
        return (
            "this make starts remotely only for an idTag that a card could have, of 8 or 14 hexadecimal digits; "
            "enter such a tag for the person who charges"
        )
    for connector in connectors:
        if (reason := WHY_NOT.get(connector.status)) is not None:
            return f"connector {connector.connector_id} is {connector.status}, {reason}"
    return "it won't do this now"
