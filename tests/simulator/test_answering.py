"""Answers: the truth, unless a test has set something else."""

import asyncio
import json

from edge_csms.ocpp.errors import InternalError
from edge_csms.ocpp.v16.core import ClearCacheResponse
from edge_csms.simulator.behaviour import SILENCE, RawFrame
from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import Central


async def test_an_unknown_action_is_not_implemented(charge_point: ChargePoint, central: Central) -> None:
    assert (await central.call("MakeCoffee"))[0] == "NotImplemented"


async def test_an_action_of_a_profile_that_is_missing_is_not_supported(
    charge_point: ChargePoint, central: Central
) -> None:
    charge_point.configuration.set("SupportedFeatureProfiles", "Core")
    assert (await central.call("GetLocalListVersion"))[0] == "NotSupported"


async def test_an_action_that_only_charge_points_send_is_not_supported(
    charge_point: ChargePoint, central: Central
) -> None:
    assert (await central.call("Heartbeat"))[0] == "NotSupported"


async def test_a_faulty_payload_gets_the_code_of_the_standard(charge_point: ChargePoint, central: Central) -> None:
    assert (await central.call("Reset", {"type": "Gentle"}))[0] == "PropertyConstraintViolation"
    assert (await central.call("Reset", {}))[0] == "OccurenceConstraintViolation"
    assert (await central.call("ClearCache", {"really": True}))[0] == "FormationViolation"


async def test_a_fixed_answer_goes_out_instead_of_the_truth(charge_point: ChargePoint, central: Central) -> None:
    charge_point.behaviour.answers["ClearCache"] = {"status": "Perhaps", "more": 1}
    assert await central.call("ClearCache") == {"status": "Perhaps", "more": 1}
    charge_point.behaviour.answers["ClearCache"] = ClearCacheResponse(status="Rejected")
    assert await central.call("ClearCache") == {"status": "Rejected"}


async def test_a_callerror_goes_out_instead_of_the_truth(charge_point: ChargePoint, central: Central) -> None:
    charge_point.behaviour.answers["ClearCache"] = InternalError("flash is worn out")
    assert await central.call("ClearCache") == ["InternalError", "flash is worn out", {}]


async def test_a_hook_sees_the_payload_and_may_leave_the_truth_alone(
    charge_point: ChargePoint, central: Central
) -> None:
    seen = []
    charge_point.behaviour.answers["ClearCache"] = lambda payload: seen.append(payload)
    assert await central.call("ClearCache") == {"status": "Accepted"}
    assert seen == [{}]


async def test_a_hook_may_answer_late(charge_point: ChargePoint, central: Central) -> None:
    gate = asyncio.Event()

    async def answer_late(payload: object) -> dict[str, str]:
        await gate.wait()
        return {"status": "Late"}

    charge_point.behaviour.answers["ClearCache"] = answer_late
    answer = asyncio.ensure_future(central.call("ClearCache"))
    await charge_point.next_call("ClearCache")
    assert not answer.done()
    gate.set()
    assert await answer == {"status": "Late"}


async def test_a_whole_frame_goes_out_as_an_answer(charge_point: ChargePoint, central: Central) -> None:
    charge_point.behaviour.answers["GetConfiguration"] = RawFrame('[3,"{id}",{"configurationKey":[]')
    await central.sockets[0].write_message('[2,"17","GetConfiguration",{}]')
    await central.until(lambda: central.sockets[0].frames)
    assert central.sockets[0].frames == ['[3,"17",{"configurationKey":[]']


async def test_silence_is_no_answer_and_the_next_call_is_answered(charge_point: ChargePoint, central: Central) -> None:
    charge_point.behaviour.answers["GetConfiguration"] = SILENCE
    await central.sockets[0].write_message('[2,"17","GetConfiguration",{}]')
    assert await central.call("ClearCache") == {"status": "Accepted"}
    assert len(central.sockets[0].frames) == 1


async def test_one_answer_may_stand_for_all_others(charge_point: ChargePoint, central: Central) -> None:
    charge_point.behaviour.answers = {"*": InternalError(), "ClearCache": {"status": "Rejected"}}
    assert await central.call("ClearCache") == {"status": "Rejected"}
    assert (await central.call("GetConfiguration"))[0] == "InternalError"


async def test_every_frame_that_leaves_can_be_changed(charge_point: ChargePoint, central: Central) -> None:
    charge_point.behaviour.edit_frame = lambda frame: (frame, frame.replace(b"Accepted", b"Accpeted"))
    await central.call("ClearCache")
    await central.until(lambda: len(central.sockets[0].frames) == 2)
    assert [json.loads(frame)[2]["status"] for frame in central.sockets[0].frames] == ["Accepted", "Accpeted"]
