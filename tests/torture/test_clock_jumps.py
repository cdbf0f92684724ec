"""A box whose clock jumps, while the site runs and while it is off: nobody is cut off, nothing is lost or reordered.

The clock is the real program's real one, moved by the shim. The chargers' clocks are right.
"""

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.torture import ledger
from tests.torture.charger import Charger, Fleet, Line
from tests.torture.rounds import IS_LONG, size
from tests.torture.server import Server
from tests.torture.shim import Shim, build

SECOND, HOUR, YEAR = timedelta(seconds=1), timedelta(hours=1), timedelta(days=365)
RIGHT = timedelta()
PASSWORD = "Volt-Ampere-9"


def to_1970() -> timedelta:
    return datetime(1970, 1, 2, tzinfo=UTC) - datetime.now(UTC)


def jumps() -> list[timedelta]:
    """Give how far off the clock shall be, one after the other."""
    some = [HOUR, RIGHT, -HOUR, 10 * YEAR, to_1970(), RIGHT]
    if IS_LONG:
        chance = random.Random(15)
        some += [chance.choice((RIGHT, HOUR, -HOUR, YEAR, 10 * YEAR, -10 * YEAR, to_1970())) for _ in range(60)]
    return [*some, RIGHT]


class Box:
    """A site, the clock under it, and somebody who is logged in."""

    def __init__(self, directory: Path) -> None:
        self.shim = Shim(build(directory), directory)
        self.server = Server(directory / "data")
        self._token = ""

    async def start(self) -> None:
        await self.server.start(self.shim.environment)

    async def log_in(self) -> None:
        """Become the first administrator, or log in again."""
        code = self.server.data_dir / "setup-code"
        path, body = "login", {"username": "anna", "password": PASSWORD}
        if code.exists():
            account = {"username": "anna", "email": "", "password1": PASSWORD, "password2": PASSWORD}
            path, body = "registration", {**account, "setup_code": code.read_text().strip()}
        status, answer = await self.server.ask("POST", f"/api/auth/{path}/", body)
        assert status in (200, 201), answer
        self._token = answer["access"]

    def set_clock(self, off: timedelta) -> None:
        self.shim.set("clock_offset_ns", int(off / timedelta(microseconds=1)) * 1000)

    async def ask(self, method: str, path: str) -> Any:
        status, answer = await self.server.ask(method, path, token=self._token)
        assert status == 200, (path, answer)
        return answer

    async def doubt(self) -> str | None:
        """Give the doubt as the API tells it, and hold that /readyz tells it too."""
        doubt: str | None = (await self.ask("GET", "/api/v1/site/clock"))["doubt"]
        status, parts = await self.server.parts()
        assert status == 200
        assert parts["clock"].startswith("in doubt: ") == (doubt is not None)
        return doubt

    async def told(self) -> datetime:
        """Give the time that chargers are told."""
        line = await Line.open(self.server.port, "ASKER")
        await line.send("BootNotification", b'{"chargePointVendor":"Acme","chargePointModel":"Box"}')
        told = (await line.send("Heartbeat", b"{}"))["currentTime"]
        line.hang_up()
        return datetime.fromisoformat(told)

    def transactions(self) -> list[tuple[datetime, bool, int]]:
        """List in the order of their ids when each began as it is stored, whether in doubt, and its arrival."""
        connection = apsw.Connection(str(self.server.database), flags=apsw.SQLITE_OPEN_READONLY)
        rows = connection.execute(
            'SELECT started_at, clock_doubt, start_arrival FROM "transaction" ORDER BY transaction_id'
        ).fetchall()
        connection.close()
        return [(datetime.fromtimestamp(at / 1e6, UTC), bool(doubt), arrival) for at, doubt, arrival in rows]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path)
    yield box
    box.server.close()


@asynccontextmanager
async def under_load(box: Box) -> AsyncIterator[Fleet]:
    """Let chargers live on a site."""
    fleet = Fleet(box.server.port, size(short=10, long=50))
    fleet.begin()
    try:
        yield fleet
    finally:
        await fleet.end()


@pytest.mark.torture
@pytest.mark.timeout(seconds=3600)
async def test_a_clock_that_jumps_while_the_site_runs_changes_nothing_but_that_a_doubt_is_shown(box: Box) -> None:
    await box.start()
    await box.log_in()
    began = datetime.now(UTC)
    async with under_load(box) as fleet:
        for off in jumps():
            await fleet.answered(3 * len(fleet.chargers))
            box.set_clock(off)
            await fleet.answered(3 * len(fleet.chargers))
            assert await box.doubt() == (None if off == RIGHT else "set")
            assert abs(await box.told() - datetime.now(UTC)) < 30 * SECOND
        assert fleet.counts() == {"connected": len(fleet.chargers)}  # once each, and nothing went wrong
    assert box.server.stop() == 0, box.server.last_words()
    assert ledger.faults(box.server.database, fleet) == []
    stored = box.transactions()
    assert all(began - SECOND <= at <= datetime.now(UTC) for at, _, _ in stored)
    assert {doubt for _, doubt, _ in stored} == {True, False}
    arrivals = [arrival for _, _, arrival in stored]
    assert arrivals == sorted(set(arrivals))
    print(f"{len(jumps())} jumps, {len(stored)} transactions, {sum(doubt for _, doubt, _ in stored)} of them in doubt")


@pytest.mark.torture
@pytest.mark.timeout(seconds=3600)
@pytest.mark.parametrize(
    "ends", [pytest.param(Server.stop, id="stopped", marks=pytest.mark.site), pytest.param(Server.kill, id="killed")]
)
async def test_a_clock_that_is_wrong_after_a_restart_neither_turns_time_back_nor_throws_it_ahead(
    box: Box, ends: object
) -> None:
    assert callable(ends)
    fleet = Fleet(box.server.port, 1)
    (charger,) = fleet.chargers
    for off, doubt in [(RIGHT, None), (-HOUR, "back"), (10 * YEAR, "ahead"), (to_1970(), "back"), (RIGHT, None)]:
        box.set_clock(off)
        await box.start()
        await box.log_in()
        await charger.charge(values=2)
        assert await box.doubt() == doubt
        assert abs(await box.told() - datetime.now(UTC)) < timedelta(minutes=2)
        box.set_clock(RIGHT)
        assert await box.doubt() is None
        await charger.charge(values=2)
        ends(box.server)
    assert ledger.faults(ledger.copy_of(box.server.database, box.server.data_dir.with_name("found")), fleet) == []
    stored = box.transactions()
    assert [at for at, _, _ in stored] == sorted(at for at, _, _ in stored)
    assert [doubt for _, doubt, _ in stored] == [False, False, True, False, True, False, True, False, False, False]
    arrivals = [arrival for _, _, arrival in stored]
    assert arrivals == sorted(set(arrivals))


@pytest.mark.torture
async def test_after_a_clock_ran_ahead_somebody_says_once_that_it_is_right_now(box: Box) -> None:
    """A first start with a clock that is years ahead shows no doubt: there is nothing yet that contradicts it."""
    charger = Charger(box.server.port, "CP1", [])
    box.set_clock(3 * YEAR)
    await box.start()
    await box.log_in()
    await charger.charge(values=1)
    assert box.server.stop() == 0, box.server.last_words()

    box.set_clock(RIGHT)
    await box.start()
    await box.log_in()
    assert await box.doubt() == "back"
    assert (await box.ask("POST", "/api/v1/site/clock/trust"))["doubt"] is None
    assert abs(await box.told() - datetime.now(UTC)) < 30 * SECOND
    await charger.charge(values=1)
    box.server.kill()

    await box.start()
    assert await box.doubt() is None
    await charger.charge(values=1)
    box.server.kill()
    arrivals = [arrival for _, _, arrival in box.transactions()]
    assert arrivals == sorted(set(arrivals))
    assert [doubt for _, doubt, _ in box.transactions()] == [False] * 3
