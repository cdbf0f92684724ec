"""The job that ends reservations in time, and takes back those of silent chargers."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.central.clock import Doubt
from edge_csms.domain.errors import NotFound
from edge_csms.domain.events import Event, ReservationChanged
from edge_csms.domain.reservations import ReservationStatus
from edge_csms.jobs.reservations import Reservations
from edge_csms.ocpp.errors import NotSupported
from edge_csms.services import reservations
from edge_csms.services.reservations import Wish
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite


@asynccontextmanager
async def running(site: RunningSite):
    job = Reservations(site.app.central, site.app.database, site.app.clock, every_seconds=0.02)
    task = asyncio.create_task(job.run())
    yield
    task.cancel()


async def in_doubt(site: RunningSite, connector_id: int = 1) -> int:
    """Keep a reservation that was asked for two minutes ago and never answered."""
    then = datetime.now(UTC) - timedelta(minutes=2)
    wish = Wish("CP1", connector_id, "GUEST", then + timedelta(hours=1))
    asked = await site.app.database.run(reservations.prepare, wish, then)
    await site.app.database.run(reservations.note_silence, asked, then)
    return asked.reservation_id


async def status_of(site: RunningSite, reservation_id: int) -> ReservationStatus | None:
    try:
        return (await site.app.database.read(reservations.get, reservation_id, datetime.now(UTC))).status
    except NotFound:
        return None


async def test_a_charger_that_was_silent_is_asked_to_forget_once_it_is_there(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
    reservation_id = await in_doubt(site)
    async with running(site), ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        assert (await charge_point.next_call("CancelReservation")).payload == {"reservationId": reservation_id}
        assert await status_of(site, reservation_id) is ReservationStatus.ENDED


async def test_one_that_will_not_say_is_asked_once_only(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        charge_point.behaviour.answers["CancelReservation"] = NotSupported("never heard of it")
        first = await in_doubt(site)
        async with running(site):
            await charge_point.next_call("CancelReservation")
            second = await in_doubt(site, connector_id=2)  # a later round has come when this one is asked about
            await charge_point.next_call("CancelReservation")
        asked = [call.payload["reservationId"] for call in charge_point.received.of("CancelReservation")]
        assert asked == [first, second]


async def test_reservations_end_in_time_also_while_the_site_counts_the_time_itself(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
    monkeypatch.setattr(site.app.clock, "_box", lambda: 0.0)  # 1970
    assert site.app.clock.doubt is Doubt.SET
    then = site.app.clock.now() - timedelta(hours=1)
    wish = Wish("CP1", 1, "GUEST", then + timedelta(minutes=59))
    asked = await site.app.database.run(reservations.prepare, wish, then)
    await site.app.database.run(reservations.note_accepted, asked)
    told: list[Event] = []
    site.app.bus.subscribe(told.append)
    async with running(site), asyncio.timeout(10):
        while ReservationChanged("CP1", asked.reservation_id, "expired") not in told:
            await asyncio.sleep(0.01)


async def test_what_was_left_unanswered_by_a_restart_is_settled(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        wish = Wish("CP1", 1, "GUEST", datetime.now(UTC) + timedelta(hours=1))
        asked = await site.app.database.run(reservations.prepare, wish, datetime.now(UTC))
    await site.stop()
    await site.start()
    async with asyncio.timeout(10):
        while await status_of(site, asked.reservation_id) is not ReservationStatus.ENDED:
            await asyncio.sleep(0.01)
