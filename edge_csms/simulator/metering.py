"""MeterValues: when a charge point sends them, and with which readings."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from edge_csms.ocpp.v16.core import MeterValues
from edge_csms.ocpp.v16.types import MeterValue, ReadingContext
from edge_csms.simulator.connector import Connector
from edge_csms.simulator.transaction import UNKNOWN_TRANSACTION_ID

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

_CHECK_AGAIN_SECONDS = 60.0


def read(charge_point: "ChargePoint", connector: Connector, key: str, context: ReadingContext) -> MeterValue | None:
    """Read the measurands that a configuration key names; None where it names none."""
    sampled = connector.meter.sample(charge_point.configuration.words(key), context)
    return MeterValue(timestamp=charge_point.clock.text(), sampled_value=sampled) if sampled else None


async def send(
    charge_point: "ChargePoint",
    connector: Connector,
    context: ReadingContext,
    *,
    key: str = "MeterValuesSampledData",
) -> MeterValues | None:
    """Take readings and send them, or queue them while offline. Return the message; None if nothing is configured."""
    await charge_point.refresh(connector)
    meter_value = read(charge_point, connector, key, context)
    if meter_value is None:
        return None
    transaction = connector.transaction
    message = MeterValues(
        connector_id=connector.connector_id,
        transaction_id=UNKNOWN_TRANSACTION_ID if transaction else None,  # the outbox fills in the real one
        meter_value=[meter_value],
    )
    await charge_point.outbox.wait_settled(charge_point.outbox.put(message, transaction))
    return message


async def sample_regularly(charge_point: "ChargePoint", connector: Connector) -> None:
    """Send MeterValues at the configured interval for as long as the present transaction runs."""
    transaction = connector.transaction
    while connector.transaction is transaction:
        interval = charge_point.configuration.number("MeterValueSampleInterval")
        await charge_point.clock.sleep(interval or _CHECK_AGAIN_SECONDS)
        if interval and connector.transaction is transaction:
            await send(charge_point, connector, "Sample.Periodic")


async def sample_by_the_clock(charge_point: "ChargePoint") -> None:
    """Send MeterValues of all connectors at times of day that are multiples of the interval, until it changes."""

    def interval() -> int:
        return charge_point.configuration.number("ClockAlignedDataInterval")

    began_with = interval()
    while began_with:
        await asyncio.sleep(seconds_to_mark(charge_point.clock.now(), began_with))
        if interval() != began_with:
            return
        for connector in charge_point.connectors.values():
            await send(charge_point, connector, "Sample.Clock", key="MeterValuesAlignedData")


def seconds_to_mark(now: datetime, interval: int) -> float:
    """Return how long it is to the next time of day that is a multiple of the interval."""
    return interval - now.timestamp() % interval
