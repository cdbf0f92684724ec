"""A simulated charge point against a central system, as a test leads it."""

from edge_csms.simulator.charge_point import ChargePoint
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
