"""Files that come and go: room for them, and what a restart and the passing of time leave of them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from edge_csms.central.clock import SiteClock
from edge_csms.central.context import Context
from edge_csms.central.event_bus import EventBus
from edge_csms.central.file_transfers import FileTransfers
from edge_csms.central.quirks import Quirks
from edge_csms.central.settings import CentralSettings, FileSettings
from edge_csms.domain.errors import Conflict, FilesUnavailable, NoRoom
from edge_csms.domain.events import Event, FileJobChanged
from edge_csms.domain.file_jobs import FileJobKind
from edge_csms.services import charge_points, file_jobs
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.services.file_jobs import Order, Slot, hash_token
from edge_csms.services.file_store import FileStore
from edge_csms.storage.database import Database


class Desk:
    """File transfers over a database, and what they told."""

    def __init__(self, database: Database, directory: Path, total_bytes: int) -> None:
        self.told: list[Event] = []
        bus = EventBus()
        bus.subscribe(self.told.append)
        self.directory = directory / "files"
        self.directory.mkdir()
        self.database = database
        self.clock = SiteClock()
        authority = CertificateAuthority(directory, "site")
        context = Context(database, self.clock, bus, CentralSettings(), authority, Quirks())
        self.probation = context.probation
        settings = FileSettings(upload_bytes=60, total_bytes=total_bytes, kept=timedelta(days=1))
        self.transfers = FileTransfers(context, FileStore(self.directory, total_bytes), settings)

    async def order(self, token: str) -> Slot:
        """Order a log of a charge point, and open the slot for it."""

        def make() -> None:
            if charge_points.find("CP1") is None:
                charge_points.add("CP1", self.clock.now(), {})
            wanted = Order(kind=FileJobKind.LOG, asked_by="anna", token_hash=hash_token(token))
            file_jobs.order("CP1", wanted, self.clock.now())

        await self.database.run(make)
        return await self.transfers.open_slot(token, is_upload=True)

    async def upload(self, token: str, content: bytes) -> Slot:
        """Order a log and deliver it."""
        slot = await self.order(token)
        incoming = await self.transfers.begin_upload(slot, len(content))
        await incoming.write(content)
        await self.transfers.receive(slot, incoming, "a.log", "192.0.2.7")
        await self.transfers.abandon(slot, incoming)
        return slot

    @property
    def names(self) -> list[str]:
        return [path.name for path in self.directory.iterdir()]


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(database, tmp_path, 100)
    yield desk
    desk.transfers.close()


async def test_an_upload_is_told_and_its_file_stays(desk: Desk) -> None:
    await desk.upload("one", b"content")
    assert [event.state for event in desk.told if isinstance(event, FileJobChanged)] == ["uploading", "uploaded"]
    assert len(desk.names) == 1


async def test_a_second_file_of_a_job_is_dropped(desk: Desk) -> None:
    slot = await desk.upload("one", b"first")
    incoming = await desk.transfers.begin(60)
    await incoming.write(b"second")
    with pytest.raises(Conflict):
        await desk.transfers.receive(slot, incoming, "b.log", "192.0.2.7")
    assert len(desk.names) == 1


async def test_a_newer_upload_supersedes_the_one_that_hangs(desk: Desk) -> None:
    slot = await desk.order("one")
    older = await desk.transfers.begin_upload(slot)
    newer = await desk.transfers.begin_upload(slot)
    with pytest.raises(Conflict):
        await older.write(b"late")
    await newer.write(b"whole")
    await desk.transfers.abandon(slot, older)
    await desk.transfers.receive(slot, newer, "a.log", "192.0.2.7")
    assert len(desk.names) == 1


async def test_the_oldest_make_room_and_nothing_else_does(desk: Desk) -> None:
    for token in ("one", "two", "three"):
        await desk.upload(token, bytes(45))
    assert [job.stored_as is not None for job in await desk.database.read(file_jobs.list_, 10)] == [True, True, False]
    image = await desk.transfers.begin(1000, 60)
    await image.write(bytes(55))
    await image.finish()
    another = await desk.transfers.begin(1000, 60)
    with pytest.raises(NoRoom):
        await another.write(bytes(46))
    await another.close()


async def test_a_restart_sweeps_up_what_a_crash_left(desk: Desk) -> None:
    await desk.upload("one", b"content")
    (desk.directory / f"{'0' * 32}.part").touch()
    await desk.transfers.prepare()
    assert [len(name) for name in desk.names] == [32]


async def test_what_is_old_goes_and_its_job_stays(desk: Desk) -> None:
    slot = await desk.upload("one", b"content")
    await desk.transfers.expire()
    assert len(desk.names) == 1

    def age() -> None:
        old = desk.clock.now() - timedelta(days=2)
        file_jobs.file_jobs.update(slot.job.job_id, {"finished_at": old})

    await desk.database.run(age)
    await desk.transfers.expire()
    assert desk.names == []
    assert (await desk.database.read(file_jobs.get, slot.job.job_id)).stored_as is None


async def test_a_version_on_probation_takes_no_upload_that_a_way_back_would_forget(desk: Desk) -> None:
    slot = await desk.order("one")
    desk.probation.begin()
    with pytest.raises(FilesUnavailable, match="on probation"):
        await desk.transfers.begin_upload(slot)
    desk.probation.end()
    await (await desk.transfers.begin_upload(slot)).close()
