"""The trial of a change of the network: it comes back by itself unless somebody confirms it at its new address."""

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from edge_csms.config import Config
from edge_csms.domain.accounts import Actor
from edge_csms.domain.errors import Conflict, Forbidden, NotFound, StorageUnavailable
from edge_csms.domain.settings import Trial, TrialState
from edge_csms.network import Network
from edge_csms.services import settings
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

SECONDS = 90.0  # to open the new address, get past a browser's warning and confirm
BY_ITSELF = Actor("", "")


class NetworkTrial:
    """The last change of port, address or TLS.

    What is tried is stored as tried and not as set, so that a process which is killed meanwhile starts as before.
    """

    def __init__(self, network: Network, database: Database, now: Callable[[], datetime]) -> None:
        self.seconds = SECONDS
        self._network = network
        self._database = database
        self._now = now
        self._last: Trial | None = None
        self._values: Mapping[str, Any] = {}
        self._code = ""
        self._beginning = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._return: asyncio.Task[None] | None = None

    @property
    def last(self) -> Trial | None:
        """Give the change and how it is; None where there was none since the start."""
        if self._last is None or self._timer is None:
            return self._last
        left = self._timer.when() - asyncio.get_running_loop().time()
        return replace(self._last, seconds_left=max(0.0, left))

    async def recall(self) -> None:
        """Take note of a trial that the last stop or kill has ended."""
        found = await self._database.look_up(settings.find_trial)
        if found is None:
            return
        began_at, values = found
        log.warning("nobody confirmed the change of the network before the server stopped: it was taken back")
        self._last = Trial(TrialState.STOPPED, began_at, values, self._network.place)
        await self._note_end(TrialState.STOPPED, BY_ITSELF)

    async def begin(self, config: Config, values: Mapping[str, Any], who: Actor) -> str:
        """Try settings and give the code that confirms them; raises Refusal, and then all is as it was."""
        if self._beginning.locked() or self._timer is not None:
            raise Conflict("another change of the network is on trial: confirm it or take it back first")
        async with self._beginning:
            await self._database.run(settings.note_trial, self._now(), who, values)
            try:
                await self._network.try_(config)
            except Exception:
                await self._note_end("refused", who)
                raise
        self._timer = asyncio.get_running_loop().call_later(self.seconds, self._expire)
        self._code, self._values = secrets.token_urlsafe(16), dict(values)
        self._last = Trial(TrialState.RUNNING, self._now(), self._values, self._network.place)
        return self._code

    async def confirm(self, code: str, scheme: str, port: int, who: Actor) -> Mapping[str, Any]:
        """Keep it and give its values. Code and way by which it comes prove that the new address can be reached."""
        trial = self._running()
        if not hmac.compare_digest(code.encode(), self._code.encode()):
            raise Forbidden("this is not the code of the change that is on trial")
        place = trial.network
        if (scheme, port) != (place.scheme, place.tls_port if place.tls else place.port):
            raise Conflict("confirm it at the new address: only that shows that it can be reached")
        await self._database.run(settings.end_trial, self._now(), who, TrialState.KEPT, self._values)
        self._running()  # it may have expired while the disk was slow
        self._stop_timer()
        self._last = replace(trial, state=TrialState.KEPT)
        self._network.settle()
        return self._values

    async def take_back(self, who: Actor) -> None:
        """Go back at once."""
        self._running()
        self._go_back(TrialState.TAKEN_BACK)
        await self._note_end(TrialState.TAKEN_BACK, who)

    async def stop(self) -> None:
        """Let the next start find it: that has the settings of before."""
        self._stop_timer()
        if self._return is not None:
            await self._return

    def _running(self) -> Trial:
        if self._last is None or self._last.state != TrialState.RUNNING:
            raise NotFound("no change of the network is on trial; it may have come back by itself")
        return self._last

    def _expire(self) -> None:
        log.warning("nobody confirmed the change of the network: it is taken back")
        self._go_back(TrialState.EXPIRED)
        self._return = asyncio.get_running_loop().create_task(self._note_end(TrialState.EXPIRED, BY_ITSELF))

    def _go_back(self, state: TrialState) -> None:
        self._stop_timer()
        self._last = replace(self._running(), state=state, seconds_left=0.0)
        self._network.go_back()

    async def _note_end(self, outcome: str, who: Actor) -> None:
        with suppress(StorageUnavailable):  # then the next start finds it and says so
            await self._database.run(settings.end_trial, self._now(), who, outcome, {})

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
