"""Every operation of OCPP 1.6 and its security extension through a running server, held to the official schemas.

In both directions where it has two, with all its members and with those alone that must be there, in tolerant and in
strict mode; and what is against the schemas, refused where it should be.
"""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.ocpp.operation import Operation, Sender
from edge_csms.ocpp.v16 import OPERATIONS
from tests.conftest import StartSite
from tests.ocpp.v16 import official
from tests.running import RunningSite
from tests.scenarios.charger import CallFailed, Charger, check, command, now

Payload = dict[str, Any]

# What must have a meaning beyond its schema.
MEANT = {
    "startPeriod": 0,
    "stackLevel": 1,
    "numberPhases": 3,
    "limit": 16.1,
    "minChargingRate": 6,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily",
    "duration": 86400,
    "expiryDate": f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
    "validTo": f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
}

TO_CHARGERS = OPERATIONS.sent_by(Sender.CENTRAL_SYSTEM)
FROM_CHARGERS = OPERATIONS.sent_by(Sender.CHARGE_POINT)


def each(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=[one.action for one in operations])


each_to_chargers = each(TO_CHARGERS)
each_from_chargers = each(FROM_CHARGERS)
each_only_to_chargers = each([one for one in TO_CHARGERS if Sender.CHARGE_POINT not in one.sender])
each_only_from_chargers = each([one for one in FROM_CHARGERS if Sender.CENTRAL_SYSTEM not in one.sender])


@pytest.fixture(params=["tolerant", "strict"])
def each_site(request: pytest.FixtureRequest, start_site: StartSite) -> RunningSite:
    """Give a server of either mode."""
    return start_site(
        new_charge_points="accept",
        unknown_id_tags="accept",
        validation=request.param,
        hold_after_boot_seconds=0.0,
    )


@pytest.fixture
def strict_site(start_site: StartSite) -> RunningSite:
    """Give a server that refuses what is against the schemas."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", validation="strict")


def test_there_are_28_operations_and_11_more():
    assert (len(OPERATIONS), len(TO_CHARGERS), len(FROM_CHARGERS)) == (39, 26, 14)


# Examples, made from the schemas


def payloads(operation: Operation, kind: str) -> list[Payload]:
    """Give a payload with all members that its schema knows, and one with those alone that must be there."""
    schema = official.schema_of(operation, kind)
    examples = [_meaningful(operation, _example(schema, full=full)) for full in (True, False)]
    for example in examples:
        assert official.accepts(schema, json.dumps(example))
    return examples


def _example(schema: dict[str, Any], name: str = "", *, full: bool) -> Any:
    if name in MEANT:
        return MEANT[name]
    match schema:
        case {"enum": [first, *_]}:
            return first
        case {"type": "object"}:
            needed = schema.get("properties", {}) if full else schema.get("required", [])
            return {one: _example(schema["properties"][one], one, full=full) for one in needed}
        case {"type": "array", "items": items}:
            return [_example(items, name, full=full)]
        case {"type": "integer"}:
            return 1
        case {"type": "number"}:
            return 1.5
        case {"type": "boolean"}:
            return False
        case {"format": "date-time"}:
            return now()
        case {"format": "uri"}:
            return "http://192.0.2.1/file"
    return f"a {name}"[: schema.get("maxLength", 99)]


def _meaningful(operation: Operation, payload: Payload) -> Payload:
    """Put right what only several members together show to be impossible."""
    for name in ("chargingProfile", "csChargingProfiles"):
        if (profile := payload.get(name)) is not None:
            if operation.action == "RemoteStartTransaction":
                profile.pop("transactionId", None)  # there is none yet
            elif "transactionId" not in profile:
                profile["chargingProfilePurpose"] = "TxDefaultProfile"
            if "recurrencyKind" not in profile:
                profile["chargingProfileKind"] = "Relative"
    return payload


def faulty_payloads(operation: Operation) -> Iterator[tuple[Payload, str, str]]:
    """Give payloads with one fault each, the place of the fault, and the code of the CALLERROR that it deserves."""
    schema = official.schema_of(operation, "request")
    (document, _) = payloads(operation, "request")
    for path, inner in official._places(schema, document):
        if path:
            for value, code in official._faults(inner):
                yield official._with(document, path, value), f"{path} = {value!r}"[:80], code
        if inner["type"] == "object":
            yield official._with(document, (*path, "notKnown"), 1), f"{path}.notKnown", "FormationViolation"
            for name in inner.get("required", []):
                yield official._with(document, (*path, name), ...), f"no {path}.{name}", "OccurenceConstraintViolation"


# From the central system to chargers


@each_to_chargers
async def test_a_call_reaches_the_charger_as_posted_and_its_answer_comes_back(
    each_site: RunningSite, operation: Operation
) -> None:
    async with Charger(each_site.ocpp_url) as charger:
        await charger.boot()
        for payload in payloads(operation, "request"):
            for answer in payloads(operation, "response"):
                came = await charger.told(each_site, operation.action, payload, answer)
                assert list(came) == [
                    name for name in official.members_of(operation.request).split() if name in payload
                ]


@each_to_chargers
async def test_a_call_against_the_schema_is_refused_before_anything_is_sent(
    quick_site: RunningSite, operation: Operation
) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        for payload, fault, code in faulty_payloads(operation):
            answer = await command(quick_site, "CP1", operation.action, payload)
            assert (answer.status, answer.json["detail"].partition(":")[0]) == (400, code), fault
        await charger.call("Heartbeat")
        assert not charger.has_commands


@each_only_from_chargers
async def test_what_only_chargers_send_is_no_call_of_ours(quick_site: RunningSite, operation: Operation) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        assert (await command(quick_site, "CP1", operation.action, {})).status == 404


@each_to_chargers
async def test_a_charger_may_refuse_every_call(quick_site: RunningSite, operation: Operation) -> None:
    (payload, _) = payloads(operation, "request")
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        asked = asyncio.create_task(command(quick_site, "CP1", operation.action, payload))
        await (await charger.next(operation.action)).refuse("NotSupported", "not here")
        answer = await asked
    assert (answer.status, answer.json["code"], answer.json["description"]) == (502, "NotSupported", "not here")


@each_to_chargers
async def test_an_answer_against_the_schema_comes_back_as_it_is(quick_site: RunningSite, operation: Operation) -> None:
    (payload, _) = payloads(operation, "request")
    odd = {"status": "Perhaps", "notKnown": [1, None]}
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        asked = asyncio.create_task(command(quick_site, "CP1", operation.action, payload))
        await (await charger.next(operation.action)).answer(odd)
        answer = await asked
    assert (answer.status, answer.json) == (200, odd)


# From chargers to the central system


@each_from_chargers
async def test_a_call_of_a_charger_is_answered_by_its_schema(each_site: RunningSite, operation: Operation) -> None:
    async with Charger(each_site.ocpp_url) as charger:
        await charger.boot()
        for payload in payloads(operation, "request"):
            check(operation.action, "response", await charger.call(operation.action, payload))


@each_from_chargers
async def test_strictly_every_fault_is_refused_with_the_code_it_deserves(
    strict_site: RunningSite, operation: Operation
) -> None:
    async with Charger(strict_site.ocpp_url) as charger:
        await charger.boot()
        for payload, fault, code in faulty_payloads(operation):
            with pytest.raises(CallFailed) as caught:
                await charger.call(operation.action, payload)
            assert caught.value.code == code, fault
            assert caught.value.description, fault
        assert charger.socket.close_code is None


@each_from_chargers
async def test_tolerantly_every_fault_is_answered_by_the_schema_unless_it_takes_all_meaning(
    quick_site: RunningSite, operation: Operation
) -> None:
    essential = {official.members_of(operation.request).split()[index] for index in _indices(operation)}
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        for payload, fault, code in faulty_payloads(operation):
            failed = None
            try:
                check(operation.action, "response", await charger.call(operation.action, payload))
            except CallFailed as error:
                failed = error.code
            assert failed is None or (failed == code and any(name in fault for name in essential)), fault


@each_only_to_chargers
async def test_what_only_we_send_is_not_supported(each_site: RunningSite, operation: Operation) -> None:
    (payload, _) = payloads(operation, "request")
    async with Charger(each_site.ocpp_url) as charger:
        await charger.boot()
        with pytest.raises(CallFailed) as caught:
            await charger.call(operation.action, payload)
        assert caught.value.code == "NotSupported"


@pytest.mark.parametrize("action", ["Explode", "heartbeat", "HEARTBEAT", "", "BootNotification "])
async def test_an_unknown_action_is_not_implemented(each_site: RunningSite, action: str) -> None:
    async with Charger(each_site.ocpp_url) as charger:
        with pytest.raises(CallFailed) as caught:
            await charger.call(action, {})
        assert caught.value.code == "NotImplemented"
        await charger.call("Heartbeat")


def _indices(operation: Operation) -> list[int]:
    return [operation.request.__struct_fields__.index(name) for name in operation.essential]
