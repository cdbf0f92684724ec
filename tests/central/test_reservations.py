"""Making and cancelling reservations where the charge point can't be asked."""

from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.central import reservations as commands
from edge_csms.domain.errors import Conflict, NotFound, Offline
from edge_csms.services import reservations
from edge_csms.services.reservations import Wish
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite


def wish(charge_point_id: str = "CP1") -> Wish:
    return Wish(charge_point_id, 1, "GUEST", datetime.now(UTC) + timedelta(hours=1))


async def count_kept(site: RunningSite) -> int:
    return len(await site.app.database.read(reservations.list_, datetime.now(UTC), None, 10))


async def test_an_unknown_or_absent_charge_point_is_said_to_be_so(site: RunningSite) -> None:
    with pytest.raises(NotFound):
        await commands.reserve(site.app.central, site.app.database, wish())
    async with ChargePoint(site.ocpp_url, "CP1"):
        pass
    with pytest.raises(Offline):
        await commands.reserve(site.app.central, site.app.database, wish())
    assert await count_kept(site) == 0


async def test_a_connector_is_reserved_once_at_a_time(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        await commands.reserve(site.app.central, site.app.database, wish())
        with pytest.raises(Conflict, match="reserved already"):
            await commands.reserve(site.app.central, site.app.database, wish())


async def test_one_that_waits_for_acceptance_is_not_reserved(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        await site.ask("PATCH", "/api/v1/charge-points/CP1", {"registration": "pending"})
        with pytest.raises(Conflict, match="waits for acceptance"):
            await commands.reserve(site.app.central, site.app.database, wish())
        assert charge_point.received.of("ReserveNow") == []


async def test_only_what_is_open_can_be_cancelled(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        made = await commands.reserve(site.app.central, site.app.database, wish())
        await commands.cancel(site.app.central, site.app.database, made.reservation_id)
        with pytest.raises(Conflict, match="cancelled already"):
            await commands.cancel(site.app.central, site.app.database, made.reservation_id)
