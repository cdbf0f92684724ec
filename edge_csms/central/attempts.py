"""Connection attempts: how far every charger got, why not further, and what to do; the refused ones above all."""

import itertools
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from edge_csms.central.clock import SiteClock
from edge_csms.central.event_bus import EventBus
from edge_csms.domain.events import ChargePointBooted, Event
from edge_csms.domain.model import fold
from edge_csms.services import connection_attempts
from edge_csms.storage.database import Database

KEPT = 500  # in memory; what is refused again and again is counted, not listed
TOGETHER = timedelta(minutes=10)  # equal refusals within it are one entry
MAX_PATH = 300
MAX_UNSTORED = 200  # different refusals that wait to be stored; a flood of made-up names is cut off there


class Stage(StrEnum):
    """How far an attempt got, in the order in which a connection is made."""

    TCP = "tcp"
    TLS = "tls"
    PATH = "path"
    IDENTITY = "identity"
    CREDENTIAL = "credential"
    SUBPROTOCOL = "subprotocol"
    FIRST_FRAME = "first_frame"
    BOOT = "boot"
    ACCEPTED = "accepted"


@dataclass(slots=True, eq=False)
class Attempt:
    """One attempt; `count` equal refusals of one address are one."""

    number: int
    at: datetime
    last_at: datetime
    address: str
    path: str
    identity: str | None = None
    stage: Stage = Stage.TCP
    outcome: str = "open"  # then "connected", "refused" or "ended"
    cause: str = ""
    fix: str = ""
    count: int = 1

    @property
    def kind(self) -> tuple[str, str, str, str]:
        """Give what makes two refusals equal."""
        return self.address, fold(self.identity or ""), self.stage.value, self.cause


class Attempts:
    """The latest attempts."""

    def __init__(self, database: Database, clock: SiteClock, bus: EventBus) -> None:
        self._database = database
        self._clock = clock
        self._numbers = itertools.count(1)
        self._latest: deque[Attempt] = deque(maxlen=KEPT)
        self._refused: dict[tuple[str, str, str, str], Attempt] = {}
        self._unstored: Counter[tuple[str, str, str, str, str]] = Counter()
        self._connected: dict[str, Attempt] = {}
        bus.subscribe(self._on_event)

    def begin(self, address: str, path: str = "", stage: Stage = Stage.TCP) -> Attempt:
        """Note that somebody connects."""
        now = self._clock.now()
        attempt = Attempt(next(self._numbers), now, now, address, path[:MAX_PATH], stage=stage)
        self._latest.append(attempt)
        return attempt

    def refuse(self, attempt: Attempt, stage: Stage, cause: str, fix: str) -> None:
        """Note that an attempt ended at `stage`, and why; an equal one of before is counted up instead."""
        attempt.stage, attempt.cause, attempt.fix, attempt.outcome = stage, cause, fix, "refused"
        if len(self._unstored) < MAX_UNSTORED or (*attempt.kind, fix) in self._unstored:
            self._unstored[*attempt.kind, fix] += 1
        before = self._refused.get(attempt.kind)
        if before is not None and attempt.at - before.last_at < TOGETHER and before in self._latest:
            before.count += 1
            before.last_at = attempt.at
            self._latest.remove(attempt)
            return
        if len(self._refused) > KEPT:
            self._refused.clear()
        self._refused[attempt.kind] = attempt

    def connected(self, attempt: Attempt, charge_point_id: str) -> None:
        """Note that a session was opened."""
        attempt.identity, attempt.stage, attempt.outcome = charge_point_id, Stage.SUBPROTOCOL, "connected"
        self._connected[fold(charge_point_id)] = attempt

    def first_frame(self, attempt: Attempt) -> None:
        """Note that the charge point said something."""
        if attempt.stage is Stage.SUBPROTOCOL:
            attempt.stage = Stage.FIRST_FRAME

    def ended(self, attempt: Attempt) -> None:
        """Note that the connection is gone."""
        if attempt.outcome == "connected":
            attempt.outcome = "ended"
        if attempt.identity is not None and self._connected.get(fold(attempt.identity)) is attempt:
            del self._connected[fold(attempt.identity)]

    def list_(self, identity: str | None = None) -> list[Attempt]:
        """List the latest attempts, those of one identity if it is given, the newest first."""
        wanted = None if identity is None else fold(identity)
        return [one for one in reversed(self._latest) if wanted is None or fold(one.identity or "") == wanted]

    async def flush(self) -> None:
        """Store the counts of refusals since the last time."""
        unstored, self._unstored = self._unstored, Counter()
        if unstored:
            now = self._clock.now()
            await self._database.run_patient(connection_attempts.note, dict(unstored), now)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, ChargePointBooted) and (attempt := self._connected.get(fold(event.charge_point_id))):
            attempt.stage = Stage.ACCEPTED if event.accepted else Stage.BOOT
