"""SIGKILL at random moments under load: every answer that a charger saw is in the database, and nothing is doubled."""

import random
from pathlib import Path

import pytest

from tests.torture import ledger
from tests.torture.charger import Fleet
from tests.torture.rounds import LENIENCE, rounds, size
from tests.torture.server import Server

LISTENS_WITHIN_SECONDS = 5.0


@pytest.mark.torture
@pytest.mark.timeout(seconds=3600)
async def test_every_answer_that_a_charger_saw_outlives_a_kill(tmp_path: Path) -> None:
    server, kills, chance = Server(tmp_path / "data"), rounds(short=3, long=50), random.Random(1)
    fleet = Fleet(server.port, size(short=40, long=200))
    await server.start()
    fleet.begin()
    try:
        for number in range(kills):
            await fleet.answered(chance.randrange(len(fleet.chargers), 10 * len(fleet.chargers)))
            server.kill()
            found = ledger.copy_of(server.database, tmp_path / f"found-{number}")
            assert ledger.faults(found, fleet) == []
            await server.start()
        await fleet.answered(3 * len(fleet.chargers))  # whoever was cut off has sent it again
    finally:
        await fleet.end()
        server.close()
    assert ledger.faults(server.database, fleet) == []
    assert max(server.start_seconds) < LENIENCE * LISTENS_WITHIN_SECONDS
    print(f"{kills} kills, {len(fleet.seen)} answers, listening again within {max(server.start_seconds):.1f} s")
