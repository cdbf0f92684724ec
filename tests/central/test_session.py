"""One connection: CALLs are answered in order, ours go out one at a time, and no frame ends it."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from edge_csms.central import session as sessions
from edge_csms.central.dialect_v16 import DialectV16
from edge_csms.central.live import LiveChargePoint
from edge_csms.central.session import MAX_WAITING
from edge_csms.domain.errors import CallRefused, NoAnswer, Offline
from edge_csms.ocpp.endpoint import CallReceived
from tests.house import BuildHouse, House, Line

HEARTBEAT = '[2,"hb","Heartbeat",{}]'
BOOT = {"chargePointVendor": "Acme", "chargePointModel": "Box"}


def ask(line: Line, action: str = "ClearCache", **options: Any) -> asyncio.Task[bytes]:
    return asyncio.create_task(line.session.call(action, b"{}", **options))


async def settle() -> None:
    """Let everything happen that is ready to."""
    for _ in range(10):
        await asyncio.sleep(0)


async def settle_until(holds: Callable[[], bool]) -> None:
    """Let things happen until something holds."""
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0)


# What a charge point asks


async def test_calls_are_answered_in_the_order_in_which_they_came(house: House) -> None:
    line = await house.connect()
    tag = {"idTag": "A"}
    asked = [("Authorize", tag), ("Heartbeat", {}), ("DataTransfer", {"vendorId": "x"}), ("Authorize", tag)] * 5
    for number, (action, payload) in enumerate(asked):
        line.session.receive(json.dumps([2, number, action, payload]))
    assert [(await line.wire.next())[1] for _ in asked] == list(range(len(asked)))


@pytest.mark.parametrize("message_id", ['"' + "x" * 60 + '"', "7", "-1.5", '""', '"\\u00e4"'])
async def test_a_message_id_is_echoed_as_it_came(house: House, message_id: str) -> None:
    line = await house.connect()
    line.session.receive(f'[2,{message_id},"Heartbeat",{{}}]')
    assert (await line.wire.next())[1] == json.loads(message_id)


async def test_the_same_message_id_twice_is_answered_twice(house: House) -> None:
    line = await house.connect()
    line.session.receive(HEARTBEAT)
    line.session.receive(HEARTBEAT)
    assert [(await line.wire.next())[1] for _ in range(2)] == ["hb", "hb"]


class Broken(DialectV16):
    """A dialect with a bug."""

    async def answer(self, live: LiveChargePoint, call: CallReceived) -> bytes:
        raise ZeroDivisionError("a secret detail")


async def test_our_own_fault_is_an_internalerror_without_detail_and_the_next_call_is_served(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    line = await house.connect()
    line.session.dialect, sound = Broken(house.context), line.session.dialect
    line.session.receive(HEARTBEAT)
    assert await line.wire.next() == [4, "hb", "InternalError", "the central system failed", {}]
    assert "a secret detail" in caplog.text
    line.session.dialect = sound
    assert "currentTime" in await line.call("Heartbeat")


async def test_a_bug_beside_the_answers_ends_the_connection_instead_of_leaving_it_mute(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    line = await house.connect()
    line.wire.send = None  # type: ignore[assignment,method-assign]
    line.session.receive(HEARTBEAT)
    await settle_until(lambda: line.wire.aborted)
    assert "CP1 is answered no more" in caplog.text


async def test_a_charger_that_asks_too_fast_is_told_to_pause(house: House) -> None:
    line = await house.connect()
    pauses = [line.session.receive(HEARTBEAT) for _ in range(MAX_WAITING)]
    assert pauses[:-1] == [None] * (MAX_WAITING - 1)
    pause = pauses[-1]
    assert pause is not None
    assert not pause.done()
    await asyncio.wait_for(pause, 5)
    for _ in range(MAX_WAITING):
        await line.wire.next()


async def test_the_pause_ends_with_the_connection(house: House) -> None:
    line = await house.connect()
    pause = [line.session.receive(HEARTBEAT) for _ in range(MAX_WAITING)][-1]
    assert pause is not None
    line.session.end()
    await asyncio.wait_for(pause, 5)


# What we ask


async def test_one_call_is_in_flight_and_the_next_goes_out_after_the_answer(house: House) -> None:
    line = await house.connect()
    await line.call("Heartbeat")
    first, second = ask(line), ask(line, "Reset")
    call = await line.wire.next()
    assert call[2:] == ["ClearCache", {}]
    await settle()
    assert len(line.wire.sent) == 2  # the answer to the Heartbeat, and this
    line.answer(call, {"status": "Accepted"})
    assert await first == b'{"status": "Accepted"}'
    call = await line.wire.next()
    assert call[2] == "Reset"
    line.session.receive(json.dumps([4, call[1], "NotSupported", "no", {}]))
    with pytest.raises(CallRefused, match="NotSupported: no"):
        await second


async def test_urgent_calls_go_before_those_that_wait(house: House) -> None:
    line = await house.connect()
    await line.call("Heartbeat")
    tasks = [ask(line, "ClearCache"), ask(line, "TriggerMessage"), ask(line, "Reset", urgent=True)]
    for action in ("ClearCache", "Reset", "TriggerMessage"):
        call = await line.wire.next()
        assert call[2] == action
        line.answer(call, {"status": "Accepted"})
    await asyncio.gather(*tasks)


async def test_calls_may_cross(house: House) -> None:
    line = await house.connect()
    await line.call("Heartbeat")
    ours = ask(line)
    call = await line.wire.next()
    assert "currentTime" in await line.call("Heartbeat")  # before it answers
    line.answer(call, {"status": "Accepted"})
    await ours


async def test_after_the_deadline_the_next_goes_out_and_gets_no_late_answer(build: BuildHouse) -> None:
    line = await build(call_timeout_seconds=0.05).connect()
    await line.call("Heartbeat")
    first, second = ask(line), ask(line, "Reset", timeout_seconds=5)
    late = await line.wire.next()
    with pytest.raises(NoAnswer, match=r"did not answer ClearCache within 0\.05 s"):
        await first
    call = await line.wire.next()
    line.answer(late, {"status": "late"})
    line.answer(late, {"status": "doubled"})
    line.answer(call, {"status": "in time"})
    assert json.loads(await second) == {"status": "in time"}
    assert line.findings == ["stray_answer"]


async def test_the_deadline_counts_from_sending(build: BuildHouse) -> None:
    line = await build(call_timeout_seconds=0.2).connect()
    await line.call("Heartbeat")
    first, second = ask(line, timeout_seconds=5), ask(line)
    call = await line.wire.next()
    await asyncio.sleep(0.25)
    line.answer(call, {})
    await first
    line.answer(await line.wire.next(), {})
    await second


async def test_three_timeouts_in_a_row_end_the_connection_so_that_a_new_one_is_made(build: BuildHouse) -> None:
    line = await build(call_timeout_seconds=0.02).connect()
    await line.call("Heartbeat")
    for number in range(3):
        assert not line.wire.aborted, number
        with pytest.raises(NoAnswer):
            await ask(line)
    assert line.wire.aborted


async def test_an_answer_in_between_begins_the_count_anew(build: BuildHouse) -> None:
    line = await build(call_timeout_seconds=0.02).connect()
    await line.call("Heartbeat")
    for _ in range(2):
        for _ in range(2):
            with pytest.raises(NoAnswer):
                await ask(line)
            await line.wire.next()
        answered = ask(line, timeout_seconds=5)
        line.answer(await line.wire.next(), {})
        await answered
    assert not line.wire.aborted


async def test_the_end_of_the_connection_fails_all_that_waits(house: House) -> None:
    line = await house.connect()
    await line.call("Heartbeat")
    tasks = [ask(line), ask(line)]
    await line.wire.next()
    house.central.disconnect(line.session)
    for task in tasks:
        with pytest.raises(Offline, match="went offline"):
            await task
    with pytest.raises(Offline, match="not connected"):
        await line.session.call("ClearCache", b"{}")


# When we may speak


async def test_nothing_is_sent_before_the_first_frame_was_answered(house: House) -> None:
    line = await house.connect()
    task = ask(line)
    await settle()
    assert line.wire.sent == []
    await line.call("Heartbeat")
    line.answer(await line.wire.next(), {})
    await task


async def test_after_a_boot_we_wait_a_little_whatever_else_comes(build: BuildHouse) -> None:
    line = await build(hold_after_boot_seconds=0.2).connect()
    await line.call("Heartbeat")
    booted_at = asyncio.get_running_loop().time()
    await line.call("BootNotification", BOOT)
    task = ask(line)
    await line.call("Heartbeat")
    await line.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"})
    call = await line.wire.next()
    assert asyncio.get_running_loop().time() - booted_at >= 0.19
    line.answer(call, {})
    await task


async def test_a_second_boot_begins_the_wait_anew(build: BuildHouse) -> None:
    line = await build(hold_after_boot_seconds=0.2).connect()
    await line.call("BootNotification", BOOT)
    await asyncio.sleep(0.15)
    booted_at = asyncio.get_running_loop().time()
    await line.call("BootNotification", BOOT)
    task = ask(line)
    line.answer(await line.wire.next(), {})
    assert asyncio.get_running_loop().time() - booted_at >= 0.19
    await task


@pytest.mark.parametrize("first", ["Heartbeat", None])
async def test_nothing_goes_out_between_a_boot_and_its_answer(build: BuildHouse, first: str | None) -> None:
    line = await build(hold_after_boot_seconds=0.05).connect()
    if first is not None:
        await line.call(first)
    line.session.receive(json.dumps([2, "boot", "BootNotification", BOOT]))
    task = ask(line)
    assert (await line.wire.next())[:2] == [3, "boot"]
    line.answer(await line.wire.next(), {})
    await task


@pytest.mark.parametrize("has_booted", [True, False])
async def test_one_that_stays_silent_gets_our_calls_after_all(
    house: House, monkeypatch: pytest.MonkeyPatch, has_booted: bool
) -> None:
    if has_booted:
        await (await house.connect()).call("BootNotification", BOOT)
    monkeypatch.setattr(sessions, "HOLD_WHILE_SILENT_SECONDS", 0.1)
    line = await house.connect()
    task = ask(line)
    await settle()
    assert line.wire.sent == []
    line.answer(await line.wire.next(), {})
    await task


async def test_one_whose_first_call_takes_long_to_answer_is_not_taken_for_silent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "HOLD_WHILE_SILENT_SECONDS", 0.05)
    line = await house.connect()
    busy = house.database.run(time.sleep, 0.2)
    line.session.receive(json.dumps([2, "boot", "BootNotification", BOOT]))
    task = ask(line)
    assert (await line.wire.next())[:2] == [3, "boot"]
    line.answer(await line.wire.next(), {})
    await asyncio.gather(busy, task)


# Frames that mean nothing


@pytest.mark.parametrize(
    ("frame", "finding"),
    [
        ("", "ignored_frame"),
        ("no frame", "invalid_frame"),
        ("{}", "invalid_frame"),
        ("[]", "invalid_frame"),
        ("[2]", "invalid_frame"),
        ("[true,1]", "invalid_frame"),
        ('[9,"1",{}]', "ignored_frame"),
        ('[3,"1",{}]', "stray_answer"),
        ('[4,"1","GenericError","",{}]', "stray_answer"),
        pytest.param("[" * 100_000, "invalid_frame", id="nested too deep"),
        ('[2,"1","Heart', None),
        ('[2,"1"', None),
    ],
)
async def test_odd_frames_are_noted_and_the_connection_lives(house: House, frame: str, finding: str | None) -> None:
    line = await house.connect()
    line.session.receive(frame)
    await settle()
    if finding is not None:
        assert line.findings == [finding]
        assert line.wire.sent == []  # nobody waits for an answer
    line.session.receive(HEARTBEAT)
    while (answer := await line.wire.next())[1] != "hb":
        assert answer[0] == 4
    assert answer[0] == 3
    assert line.wire.closed is None


async def test_nothing_goes_out_while_a_boot_waits_behind_the_first_call(house: House) -> None:
    line = await house.connect()
    line.session.receive(HEARTBEAT)
    line.session.receive(json.dumps([2, "boot", "BootNotification", BOOT]))
    task = ask(line)
    assert [(await line.wire.next())[1] for _ in range(2)] == ["hb", "boot"]
    line.answer(await line.wire.next(), {})
    await task


async def test_a_call_whose_end_is_missing_is_answered(house: House) -> None:
    line = await house.connect()
    line.session.receive('[2,"1","DataTransfer",{"vendorId":"x","data":"y')
    assert (await line.wire.next())[:2] == [3, "1"]
    assert "broken_json" in line.findings
    line.session.receive('[2,"2",{}]')
    assert (await line.wire.next())[:3] == [4, "2", "FormationViolation"]


async def test_lone_surrogates_in_ids_and_actions_do_no_harm(house: House) -> None:
    line = await house.connect()
    for frame in ('[2,"\\ud800","Heartbeat",{}]', '[2,"1","\\udfff",{}]', '[2,"1","Authorize",{"idTag":"\\ud800"}]'):
        line.session.receive(frame)
        assert (await line.wire.next())[0] in (3, 4)
    assert "currentTime" in await line.call("Heartbeat")


async def test_every_line_of_the_log_names_the_charge_point(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    line = await house.connect()
    await line.call("Nonsense")
    line.session.receive("no frame")
    house.central.disconnect(line.session)
    texts = [record.getMessage() for record in caplog.records if record.name.startswith("edge_csms.central")]
    assert len(texts) >= 4
    assert [text for text in texts if not text.startswith("CP1")] == []
