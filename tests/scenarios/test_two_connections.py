"""Two connections under one identity: the newest that proves itself wins; without proof, the one that lives stays."""

import asyncio

import pytest

from edge_csms.central import system
from tests.raw_charger import RawCharger, Refused, basic
from tests.running import RunningSite


async def reaches(site: RunningSite, charger: RawCharger) -> bool:
    """Tell whether a command arrives at this connection, and its answer at us."""
    command = asyncio.create_task(site.ask("POST", "/api/v1/charge-points/CP1/calls/ClearCache"))
    charger.answer(await charger.next_call(), {"status": "Accepted"})
    return (await command).status == 200


async def test_the_newest_that_proves_itself_wins_and_the_late_end_of_the_old_one_changes_nothing(
    site: RunningSite,
) -> None:
    body = {"charge_point_id": "CP1", "password": "right password"}
    assert (await site.ask("POST", "/api/v1/charge-points", body)).status == 201
    headers = basic("CP1", "right password")
    async with RawCharger(site.port, headers=headers) as old:
        await old.heartbeat()
        async with RawCharger(site.port, headers=headers) as new:
            await new.heartbeat()
            assert await old.closed() == 1000
            old.hang_up()
            await new.heartbeat()
            assert (await site.get("/api/v1/charge-points/CP1"))["online"]
            assert await reaches(site, new)


async def test_a_half_open_connection_locks_nobody_out_who_proves_itself(site: RunningSite) -> None:
    path = f"/ocpp/CP1?token={await site.token()}"
    async with RawCharger(site.port, path=path) as dead:
        await dead.heartbeat()
        dead.stop_reading()
        async with RawCharger(site.port, path=path) as new:
            await new.heartbeat()
            assert await reaches(site, new)


async def test_without_proof_the_one_that_lives_stays_and_the_other_is_refused_and_told(site: RunningSite) -> None:
    async with RawCharger(site.port) as first:
        await first.heartbeat()
        with pytest.raises(Refused) as refused:
            await RawCharger(site.port).connect()
        assert refused.value.status == 409
        assert "connected already" in refused.value.body
        assert first.pings == 1
        assert await reaches(site, first)
        shown = await site.get("/api/v1/charge-points/CP1")
        assert [finding["code"] for finding in shown["findings"]] == ["identity_contested"]


async def test_without_proof_one_that_is_dead_gives_way(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "OLD_SESSION_SECONDS", 0.2)
    async with RawCharger(site.port) as dead:
        await dead.heartbeat()
        dead.sends_pongs = False
        async with RawCharger(site.port) as new:
            await new.heartbeat()
            assert await reaches(site, new)


async def test_two_that_come_at_once_end_as_one(site: RunningSite) -> None:
    token = await site.token()
    chargers = [RawCharger(site.port, path=f"/ocpp/CP1?token={token}") for _ in range(5)]
    await asyncio.gather(*(charger.connect() for charger in chargers))
    alive = []
    for charger in chargers:
        try:
            await charger.heartbeat()
            alive.append(charger)
        except ConnectionError:
            pass
    (survivor,) = alive
    assert await reaches(site, survivor)
    for charger in chargers:
        charger.hang_up()
