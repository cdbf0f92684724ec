"""Tests of what is remembered of connection attempts while the process runs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_csms.central.attempts import KEPT, MAX_UNSTORED, Attempt, Attempts, Stage
from edge_csms.central.clock import SiteClock
from edge_csms.central.event_bus import EventBus
from edge_csms.domain.errors import StorageUnavailable
from edge_csms.domain.events import ChargePointBooted
from edge_csms.services import connection_attempts
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WRONG = (Stage.CREDENTIAL, "its password is wrong", "Make a new key.")


class Clock(SiteClock):
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.time = NOW
        super().__init__()

    def now(self) -> datetime:
        return self.time


class Site:
    """The attempts, with a clock and an event bus to play with."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        self.bus = EventBus()
        self.attempts = Attempts(database, self.clock, self.bus)

    def refuse(self, identity: str | None = "CP1", address: str = "192.0.2.7", why=WRONG) -> Attempt:
        attempt = self.attempts.begin(address, f"/ocpp/{identity}", Stage.PATH)
        attempt.identity = identity
        self.attempts.refuse(attempt, *why)
        return attempt

    def connect(self, identity: str = "CP1") -> Attempt:
        attempt = self.attempts.begin("192.0.2.7", f"/ocpp/{identity}", Stage.PATH)
        self.attempts.connected(attempt, identity)
        return attempt

    def only(self) -> Attempt:
        (attempt,) = self.attempts.list_()
        return attempt


@pytest.fixture
def site(database: Database) -> Site:
    return Site(database)


# How far an attempt got


def test_an_attempt_goes_from_stage_to_stage(site):
    attempt = site.attempts.begin("192.0.2.7", "/ocpp/CP1", Stage.PATH)
    assert (attempt.stage, attempt.outcome) == (Stage.PATH, "open")
    site.attempts.connected(attempt, "CP1")
    assert (attempt.stage, attempt.outcome) == (Stage.SUBPROTOCOL, "connected")
    site.attempts.first_frame(attempt)
    assert attempt.stage is Stage.FIRST_FRAME
    site.bus.publish(ChargePointBooted("cp1", False))
    assert (attempt.stage, attempt.cause) == (Stage.BOOT, "it waits for acceptance")
    assert attempt.fix
    site.bus.publish(ChargePointBooted("cp1", True))
    assert (attempt.stage, attempt.cause, attempt.fix) == (Stage.ACCEPTED, "", "")
    site.attempts.ended(attempt)
    assert (attempt.stage, attempt.outcome, attempt.cause) == (Stage.ACCEPTED, "ended", "")


def test_a_first_frame_after_the_boot_takes_no_stage_back(site):
    attempt = site.connect()
    site.bus.publish(ChargePointBooted("CP1", True))
    site.attempts.first_frame(attempt)
    assert attempt.stage is Stage.ACCEPTED


def test_one_that_connects_and_says_nothing_is_explained(site):
    attempt = site.connect()
    site.attempts.ended(attempt)
    assert (attempt.outcome, attempt.cause) == ("ended", "it sent no message")
    assert attempt.fix


def test_a_boot_counts_for_the_newest_connection(site):
    old, new = site.connect(), site.connect()
    site.attempts.ended(old)
    site.bus.publish(ChargePointBooted("CP1", True))
    assert (old.stage, new.stage) == (Stage.SUBPROTOCOL, Stage.ACCEPTED)


def test_the_boot_of_another_charge_point_counts_for_nobody(site):
    attempt = site.connect()
    site.bus.publish(ChargePointBooted("CP2", True))
    assert attempt.stage is Stage.SUBPROTOCOL


# What is listed


def test_the_newest_attempt_is_listed_first(site):
    site.refuse("CP1")
    site.refuse("CP2")
    site.clock.time += timedelta(minutes=1)
    site.refuse("CP1")
    assert [(one.identity, one.count) for one in site.attempts.list_()] == [("CP1", 2), ("CP2", 1)]


def test_attempts_of_one_identity_can_be_listed(site):
    site.refuse("CP1")
    site.refuse("CP2")
    site.refuse(None)
    assert [one.identity for one in site.attempts.list_("cp2")] == ["CP2"]
    assert site.attempts.list_("CP3") == []


def test_equal_refusals_are_counted_not_listed(site):
    for minutes in range(5):
        site.clock.time = NOW + timedelta(minutes=minutes)
        site.refuse("CP1" if minutes % 2 else "cp1")
    attempt = site.only()
    assert (attempt.count, attempt.at, attempt.last_at) == (5, NOW, NOW + timedelta(minutes=4))


@pytest.mark.parametrize(
    "other",
    [
        {"address": "192.0.2.8"},
        {"identity": "CP2"},
        {"why": (Stage.IDENTITY, *WRONG[1:])},
        {"why": (Stage.CREDENTIAL, "it sent no password", "")},
    ],
)
def test_refusals_that_differ_are_listed_side_by_side(site, other):
    site.refuse()
    site.refuse(**other)
    assert len(site.attempts.list_()) == 2


def test_after_a_while_an_equal_refusal_is_a_new_one(site):
    site.refuse()
    site.clock.time += timedelta(minutes=11)
    site.refuse()
    assert [one.count for one in site.attempts.list_()] == [1, 1]


def test_one_that_comes_and_goes_all_the_time_is_counted(site):
    for _ in range(100):
        site.attempts.ended(site.connect())
    assert site.only().count == 100


def test_a_session_that_lives_is_not_merged_into_those_before(site):
    for _ in range(3):
        site.attempts.ended(site.connect())
    site.connect()
    assert [(one.outcome, one.count) for one in site.attempts.list_()] == [("connected", 1), ("ended", 3)]


def test_long_paths_are_cut(site):
    assert len(site.attempts.begin("192.0.2.7", "/" + "x" * 5000).path) == 300


# Under a flood


def test_a_flood_of_made_up_names_is_bounded(site):
    for number in range(5 * KEPT):
        site.refuse(f"CP{number}")
    listed = site.attempts.list_()
    assert len(listed) == KEPT
    assert listed[0].identity == f"CP{5 * KEPT - 1}"


def test_an_attempt_that_a_flood_has_pushed_out_may_still_end(site):
    site.refuse("CP1")
    slow = site.attempts.begin("192.0.2.7", "/ocpp/CP1", Stage.PATH)
    slow.identity = "CP1"
    connected = site.connect("CP2")
    for number in range(KEPT + 1):
        site.refuse(f"X{number}")
    site.attempts.refuse(slow, *WRONG)
    site.attempts.ended(connected)
    assert len(site.attempts.list_()) == KEPT


def test_what_a_flood_has_pushed_out_is_listed_when_it_comes_again(site):
    site.refuse("CP1")
    for number in range(KEPT):
        site.refuse(f"X{number}")
    assert site.attempts.list_("CP1") == []
    site.refuse("CP1")
    assert [one.count for one in site.attempts.list_("CP1")] == [1]


def test_a_flood_fills_no_log(site, caplog):
    caplog.set_level("INFO")
    for number in range(2000):
        site.refuse(f"CP{number}")
    for _ in range(2000):
        site.refuse("CP1")
    assert 1 <= len(caplog.records) <= MAX_UNSTORED + 1


def test_what_a_handshake_says_is_one_line_of_the_log(site, caplog):
    caplog.set_level("INFO")
    site.refuse("CP1\r\nfake line\x1b[31m")
    (record,) = caplog.records
    assert "\n" not in record.getMessage()
    assert "\x1b" not in record.getMessage()


# On disk


async def test_counts_are_stored_once(site, database):
    for _ in range(3):
        site.refuse()
    await site.attempts.flush()
    await site.attempts.flush()
    (stored,) = await database.run(connection_attempts.list_, 10)
    assert (stored.identity, stored.stage, stored.cause, stored.count) == ("cp1", "credential", WRONG[1], 3)
    site.refuse()
    await site.attempts.flush()
    assert [one.count for one in await database.run(connection_attempts.list_, 10)] == [4]


async def test_a_flood_is_stored_in_part(site, database):
    for number in range(3 * MAX_UNSTORED):
        site.refuse(f"CP{number}")
    await site.attempts.flush()
    assert len(await database.run(connection_attempts.list_, 5000)) == MAX_UNSTORED


async def test_counts_outlast_a_disk_that_is_full_for_a_while(site, database, tmp_path: Path):
    site.refuse()
    await database.close()
    with pytest.raises(StorageUnavailable):
        await site.attempts.flush()
    site.refuse()
    await database.open()
    await site.attempts.flush()
    (stored,) = await database.run(connection_attempts.list_, 10)
    assert stored.count == 2
