"""Commands on what is stored: through the socket of a running server, or under the lock where none runs."""

import asyncio
import json
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.ioloop import IOLoop

from edge_csms import control
from edge_csms.control import DataDirUnusable, locked, prepare_data_dir
from edge_csms.domain.errors import Conflict, Invalid
from edge_csms.storage import backups, sequences
from edge_csms.storage.database import Database
from edge_csms.storage.highest_id import HighestId
from tests.running import RunningSite

PASSWORD = "Volt-Ampere-9"
OTHER_PASSWORD = "Ohm-Farad-7"

StartSiteIn = Callable[[Path], Awaitable[RunningSite]]


async def administer(data_dir: Path, command: str, **arguments: Any) -> Any:
    """Give a command as another process would, beside the server's loop."""
    return await asyncio.to_thread(control.administer, data_dir, command, arguments)


async def add_user(data_dir: Path, username: str, password: str = PASSWORD) -> None:
    await administer(data_dir, "add_user", username=username, role="viewer", password=password)


async def usernames(data_dir: Path) -> list[str]:
    return [user["username"] for user in await administer(data_dir, "list_users")]


async def take_ids(data_dir: Path, count: int) -> list[int]:
    """Issue transaction ids, as a server would."""
    database = Database(data_dir / control.DATABASE)
    await database.open()
    taken = [await database.run(sequences.take, sequences.TRANSACTION) for _ in range(count)]
    await database.close()
    return taken


def leave_socket(path: Path) -> None:
    """Bind a socket there and let nobody answer it, as a server leaves it that was killed."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.close()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    prepare_data_dir(tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def start_site_in(io_loop: IOLoop) -> Iterator[StartSiteIn]:
    """Give a function that starts a server on a data directory."""
    started: list[RunningSite] = []

    async def start(data_dir: Path) -> RunningSite:
        site = RunningSite(data_dir)
        await site.start()
        started.append(site)
        return site

    yield start
    for site in started:
        io_loop.run_sync(site.stop)


# --- with a running server ---


async def test_a_running_server_keeps_the_accounts_itself(site: RunningSite) -> None:
    with locked(site.data_dir):  # as `serve` does: nobody else may open the database
        await add_user(site.data_dir, "kim")
        await administer(site.data_dir, "set_password", username="kim", password=OTHER_PASSWORD)
        assert await administer(site.data_dir, "list_users") == [{"username": "kim", "role": "viewer", "active": True}]
        body = {"username": "kim", "password": OTHER_PASSWORD}
        assert (await site.ask("POST", "/api/auth/login", body, role=None)).status == 200
        await administer(site.data_dir, "remove_user", username="kim")
        assert await usernames(site.data_dir) == []


async def test_a_running_server_writes_a_backup_that_opens(site: RunningSite, tmp_path: Path) -> None:
    await add_user(site.data_dir, "kim")
    await administer(site.data_dir, "backup", destination=str(tmp_path / "copy"))
    backups.check(tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_size > 0


async def test_nothing_is_restored_under_a_running_server(site: RunningSite, tmp_path: Path) -> None:
    await administer(site.data_dir, "backup", destination=str(tmp_path / "copy"))
    with pytest.raises(Conflict, match="stop it first"):
        await administer(site.data_dir, "restore", source=str(tmp_path / "copy"))


async def test_refusals_come_back_in_the_words_of_the_server(site: RunningSite) -> None:
    with pytest.raises(Conflict, match="too short"):
        await add_user(site.data_dir, "kim", "short")
    with pytest.raises(Conflict, match="there is no user zoe"):
        await administer(site.data_dir, "remove_user", username="zoe")
    with pytest.raises(Conflict, match="another version"):
        await administer(site.data_dir, "levitate")


async def test_only_the_owner_of_the_directory_reaches_the_server(site: RunningSite) -> None:
    path = site.data_dir / control.SOCKET
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(site.data_dir.stat().st_mode) == 0o700


async def test_nonsense_through_the_socket_hurts_nobody(site: RunningSite) -> None:
    for nonsense in (
        b"\n",
        b"{}\n",
        b"[1]\n",
        b"\xff\n",
        b'{"command": "add_user", "arguments": {}}\n',
        b"",
        b"x" * 99999,
    ):
        reader, writer = await asyncio.open_unix_connection(str(site.data_dir / control.SOCKET))
        writer.write(nonsense)
        writer.write_eof()
        assert "refusal" in json.loads(await reader.readline())
        writer.close()
    assert await usernames(site.data_dir) == []


async def test_the_data_may_lie_deeper_than_a_socket_may(tmp_path: Path, start_site_in: StartSiteIn) -> None:
    data_dir = tmp_path.joinpath(*("deep" * 10 for _ in range(5)))
    assert len(str(data_dir)) > 200
    site = await start_site_in(data_dir)
    await add_user(site.data_dir, "kim")
    assert await usernames(site.data_dir) == ["kim"]


# --- without a server ---


async def test_without_a_server_a_command_opens_the_database_itself(data_dir: Path, tmp_path: Path) -> None:
    await add_user(data_dir, "kim")
    await administer(data_dir, "set_password", username="kim", password=OTHER_PASSWORD)
    assert await administer(data_dir, "list_users") == [{"username": "kim", "role": "viewer", "active": True}]
    await administer(data_dir, "backup", destination=str(tmp_path / "copy"))
    backups.check(tmp_path / "copy")
    await administer(data_dir, "remove_user", username="kim")
    assert await usernames(data_dir) == []


async def test_without_a_server_refusals_are_the_same(data_dir: Path) -> None:
    with pytest.raises(Invalid, match="too short"):
        await add_user(data_dir, "kim", "short")
    with pytest.raises(Conflict, match="another version"):
        await administer(data_dir, "levitate")


async def test_nobody_opens_the_database_while_another_process_holds_the_directory(data_dir: Path) -> None:
    with locked(data_dir):
        for command in ("list_users", "restore"):
            with pytest.raises(Conflict, match="another edge-csms is using the data directory"):
                await administer(data_dir, command, source="copy")
    assert await usernames(data_dir) == []


async def test_the_socket_that_a_killed_server_left_is_in_nobodys_way(
    data_dir: Path, start_site_in: StartSiteIn
) -> None:
    leave_socket(data_dir / control.SOCKET)
    await add_user(data_dir, "kim")
    site = await start_site_in(data_dir)
    assert await usernames(site.data_dir) == ["kim"]


async def test_a_server_that_stops_before_it_answers_is_no_success(data_dir: Path) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    server = await asyncio.start_unix_server(hang_up, str(data_dir / control.SOCKET))
    with pytest.raises(Conflict, match="stopped before it answered"):
        await administer(data_dir, "list_users")
    server.close()


@pytest.mark.parametrize("path", ["/proc/data", "/dev/null/data"])
def test_a_directory_that_cannot_be_written_is_told(path: str) -> None:
    with pytest.raises(DataDirUnusable, match=f"the data directory {path} can't be written"):
        prepare_data_dir(Path(path))


# --- restore ---


async def test_a_restore_brings_back_the_backup_and_keeps_what_it_replaced(data_dir: Path, tmp_path: Path) -> None:
    await add_user(data_dir, "before")
    await administer(data_dir, "backup", destination=str(tmp_path / "copy"))
    await add_user(data_dir, "after")
    kept = Path((await administer(data_dir, "restore", source=str(tmp_path / "copy")))["kept"])
    assert await usernames(data_dir) == ["before"]
    await administer(data_dir, "restore", source=str(kept))
    assert await usernames(data_dir) == ["after", "before"]


async def test_a_restore_of_what_is_no_backup_changes_nothing(data_dir: Path, tmp_path: Path) -> None:
    await add_user(data_dir, "kim")
    (tmp_path / "copy").write_text("no backup")
    with pytest.raises(Invalid, match="copy"):
        await administer(data_dir, "restore", source=str(tmp_path / "copy"))
    assert await usernames(data_dir) == ["kim"]


async def test_after_a_restore_ids_go_on_far_above_those_of_the_backup(data_dir: Path, tmp_path: Path) -> None:
    assert await take_ids(data_dir, 3) == [1, 2, 3]
    await administer(data_dir, "backup", destination=str(tmp_path / "copy"))
    assert await take_ids(data_dir, 2) == [4, 5]  # the backup can't know them
    await administer(data_dir, "restore", source=str(tmp_path / "copy"))
    assert await take_ids(data_dir, 2) == [100_004, 100_005]


async def test_after_a_second_restore_of_one_backup_ids_go_on_above_those_after_the_first(
    data_dir: Path, tmp_path: Path
) -> None:
    await administer(data_dir, "backup", destination=str(tmp_path / "copy"))
    await administer(data_dir, "restore", source=str(tmp_path / "copy"))
    issued = await take_ids(data_dir, 1)
    noted = HighestId(data_dir)  # as the server notes what it issues
    noted.note(issued[0])
    noted.close()
    await administer(data_dir, "restore", source=str(tmp_path / "copy"))
    assert (await take_ids(data_dir, 1))[0] > issued[0]


async def test_a_server_on_restored_data_issues_ids_above_all_that_it_noted(
    data_dir: Path, start_site_in: StartSiteIn
) -> None:
    site = await start_site_in(data_dir)
    await site.stop()
    noted = HighestId(data_dir)
    noted.note(4711)
    noted.close()
    await site.start()
    assert await site.app.database.run(sequences.take, sequences.TRANSACTION) == 4712
