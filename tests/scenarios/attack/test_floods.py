"""Masses of connections from one address that never get anywhere (R-20, R-21), and of wrong passwords (S-04).

The server is a process of its own here, so that what it takes can be measured. The long form has the full numbers.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from bench.process import memory, spent
from bench.server import free_port

from tests.raw_charger import RawCharger, Refused, basic
from tests.scenarios.attack.crowd import SLOW_HEAD, Beats, Crowd, greeting, many_files
from tests.torture.rounds import IS_LONG, LENIENCE, size
from tests.torture.server import Server

MEBIBYTE = 1 << 20
CONNECTIONS = size(1_500, 10_000)
SLOW_HEADS = size(200, 500)
GUESSES = size(300, 10_000)
GUESSER = "127.0.0.2"
PASSWORD = "Kilo-Watt-Hour-7"
ACCOUNT = {"username": "anna", "password1": PASSWORD, "password2": PASSWORD}


@asynccontextmanager
async def serving(tmp_path: Path, **settings: str) -> AsyncIterator[Server]:
    """Serve a site."""
    server = Server(tmp_path / "data", **settings)
    await server.start()
    try:
        with many_files():
            yield server
    finally:
        server.close()


def rss(server: Server) -> float:
    """Give what the server occupies, in MiB."""
    return memory(server.pid).rss_bytes / MEBIBYTE


@pytest.mark.timeout(seconds=size(60, 600))
async def test_a_flood_from_one_address_costs_others_neither_time_nor_memory(tmp_path: Path) -> None:
    tls_port = free_port()
    async with serving(tmp_path, tls_enabled="true", tls_port=str(tls_port)) as server:
        beats, crowd = await Beats.of(server.port), Crowd()
        kinds = ((server.port, b""), (server.port, SLOW_HEAD), (tls_port, b""), (tls_port, greeting()))
        before, left, grown, waited = rss(server), [0.0], [], []
        for _ in range(2):
            for port, words in kinds:
                await crowd.come(port, CONNECTIONS, words)
                await asyncio.sleep(0.3)
                waited.append(await beats.p99())
                assert waited[-1] < 1.0 * LENIENCE
                grown.append(rss(server) - before)
                assert grown[-1] < 50
                crowd.leave()
            left.append(rss(server) - before)
        print(
            f"{CONNECTIONS} connections of each kind: at most +{max(grown):.1f} MiB, p99 {1000 * max(waited):.0f} ms; "
            f"they left +{left[1]:.1f} MiB, once more +{left[2]:.1f} MiB"
        )
        assert left[2] - left[1] < 8  # what stays is used again, not added to
        await beats.end()


@pytest.mark.timeout(seconds=120)
async def test_requests_that_come_slowly_on_purpose_keep_nobody_waiting_and_are_ended(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        beats, crowd, before = await Beats.of(server.port), Crowd(), rss(server)
        begun = time.monotonic()
        await crowd.come(server.port, SLOW_HEADS, SLOW_HEAD)
        waited = await beats.p99()
        assert waited < 1.0 * LENIENCE
        if IS_LONG:  # tests/web/test_server.py shows it with shorter times
            while crowd.count_open():
                await asyncio.sleep(0.5)
                assert time.monotonic() - begun < 30
            waited = await beats.p99()
            assert waited < 1.0
        grown, seconds = rss(server) - before, time.monotonic() - begun
        print(f"{SLOW_HEADS} slow requests: {seconds:.0f} s, +{grown:.1f} MiB, p99 {1000 * waited:.0f} ms")
        assert grown < 50
        crowd.leave()
        await beats.end()


async def guess(port: int, statuses: Counter[int], waits: list[int]) -> None:
    """Try a wrong password for the charger."""
    try:
        await RawCharger(port, "CP-SAFE", headers=basic("CP-SAFE", "wrong"), address=GUESSER).connect()
    except Refused as refused:
        statuses[refused.status] += 1
        waits.append(int(refused.headers.get("retry-after", "0")))


async def come_with_the_right_one(port: int, address: str) -> None:
    """Connect as the charger itself."""
    async with RawCharger(port, "CP-SAFE", headers=basic("CP-SAFE", PASSWORD), address=address) as charger:
        await charger.heartbeat()


@pytest.mark.timeout(seconds=size(60, 600))
async def test_ten_thousand_wrong_passwords_lock_nobody_out(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        code = {"setup_code": (server.data_dir / "setup-code").read_text().strip()}
        _, made = await server.ask("POST", "/api/auth/registration/", ACCOUNT | code)
        charger = {"charge_point_id": "CP-SAFE", "password": PASSWORD}
        assert (await server.ask("POST", "/api/v1/charge-points", charger, token=made["access"]))[0] == 201
        statuses: Counter[int] = Counter()
        waits: list[int] = []
        beats, before = await Beats.of(server.port, 1), spent(server.pid)
        for _ in range(GUESSES // 20):
            await asyncio.gather(*(guess(server.port, statuses, waits) for _ in range(20)))
        after = spent(server.pid)
        share = (after.cpu_seconds - before.cpu_seconds) / (after.at - before.at)
        waited = f"p99 {1000 * await beats.p99():.0f} ms"
        print(f"{GUESSES} wrong passwords: {dict(statuses)}, {share:.1%} of a processor, {waited}")
        assert set(statuses) == {401, 429}
        assert statuses[401] < 50 + GUESSES / 100
        assert max(waits) <= 60
        assert not IS_LONG or share < 0.2
        await come_with_the_right_one(server.port, "127.0.0.3")
        if IS_LONG:  # whoever guesses locks out himself at most, and not for long
            await asyncio.sleep(max(waits))
            await come_with_the_right_one(server.port, GUESSER)
        await beats.end()
