"""The settings of charge points: as last read, as wanted, and never a secret."""

from typing import Any

import pytest

from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import ConfigurationEntry
from edge_csms.services import configuration
from edge_csms.services.configuration import MAX_ENTRIES, MAX_NAME, MAX_VALUE, Read
from tests.services.charging import HOUR, NOON, Charger, Site

pytestmark = pytest.mark.usefixtures("charger")


async def note_read(
    books: Site, *entries: tuple[str, str | None], unknown: tuple[str, ...] = (), complete: bool = False, at: Any = NOON
) -> None:
    read = Read(tuple((name, value, False) for name, value in entries), unknown)
    await books.database.run(configuration.note_read, "CP1", read, complete, at)


async def write(books: Site, name: str, value: str, status: str) -> None:
    await books.database.run(configuration.note_written, "CP1", name, value, status, NOON)


async def entry(books: Site, name: str) -> ConfigurationEntry:
    return await books.database.read(configuration.get, "CP1", name)


async def values(books: Site) -> dict[str, str | None]:
    return {one.name: one.value for one in await books.database.read(configuration.list_, "CP1")}


# --- reading ---


@pytest.mark.parametrize(
    ("value", "seconds"), [("60", 60.0), (" 60\n", 60.0), ("0", None), ("-1", None), ("1e3", None), ("9" * 8, None)]
)
def test_an_interval_is_a_number_of_seconds(value: str, seconds: float | None) -> None:
    assert configuration.read_interval(value) == seconds


async def test_what_was_read_is_kept(books: Site) -> None:
    read = Read((("HeartbeatInterval", "60", False), ("Vendor.Flag", None, True)), ("NoSuchKey",))
    await books.database.run(configuration.note_read, "CP1", read, True, NOON)
    heartbeat, missing, flag = await books.database.read(configuration.list_, "CP1")
    assert (heartbeat.name, heartbeat.value, heartbeat.readonly, heartbeat.read_at) == (
        "HeartbeatInterval",
        "60",
        False,
        NOON,
    )
    assert (missing.name, missing.unknown) == ("NoSuchKey", True)
    assert (flag.name, flag.value, flag.readonly) == ("Vendor.Flag", None, True)


async def test_names_are_the_same_without_regard_to_case(books: Site) -> None:
    await note_read(books, ("HeartbeatInterval", "60"))
    await note_read(books, ("heartbeatinterval", "90"))
    assert await values(books) == {"HeartbeatInterval": "90"}
    assert (await entry(books, "HEARTBEATINTERVAL")).value == "90"


async def test_a_complete_reading_forgets_what_is_no_longer_there(books: Site) -> None:
    await note_read(books, ("Old", "1"), ("Kept", "1"))
    await note_read(books, ("Kept", "2"), complete=True, at=NOON + HOUR)
    assert await values(books) == {"Kept": "2"}


async def test_a_partial_reading_forgets_nothing(books: Site) -> None:
    await note_read(books, ("Old", "1"), ("Kept", "1"))
    await note_read(books, ("Kept", "2"), at=NOON + HOUR)
    assert await values(books) == {"Kept": "2", "Old": "1"}


async def test_an_empty_reading_is_a_fault_and_forgets_nothing(books: Site) -> None:
    await note_read(books, ("Kept", "1"))
    await note_read(books, complete=True, at=NOON + HOUR)
    assert await values(books) == {"Kept": "1"}


async def test_what_is_wanted_is_never_forgotten(books: Site) -> None:
    await write(books, "Wanted", "7", "Accepted")
    await note_read(books, ("Other", "1"), complete=True, at=NOON + HOUR)
    assert (await entry(books, "Wanted")).wanted == "7"


async def test_a_charge_point_cannot_fill_the_disk_with_settings(books: Site) -> None:
    await note_read(books, *((f"Key{number}", "x") for number in range(MAX_ENTRIES + 5)))
    assert len(await values(books)) == MAX_ENTRIES
    await note_read(books, ("Key1", "y" * (MAX_VALUE + 1)), ("N" * (MAX_NAME + 1), "1"), ("Key2", "new"))
    kept = await values(books)
    assert len(kept) == MAX_ENTRIES
    assert (kept["Key1"], kept["Key2"]) == ("y" * MAX_VALUE, "new")


# --- writing ---


async def test_an_accepted_change_holds_at_once(books: Site) -> None:
    await write(books, "HeartbeatInterval", "60", "Accepted")
    stored = await entry(books, "HeartbeatInterval")
    assert (stored.value, stored.wanted, stored.reboot_required, stored.read_at) == ("60", "60", False, NOON)


async def test_a_change_that_needs_a_restart_is_wanted_until_it_is_read(books: Site) -> None:
    await note_read(books, ("WebSocketPingInterval", "0"))
    await write(books, "WebSocketPingInterval", "30", "RebootRequired")
    stored = await entry(books, "WebSocketPingInterval")
    assert (stored.value, stored.wanted, stored.reboot_required) == ("0", "30", True)
    await note_read(books, ("WebSocketPingInterval", "0"))
    assert (await entry(books, "WebSocketPingInterval")).reboot_required
    await note_read(books, ("WebSocketPingInterval", "30"))
    assert not (await entry(books, "WebSocketPingInterval")).reboot_required


async def test_a_setting_that_is_not_there_is_kept_as_such(books: Site) -> None:
    await write(books, "Levitation", "on", "NotSupported")
    stored = await entry(books, "Levitation")
    assert (stored.unknown, stored.value, stored.wanted) == (True, None, None)


@pytest.mark.parametrize("status", ["Rejected", "", "Whatever"])
async def test_a_refused_change_changes_nothing(books: Site, status: str) -> None:
    await note_read(books, ("HeartbeatInterval", "60"))
    await write(books, "HeartbeatInterval", "-1", status)
    stored = await entry(books, "HeartbeatInterval")
    assert (stored.value, stored.wanted) == ("60", None)


# --- secrets ---


@pytest.mark.parametrize(
    "name", ["AuthorizationKey", "authorizationkey", "AdminPassword", "WiFi.Passphrase", "ApnPassword", "Cloud_ApiKey"]
)
async def test_a_secret_is_never_kept(books: Site, name: str) -> None:
    assert configuration.is_secret(name)
    await note_read(books, (name, "s3cret"))
    await write(books, name, "s3cret", "Accepted")
    await write(books, name, "s3cret", "RebootRequired")
    stored = await entry(books, name)
    assert (stored.value, stored.wanted) == (None, None)
    await books.database.close()
    assert b"s3cret" not in books.database.path.read_bytes()
    await books.database.open()


@pytest.mark.parametrize("name", ["HeartbeatInterval", "AuthorizeRemoteTxRequests", "LocalAuthListEnabled"])
def test_what_only_sounds_alike_is_no_secret(name: str) -> None:
    assert not configuration.is_secret(name)


# --- what isn't there ---


async def test_what_is_not_known_is_told(books: Site) -> None:
    with pytest.raises(NotFound, match="no setting Levitation of CP1 is known"):
        await entry(books, "Levitation")
    assert await books.database.read(configuration.find, "CP1", "Levitation") is None
    with pytest.raises(NotFound, match="no charge point CP9"):
        await books.database.read(configuration.list_, "CP9")


async def test_each_charge_point_has_its_own(books: Site, other_charger: Charger) -> None:
    await note_read(books, ("HeartbeatInterval", "60"))
    assert await books.database.read(configuration.list_, "CP2") == []
