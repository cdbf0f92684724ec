"""The site's time: the box's clock where it is plausible, else counted on; and which time of a charger is believed.

Many boxes have no battery for their clock, and many sites nobody to ask for the time. So a clock that starts in the
past or far in the future, or is set while the site runs, is not followed at once: the site's time goes on from the
last one that was good, never back, and a doubt is shown until the clock is plausible again or somebody vouches for it.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from edge_csms.central.synchronization import is_synchronized
from edge_csms.central.witnesses import Witnesses
from edge_csms.domain.errors import Conflict

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS = 1_000_000

BUILD_TIME = Path(__file__).parents[1] / "build-time"  # in what packaging/build makes: when its commit was made
FIRST_WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)  # what the source alone knows; it need not be moved
COMMITTER_AHEAD = timedelta(days=1)  # at most: a commit has the time of somebody's laptop


def built_at(build_time: Path = BUILD_TIME) -> datetime:
    """Give a time before which this program was not there for certain."""
    try:
        return datetime.fromtimestamp(int(build_time.read_text()), UTC) - COMMITTER_AHEAD
    except FileNotFoundError:
        return FIRST_WRITTEN


BUILT_AT = built_at()  # no clock is right that stands before it
OLDEST_PLAUSIBLE = datetime(2015, 1, 1, tzinfo=UTC)  # before OCPP 1.6 there was nothing to send
AHEAD = timedelta(days=1)  # of our time a charger's may be, e.g. since it tells local time
TOLERANCE_SECONDS = 60.0  # a clock may be set by so much without a doubt
LONGEST_OFF = timedelta(days=400)  # a box may have been switched off: after more we ask


class Doubt(StrEnum):
    """Why the box's clock is not believed."""

    BACK = "back"
    AHEAD = "ahead"
    SET = "set"
    CHARGERS = "chargers"


WORDS = {
    Doubt.BACK: "it stands before a time that was already recorded, or before this program was made",
    Doubt.AHEAD: f"it stands more than {LONGEST_OFF.days} days after the last time that was recorded",
    Doubt.SET: "it was set while the site ran",
    Doubt.CHARGERS: "the clocks of most chargers are more than a day away from it",
}
WHAT_HELPS = "Set the box's clock; if it is right, say so on the admin page"


def seconds_since_boot() -> float:
    """Count seconds, also while the box sleeps; whoever sets its clock doesn't change them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class SiteClock:
    """Tells the time, numbers what arrives, and says when the box's clock is in doubt."""

    def __init__(
        self,
        box: Callable[[], float] = time.time,
        counter: Callable[[], float] = seconds_since_boot,
        synchronized: Callable[[], bool] = is_synchronized,
    ) -> None:
        self._box = box
        self._counter = counter
        self._synchronized = synchronized
        self._witnesses = Witnesses()
        self._arrival = 0
        self._lead = 0
        self._is_vouched_for = False
        self._is_accused = False  # by chargers
        self._own_doubt: Doubt | None = None
        self._begin(BUILT_AT.timestamp(), is_recorded=False)

    def go_on_from(self, arrival: int, lead: int | None = None) -> None:
        """Go on above all that is stored: the highest number of arrival, and the last `lead` that was vouched for."""
        self._arrival = max(self._arrival, arrival)
        self._lead = lead or 0
        self._is_vouched_for = lead is not None
        recorded = (self._arrival - self._lead) / MICROSECONDS
        self._begin(max(BUILT_AT.timestamp(), recorded), is_recorded=self._arrival > 0)

    def now(self) -> datetime:
        """Give the site's time in UTC."""
        return datetime.fromtimestamp(self._now(), UTC)

    def next_arrival(self) -> int:
        """Number a message: microseconds since 1970 plus the lead, always above every number before."""
        self._arrival = max(self._arrival + 1, int(self._now() * MICROSECONDS) + self._lead)
        return self._arrival

    @property
    def box_time(self) -> datetime:
        """What the box's clock shows, right or wrong."""
        return datetime.fromtimestamp(self._box(), UTC)

    @property
    def doubt(self) -> Doubt | None:
        """Say why the box's clock is in doubt, None where it isn't."""
        self._now()
        if self._own_doubt is None and self._is_accused and not self._is_vouched_for:
            return Doubt.CHARGERS
        return self._own_doubt

    @property
    def in_doubt(self) -> bool:
        """Say whether the box's clock is in doubt."""
        return self.doubt is not None

    @property
    def knows_the_time(self) -> bool:
        """Say whether the site's time is right: so it is, too, where it counts on since the box's clock was set."""
        return self.doubt in (None, Doubt.SET)

    def weigh(self) -> str | None:
        """Weigh what others tell, which is to be done now and then; gives who vouches for a clock that is in doubt."""
        box, count = self._box(), self._counter()
        self._is_accused = self._witnesses.contradict(self._now() - count, count)
        if self.doubt is None or box < BUILT_AT.timestamp():
            return None
        if self._synchronized():
            return "time synchronization"
        return "chargers" if self._witnesses.confirm(box - count, count) else None

    def lead_when_trusted(self) -> int:
        """Say by how many microseconds arrivals will be ahead of the box's clock, to be stored before `trust`.

        They can't go back when a clock that ran ahead is set right. Raises Conflict where the clock can't be right.
        """
        if self.box_time < BUILT_AT:
            raise Conflict(
                f"the box's clock shows {self.box_time:%Y-%m-%d}, before this program was made; set it first"
            )
        return max(0, self._arrival - int(self._box() * MICROSECONDS))

    def trust(self, lead: int) -> None:
        """Follow the box's clock from now on, also back: somebody vouches for it."""
        self._lead, self._is_vouched_for, self._own_doubt = lead, True, None
        self._offset = self._box() - self._counter()

    def hear(self, charge_point_id: str, sent: datetime) -> None:
        """Take note of the time in a charger's message."""
        self._witnesses.note(charge_point_id, sent, self._counter())

    def believe(self, sent: datetime | None) -> tuple[datetime, bool]:
        """Choose between a charger's time and ours; the second value says whether the charger's was plausible."""
        now = self.now()
        was_off = self._own_doubt in (Doubt.BACK, Doubt.AHEAD)  # for who knows how long: ours may be far behind
        latest = now + (LONGEST_OFF if was_off else AHEAD)
        if sent is None or not OLDEST_PLAUSIBLE <= sent <= latest:
            return now, False
        return sent, True

    def _begin(self, last: float, *, is_recorded: bool) -> None:
        """Judge the box's clock by a time that has passed for certain."""
        self._is_recorded = is_recorded
        self._own_doubt = Doubt.BACK  # until `_now` finds it plausible
        self._offset = last - self._counter()
        self._now()

    def _now(self) -> float:
        """Give the site's time in seconds since 1970, and follow the box's clock where it is plausible."""
        box, count = self._box(), self._counter()
        ahead = box - count - self._offset
        if -TOLERANCE_SECONDS <= ahead <= TOLERANCE_SECONDS or self._was_off_for(ahead):
            self._offset = box - count
            self._own_doubt = None
            return box
        if self._own_doubt is None:
            self._own_doubt, self._is_vouched_for = Doubt.SET, False
        elif self._own_doubt is not Doubt.SET:
            self._own_doubt = Doubt.BACK if ahead < 0 else Doubt.AHEAD
        return count + self._offset

    def _was_off_for(self, seconds: float) -> bool:
        """Say whether the box may have been off for so long, where nobody knows how long it was."""
        if self._own_doubt is None or self._own_doubt is Doubt.SET:
            return False
        return seconds > 0 and (seconds < LONGEST_OFF.total_seconds() or not self._is_recorded)
