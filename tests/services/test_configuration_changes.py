"""Changes of settings: asked for, carried out step by step, reverted, and never repeated against a charger's will."""

from typing import Any

import pytest

from edge_csms.domain.configuration import Change
from edge_csms.domain.errors import Conflict
from edge_csms.services import configuration, configuration_templates
from edge_csms.services import configuration_changes as changes
from edge_csms.services.charge_points import Boot, boot
from edge_csms.services.configuration import Read
from tests.services.charging import HOUR, MINUTE, NOON, Charger, Site

pytestmark = pytest.mark.usefixtures("charger")


async def template(books: Site, *, automatic: bool = False, **settings: str) -> int:
    await books.database.run(boot, "CP1", Boot("Acme", "Box", None, None, b"{}"), NOON)
    columns = {"name": "ours", "vendor": "*", "model": "*", "automatic": automatic, "settings": settings}
    return (await books.database.run(configuration_templates.add, columns, NOON)).template_id


async def has(books: Site, **values: str) -> None:
    read = Read(tuple((name, value, False) for name, value in values.items()), ())
    await books.database.run(configuration.note_read, "CP1", read, False, NOON)


async def apply(books: Site) -> Change:
    return await books.database.run(changes.ask_to_apply, "CP1", "anna", NOON + MINUTE)


async def carry_out(books: Site, change: Change, **results: str) -> Change:
    change = await books.database.run(changes.note_before, change)
    for name, result in results.items():
        change = await books.database.run(changes.note_result, change, name, result, NOON + HOUR)
    return change


async def by_itself(books: Site, at: Any = NOON + HOUR) -> dict[str, str] | None:
    change = await books.database.run(changes.ask_by_itself, "CP1", at)
    return None if change is None else dict(change.wanted)


async def test_what_differs_is_asked_for(books: Site) -> None:
    await template(books, A="1", B="2", C="3")
    await has(books, A="1", B="0")
    change = await apply(books)
    assert (change.wanted, change.state, change.asked_by) == ({"B": "2", "C": "3"}, "waiting", "anna")


async def test_where_nothing_differs_there_is_nothing_to_ask(books: Site) -> None:
    await template(books, A="1")
    await has(books, A="1")
    with pytest.raises(Conflict):
        await apply(books)


async def test_it_is_done_once_everything_was_tried(books: Site) -> None:
    await template(books, A="1", B="2")
    await has(books, A="0")
    change = await carry_out(books, await apply(books), A="Accepted")
    assert (change.state, change.rest, change.before) == ("waiting", ["B"], {"A": "0", "B": None})
    change = await carry_out(books, change, B="Rejected")
    assert (change.state, change.finished_at) == ("done", NOON + HOUR)


async def test_what_it_was_before_is_noted_once(books: Site) -> None:
    await template(books, A="1")
    await has(books, A="0")
    change = await carry_out(books, await apply(books))
    await has(books, A="1")
    assert (await carry_out(books, change)).before == {"A": "0"}


async def test_it_waits_while_somebody_charges_and_where_it_is_not_accepted(books: Site, charger: Charger) -> None:
    await template(books, A="1")
    await apply(books)
    started = await charger.start()
    assert await books.database.read(changes.next_step, "CP1") is None
    await charger.stop(started.transaction_id)
    assert await books.database.read(changes.next_step, "CP1") is not None


async def test_the_last_change_is_taken_back_as_far_as_it_is_known_what_was(books: Site) -> None:
    await template(books, A="1", B="2")
    await has(books, A="0")
    await carry_out(books, await apply(books), A="Accepted", B="Accepted")
    revert = await books.database.run(changes.ask_to_revert, "CP1", "anna", NOON + HOUR)
    assert (revert.kind, revert.wanted) == ("revert", {"A": "0"})


async def test_without_a_change_that_was_done_nothing_is_taken_back(books: Site) -> None:
    await template(books, A="1")
    await apply(books)
    with pytest.raises(Conflict):
        await books.database.run(changes.ask_to_revert, "CP1", "anna", NOON)


async def test_automatic_templates_ask_by_themselves_the_others_do_not(books: Site) -> None:
    template_id = await template(books, A="1")
    await has(books, A="0")
    assert await by_itself(books) is None
    await books.database.run(configuration_templates.update, template_id, {"automatic": True}, NOON)
    assert await books.database.read(changes.any_automatic, "CP1") == ["A"]
    assert await by_itself(books) == {"A": "1"}


@pytest.mark.parametrize(
    ("result", "again"),
    [("Accepted", True), ("RebootRequired", True), ("Rejected", False), ("NotSupported", False), ("NotKept", False)],
)
async def test_what_was_refused_is_not_asked_again_by_itself(books: Site, result: str, again: bool) -> None:
    template_id = await template(books, automatic=True, A="1")
    await has(books, A="0")
    await carry_out(books, await apply(books), A=result)
    await has(books, A="0")
    assert await by_itself(books) == ({"A": "1"} if again else None)
    await books.database.run(configuration_templates.update, template_id, {"settings": {"A": "2"}}, NOON)
    assert await by_itself(books) == {"A": "2"}


async def test_what_was_taken_back_stays_until_a_template_changes(books: Site) -> None:
    template_id = await template(books, automatic=True, A="1")
    await has(books, A="0")
    await carry_out(books, await apply(books), A="Accepted")
    revert = await books.database.run(changes.ask_to_revert, "CP1", "anna", NOON + HOUR)
    await carry_out(books, revert, A="Accepted")
    await has(books, A="0")
    assert await by_itself(books) is None
    await books.database.run(configuration_templates.update, template_id, {"name": "new"}, NOON + 2 * HOUR)
    assert await by_itself(books) == {"A": "1"}
