"""The Remote Trigger profile: ask a charge point to send a message now (OCPP 1.6 §5.17)."""

from typing import Literal

from edge_csms.ocpp.operation import Operation, Request, Response, Sender
from edge_csms.ocpp.v16.types import Integer, TriggerStatus


class TriggerMessageResponse(Response):
    """Whether the message will come. NotImplemented is a result, not an error."""

    status: TriggerStatus


class TriggerMessage(Request[TriggerMessageResponse]):
    """Send this message now."""

    requested_message: Literal[
        "BootNotification",
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "MeterValues",
        "StatusNotification",
    ]
    connector_id: Integer | None = None


OPERATIONS = (Operation(TriggerMessage, TriggerMessageResponse, Sender.CENTRAL_SYSTEM),)
