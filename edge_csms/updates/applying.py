"""Lets a release take the place of the running version, and the old one come back by itself where that fails.

What makes the way back safe: until it is kept, the new version is on probation and acknowledges nothing
(central/probation.py), so that the snapshot from before lacks nothing that somebody was promised. Keeping it is one
step, done by the new version itself: it removes the mark `on-probation`. So facts say how to go on after a power cut:

- the link `current` names the new version and the mark is there: its probation goes on, or the way back begins;
- it names the new one and the mark is gone: the new version is kept, whatever happens;
- it names the old one and the mark is there: its database is not back yet, or nothing has happened yet;
- it names the old one and the mark is gone: nothing has happened yet, or the way back is behind us.

As long as the mark is there a server acknowledges nothing, whichever version it is: the old one too, if the box is
started anew before its database is back.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeGuard

from msgspec.structs import replace

from edge_csms.domain.errors import Refusal
from edge_csms.services.installation import UPDATER, Installation
from edge_csms.services.release_file import ReleaseRefused
from edge_csms.services.update_spool import (
    ALIVE,
    OF_THE_UPDATER,
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
    is_half_written,
)
from edge_csms.updates.journal import Journal, State
from edge_csms.updates.patience import Patience, Quiet
from edge_csms.updates.service import Service
from edge_csms.updates.site import Failed, Site, Status
from edge_csms.updates.taking_in import take_in

MOST_TRIES = 2  # of a probation that is cut off, by a version that fells the box perhaps
ATTEMPTS = 3  # to put the database back, before anything else is thought of
MISSING = "charge_points_missing"


class NotKept(Refusal):
    """The new version can't be kept."""

    def __init__(self, code: str, detail: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.missing = missing


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
        self._stopped_at = time.monotonic()

    def run(self) -> Result | None:
        """Carry out what is wished, or go on with what was cut off; None where there is nothing to do."""
        self._sweep()
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
            if self._spool.has(ON_PROBATION):  # on a way back perhaps, whose reason a full disk did not take
                return self._go_back(journal, self._failure(journal, "interrupted", "the update was cut off"))
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
            self._let_old_one_go_on()  # a run before this one may have stopped it, and was cut off then
            return self._refused(wish, old or "", error)
        return self._switch(journal)

    def _switch(self, journal: Journal) -> Result:
        try:
            self._step("stopping")
            self._stopped_at = time.monotonic()
            self._service.stop()
            self._step("snapshot")
            self._site.take_snapshot(journal.to_version)
            self._step("switching")
            self._installation.switch(journal.from_version, UPDATER)
            self._spool.write(ON_PROBATION, OnProbation(journal.to_version))
            self._installation.switch(journal.to_version)
        except (Refusal, OSError) as error:
            if self._installation.current != journal.to_version:
                self._let_old_one_go_on()
                return self._refused(journal.wish, journal.from_version, error)
        return self._try(journal)

    def _let_old_one_go_on(self) -> None:
        with suppress(OSError):  # a disk that can't be written any more
            self._spool.remove(ON_PROBATION)
        with suppress(Refusal):
            self._start_service()
        with suppress(Refusal):
            self._site.keep()  # it may run since the mark was there

    def _try(self, journal: Journal) -> Result:
        journal = self._note(replace(journal, tries=journal.tries + 1))
        try:
            self._step("starting")
            self._start(journal.to_version)
            self._step("charge_points")
            away = time.monotonic() - self._stopped_at
            if missing := self._wait_for_charge_points(journal, journal.to_version, away):
                words = f"with version {journal.to_version} these chargers did not come back: {', '.join(missing)}"
                raise NotKept(MISSING, words, missing)
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
        fault = self._bring_back(journal, failure) if self._spool.has(ON_PROBATION) else ""
        if self._installation.current == journal.to_version:  # it was kept after all, or must stay
            with suppress(Refusal):
                self._start_service()
            kept = self._end(journal)
            words = f"{kept.words}, although {failure.words}, since {fault}"
            return replace(failure, outcome=kept.outcome, words=words) if fault else kept
        is_so = f"as version {journal.to_version} left it, since {fault}" if fault else "as it was before"
        self._step("starting_again")
        try:
            self._start(journal.from_version)
            self._step("charge_points_again")
            missing = self._wait_for_charge_points(journal, journal.from_version)
        except Refusal as refusal:
            back = f"version {journal.from_version} is back in place, its database is {is_so}, but"
            return replace(failure, words=f"{failure.words}; {back}: {refusal.detail}")
        later = f"; still missing are {', '.join(missing)}" if missing else ""
        words = f"{failure.words}. Version {journal.from_version} runs again, its database is {is_so}{later}"
        return replace(failure, words=words, missing_charge_points=missing, at=_now())

    def _bring_back(self, journal: Journal, failure: Result) -> str:
        """Bring back the old version and its database; gives why the latter stays as it is, "" where it is back.

        Where neither version could serve, this tries for ever: once the disk is mended, all goes on by itself.
        """
        attempts = 0
        while True:
            try:
                self._put_back(journal)
                return ""
            except (Refusal, OSError) as error:
                fault = f"the database can't be put back: {_explain(error)}"
            attempts += 1
            self._tell(f"{fault}; tried {attempts} times")
            if attempts >= ATTEMPTS:
                with suppress(Refusal, OSError):
                    self._do_without(journal, failure)
                    return fault
            time.sleep(self._patience.retry)

    def _put_back(self, journal: Journal) -> None:
        """Bring back the old version and its database. Raises Refusal, OSError, and can be repeated then."""
        self._step("stopping_again")
        self._service.stop(self._patience.stop)
        if self._spool.has(ON_PROBATION):  # else it was kept at the last moment
            self._step("switching_back")
            self._installation.switch(journal.from_version)
            self._step("restoring")
            self._site.put_snapshot_back(journal.to_version)
            self._spool.remove(ON_PROBATION)

    def _do_without(self, journal: Journal, failure: Result) -> None:
        """Let a version serve without the snapshot. Raises Refusal, OSError where none can.

        What the new one did to the database lacks nothing: if the old one can read it, that is as good. Else a version
        that works for some chargers is better than none.
        """
        try:
            self._site.check_database()
        except Failed:
            if failure.code != MISSING:
                raise
            self._installation.switch(journal.to_version)
            self._start(journal.to_version)
            self._keep()
        else:
            self._installation.switch(journal.from_version)
            with suppress(OSError):  # from a disk that can't be written the old version serves what can be read
                self._spool.remove(ON_PROBATION)

    # Both ways

    def _start(self, version: str) -> None:
        """Start the server and wait until it has been well for a while. Raises ServiceFault, NotKept."""
        self._start_service()
        began = well_since = time.monotonic()
        while (now := time.monotonic()) - well_since < self._patience.steady:
            if not _is_well(status := self._site.status(), version):
                well_since = time.monotonic()
                if now - began > self._patience.unwell:
                    raise NotKept("unhealthy", _why_unwell(version, status))
            time.sleep(self._patience.look_every)

    def _start_service(self) -> None:
        self._service.start(Quiet(self._spool.last_sign_of_life, self._patience.quiet).is_over)

    def _wait_for_charge_points(self, journal: Journal, version: str, away: float = 0.0) -> tuple[str, ...]:
        """Wait until all are back that were connected; gives those that are missing in the end. Raises NotKept."""
        well_at, missing = time.monotonic(), journal.charge_points
        deadline = well_at + self._patience.for_charge_points(away)
        while missing and (now := time.monotonic()) < deadline:
            time.sleep(self._patience.look_every)
            if _is_well(status := self._site.status(), version):
                well_at = now
                missing = tuple(one for one in journal.charge_points if one not in status.charge_points)
            elif now - well_at > self._patience.unwell:
                raise NotKept("unhealthy", _why_unwell(version, status))
        return missing

    def _sweep(self) -> None:
        """Remove what an updater has left that was cut off: none but this one runs."""
        with suppress(Refusal, OSError):
            self._state.sweep()
            self._installation.sweep()
            self._spool.sweep(lambda name: is_half_written(name, OF_THE_UPDATER))
            self._site.sweep()

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
        for name in (PROGRESS, ALIVE, REQUESTED):
            self._spool.remove(name)
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


def _is_well(status: Status | None, version: str) -> TypeGuard[Status]:
    return status is not None and status.ready and status.version == version


def _why_unwell(version: str, status: Status | None) -> str:
    if status is None:
        return f"version {version} was started and does not answer"
    if status.version != version:
        return f"version {status.version} answers in the place of {version}"
    return f"version {version} was started and says that it is not ready"


def _now() -> datetime:
    return datetime.now(UTC)
