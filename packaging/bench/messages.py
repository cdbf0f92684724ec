"""What the chargers of the benchmark say, and what makes an answer to it right."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeAlias

Call: TypeAlias = tuple[str, bytes]
"""An Action and its payload."""

READINGS = (
    ("Energy.Active.Import.Register", None, "Outlet", "Wh"),
    ("Power.Active.Import", None, "Outlet", "W"),
    ("Current.Import", "L1", "Outlet", "A"),
    ("Current.Import", "L2", "Outlet", "A"),
    ("Current.Import", "L3", "Outlet", "A"),
    ("Voltage", "L1-N", "Outlet", "V"),
    ("Voltage", "L2-N", "Outlet", "V"),
    ("Voltage", "L3-N", "Outlet", "V"),
    ("Current.Offered", None, "Outlet", "A"),
    ("Temperature", None, "Body", "Celsius"),
)

HEARTBEAT: Call = ("Heartbeat", b"{}")


def _sampled_value(number: int) -> dict[str, str]:
    measurand, phase, location, unit = READINGS[number]
    value = {"value": "ENERGY" if number == 0 else f"{15 + number}.{number}7", "context": "Sample.Periodic"}
    value |= {"format": "Raw", "measurand": measurand}
    if phase is not None:
        value["phase"] = phase
    return value | {"location": location, "unit": unit}


def _meter_template() -> bytes:
    readings = [_sampled_value(number) for number in range(len(READINGS))]
    message = {
        "connectorId": 1,
        "transactionId": "ID",
        "meterValue": [{"timestamp": "TIME", "sampledValue": readings}],
    }
    text = json.dumps(message, separators=(",", ":"))
    return text.replace('"ID"', "%d").replace("TIME", "%b").replace("ENERGY", "%d").encode()


METER = _meter_template()


def wire_time(seconds: float | None = None) -> bytes:
    """Write a time as chargers do, with milliseconds; now if none is given."""
    seconds = time.time() if seconds is None else seconds
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1000):03d}Z".encode()


def boot(identity: str) -> Call:
    """Make a BootNotification."""
    payload = (
        b'{"chargePointVendor":"Benchmark","chargePointModel":"B-22","chargePointSerialNumber":"%b",'
        b'"firmwareVersion":"2.4.1","meterType":"three-phase","meterSerialNumber":"M%b"}'
    )
    return "BootNotification", payload % (identity.encode(), identity.encode())


def status(word: bytes) -> Call:
    """Make a StatusNotification of connector 1."""
    payload = b'{"connectorId":1,"errorCode":"NoError","status":"%b","timestamp":"%b"}'
    return "StatusNotification", payload % (word, wire_time())


def authorize(id_tag: bytes) -> Call:
    """Make an Authorize."""
    return "Authorize", b'{"idTag":"%b"}' % id_tag


def start(id_tag: bytes, register_wh: int, seconds: float | None = None) -> Call:
    """Make a StartTransaction on connector 1."""
    payload = b'{"connectorId":1,"idTag":"%b","meterStart":%d,"timestamp":"%b"}'
    return "StartTransaction", payload % (id_tag, register_wh, wire_time(seconds))


def meter_values(transaction_id: int, register_wh: int) -> Call:
    """Make a MeterValues with ten sampledValues, about 1.3 KB, as a three-phase wallbox sends it."""
    return "MeterValues", METER % (transaction_id, wire_time(), register_wh)


def stop(transaction_id: int, id_tag: bytes, register_wh: int, seconds: float | None = None) -> Call:
    """Make a StopTransaction."""
    payload = b'{"transactionId":%d,"idTag":"%b","meterStop":%d,"timestamp":"%b","reason":"Local"}'
    return "StopTransaction", payload % (transaction_id, id_tag, register_wh, wire_time(seconds))


def _is_empty(answer: Any) -> Any:
    return answer == {}


def _is_accepted(answer: Any) -> Any:
    return answer["idTagInfo"]["status"] == "Accepted"


def _is_started(answer: Any) -> Any:
    return _is_accepted(answer) and type(answer["transactionId"]) is int and answer["transactionId"] > 0


def _is_booted(answer: Any) -> Any:
    return answer["status"] == "Accepted" and type(answer["interval"]) is int and isinstance(answer["currentTime"], str)


# A StopTransaction may be answered without an idTagInfo (§6.50); one that is there must be right.
RIGHT: dict[str, Callable[[Any], Any]] = {
    "BootNotification": _is_booted,
    "Heartbeat": lambda answer: isinstance(answer["currentTime"], str),
    "StatusNotification": _is_empty,
    "Authorize": _is_accepted,
    "StartTransaction": _is_started,
    "MeterValues": _is_empty,
    "StopTransaction": lambda answer: answer == {} or _is_accepted(answer),
}


def is_right(action: str, answer: Any) -> bool:
    """Say whether the payload of a CALLRESULT is what this Action must be answered with."""
    try:
        return bool(RIGHT[action](answer))
    except (KeyError, TypeError):
        return False
