"""Connection attempts: how far every charger got, why not further, and what to do; the refused ones above all."""

import itertools
import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from edge_csms.central.clock import SiteClock
from edge_csms.central.event_bus import EventBus
from edge_csms.domain.errors import StorageUnavailable
from edge_csms.domain.events import ChargePointBooted, Event
from edge_csms.domain.model import fold
from edge_csms.services import connection_attempts
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

KEPT = 500  # in memory; what is refused again and again is counted, not listed
TOGETHER = timedelta(minutes=10)  # equal refusals within it are one entry
MAX_TEXT = 300
MAX_UNSTORED = 200  # different refusals that wait to be stored; a flood of made-up names is cut off there


Kind = tuple[str, str, str, str]  # address, folded identity, stage, cause


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
    def kind(self) -> Kind:
        """Give what makes two attempts equal."""
        return self.address, fold(self.identity or ""), self.stage.value, self.cause


class Attempts:
    """The latest attempts."""

    def __init__(self, database: Database, clock: SiteClock, bus: EventBus) -> None:
        self._database = database
        self._clock = clock
        self._numbers = itertools.count(1)
        self._latest: dict[int, Attempt] = {}  # by number, the oldest first
        self._last_of_kind: dict[Kind, Attempt] = {}
        self._unstored: Counter[tuple[str, str, str, str, str]] = Counter()
        self._connected: dict[str, Attempt] = {}
        bus.subscribe(self._on_event)

    def begin(self, address: str, path: str = "", stage: Stage = Stage.TCP) -> Attempt:
        """Note that somebody connects."""
        now = self._clock.now()
        attempt = Attempt(next(self._numbers), now, now, address, path[:MAX_TEXT], stage=stage)
        self._latest[attempt.number] = attempt
        if len(self._latest) > KEPT:
            del self._latest[next(iter(self._latest))]
        return attempt

    def refuse(self, attempt: Attempt, stage: Stage, cause: str, fix: str) -> None:
        """Note that an attempt ended at `stage`, and why."""
        attempt.stage, attempt.cause, attempt.fix, attempt.outcome = stage, cause, fix, "refused"
        kind = (*attempt.kind, fix)
        is_noted = len(self._unstored) < MAX_UNSTORED or kind in self._unstored
        if is_noted:
            self._unstored[kind] += 1
        if not self._counts_as_one_before(attempt) and is_noted:
            log.info("%s, identity %r, got as far as %s: %s", attempt.address, attempt.identity, stage, cause)

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
            if attempt.stage is Stage.SUBPROTOCOL:
                attempt.cause, attempt.fix = "it sent no message", "Set the charger to OCPP in its JSON form."
            self._counts_as_one_before(attempt)
        if attempt.identity is not None and self._connected.get(fold(attempt.identity)) is attempt:
            del self._connected[fold(attempt.identity)]

    def list_(self, identity: str | None = None) -> list[Attempt]:
        """List the latest attempts, those of one identity if it is given, the newest first."""
        found = sorted(self._latest.values(), key=lambda one: (one.last_at, one.number), reverse=True)
        wanted = None if identity is None else fold(identity)
        return [one for one in found if wanted is None or fold(one.identity or "") == wanted]

    async def flush(self) -> None:
        """Store the counts of refusals since the last time; raises StorageUnavailable."""
        unstored, self._unstored = self._unstored, Counter()
        if not unstored:
            return
        try:
            await self._database.run_patient(connection_attempts.note, dict(unstored), self._clock.now())
        except StorageUnavailable:
            self._unstored += unstored
            raise

    def _counts_as_one_before(self, attempt: Attempt) -> bool:
        """Count an equal attempt of a little before up, in place of this one."""
        before = self._last_of_kind.get(attempt.kind)
        if (
            before is not None
            and before is self._latest.get(before.number)
            and before.outcome == attempt.outcome
            and attempt.at - before.last_at < TOGETHER
        ):
            before.count += 1
            before.last_at = attempt.at
            self._latest.pop(attempt.number, None)
            return True
        if len(self._last_of_kind) > KEPT:
            self._last_of_kind.clear()
        self._last_of_kind[attempt.kind] = attempt
        return False

    def _on_event(self, event: Event) -> None:
        if isinstance(event, ChargePointBooted) and (attempt := self._connected.get(fold(event.charge_point_id))):
            if event.accepted:
                attempt.stage, attempt.cause, attempt.fix = Stage.ACCEPTED, "", ""
            else:
                attempt.stage, attempt.cause = Stage.BOOT, "it waits for acceptance"
                attempt.fix = "Accept the charger on the admin page."
