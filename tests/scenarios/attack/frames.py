"""Real frames, one for everything that a charger may say, and ways to spoil them."""

import json
import random
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

SAMPLED = {
    "value": "1250",
    "context": "Sample.Periodic",
    "format": "Raw",
    "measurand": "Energy.Active.Import.Register",
    "phase": "L1",
    "location": "Outlet",
    "unit": "Wh",
}
METER_VALUE = [{"timestamp": "2026-11-20T12:05:00Z", "sampledValue": [SAMPLED]}]
REQUEST = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n"

CALLS: dict[str, dict[str, Any]] = {
    "BootNotification": {
        "chargePointVendor": "Acme",
        "chargePointModel": "Box 22",
        "chargePointSerialNumber": "S-1",
        "chargeBoxSerialNumber": "B-1",
        "firmwareVersion": "1.2.3",
        "iccid": "8949",
        "imsi": "26201",
        "meterType": "three-phase",
        "meterSerialNumber": "M-1",
    },
    "Heartbeat": {},
    "StatusNotification": {
        "connectorId": 1,
        "errorCode": "NoError",
        "info": "",
        "status": "Preparing",
        "timestamp": "2026-11-20T12:00:00Z",
        "vendorId": "acme",
        "vendorErrorCode": "E0",
    },
    "Authorize": {"idTag": "CARD1"},
    "StartTransaction": {
        "connectorId": 1,
        "idTag": "CARD1",
        "meterStart": 1000,
        "reservationId": 7,
        "timestamp": "2026-11-20T12:00:00Z",
    },
    "MeterValues": {"connectorId": 1, "transactionId": 1, "meterValue": METER_VALUE},
    "StopTransaction": {
        "idTag": "CARD1",
        "meterStop": 1500,
        "timestamp": "2026-11-20T13:00:00Z",
        "transactionId": 1,
        "reason": "Local",
        "transactionData": METER_VALUE,
    },
    "DataTransfer": {"vendorId": "acme", "messageId": "hello", "data": "{}"},
    "DiagnosticsStatusNotification": {"status": "Uploading"},
    "FirmwareStatusNotification": {"status": "Downloading"},
    "SecurityEventNotification": {
        "type": "FirmwareUpdated",
        "timestamp": "2026-11-20T12:00:00Z",
        "techInfo": "by hand",
    },
    "SignCertificate": {"csr": REQUEST},
    "LogStatusNotification": {"status": "Uploading", "requestId": 3},
    "SignedFirmwareStatusNotification": {"status": "Installing", "requestId": 4},
}


def compact(value: Any) -> str:
    """Write JSON as chargers do."""
    return json.dumps(value, separators=(",", ":"))


def real_frames() -> list[str]:
    """List a frame of every kind: CALLs, answers, refusals."""
    frames = [compact([2, f"m{number}", action, payload]) for number, (action, payload) in enumerate(CALLS.items())]
    return [*frames, '[3,"m1",{"status":"Accepted"}]', '[4,"m1","GenericError","it did not work",{}]']


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """List where in a payload the values stand that hold no others."""
    if isinstance(value, dict | list) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    elif path:
        yield path


def replaced(payload: dict[str, Any], path: Path, text: str) -> str:
    """Write a payload with a piece of JSON, which need not be any, in the place of one value."""
    copy = json.loads(json.dumps(payload))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = "PLACE"
    return compact(copy).replace('"PLACE"', text)


SIGNS = '[]{}",:\\\x00\x1f\ufeff\u2028😀09-+eE.ntu'
PIECES = (
    "null",
    "true",
    "1e400",
    "-0",
    "NaN",
    '"\\ud800"',
    "9" * 40,
    "[[[[",
    '{"a":',
    '"' + "x" * 500 + '"',
    "\\u0000",
)


def mutated(chance: random.Random, text: str) -> str:
    """Spoil a frame in one to five places."""
    for _ in range(chance.randint(1, 5)):
        first, last = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        piece = text[first:last]
        match chance.randrange(7):
            case 0:
                text = text[:first] + text[first + 1 :]
            case 1:
                text = text[:first] + chance.choice(SIGNS) + text[first:]
            case 2:
                text = text[:first] + chance.choice(PIECES) + text[first + 1 :]
            case 3:
                text = text[:last] + piece + text[last:]
            case 4:
                text = text[:first] + text[last:] + piece
            case 5:
                text = text[:last]
            case _:
                text = text[:first] + piece.swapcase() + text[last:]
    return text
