"""How much a connector may draw: the hardware, the profiles, and its share of what the whole charge point may."""

from datetime import datetime
from typing import TYPE_CHECKING

from edge_csms.simulator.connector import Connector
from edge_csms.simulator.schedules import Limit

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint


def of(charge_point: "ChargePoint", connector: Connector, moment: datetime) -> Limit:
    """Return the limit of a connector; connector 0 stands for the charge point as a whole."""
    hardware, phases = charge_point.nameplate.max_amps, charge_point.nameplate.phases
    cap = charge_point.charging_profiles.cap(moment)
    if connector is charge_point.main:
        return Limit(hardware * len(charge_point.connectors), phases).lower(cap)
    profiles = charge_point.charging_profiles.limit(connector.connector_id, moment, connector.transaction)
    limit = Limit(hardware, phases).lower(profiles)
    if cap is None:
        return limit
    charging = sum(each.transaction is not None for each in charge_point.connectors.values())
    return limit.lower(Limit(cap.amps / max(1, charging), cap.phases))
