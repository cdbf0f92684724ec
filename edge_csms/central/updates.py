"""What the server does about updates: takes a release in, asks for it to be applied when nobody charges, tells of it.

The server can't change its own program. It leaves the file and the wish in the spool; root's updater does the rest
(edge_csms/updates), and finds this process again through the control socket.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from edge_csms import VERSION
from edge_csms.central.system import CentralSystem
from edge_csms.domain.accounts import Actor
from edge_csms.domain.errors import Conflict, FilesUnavailable, StorageUnavailable
from edge_csms.services import audit, removable_media, transactions, update_intake
from edge_csms.services.installation import Installation
from edge_csms.services.update_intake import ReadyRelease
from edge_csms.services.update_spool import (
    ON_PROBATION,
    PROGRESS,
    RELEASE,
    REQUESTED,
    RESULT,
    TOLD,
    WAITING,
    OnProbation,
    Progress,
    Result,
    Spool,
    Wish,
)
from edge_csms.storage.database import Database

T = TypeVar("T")

log = logging.getLogger(__name__)

LONGEST_PROBATION_SECONDS = 600.0  # an updater that was killed and never started again must not stop the site
ANSWER_SECONDS = 3.0  # in which a database thread that does not hang answers; less than the updater waits for us


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How far an update is: which of these is there says it."""

    release: ReadyRelease | None
    waiting: Wish | None  # for the last charger to be done
    requested: Wish | None
    progress: Progress | None
    result: Result | None


class Updates:
    """Updates of this program."""

    def __init__(
        self, central: CentralSystem, database: Database, spool: Spool, installation: Installation | None
    ) -> None:
        self.spool = spool
        self.installation = installation
        self.serving = False  # the ports are open
        self._central = central
        self._database = database
        self._probation = central.probation
        self._keep_by_itself: asyncio.TimerHandle | None = None

    # For the updater, through the control socket

    def commands(self) -> dict[str, Callable[[], Awaitable[Any]]]:
        """Give what it may ask of a running server; versions to come go on knowing these names."""
        return {"status": self.status, "keep_version": self.keep_version}

    async def status(self) -> dict[str, Any]:
        """Say how this server is; every version goes on telling this much, since an older updater asks."""
        return {
            "version": VERSION,
            "ready": self.serving and await self._database_answers(),
            "charge_points": [live.charge_point_id for live in self._central.connected()],
        }

    async def keep_version(self) -> None:
        """Keep this version, as the updater wants."""
        self.keep()

    def keep(self) -> None:
        """Keep this version: from here on there is no way back by itself, and what waits is answered."""
        self.spool.remove(ON_PROBATION)
        self._probation.end()
        self.close()

    # For the composition root

    def prepare(self) -> None:
        """Begin the probation while an update is not at its end, whichever version it has started."""
        try:
            self.spool.prepare()
            update_intake.sweep(self.spool)
        except OSError as error:  # a disk that can't be written
            log.warning("no update can be brought: %s", error)
        mark = self.spool.read(ON_PROBATION, OnProbation)
        if mark is not None:
            log.warning("version %s is on probation: nothing is acknowledged until one is kept", mark.version)
            self._probation.begin()
            loop = asyncio.get_running_loop()
            self._keep_by_itself = loop.call_later(LONGEST_PROBATION_SECONDS, self.keep)

    def close(self) -> None:
        """Wait for nothing any more."""
        if self._keep_by_itself is not None:
            self._keep_by_itself.cancel()

    # For people

    async def state(self) -> State:
        """Say how far an update is."""
        return await self._work(self._state)

    async def take(self, stored_as: str) -> ReadyRelease:
        """Check a file that was brought into the spool; it replaces the one before. Raises ReleaseRefused, Conflict."""
        try:
            await self._check_nothing_is_asked()
            return await self._work(update_intake.accept, self.spool, self._installed(), stored_as)
        except Exception:
            await self._work(self.spool.remove, stored_as)
            raise

    async def take_from_medium(self, path: str) -> ReadyRelease:
        """Copy a file from a USB stick into the spool and check it."""
        await self._check_nothing_is_asked()
        file = await self._work(removable_media.open_release, path)
        return await self.take(await self._work(update_intake.copy, self.spool, file))

    async def ask(self, who: Actor, now: datetime, *, wait: bool) -> None:
        """Ask for the update, at once or, with `wait`, when the last charger is done. Raises Conflict."""
        await self._check_nothing_is_asked()
        release = await self._work(update_intake.look, self.spool, self._installed())
        if release is None:
            raise Conflict("there is no release file: bring one first")
        charging = await self.charging()
        if charging and not wait:
            raise Conflict(f"these chargers are in a transaction: {', '.join(charging)}")
        wish = Wish(version=release.version, username=who.username, address=who.address, at=now)
        await self._write(WAITING, wish)
        await self.go_on()

    async def withdraw(self) -> None:
        """Ask for nothing any more, and drop the release file. Raises Conflict while it is being applied."""
        if (await self.state()).progress is not None:
            raise Conflict("the update is being carried out")
        for name in (WAITING, REQUESTED, RELEASE):
            await self._work(self.spool.remove, name)

    async def charging(self) -> list[str]:
        """List the connected charge points that are in a transaction."""
        connected = {live.charge_point.key: live.charge_point_id for live in self._central.connected()}
        found = await self._database.read(transactions.find_charging, sorted(connected))
        return [connected[key] for key in found]

    # For the job

    async def go_on(self) -> None:
        """Start the updater if an update waits and nobody charges."""
        wish = await self._work(self.spool.read, WAITING, Wish)
        if wish is None or self._probation.is_on or await self.charging():
            return
        await self._write(REQUESTED, wish)
        await self._work(self.spool.remove, WAITING)

    async def tell(self, now: datetime) -> None:
        """Write what came of the last update into the audit trail, once."""
        result, told = (
            await self._work(self.spool.read, RESULT, Result),
            await self._work(self.spool.read, TOLD, Result),
        )
        if result is None or result == told or self._probation.is_on:
            return
        subject, outcome = f"{result.from_version} -> {result.to_version}", result.outcome
        await self._database.run(
            audit.record, now, Actor(result.username, ""), "update.result", subject, result.words, outcome
        )
        await self._write(TOLD, result)

    def _state(self) -> State:
        release = None if self.installation is None else update_intake.look(self.spool, self.installation)
        return State(
            release=release,
            waiting=self.spool.read(WAITING, Wish),
            requested=self.spool.read(REQUESTED, Wish),
            progress=self.spool.read(PROGRESS, Progress),
            result=self.spool.read(RESULT, Result),
        )

    def _installed(self) -> Installation:
        if self.installation is None:
            raise Conflict(
                "this copy of the program is not one that can be updated here: update it the way it was installed"
            )
        return self.installation

    async def _database_answers(self) -> bool:
        try:
            await asyncio.wait_for(self._database.run(_answer), ANSWER_SECONDS)
        except (TimeoutError, StorageUnavailable):
            return False
        return self._database.state == "ok"

    async def _check_nothing_is_asked(self) -> None:
        self._installed()
        state = await self.state()
        if state.waiting or state.requested or state.progress:
            raise Conflict("an update was asked for already: wait for its end, or withdraw it")

    async def _write(self, name: str, content: msgspec.Struct) -> None:
        try:
            await self._work(self.spool.write, name, content)
        except OSError as error:
            raise FilesUnavailable(error.strerror or "input/output error") from error

    async def _work(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(None, function, *args)


def _answer() -> None:
    """Do nothing, on the database thread."""
