"""Reads stored meter values, with the standard's defaults and the charge point's time zone."""

from edge_csms.central.clock import EPOCH
from edge_csms.central.dialect import Samples
from edge_csms.central.system import CentralSystem
from edge_csms.services.meter_values import Readings


def read(central: CentralSystem, metered: Readings) -> list[tuple[int | None, Samples]]:
    """Read what was metered in a transaction, with the connectors, all by time."""
    dialect = central.reader
    zone = central.quirks.of(metered.charge_point).zone(central.settings.timezone)
    found: list[tuple[int | None, Samples]] = [
        (message.connector_id, one) for message in metered.messages for one in dialect.samples(message.payload, zone)
    ]
    if metered.stop_payload is not None:
        found += [(metered.connector_id, one) for one in dialect.stop_samples(metered.stop_payload, zone)]
    return sorted(found, key=lambda pair: (pair[1].timestamp is None, pair[1].timestamp or EPOCH))
