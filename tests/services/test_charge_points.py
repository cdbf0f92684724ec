"""Charge points: they come, boot, are accepted, say what they do, and are retired."""

from typing import Any

import pytest

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.model import ChargePoint, Connector, Registration
from edge_csms.services import charge_points, configuration
from edge_csms.services.charge_points import INBOX_SIZE, MAX_STORED_TEXT, Boot, StatusNoted
from tests.services.charging import HOUR, MINUTE, NOON, Charger, Site


async def get(books: Site, charge_point_id: str = "CP1") -> ChargePoint:
    return await books.database.read(charge_points.get, charge_point_id)


async def note(books: Site, charger: Charger, status: str, connector_id: int = 1, at: Any = NOON + HOUR) -> StatusNoted:
    """Let a connector say what it does, as the dialect understands it."""
    is_free = status == "Available" and connector_id > 0
    connector = Connector(connector_id, status, "NoError", None, None, at)
    return await books.database.run(charge_points.note_status, charger.key, connector, is_free, at)


# --- coming ---


async def test_a_charge_point_that_came_by_itself_is_accepted_or_waits_as_the_site_wants_it(books: Site) -> None:
    accepted = await books.database.run(charge_points.register, "CP1", NOON, True)
    assert (accepted.accepted, accepted.was_accepted) == (True, True)
    waiting = await books.database.run(charge_points.register, "CP2", NOON, False)
    assert (waiting.accepted, waiting.was_accepted, waiting.registration) == (False, False, Registration.PENDING)


async def test_a_charge_point_is_known_without_regard_to_case(books: Site, charger: Charger) -> None:
    assert (await get(books, "cp1")).charge_point_id == "CP1"
    again = await books.database.run(charge_points.register, "cP1", NOON, False)
    assert (again.key, again.charge_point_id, again.accepted) == (charger.key, "CP1", True)


async def test_no_more_than_so_many_wait_for_acceptance(books: Site) -> None:
    for number in range(INBOX_SIZE):
        await books.database.run(charge_points.register, f"CP{number}", NOON, False)
    with pytest.raises(Conflict, match="wait for acceptance already"):
        await books.database.run(charge_points.register, "one more", NOON, False)
    await books.database.run(charge_points.register, "welcome", NOON, True)
    await books.database.run(charge_points.delete, "CP7", NOON)
    await books.database.run(charge_points.register, "one more", NOON, False)


async def test_a_charge_point_may_be_announced(books: Site) -> None:
    added = await books.database.run(charge_points.add, "CP1", NOON, {"name": "Garage"})
    assert (added.charge_point_id, added.name, added.accepted, added.booted) == ("CP1", "Garage", True, False)
    with pytest.raises(Conflict, match="already"):
        await books.database.run(charge_points.add, "cp1", NOON, {})


@pytest.mark.parametrize("identity", ["", " CP1", "CP1 ", "a/b", "CP\x001", "CP\n1", "x" * 49])
async def test_what_can_be_no_identity_is_refused(books: Site, identity: str) -> None:
    assert not charge_points.is_identity(identity)
    with pytest.raises(Invalid) as refused:
        await books.database.run(charge_points.add, identity, NOON, {})
    assert list(refused.value.fields) == ["charge_point_id"]


@pytest.mark.parametrize("identity", ["CP1", "CP 1", "RDAM|123", "Säule-7", "*TESTA-1234:5678@lab", "x" * 48])
def test_what_chargers_are_called_is_an_identity(identity: str) -> None:
    assert charge_points.is_identity(identity)


# --- acceptance ---


async def test_a_charge_point_that_was_accepted_once_stays_so_though_it_waits_again(books: Site) -> None:
    await books.database.run(charge_points.register, "CP1", NOON, False)
    for registration in ("accepted", "pending"):
        await books.database.run(charge_points.update, "CP1", {"registration": registration}, NOON)
    waiting = await get(books)
    assert (waiting.accepted, waiting.was_accepted) == (False, True)


async def test_a_change_keeps_the_rest(books: Site, charger: Charger) -> None:
    await books.database.run(charge_points.update, "CP1", {"name": "Garage"}, NOON)
    changed = await books.database.run(charge_points.update, "CP1", {}, NOON)
    assert (changed.name, changed.accepted, changed.key) == ("Garage", True, charger.key)


async def test_a_switch_is_set_and_taken_back(books: Site, charger: Charger) -> None:
    await books.database.run(charge_points.set_switch, "CP1", "local_time", True)
    await books.database.run(charge_points.set_switch, "CP1", "delay", 2.5)
    assert (await get(books)).switches == {"local_time": True, "delay": 2.5}
    await books.database.run(charge_points.set_switch, "CP1", "local_time", None)
    assert (await get(books)).switches == {"delay": 2.5}


# --- booting ---


async def test_what_a_charge_point_says_of_itself_is_kept(books: Site, charger: Charger) -> None:
    boot = Boot("ACME", "Wall 3", "S-1", "1.2.3", b'{"chargePointVendor": "ACME"}')
    booted = await books.database.run(charge_points.boot, "CP1", boot, NOON)
    assert (booted.vendor, booted.model, booted.serial_number, booted.firmware_version) == (
        "ACME",
        "Wall 3",
        "S-1",
        "1.2.3",
    )
    assert (booted.booted, booted.last_seen) == (True, NOON)
    assert await get(books) == booted


async def test_a_long_name_is_cut(books: Site, charger: Charger) -> None:
    booted = await books.database.run(charge_points.boot, "CP1", Boot("x" * 9999, "m", None, None, b"{}"), NOON)
    assert booted.vendor == "x" * MAX_STORED_TEXT


async def test_a_boot_that_cannot_be_read_forgets_nothing(books: Site, charger: Charger) -> None:
    await books.database.run(charge_points.boot, "CP1", Boot("ACME", "Wall 3", "S-1", "1.2.3", b"{}"), NOON)
    unread = await books.database.run(charge_points.boot, "CP1", Boot(None, None, None, None, b"{}"), NOON + HOUR)
    assert (unread.vendor, unread.last_seen) == ("ACME", NOON + HOUR)


async def test_a_boot_in_mid_transaction_ends_nothing(books: Site, charger: Charger) -> None:
    await charger.start()
    await books.database.run(charge_points.boot, "CP1", Boot("ACME", "Wall 3", None, None, b"{}"), NOON)
    assert await books.states() == {1: "open"}


async def test_a_registration_outlives_a_restart_of_ours(books: Site, charger: Charger) -> None:
    await books.database.run(charge_points.boot, "CP1", Boot("ACME", "Wall 3", None, None, b"{}"), NOON)
    before = await get(books)
    await books.restart()
    assert await get(books) == before


# --- what connectors do ---


async def test_the_last_status_of_each_connector_is_kept(books: Site, charger: Charger) -> None:
    for connector_id, status in ((1, "Preparing"), (2, "Faulted"), (1, "Charging"), (0, "Available")):
        await note(books, charger, status, connector_id)
    shown = await books.database.read(charge_points.show, "CP1")
    assert [(one.connector_id, one.status) for one in shown.connectors] == [
        (0, "Available"),
        (1, "Charging"),
        (2, "Faulted"),
    ]


async def test_status_goes_by_arrival_not_by_its_time(books: Site, charger: Charger) -> None:
    await note(books, charger, "Charging", at=NOON)
    await note(books, charger, "Finishing", at=NOON - HOUR)
    shown = await books.database.read(charge_points.show, "CP1")
    assert [one.status for one in shown.connectors] == ["Finishing"]


async def test_available_ends_unseen_what_is_open_on_its_connector(books: Site, charger: Charger) -> None:
    await charger.start(1)
    await charger.start(2)
    assert (await note(books, charger, "Available", 1)).transactions == (1,)
    assert await books.states() == {1: "inferred", 2: "open"}


async def test_the_charge_point_itself_being_available_ends_nothing(books: Site, charger: Charger) -> None:
    await charger.start(1)
    assert (await note(books, charger, "Available", 0)).transactions == ()
    assert await books.states() == {1: "open"}


@pytest.mark.parametrize(
    "status",
    ["Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved", "Unavailable", "Faulted", "Odd"],
)
async def test_no_other_status_ends_anything(books: Site, charger: Charger, status: str) -> None:
    await charger.start(1)
    assert (await note(books, charger, status)).transactions == ()
    assert await books.states() == {1: "open"}


async def test_a_connector_shows_what_is_open_on_it(books: Site, charger: Charger) -> None:
    await note(books, charger, "Charging", 1, at=NOON)
    await charger.start(1)
    await charger.start(2)  # which never told a status
    shown = await books.database.read(charge_points.show, "CP1")
    assert [(one.connector_id, one.transaction_id) for one in shown.connectors] == [(1, 1), (2, 2)]


# --- being seen and retired ---


async def test_it_is_remembered_when_charge_points_were_last_heard(books: Site, charger: Charger) -> None:
    await books.database.run(charge_points.note_last_seen, {"CP1": NOON + MINUTE, "gone": NOON})
    assert (await get(books)).last_seen == NOON + MINUTE


async def test_charge_points_are_listed_in_their_order_page_by_page(books: Site) -> None:
    for name in ("b", "C", "a"):
        await books.charger(name)
    shown = await books.database.read(charge_points.list_, "a", 1)
    assert [one.charge_point.charge_point_id for one in shown] == ["b"]
    everyone = await books.database.read(charge_points.list_)
    assert [one.charge_point.charge_point_id for one in everyone] == ["a", "b", "C"]


async def test_a_retired_charge_point_is_found_nowhere_but_with_its_transactions(books: Site, charger: Charger) -> None:
    await charger.start()
    await books.database.run(charge_points.delete, "cp1", NOON)
    assert await books.database.read(charge_points.list_) == []
    assert await books.database.read(charge_points.find, "CP1") is None
    assert (await books.transaction(1)).charge_point_id == "CP1"
    with pytest.raises(NotFound, match="no charge point CP1"):
        await books.database.run(charge_points.delete, "CP1", NOON)


async def test_what_is_not_there_is_told(books: Site) -> None:
    boot = Boot("ACME", "Wall 3", None, None, b"{}")
    for job in (
        (charge_points.get, "CP9"),
        (charge_points.show, "CP9"),
        (charge_points.update, "CP9", {"name": "x"}, NOON),
        (charge_points.update, "CP9", {"registration": "accepted"}, NOON),
        (charge_points.set_switch, "CP9", "local_time", True),
        (charge_points.delete, "CP9", NOON),
        (charge_points.boot, "CP9", boot, NOON),
    ):
        with pytest.raises(NotFound, match="no charge point CP9"):
            await books.database.run(*job)


async def test_what_may_be_on_for_one_alone_is_found_on_no_other(books: Site) -> None:
    async def slot() -> str | None:
        found = await books.database.run(charge_points.find_only_with_switch, "slot")
        return None if found is None else found.charge_point_id

    async def turn(charge_point_id: str, value: bool | None) -> None:
        await books.database.run(charge_points.set_switch, charge_point_id, "slot", value)

    for charge_point_id in ("CP1", "CP2"):
        await books.charger(charge_point_id)
    assert await slot() is None
    await turn("CP1", True)
    await turn("CP2", False)
    assert await slot() == "CP1"
    await turn("CP2", True)
    assert await slot() is None
    await books.database.run(charge_points.delete, "CP1", NOON)
    assert await slot() == "CP2"


async def test_a_higher_security_profile_holds_once_the_charge_point_came_on_it_as_it_was_told(
    books: Site, charger: Charger
) -> None:
    await books.database.run(charge_points.raise_profile_as_wanted, "CP1", 2)
    assert (await get(books)).security_profile == 0  # nobody told it to
    await books.database.run(configuration.note_written, "CP1", "SecurityProfile", "2", "Accepted", NOON)
    await books.database.run(charge_points.raise_profile_as_wanted, "CP1", 1)
    assert (await get(books)).security_profile == 0  # not there yet
    await books.database.run(charge_points.raise_profile_as_wanted, "CP1", 2)
    assert (await get(books)).security_profile == 2
    await books.database.run(configuration.note_written, "CP1", "SecurityProfile", "1", "Accepted", NOON)
    await books.database.run(charge_points.raise_profile_as_wanted, "CP1", 1)
    assert (await get(books)).security_profile == 2  # it is only ever raised
