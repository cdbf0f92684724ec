"""Upgrades and first starts that are killed at many points are resumed; an older program leaves a newer database be."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from edge_csms.storage import recovery
from tests.torture import ledger, newer
from tests.torture.charger import Fleet
from tests.torture.rounds import rounds
from tests.torture.server import Server
from tests.torture.shim import Shim, build

KILLED = -9
POINTS = rounds(short=4, long=40)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data")
    yield server
    server.close()


async def live(server: Server, answers: int) -> Fleet:
    """Start a site and let chargers charge on it."""
    await server.start()
    fleet = Fleet(server.port, 10)
    fleet.begin()
    await fleet.answered(answers)
    await fleet.end()
    return fleet


def points(changes: int, count: int) -> list[int]:
    """Spread so many points over all changes that a run makes to its files."""
    return sorted({1 + number * (changes - 1) // max(1, count - 1) for number in range(count)})


def run_to_be_killed(server: Server, shim: Shim, kill_at: int) -> int:
    """Open the site with a command that needs nothing else, and give its exit code."""
    shim.set("changes", 0)
    shim.set("kill_at", kill_at)
    server.environment = shim.environment
    code = server.run("user", "list")
    server.environment = {}
    return code


def digests(directory: Path) -> dict[str, str]:
    """Fingerprint what lies in a data directory, but for what is only there while somebody looks."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.iterdir()
        if path.is_file() and not path.name.endswith(("-shm", ".log"))
    }


@pytest.mark.torture
@pytest.mark.site
@pytest.mark.timeout(seconds=3600)
async def test_an_upgrade_that_is_killed_anywhere_is_resumed_and_counts_stay_equal(
    server: Server, tmp_path: Path
) -> None:
    fleet = await live(server, answers=300)
    server.kill()  # so that the upgrade begins with a log
    before = len(ledger.read(ledger.copy_of(server.database, tmp_path / "before")).stops)
    library = build(tmp_path)
    whole = Server(tmp_path / "whole" / "data", program=newer.ONE_AHEAD)
    shutil.copytree(server.data_dir, whole.data_dir, ignore=lambda *_: {"control.sock"})
    counting = Shim(library, whole.data_dir.parent)
    assert run_to_be_killed(whole, counting, 0) == 0, whole.last_words()
    killed = 0
    for kill_at in points(counting.get("changes"), POINTS):
        site = tmp_path / f"killed-{kill_at}"
        shutil.copytree(server.data_dir, site / "data", ignore=lambda *_: {"control.sock"})
        upgraded = Server(site / "data", program=newer.ONE_AHEAD)
        killed += run_to_be_killed(upgraded, Shim(library, site), kill_at) == KILLED
        assert upgraded.run("user", "list") == 0, upgraded.last_words()
        assert ledger.faults(upgraded.database, fleet) == []
        connection = apsw.Connection(str(upgraded.database))
        rows = connection.execute('SELECT count(*), count("torture") FROM "transaction"').fetchall()
        assert rows == [(before, before)]
        assert connection.execute('SELECT count(*) FROM "torture"').fetchall() == [(before,)]
        connection.close()
    assert killed >= POINTS - 1  # the last change may be one whose number differs from run to run
    print(f"an upgrade of {before} transactions killed at {killed} points of {counting.get('changes')}")


@pytest.mark.torture
@pytest.mark.site
@pytest.mark.timeout(seconds=3600)
async def test_a_first_start_that_is_killed_anywhere_is_resumed(tmp_path: Path) -> None:
    library = build(tmp_path)
    whole = Server(tmp_path / "whole" / "data")
    whole.data_dir.parent.mkdir()
    counting = Shim(library, whole.data_dir.parent)
    assert run_to_be_killed(whole, counting, 0) == 0, whole.last_words()
    killed = 0
    for kill_at in points(counting.get("changes"), POINTS):
        site = tmp_path / f"killed-{kill_at}"
        site.mkdir()
        first = Server(site / "data")
        killed += run_to_be_killed(first, Shim(library, site), kill_at) == KILLED
        assert first.run("user", "list") == 0, first.last_words()
        assert recovery.find_damage(first.database) is None
    assert killed >= POINTS - 1
    print(f"a first start killed at {killed} points of {counting.get('changes')}")


@pytest.mark.torture
@pytest.mark.parametrize(
    "ends", [pytest.param(Server.stop, id="in order", marks=pytest.mark.site), pytest.param(Server.kill, id="killed")]
)
async def test_an_older_program_refuses_a_newer_database_and_leaves_it_untouched(tmp_path: Path, ends: object) -> None:
    ahead = Server(tmp_path / "data", program=newer.ONE_AHEAD)
    await live(ahead, answers=30)
    assert callable(ends)
    ends(ahead)
    before = digests(ahead.data_dir)
    older = Server(tmp_path / "data")
    older.log = tmp_path / "older.log"
    assert older.run("serve") == 1
    assert "was used by a newer version of edge-csms (it has 0901_torture)" in older.last_words()
    assert "Traceback" not in older.last_words()
    assert before.items() <= digests(ahead.data_dir).items()  # a look leaves an empty log beside it


@pytest.mark.torture
async def test_after_an_upgrade_that_fails_the_old_program_goes_on(server: Server, tmp_path: Path) -> None:
    fleet = await live(server, answers=30)
    assert server.stop() == 0
    broken = Server(server.data_dir, program=newer.BROKEN)
    broken.log = tmp_path / "broken.log"
    assert broken.run("serve") == 1
    last = broken.last_words().strip().splitlines()[-1]
    assert last.startswith("edge-csms: ")
    assert "can't be brought to this version" in last
    assert "Traceback" not in broken.last_words()
    await server.start()
    assert server.stop() == 0
    assert ledger.faults(server.database, fleet) == []
