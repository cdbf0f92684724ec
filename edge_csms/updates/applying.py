"""Lets a release take the place of the running version, and the old one come back by itself where that fails.

What makes the way back safe: until it is kept, the new version is on probation and acknowledges nothing
(central/probation.py), so that the snapshot from before lacks nothing that somebody was promised. Keeping it is one
step, done by the new version itself: it removes the mark `on-probation`. So facts say how to go on after a power cut:

- the link `current` names the old version: nothing has happened yet, or the way back is behind us;
- it names the new one and the mark is there: its probation goes on, or the way back begins;
- it names the new one and the mark is gone: the new version is kept, whatever happens.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import replace

from edge_csms.domain.errors import Refusal
from edge_csms.services.installation import UPDATER, Installation
from edge_csms.services.release_file import ReleaseRefused
from edge_csms.services.update_spool import (
    ON_PROBATION,
    PROGRESS,
    RELEASE,
    REQUESTED,
    RESULT,
    OnProbation,
    Progress,
    Result,
    Spool,
    Wish,
)
from edge_csms.updates.journal import Journal, State
from edge_csms.updates.service import Service
from edge_csms.updates.site import Site, Status
from edge_csms.updates.taking_in import take_in

BYTES_PER_SECOND = 2_000_000  # of a database that a slow card reads and writes
MOST_TRIES = 2  # of a probation that is cut off, by a version that fells the box perhaps


class NotKept(Refusal):
    """The new version can't be kept."""

    def __init__(self, code: str, detail: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.missing = missing


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds."""

    start: float = 60.0  # until a server has opened its ports, and longer for what it must do to a large database first
    health: float = 30.0  # until it says that it is well
    charge_points: float = 60.0  # until all that were connected are back
    look_every: float = 0.25


class Applying:
    """One run of the updater. `tell` hears each step before it is done."""

    def __init__(
        self,
        spool: Spool,
        installation: Installation,
        site: Site,
        service: Service,
        state: State,
        *,
        patience: Patience,
        tell: Callable[[str], None],
    ) -> None:
        self._spool = spool
        self._installation = installation
        self._site = site
        self._service = service
        self._state = state
        self._patience = patience
        self._tell = tell
        self._version = ""

    def run(self) -> Result | None:
        """Carry out what is wished, or go on with what was cut off; None where there is nothing to do."""
        journal, wish = self._state.read(), self._spool.read(REQUESTED, Wish)
        if journal is not None and journal.result is not None and journal.wish != wish:
            self._state.clear()  # it was told to its end
            journal = None
        if journal is not None:
            result = journal.result or self._go_on(journal)
        elif wish is not None:
            result = self._begin(wish, ())
        else:
            self._spool.remove(REQUESTED)  # nothing that our server has written
            return None
        self._finish(journal, wish, result)
        return result

    def _go_on(self, journal: Journal) -> Result:
        self._version = journal.to_version
        if journal.failure is not None:
            return self._go_back(journal, journal.failure)
        if self._installation.current != journal.to_version:
            return self._begin(journal.wish, journal.charge_points)
        if not self._spool.has(ON_PROBATION):
            return self._end(journal)
        if journal.tries >= MOST_TRIES:
            words = "the update was cut off again and again while the new version was tried"
            return self._go_back(journal, self._failure(journal, "interrupted", words))
        return self._try(journal)

    # Forward

    def _begin(self, wish: Wish, charge_points: tuple[str, ...]) -> Result:
        self._version = wish.version
        old = self._installation.current
        status = self._site.status()
        try:
            if old is None:
                raise ReleaseRefused("no_trees", f"{self._installation.trees} holds no version that runs")
            self._step("checking")
            take_in(self._spool, self._state, self._installation, self._site, wish.version, self._step)
            connected = charge_points or (status.charge_points if status is not None else ())
            journal = Journal(wish=wish, from_version=old, to_version=wish.version, charge_points=connected)
            self._state.write(journal)
        except (ReleaseRefused, OSError) as error:
            self._installation.sweep()
            with suppress(Refusal):
                self._service.start()  # a run before this one may have stopped it, and was cut off then
            return self._refused(wish, old or "", error)
        return self._switch(journal)

    def _switch(self, journal: Journal) -> Result:
        try:
            self._step("stopping")
            self._service.stop()
            self._step("snapshot")
            self._site.take_snapshot(journal.to_version)
            self._step("switching")
            self._installation.switch(journal.from_version, UPDATER)
            self._spool.write(ON_PROBATION, OnProbation(journal.to_version))
            self._installation.switch(journal.to_version)
        except (Refusal, OSError) as error:
            if self._installation.current != journal.to_version:
                with suppress(OSError):  # a disk that can't be written any more
                    self._spool.remove(ON_PROBATION)
                with suppress(Refusal):
                    self._service.start()
                return self._refused(journal.wish, journal.from_version, error)
        return self._try(journal)

    def _try(self, journal: Journal) -> Result:
        journal = self._note(replace(journal, tries=journal.tries + 1))
        try:
            self._step("starting")
            self._start(journal.to_version)
            self._step("charge_points")
            if missing := self._wait_for_charge_points(journal):
                words = f"with version {journal.to_version} these chargers did not come back: {', '.join(missing)}"
                raise NotKept("charge_points_missing", words, missing)
            self._step("keeping")
            self._keep()
        except Refusal as failed:
            code = failed.code if isinstance(failed, NotKept) else "not_started"
            missing = failed.missing if isinstance(failed, NotKept) else ()
            return self._go_back(journal, self._failure(journal, code, failed.detail, missing))
        return self._end(journal)

    def _keep(self) -> None:
        """Have the new version keep itself; what counts is that the mark is gone, not that its answer came."""
        try:
            self._site.keep()
        except Refusal as refusal:
            if self._spool.has(ON_PROBATION):
                raise NotKept("unhealthy", f"the new version can't be kept: {refusal.detail}") from refusal

    def _end(self, journal: Journal) -> Result:
        self._step("cleaning")
        self._spool.remove(RELEASE)
        self._installation.keep_only([journal.from_version, journal.to_version])
        words = f"version {journal.to_version} took the place of {journal.from_version}"
        return self._result("updated", "", words, journal)

    # Back

    def _go_back(self, journal: Journal, failure: Result) -> Result:
        self._note(replace(journal, failure=failure))
        if self._installation.current == journal.to_version:
            self._step("stopping_again")
            self._service.stop()
            if not self._spool.has(ON_PROBATION):
                self._service.start()
                return self._end(journal)  # it was kept after all
            self._step("restoring")
            failure = self._put_snapshot_back(journal, failure)
            self._step("switching_back")
            self._installation.switch(journal.from_version)
        self._spool.remove(ON_PROBATION)
        self._step("starting_again")
        try:
            self._start(journal.from_version)
        except Refusal as refusal:
            words = f"{failure.words}; version {journal.from_version} is back in place, but: {refusal.detail}"
            return replace(failure, words=words)
        self._step("charge_points_again")
        missing = self._wait_for_charge_points(journal)
        later = f"; still missing are {', '.join(missing)}" if missing else ""
        words = f"{failure.words}. Version {journal.from_version} runs again, its database is as it was before{later}"
        return replace(failure, words=words, missing_charge_points=missing, at=_now())

    def _put_snapshot_back(self, journal: Journal, failure: Result) -> Result:
        """Put the database back; where that fails, the old version starts on what there is, which lacks nothing."""
        try:
            self._site.put_snapshot_back(journal.to_version)
        except Refusal as refusal:
            return replace(failure, words=f"{failure.words}; the database could not be put back: {refusal.detail}")
        return failure

    # Both ways

    def _start(self, version: str) -> None:
        """Start the server and wait until it is well. Raises ServiceFault, NotKept."""
        self._service.start(self._patience.start + self._site.database_bytes / BYTES_PER_SECOND)
        deadline, status = time.monotonic() + self._patience.health, None
        while time.monotonic() < deadline:
            status = self._site.status()
            if status is not None and status.ready and status.version == version:
                return
            time.sleep(self._patience.look_every)
        raise NotKept("unhealthy", _why_unwell(version, status))

    def _wait_for_charge_points(self, journal: Journal) -> tuple[str, ...]:
        """Wait until all are back that were connected before; gives those that are missing in the end."""
        deadline, missing = time.monotonic() + self._patience.charge_points, journal.charge_points
        while missing and time.monotonic() < deadline:
            time.sleep(self._patience.look_every)
            status = self._site.status()
            connected = () if status is None else status.charge_points
            missing = tuple(one for one in journal.charge_points if one not in connected)
        return missing

    def _finish(self, journal: Journal | None, wish: Wish | None, result: Result) -> None:
        """Tell the result, so that nothing is done twice whenever this is cut off."""
        wish = wish or (journal.wish if journal is not None else None)
        if wish is not None:
            told = Journal(
                wish=wish,
                from_version=result.from_version,
                to_version=result.to_version,
                charge_points=(),
                result=result,
            )
            self._note(told)
        self._step("telling")
        with suppress(OSError):  # a full disk: the journal of systemd has it too
            self._spool.write(RESULT, result)
        self._installation.end_update()
        self._spool.remove(PROGRESS)
        self._spool.remove(REQUESTED)
        self._state.clear()

    def _note(self, journal: Journal) -> Journal:
        """Note how far the update is, as far as the disk allows: a full one must not end it in its middle."""
        with suppress(OSError):
            self._state.write(journal)
        return journal

    def _step(self, step: str) -> None:
        self._tell(step)
        with suppress(OSError):
            self._spool.write(PROGRESS, Progress(step=step, version=self._version, at=_now()))

    def _refused(self, wish: Wish, old: str, error: Refusal | OSError) -> Result:
        code = error.code if isinstance(error, ReleaseRefused) else "not_done"
        words = f"nothing was changed: {_explain(error)}"
        return Result(
            outcome="refused",
            code=code,
            words=words,
            from_version=old,
            to_version=wish.version,
            username=wish.username,
            at=_now(),
        )

    def _failure(self, journal: Journal, code: str, words: str, missing: tuple[str, ...] = ()) -> Result:
        return self._result("returned", code, words, journal, missing)

    def _result(self, outcome: str, code: str, words: str, journal: Journal, missing: tuple[str, ...] = ()) -> Result:
        return Result(
            outcome=outcome,
            code=code,
            words=words,
            from_version=journal.from_version,
            to_version=journal.to_version,
            username=journal.wish.username,
            missing_charge_points=missing,
            at=_now(),
        )


def _explain(error: Refusal | OSError) -> str:
    if isinstance(error, Refusal):
        return error.detail
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


def _why_unwell(version: str, status: Status | None) -> str:
    if status is None:
        return f"version {version} was started and does not answer"
    if status.version != version:
        return f"version {status.version} answers in the place of {version}"
    return f"version {version} was started and says that it is not ready"


def _now() -> datetime:
    return datetime.now(UTC)
