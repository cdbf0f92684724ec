"""A car comes, charges and goes: what that does to a connector, and which messages it makes."""

from datetime import datetime
from typing import TYPE_CHECKING

from edge_csms.ocpp import times
from edge_csms.ocpp.v16.core import StartTransaction, StopTransaction
from edge_csms.ocpp.v16.types import ChargingProfile
from edge_csms.simulator import metering
from edge_csms.simulator.connector import Car, Connector
from edge_csms.simulator.errors import Impossible
from edge_csms.simulator.transaction import UNKNOWN_TRANSACTION_ID, Transaction

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint


async def plug_in(charge_point: "ChargePoint", connector: Connector, car: Car) -> None:
    """Plug a car in."""
    connector.car = car
    connector.is_finishing = False
    connector.car_came.set()
    await charge_point.refresh(connector)


async def unplug(charge_point: "ChargePoint", connector: Connector) -> None:
    """Pull the plug; that ends a transaction, unless the configuration says that it does not."""
    await charge_point.refresh(connector)
    connector.car = None
    connector.is_finishing = False
    connector.car_came.clear()
    if connector.transaction is not None and charge_point.configuration.flag("StopTransactionOnEVSideDisconnect"):
        await stop(charge_point, connector, "EVDisconnected", connector.transaction.id_tag)
    await charge_point.refresh(connector)


def check_room(charge_point: "ChargePoint", connector: Connector, id_tag: str) -> None:
    """Raise Impossible unless somebody with this idTag could start here."""
    others = charge_point.connectors.values()
    parent_id_tag = charge_point.authorization.parent_of(id_tag)
    if not connector.is_free:
        raise Impossible(f"connector {connector.connector_id} is {connector.status}")
    if not charge_point.reservations.leave_room_for(connector, others, id_tag, parent_id_tag):
        raise Impossible(f"connector {connector.connector_id} is kept for somebody else")


async def start(
    charge_point: "ChargePoint", connector: Connector, id_tag: str, profile: ChargingProfile | None = None
) -> Transaction:
    """Begin a transaction. Online its StartTransaction is answered when this returns."""
    check_room(charge_point, connector, id_tag)
    if connector.car is None:
        await plug_in(charge_point, connector, Car())
    connector.advance(charge_point.clock.seconds())
    transaction = _new_transaction(charge_point, connector, id_tag)
    connector.transaction = transaction
    if profile is not None:
        charge_point.charging_profiles.install(connector.connector_id, profile, transaction.started_at, transaction)
    connector.is_awaiting_car = connector.is_blocked = False
    begin = metering.read(charge_point, connector, "StopTxnSampledData", "Transaction.Begin")
    transaction.samples = [begin] if begin else []
    queued = charge_point.outbox.put(
        StartTransaction(
            connector_id=connector.connector_id,
            id_tag=id_tag,
            meter_start=transaction.meter_start_wh,
            reservation_id=transaction.reservation_id,
            timestamp=times.format(transaction.started_at, milliseconds=True),
        ),
        transaction,
    )
    charge_point.tasks.spawn(metering.sample_regularly(charge_point, connector))
    await charge_point.outbox.wait_settled(queued)
    await charge_point.refresh(connector)
    return transaction


async def stop(
    charge_point: "ChargePoint", connector: Connector, reason: str, id_tag: str | None = None
) -> StopTransaction:
    """End the transaction. Online its StopTransaction is answered when this returns."""
    message = end(charge_point, connector, reason, id_tag)
    await charge_point.outbox.wait_empty()
    await charge_point.refresh(connector)
    return message


def end(
    charge_point: "ChargePoint",
    connector: Connector,
    reason: str,
    id_tag: str | None = None,
    *,
    at: datetime | None = None,
) -> StopTransaction:
    """End the transaction, now or at a time in the past, and queue its StopTransaction."""
    transaction = connector.transaction
    if transaction is None:
        raise Impossible(f"connector {connector.connector_id} is in no transaction")
    connector.advance(charge_point.clock.seconds())
    last = metering.read(charge_point, connector, "StopTxnSampledData", "Transaction.End")
    message = StopTransaction(
        id_tag=id_tag,
        meter_stop=connector.meter.register_reading_wh,
        timestamp=times.format(at or charge_point.clock.now(), milliseconds=True),
        transaction_id=UNKNOWN_TRANSACTION_ID,  # the outbox fills in the real one
        reason=reason,  # type: ignore[arg-type]  # a test may say what no charge point should
        transaction_data=[*transaction.samples, *([last] if last else [])] or None,
    )
    connector.transaction = None
    charge_point.charging_profiles.end_transaction(connector.connector_id)
    connector.is_finishing = True
    connector.is_blocked = False
    if connector.operative_after_transaction is not None:
        connector.is_operative = connector.operative_after_transaction
        connector.operative_after_transaction = None
    charge_point.outbox.put(message, transaction)
    return message


async def obey_verdict(charge_point: "ChargePoint", transaction: Transaction) -> None:
    """Act on the answer to StartTransaction: no energy for an idTag that may not charge (OCPP 1.6 §4.8)."""
    info = transaction.id_tag_info
    connector = charge_point.connector(transaction.connector_id)
    if info is None or info.status == "Accepted" or connector.transaction is not transaction:
        return
    if charge_point.configuration.flag("StopTransactionOnInvalidId"):
        await stop(charge_point, connector, "DeAuthorized", transaction.id_tag)
    else:
        connector.is_blocked = True
        await charge_point.refresh(connector)


def _new_transaction(charge_point: "ChargePoint", connector: Connector, id_tag: str) -> Transaction:
    """Make the transaction, and use up the reservation that it may have."""
    parent_id_tag = charge_point.authorization.parent_of(id_tag)
    reservation = charge_point.reservations.find(connector.connector_id, id_tag, parent_id_tag)
    if reservation is not None:
        charge_point.reservations.remove(reservation.reservation_id)
    return Transaction(
        connector_id=connector.connector_id,
        id_tag=id_tag,
        meter_start_wh=connector.meter.register_reading_wh,
        started_at=charge_point.clock.now(),
        reservation_id=reservation.reservation_id if reservation else None,
    )
