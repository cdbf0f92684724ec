"""Transaction messages survive everything, in order."""

from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import Central


def transaction_messages(central: Central) -> list[str]:
    return [action for action in central.actions() if action in ("StartTransaction", "MeterValues", "StopTransaction")]


async def test_an_offline_session_is_sent_in_order_with_its_own_times(
    charge_point: ChargePoint, central: Central
) -> None:
    charge_point.drop_network()
    transaction = await charge_point.start(1, "TAG1")
    await charge_point.meter(1, energy_wh=250)
    stop = await charge_point.stop(1)
    assert transaction.transaction_id is None
    assert (len(charge_point.outbox), transaction_messages(central)) == (3, [])
    await charge_point.restore_network()
    await central.until(lambda: central.of("StopTransaction"))
    assert transaction_messages(central) == ["StartTransaction", "MeterValues", "StopTransaction"]
    assert transaction.transaction_id == 1
    assert central.of("MeterValues")[0]["transactionId"] == central.of("StopTransaction")[0]["transactionId"] == 1
    assert central.of("StopTransaction")[0]["timestamp"] == stop.timestamp


async def test_what_was_not_answered_is_sent_again(charge_point: ChargePoint, central: Central) -> None:
    central.answers["StartTransaction"] = lambda payload: central.sockets[-1].close()
    start = charge_point.start(1, "TAG1")
    await start
    central.answers.clear()
    await central.until(lambda: len(central.of("StartTransaction")) == 2)
    first, second = central.of("StartTransaction")
    assert first == second


async def test_after_so_many_errors_a_message_is_given_up(charge_point: ChargePoint, central: Central) -> None:
    charge_point.configuration.set("TransactionMessageRetryInterval", "0")
    central.answers["MeterValues"] = ("InternalError", "disk full")
    await charge_point.start(1, "TAG1")
    charge_point.drop_network()
    await charge_point.meter(1)
    await charge_point.stop(1)
    await charge_point.restore_network()
    await central.until(lambda: central.of("StopTransaction"))
    assert transaction_messages(central) == ["StartTransaction", *["MeterValues"] * 3, "StopTransaction"]


async def test_a_start_that_was_never_answered_leaves_its_stop_without_an_id(
    charge_point: ChargePoint, central: Central
) -> None:
    charge_point.configuration.set("TransactionMessageAttempts", "1")
    central.answers["StartTransaction"] = ("InternalError", "disk full")
    charge_point.drop_network()
    await charge_point.start(1, "TAG1")
    await charge_point.stop(1)
    await charge_point.restore_network()
    await central.until(lambda: central.of("StopTransaction"))
    assert central.of("StopTransaction")[0]["transactionId"] == -1


async def test_while_it_is_pending_nothing_flows(charge_point: ChargePoint, central: Central) -> None:
    central.answers["BootNotification"] = {"currentTime": "2031-01-01T00:00:00Z", "interval": 15, "status": "Pending"}
    assert (await charge_point.boot()).status == "Pending"
    await charge_point.start(1, "TAG1")
    assert transaction_messages(central) == []
    central.answers.clear()
    await charge_point.boot()
    await central.until(lambda: central.of("StartTransaction"))
