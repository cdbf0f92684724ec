"""Connections are watched, and what was seen and found is stored now and then."""

import pytest

from edge_csms.central.attempts import Attempts
from edge_csms.jobs import liveness
from edge_csms.jobs.liveness import Liveness
from edge_csms.services import charge_points, configuration
from tests.house import House
from tests.jobs.conftest import running, until


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "CHECK_SECONDS", 0.01)
    monkeypatch.setattr(liveness, "FLUSH_SEEN_SECONDS", 0.0)


def watch(house: House) -> Liveness:
    context = house.context
    return Liveness(house.central, Attempts(context.database, context.clock, context.bus))


async def test_dead_connections_are_ended_and_findings_and_last_seen_stored(house: House) -> None:
    line = await house.connect()
    line.session.receive("no frame")
    async with running(watch(house)):
        await until(lambda: not line.live.findings)
        shown = await house.database.run(charge_points.show, "CP1")
        assert [finding.code for finding in shown.findings] == ["invalid_frame"]
        line.session.last_heard -= 10_000
        await until(lambda: line.wire.aborted)
    assert (await house.database.run(charge_points.get, "CP1")).last_seen is not None


async def test_what_was_known_of_intervals_before_a_restart_is_known_again(house: House) -> None:
    await house.connect()
    read = configuration.Read((("HeartbeatInterval", "3600", False),), ())
    await house.database.run(configuration.note_read, "CP1", read, False, house.central.now())
    house.central.retire("CP1")  # as if the process were new
    await house.central.recall_heartbeats()  # what the job does first
    assert (await house.connect()).live.heartbeat_seconds == 3600


async def test_connections_are_watched_while_the_storage_is_out_of_order(house: House) -> None:
    line = await house.connect()
    line.session.receive("no frame")
    await house.database.close()
    try:
        async with running(watch(house)):
            line.session.last_heard -= 10_000
            await until(lambda: line.wire.aborted)
    finally:
        await house.database.open()
