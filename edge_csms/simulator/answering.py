"""Answers the CALLs of the central system: what a test set instead, else the truth."""

import logging
from typing import TYPE_CHECKING, Any

import msgspec

from edge_csms.ocpp import codec, frames
from edge_csms.ocpp.endpoint import CallReceived
from edge_csms.ocpp.errors import InternalError, NotImplemented_, NotSupported, WireError
from edge_csms.ocpp.frames import MessageId
from edge_csms.ocpp.operation import Response
from edge_csms.ocpp.v16 import OPERATIONS
from edge_csms.simulator.answers import (
    Answer,
    Answers,
    core,
    firmware,
    local_auth_list,
    remote_trigger,
    reservation,
    security,
    smart_charging,
)
from edge_csms.simulator.behaviour import FixedAnswer, RawFrame, Silence
from edge_csms.simulator.received import ReceivedCall

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

logger = logging.getLogger(__name__)

_BY_PROFILE: dict[str, Answers] = {
    "Core": core.ANSWERS,
    "FirmwareManagement": firmware.ANSWERS,
    "LocalAuthListManagement": local_auth_list.ANSWERS,
    "RemoteTrigger": remote_trigger.ANSWERS,
    "Reservation": reservation.ANSWERS,
    "SmartCharging": smart_charging.ANSWERS,
}


async def answer(charge_point: "ChargePoint", call: CallReceived) -> bytes | None:
    """Return the frame that answers a CALL, or None to stay silent."""
    payload = _as_dict(call.payload)
    charge_point.received.add(ReceivedCall(call.action, payload, call.message_id))
    try:
        instead = await charge_point.behaviour.answer_instead(call.action, payload)
        return _write(call.message_id, await _tell_truth(charge_point, call) if instead is None else instead)
    except WireError as error:
        return _write(call.message_id, error)
    except Exception:
        logger.exception("%s: cannot answer %s", charge_point.charge_point_id, call.action)
        return _write(call.message_id, InternalError())


async def _tell_truth(charge_point: "ChargePoint", call: CallReceived) -> Response:
    operation = OPERATIONS.get(call.action)
    if operation is None:
        raise NotImplemented_(call.action)
    function = _find(charge_point, call.action)
    # A message that can't be triggered is a result, NotImplemented, and not a faulty payload.
    is_trigger = call.action in ("TriggerMessage", "ExtendedTriggerMessage")
    request = codec.decode(operation.request, call.payload, strict=not is_trigger).payload
    return await function(charge_point, request)


def _find(charge_point: "ChargePoint", action: str) -> Answer:
    if action in security.ANSWERS:  # the extension has no name among the feature profiles
        return security.ANSWERS[action]
    supported = charge_point.configuration.words("SupportedFeatureProfiles")
    for profile, answers in _BY_PROFILE.items():
        if action in answers and profile in supported:
            return answers[action]
    raise NotSupported(action)


def _write(message_id: MessageId, result: FixedAnswer) -> bytes | None:
    match result:
        case Silence():
            return None
        case RawFrame(text):
            return text.replace("{id}", str(message_id)).encode()
        case WireError():
            return frames.encode_error(message_id, result.code, result.description, result.details)
        case payload:
            return frames.encode_result(message_id, msgspec.json.encode(payload))


def _as_dict(payload: msgspec.Raw) -> dict[str, Any]:
    value = msgspec.json.decode(payload)
    return value if isinstance(value, dict) else {}
