"""Answers to the CALLs of the Remote Trigger profile (OCPP 1.6 §5.17)."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from edge_csms.ocpp.v16.remote_trigger import TriggerMessage, TriggerMessageResponse
from edge_csms.simulator import metering
from edge_csms.simulator.answers import Answers

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint
    from edge_csms.simulator.connector import Connector


async def trigger_message(charge_point: "ChargePoint", request: TriggerMessage) -> TriggerMessageResponse:
    """Send the message asked for as soon as this is answered."""
    targets = _targets(charge_point, request.connector_id)
    if not targets:
        return TriggerMessageResponse(status="Rejected")
    work = _work(charge_point, request.requested_message, targets)
    if work is None:
        return TriggerMessageResponse(status="NotImplemented")
    for each in work:
        charge_point.afterwards(each)
    return TriggerMessageResponse(status="Accepted")


def _targets(charge_point: "ChargePoint", connector_id: int | None) -> "list[Connector]":
    if connector_id is None:
        return list(charge_point.connectors.values())
    if connector_id == 0 or connector_id in charge_point.connectors:
        return [charge_point.connector(connector_id)]
    return []


def _work(
    charge_point: "ChargePoint", message: str | None, targets: "list[Connector]"
) -> list[Coroutine[Any, Any, Any]] | None:
    match message:
        case "BootNotification":
            return [charge_point.boot()]
        case "Heartbeat":
            return [charge_point.heartbeat()]
        case "StatusNotification":
            return [charge_point.report(connector) for connector in targets]
        case "MeterValues":
            return [metering.send(charge_point, connector, "Trigger") for connector in targets]
    return None


ANSWERS: Answers = {"TriggerMessage": trigger_message}
