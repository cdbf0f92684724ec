"""The answers to the Core profile, and what they make a charge point do."""

import asyncio

from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import Central

TX_PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8.0}]},
}


async def change(central: Central, key: str, value: str) -> str:
    return str((await central.call("ChangeConfiguration", {"key": key, "value": value}))["status"])


async def test_a_free_connector_goes_out_of_use_at_once(charge_point: ChargePoint, central: Central) -> None:
    answer = await central.call("ChangeAvailability", {"connectorId": 2, "type": "Inoperative"})
    assert answer == {"status": "Accepted"}
    await central.until(lambda: central.statuses(2) == ["Unavailable"])
    await central.call("ChangeAvailability", {"connectorId": 2, "type": "Operative"})
    await central.until(lambda: central.statuses(2) == ["Unavailable", "Available"])


async def test_a_charging_connector_goes_out_of_use_when_its_transaction_ends(
    charge_point: ChargePoint, central: Central
) -> None:
    await charge_point.start(1, "TAG1")
    answer = await central.call("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"})
    assert answer == {"status": "Scheduled"}
    await central.until(lambda: central.statuses(2) == ["Unavailable"])
    await charge_point.stop(1)
    await charge_point.unplug(1)
    assert central.statuses(1)[-2:] == ["Finishing", "Unavailable"]


async def test_a_connector_that_is_not_there_is_rejected(charge_point: ChargePoint, central: Central) -> None:
    answer = await central.call("ChangeAvailability", {"connectorId": 3, "type": "Inoperative"})
    assert answer == {"status": "Rejected"}


async def test_settings_change_as_far_as_they_can(charge_point: ChargePoint, central: Central) -> None:
    assert await change(central, "metervaluesampleinterval", "15") == "Accepted"
    assert await change(central, "MeterValueSampleInterval", "often") == "Rejected"
    assert await change(central, "NumberOfConnectors", "9") == "Rejected"
    assert await change(central, "WebSocketPingInterval", "30") == "RebootRequired"
    assert await change(central, "ColourOfTheCase", "blue") == "NotSupported"
    assert charge_point.configuration.number("MeterValueSampleInterval") == 15


async def test_a_new_heartbeat_interval_counts_from_now(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.boot()
    await change(central, "HeartbeatInterval", "1")
    await central.until(lambda: central.of("Heartbeat"))


async def test_a_new_key_is_used_at_once(charge_point: ChargePoint, central: Central) -> None:
    assert await change(central, "AuthorizationKey", "00FF" * 8) == "Accepted"
    await central.until(lambda: len(central.sockets) == 2)
    assert central.sockets[1].credentials() == b"CP1:" + bytes.fromhex("00FF" * 8)


async def test_some_use_the_hex_text_of_a_new_key(charge_point: ChargePoint, central: Central) -> None:
    charge_point.behaviour.sends_key_as_hex = True
    await change(central, "AuthorizationKey", "00FF" * 8)
    await central.until(lambda: len(central.sockets) == 2)
    assert central.sockets[1].credentials() == b"CP1:" + b"00FF" * 8


async def test_the_key_can_be_written_but_not_read(charge_point: ChargePoint, central: Central) -> None:
    assert await change(central, "AuthorizationKey", "too short") == "Rejected"
    answer = await central.call("GetConfiguration", {"key": ["AuthorizationKey"]})
    assert answer == {"configurationKey": [{"key": "AuthorizationKey", "readonly": False}]}


async def test_the_security_profile_only_goes_up(charge_point: ChargePoint, central: Central) -> None:
    charge_point.secure_url = central.url.replace("/ocpp", "/secure")
    assert await change(central, "SecurityProfile", "2") == "Accepted"
    await central.until(lambda: len(central.sockets) == 2)
    assert central.paths[1] == "/secure/CP1"
    assert await change(central, "SecurityProfile", "1") == "Rejected"
    assert await change(central, "SecurityProfile", "4") == "Rejected"


async def test_unknown_keys_are_named(charge_point: ChargePoint, central: Central) -> None:
    answer = await central.call("GetConfiguration", {"key": ["connectiontimeout", "ColourOfTheCase"]})
    assert answer == {
        "configurationKey": [{"key": "ConnectionTimeOut", "readonly": False, "value": "60"}],
        "unknownKey": ["ColourOfTheCase"],
    }


async def test_all_settings_are_told_when_none_is_named(charge_point: ChargePoint, central: Central) -> None:
    keys = {each["key"] for each in (await central.call("GetConfiguration"))["configurationKey"]}
    assert {"HeartbeatInterval", "SupportedFeatureProfiles", "LocalAuthListMaxLength", "SecurityProfile"} <= keys


async def test_the_cache_is_cleared(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.authorize("TAG1")
    assert await central.call("ClearCache") == {"status": "Accepted"}
    charge_point.drop_network()
    assert (await charge_point.authorize("TAG1")).status == "Invalid"


async def test_only_the_makers_own_data_is_understood(charge_point: ChargePoint, central: Central) -> None:
    vendor = charge_point.nameplate.vendor
    assert (await central.call("DataTransfer", {"vendorId": "Other"}))["status"] == "UnknownVendorId"
    assert (await central.call("DataTransfer", {"vendorId": vendor}))["status"] == "UnknownMessageId"
    echo = await central.call("DataTransfer", {"vendorId": vendor, "messageId": "Echo", "data": "hello"})
    assert echo == {"status": "Accepted", "data": "hello"}


async def test_a_remote_start_charges_the_car_that_is_there(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.plug_in(2)
    assert await central.call("RemoteStartTransaction", {"idTag": "TAG1"}) == {"status": "Accepted"}
    await central.until(lambda: central.statuses(2)[-1:] == ["Charging"])
    start = central.of("StartTransaction")[0]
    assert (start["connectorId"], start["idTag"]) == (2, "TAG1")


async def test_a_remote_start_waits_for_a_car(charge_point: ChargePoint, central: Central) -> None:
    await central.call("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    await central.until(lambda: central.statuses(1) == ["Preparing"])
    await charge_point.plug_in(1)
    await central.until(lambda: central.of("StartTransaction"))


async def test_a_remote_start_gives_up_when_no_car_comes(charge_point: ChargePoint, central: Central) -> None:
    charge_point.configuration.set("ConnectionTimeOut", "0")
    await central.call("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    await central.until(lambda: central.statuses(1) == ["Preparing", "Available"])
    assert not central.of("StartTransaction")


async def test_a_remote_start_asks_first_where_it_is_told_to(charge_point: ChargePoint, central: Central) -> None:
    charge_point.configuration.set("AuthorizeRemoteTxRequests", "true")
    central.answers["Authorize"] = {"idTagInfo": {"status": "Blocked"}}
    await charge_point.plug_in(1)
    await central.call("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    await central.until(lambda: central.of("Authorize"))
    await charge_point.heartbeat()
    assert not central.of("StartTransaction")


async def test_a_remote_start_at_a_busy_connector_is_rejected(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.start(1, "TAG1")
    answer = await central.call("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG2"})
    assert answer == {"status": "Rejected"}


async def test_a_profile_of_a_remote_start_limits_its_transaction(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.plug_in(1)
    await central.call("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1", "chargingProfile": TX_PROFILE})
    await central.until(lambda: central.statuses(1)[-1:] == ["Charging"])
    assert charge_point.connectors[1].meter.amps == 8.0


async def test_a_remote_start_with_another_purpose_is_rejected(charge_point: ChargePoint, central: Central) -> None:
    profile = {**TX_PROFILE, "chargingProfilePurpose": "TxDefaultProfile"}
    answer = await central.call(
        "RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1", "chargingProfile": profile}
    )
    assert answer == {"status": "Rejected"}


async def test_a_remote_stop_ends_the_transaction_of_that_id(charge_point: ChargePoint, central: Central) -> None:
    transaction = await charge_point.start(1, "TAG1")
    assert await central.call("RemoteStopTransaction", {"transactionId": 99}) == {"status": "Rejected"}
    answer = await central.call("RemoteStopTransaction", {"transactionId": transaction.transaction_id})
    assert answer == {"status": "Accepted"}
    await central.until(lambda: central.of("StopTransaction"))
    assert central.of("StopTransaction")[0]["reason"] == "Remote"


async def test_a_soft_reset_ends_transactions_before_it_boots_again(
    charge_point: ChargePoint, central: Central
) -> None:
    await charge_point.start(1, "TAG1")
    assert await central.call("Reset", {"type": "Soft"}) == {"status": "Accepted"}
    await central.until(lambda: central.statuses(2))
    assert central.of("StopTransaction")[0]["reason"] == "SoftReset"
    assert central.actions().index("StopTransaction") < central.actions().index("BootNotification")
    assert len(central.sockets) == 2


async def test_a_hard_reset_ends_transactions_after_it_has_booted(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.start(1, "TAG1")
    assert await central.call("Reset", {"type": "Hard"}) == {"status": "Accepted"}
    await central.until(lambda: central.of("StopTransaction"))
    assert central.of("StopTransaction")[0]["reason"] == "HardReset"
    assert central.actions().index("StopTransaction") > central.actions().index("BootNotification")


async def test_unlocking_ends_the_transaction(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.start(1, "TAG1")
    assert await central.call("UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
    await central.until(lambda: central.of("StopTransaction"))
    assert central.of("StopTransaction")[0]["reason"] == "UnlockCommand"
    assert await central.call("UnlockConnector", {"connectorId": 9}) == {"status": "NotSupported"}


async def test_calls_are_answered_one_by_one_in_order(charge_point: ChargePoint, central: Central) -> None:
    answers = await asyncio.gather(*(change(central, "MeterValueSampleInterval", str(each)) for each in range(20)))
    assert set(answers) == {"Accepted"}
    assert charge_point.configuration.number("MeterValueSampleInterval") == 19
