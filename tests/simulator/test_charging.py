"""A car comes, charges and goes."""

import pytest

from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.connector import Car
from edge_csms.simulator.errors import Impossible
from tests.simulator.central import Central


async def test_pulling_the_plug_ends_the_transaction(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.start(1, "TAG1")
    await charge_point.unplug(1)
    stop = central.of("StopTransaction")[0]
    assert (stop["reason"], stop["idTag"]) == ("EVDisconnected", "TAG1")
    assert central.statuses(1)[-1] == "Available"


async def test_where_the_plug_does_not_end_it_the_transaction_is_suspended(
    charge_point: ChargePoint, central: Central
) -> None:
    charge_point.configuration.set("StopTransactionOnEVSideDisconnect", "false")
    await charge_point.start(1, "TAG1")
    await charge_point.unplug(1)
    assert central.statuses(1)[-1] == "SuspendedEV"
    assert not central.of("StopTransaction")


async def test_a_car_that_has_enough_suspends(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.plug_in(1, Car(wanted_wh=1000.0))
    await charge_point.start(1, "TAG1")
    await charge_point.meter(1, energy_wh=1000.0)
    assert central.statuses(1) == ["Preparing", "Charging", "SuspendedEV"]


async def test_an_idtag_that_may_not_charge_ends_its_transaction(charge_point: ChargePoint, central: Central) -> None:
    central.answers["StartTransaction"] = {"idTagInfo": {"status": "Blocked"}, "transactionId": 8}
    await charge_point.start(1, "TAG1")
    await central.until(lambda: central.of("StopTransaction"))
    stop = central.of("StopTransaction")[0]
    assert (stop["reason"], stop["transactionId"]) == ("DeAuthorized", 8)


async def test_where_it_does_not_end_it_gets_no_energy(charge_point: ChargePoint, central: Central) -> None:
    charge_point.configuration.set("StopTransactionOnInvalidId", "false")
    central.answers["StartTransaction"] = {"idTagInfo": {"status": "ConcurrentTx"}, "transactionId": 8}
    await charge_point.start(1, "TAG1")
    await central.until(lambda: central.statuses(1)[-1] == "SuspendedEVSE")
    assert charge_point.connectors[1].meter.power_w == 0


async def test_the_stop_carries_readings_from_begin_and_end(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.start(1, "TAG1")
    await charge_point.meter(1, energy_wh=321)
    await charge_point.stop(1)
    begin, end = (each["sampledValue"][0] for each in central.of("StopTransaction")[0]["transactionData"])
    assert (begin["context"], end["context"]) == ("Transaction.Begin", "Transaction.End")
    assert int(end["value"]) - int(begin["value"]) >= 321


async def test_the_stop_carries_no_readings_where_none_are_wanted(charge_point: ChargePoint, central: Central) -> None:
    charge_point.configuration.set("StopTxnSampledData", "")
    await charge_point.start(1, "TAG1")
    await charge_point.stop(1)
    assert "transactionData" not in central.of("StopTransaction")[0]


async def test_a_connector_charges_one_car_at_a_time(charge_point: ChargePoint) -> None:
    await charge_point.start(1, "TAG1")
    with pytest.raises(Impossible, match="Charging"):
        await charge_point.start(1, "TAG2")
    with pytest.raises(Impossible, match="no transaction"):
        await charge_point.stop(2)
