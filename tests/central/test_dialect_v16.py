"""The whole of a 1.6 charge point's messages: who answers what, strictly or tolerantly, and our wishes in its words."""

from typing import Any

import pytest

from edge_csms.ocpp import codec
from edge_csms.ocpp.operation import Sender
from edge_csms.ocpp.v16 import OPERATIONS
from tests.house import BuildHouse, House


async def test_unknown_actions_and_those_of_a_central_system_are_told_apart(house: House) -> None:
    line = await house.connect()
    for action in ("Nonsense", "heartbeat", "", "Heartbeat "):
        assert await line.call(action) == "NotImplemented"
    for action in ("Reset", "RemoteStartTransaction", "GetConfiguration"):
        assert await line.call(action) == "NotSupported"


async def test_every_call_of_a_charge_point_has_an_answer(house: House) -> None:
    line = await house.connect()
    for operation in OPERATIONS.sent_by(Sender.CHARGE_POINT):
        answer = await line.call(operation.action)
        assert answer not in ("NotImplemented", "NotSupported", "InternalError"), operation


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("Heartbeat", {"x": 1}, "FormationViolation"),
        ("BootNotification", {"chargePointVendor": "Acme"}, "OccurenceConstraintViolation"),
        ("BootNotification", {"chargePointVendor": "A" * 21, "chargePointModel": "B"}, "PropertyConstraintViolation"),
        (
            "StatusNotification",
            {"connectorId": 1, "errorCode": "NoError", "status": "Odd"},
            "PropertyConstraintViolation",
        ),
        ("MeterValues", {"connectorId": "1", "meterValue": []}, "TypeConstraintViolation"),
        ("StartTransaction", [], "FormationViolation"),
    ],
)
async def test_strictly_a_deviation_is_an_error_and_tolerantly_a_finding(
    build: BuildHouse, action: str, payload: Any, code: str
) -> None:
    strict = await build(strict=True).connect()
    assert await strict.call(action, payload) == code
    tolerant = await build().connect()
    answer = await tolerant.call(action, payload)
    assert isinstance(answer, dict) or action == "StartTransaction"  # one without connector and tag means nothing
    if isinstance(answer, dict):
        assert tolerant.findings


def test_wishes_are_worded_to_the_letter_of_the_specification(house: House) -> None:
    dialect = house.central.reader
    wishes = [
        (dialect.remote_start("A", 2), b'{"connectorId":2,"idTag":"A"}'),
        (dialect.remote_stop("17"), b'{"transactionId":17}'),
        (dialect.read_configuration(None), b"{}"),
        (dialect.read_configuration(["A", "B"]), b'{"key":["A","B"]}'),
        (dialect.write_configuration("A", ""), b'{"key":"A","value":""}'),
    ]
    assert [codec.encode(request) for request, _ in wishes] == [payload for _, payload in wishes]


def test_only_charging_needs_acceptance(house: House) -> None:
    needing = {operation.action for operation in OPERATIONS if house.central.reader.needs_acceptance(operation.action)}
    assert needing == {"RemoteStartTransaction", "RemoteStopTransaction"}


def test_only_a_boot_is_a_boot(house: House) -> None:
    assert [one.action for one in OPERATIONS if house.central.reader.is_boot(one.action)] == ["BootNotification"]
