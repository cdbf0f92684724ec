"""A simulated charge point against a central system, as a test leads it."""

import inspect

import pytest

from edge_csms.ocpp.v16.core import DataTransfer
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.errors import BadAnswer, NoAnswer, Offline, Refused
from tests.simulator.central import Central


async def test_a_session_from_boot_to_stop_goes_through(central: Central) -> None:
    async with ChargePoint(central.url, "CP1") as charge_point:
        assert (await charge_point.boot()).status == "Accepted"
        assert (await charge_point.authorize("TAG1")).status == "Accepted"
        await charge_point.plug_in(1)
        transaction = await charge_point.start(1, "TAG1")
        assert transaction.transaction_id == 1
        await charge_point.meter(1, energy_wh=500)
        stop = await charge_point.stop(1)
        await charge_point.unplug(1)
    assert stop.transaction_id == 1
    assert stop.meter_stop - transaction.meter_start_wh >= 500
    assert central.actions() == [
        "BootNotification",
        "StatusNotification",
        "StatusNotification",
        "Authorize",
        "StatusNotification",
        "StartTransaction",
        "StatusNotification",
        "MeterValues",
        "StopTransaction",
        "StatusNotification",
        "StatusNotification",
    ]
    assert central.statuses(1) == ["Available", "Preparing", "Charging", "Finishing", "Available"]


async def test_any_request_can_be_sent_and_its_answer_is_a_struct(charge_point: ChargePoint) -> None:
    assert (await charge_point.call(DataTransfer(vendor_id="Somebody"))).status == "Accepted"


async def test_any_payload_can_be_sent_to_the_letter(charge_point: ChargePoint, central: Central) -> None:
    assert await charge_point.call_raw("DataTransfer", {"vendorId": 5, "more": None}) == {"status": "Accepted"}
    assert central.of("DataTransfer") == [{"vendorId": 5, "more": None}]
    await charge_point.call_raw("DataTransfer", b'{ "vendorId" : "spaced" }')
    assert '{ "vendorId" : "spaced" }' in central.sockets[0].frames[-1]


async def test_any_text_can_be_sent(charge_point: ChargePoint, central: Central) -> None:
    charge_point.send_raw("this is no JSON")
    await central.until(lambda: central.sockets[0].frames)
    assert central.sockets[0].frames == ["this is no JSON"]


async def test_a_callerror_is_raised_with_its_code_as_it_was_spelt(charge_point: ChargePoint, central: Central) -> None:
    central.answers["DataTransfer"] = ("FormatViolation", "no good")
    with pytest.raises(Refused) as refused:
        await charge_point.call(DataTransfer(vendor_id="Somebody"))
    assert (refused.value.code, refused.value.description) == ("FormatViolation", "no good")


async def test_an_answer_that_the_specification_does_not_allow_is_not_taken(
    charge_point: ChargePoint, central: Central
) -> None:
    central.answers["DataTransfer"] = {"status": "Perhaps"}
    with pytest.raises(BadAnswer, match="Perhaps"):
        await charge_point.call(DataTransfer(vendor_id="Somebody"))


async def test_silence_ends_with_no_answer(charge_point: ChargePoint, central: Central) -> None:
    central.answers["DataTransfer"] = None
    with pytest.raises(NoAnswer):
        await charge_point.call(DataTransfer(vendor_id="Somebody"), timeout_seconds=0.05)


async def test_nothing_can_be_sent_offline(charge_point: ChargePoint) -> None:
    charge_point.drop_network()
    with pytest.raises(Offline):
        await charge_point.call(DataTransfer(vendor_id="Somebody"))


async def test_offline_the_cache_knows_who_may_charge(charge_point: ChargePoint) -> None:
    await charge_point.authorize("tag1")
    charge_point.drop_network()
    assert (await charge_point.authorize("TAG1")).status == "Accepted"
    assert (await charge_point.authorize("STRANGER")).status == "Invalid"


async def test_a_charge_point_may_decide_alone_what_it_knows(charge_point: ChargePoint, central: Central) -> None:
    charge_point.configuration.set("LocalPreAuthorize", "true")
    for id_tag in ("TAG1", "tag1", "TAG2"):
        assert (await charge_point.authorize(id_tag)).status == "Accepted"
    assert [each["idTag"] for each in central.of("Authorize")] == ["TAG1", "TAG2"]


async def test_a_fault_ends_the_transaction_and_is_reported(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.start(1, "TAG1")
    await charge_point.fault(1, "GroundFailure", "earth leak")
    assert central.of("StopTransaction")[0]["reason"] == "Other"
    last = central.of("StatusNotification")[-1]
    assert (last["status"], last["errorCode"], last["info"]) == ("Faulted", "GroundFailure", "earth leak")
    await charge_point.fault(1, "NoError")
    assert central.statuses(1)[-1] == "Finishing"


async def test_calls_of_the_central_system_can_be_waited_for(charge_point: ChargePoint, central: Central) -> None:
    answer = await central.call("GetConfiguration", {"key": ["HeartbeatInterval"]})
    assert answer["configurationKey"][0]["value"] == "300"
    received = await charge_point.next_call("GetConfiguration")
    assert received.payload == {"key": ["HeartbeatInterval"]}
    with pytest.raises(TimeoutError):
        await charge_point.next_call("GetConfiguration", timeout_seconds=0.02)


async def test_what_waits_for_an_answer_ends_with_the_charge_point(central: Central) -> None:
    charge_point = ChargePoint(central.url, "CP1")
    work = charge_point.heartbeat()
    charge_point.afterwards(work)
    await charge_point.close()
    assert inspect.getcoroutinestate(work) == inspect.CORO_CLOSED


async def test_what_happens_on_a_connector_while_offline_is_told_afterwards(
    charge_point: ChargePoint, central: Central
) -> None:
    await charge_point.boot()
    charge_point.drop_network()
    await charge_point.plug_in(2)
    await charge_point.restore_network()
    assert central.statuses(1) == ["Available"]
    assert central.statuses(2) == ["Available", "Preparing"]
    assert central.actions().count("BootNotification") == 1


async def test_a_security_event_is_sent(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.security_event("TamperDetectionActivated", "lid open")
    assert central.of("SecurityEventNotification")[0]["techInfo"] == "lid open"


async def test_a_certificate_is_asked_for_with_the_request_given(charge_point: ChargePoint, central: Central) -> None:
    assert (await charge_point.sign_certificate("-----BEGIN CERTIFICATE REQUEST-----")).status == "Accepted"
    assert central.of("SignCertificate") == [{"csr": "-----BEGIN CERTIFICATE REQUEST-----"}]
