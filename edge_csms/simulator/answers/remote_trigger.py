"""Answers to the CALLs of the Remote Trigger profile (OCPP 1.6 §5.17), and triggers in general."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from edge_csms.ocpp.v16.remote_trigger import TriggerMessage, TriggerMessageResponse
from edge_csms.ocpp.v16.types import TriggerStatus
from edge_csms.simulator import metering
from edge_csms.simulator.answers import Answers
from edge_csms.simulator.connector import Connector

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint


async def trigger_message(charge_point: "ChargePoint", request: TriggerMessage) -> TriggerMessageResponse:
    """Send the message asked for as soon as this is answered."""
    return TriggerMessageResponse(status=trigger(charge_point, request.requested_message, request.connector_id))


def trigger(charge_point: "ChargePoint", message: str | None, connector_id: int | None) -> TriggerStatus:
    """Send a message once the CALL is answered; say whether it will come."""
    if connector_id is None:
        targets = list(charge_point.connectors.values())
    elif connector_id == 0 or connector_id in charge_point.connectors:
        targets = [charge_point.connector(connector_id)]
    else:
        return "Rejected"
    if message == "SignChargePointCertificate" and charge_point.csr is None:
        return "Rejected"
    messages = _messages(charge_point, message, targets)
    for each in messages:
        charge_point.afterwards(each)
    return "Accepted" if messages else "NotImplemented"


def _messages(
    charge_point: "ChargePoint", message: str | None, targets: list[Connector]
) -> list[Coroutine[Any, Any, Any]]:
    match message:
        case "BootNotification":
            return [charge_point.boot()]
        case "DiagnosticsStatusNotification":
            return [charge_point.uploads.tell_diagnostics()]
        case "FirmwareStatusNotification":
            return [charge_point.updates.tell()]
        case "Heartbeat":
            return [charge_point.heartbeat()]
        case "LogStatusNotification":
            return [charge_point.uploads.tell_log()]
        case "MeterValues":
            return [metering.send(charge_point, connector, "Trigger") for connector in targets]
        case "SignChargePointCertificate":
            return [charge_point.sign_certificate()]
        case "StatusNotification":
            return [charge_point.report(connector) for connector in targets]
    return []


ANSWERS: Answers = {"TriggerMessage": trigger_message}
