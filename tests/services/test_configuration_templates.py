"""Templates are kept by technicians, and charge points are compared with them."""

from typing import Any

import pytest

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.services import configuration
from edge_csms.services import configuration_templates as templates
from edge_csms.services.charge_points import Boot, boot
from edge_csms.services.configuration import Read
from edge_csms.storage import configuration_templates as rows
from tests.services.charging import NOON, Charger, Site

pytestmark = pytest.mark.usefixtures("charger")


def columns(**changes: Any) -> dict[str, Any]:
    return {"name": "ours", "vendor": "Acme*", "model": "*", "automatic": False, "settings": {"A": "1"}} | changes


async def test_one_is_added_found_changed_and_forgotten(books: Site) -> None:
    added = await books.database.run(templates.add, columns(), NOON)
    assert await books.database.read(templates.get, added.template_id) == added
    changed = await books.database.run(templates.update, added.template_id, {"vendor": "*"}, NOON)
    assert (changed.vendor, changed.settings) == ("*", {"A": "1"})
    await books.database.run(templates.delete, added.template_id)
    for act in (templates.get, templates.delete):
        with pytest.raises(NotFound):
            await books.database.run(act, added.template_id)
    with pytest.raises(NotFound):
        await books.database.run(templates.update, added.template_id, {}, NOON)


async def test_two_of_one_name_are_refused(books: Site) -> None:
    first = await books.database.run(templates.add, columns(), NOON)
    with pytest.raises(Conflict):
        await books.database.run(templates.add, columns(name="OURS"), NOON)
    other = await books.database.run(templates.add, columns(name="other"), NOON)
    with pytest.raises(Conflict):
        await books.database.run(templates.update, other.template_id, {"name": "Ours"}, NOON)
    await books.database.run(templates.update, first.template_id, {"name": "Ours"}, NOON)


async def test_their_number_is_bounded(books: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "MAX_TEMPLATES", 1)
    await books.database.run(templates.add, columns(), NOON)
    with pytest.raises(Conflict):
        await books.database.run(templates.add, columns(name="other"), NOON)


@pytest.mark.parametrize("name", ["AuthorizationKey", "AdminPassword", "WiFi_PSK", "ftp.Secret"])
async def test_a_secret_has_no_place_in_a_template(books: Site, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        await books.database.run(templates.add, columns(settings={name: "hush"}), NOON)
    assert "hush" not in refused.value.detail


async def test_drift_is_seen_as_last_read(books: Site) -> None:
    await books.database.run(boot, "CP1", Boot("Acme", "Box", None, None, b"{}"), NOON)
    await books.database.run(templates.add, columns(settings={"A": "1", "b": "2", "C": "3"}), NOON)
    read = Read((("A", "1", False), ("B", "9", True)), ())
    await books.database.run(configuration.note_read, "CP1", read, False, NOON)
    drifts = {one.wanted.name: one for one in await books.database.read(templates.drift, "CP1")}
    assert {name: one.state.value for name, one in drifts.items()} == {"A": "same", "b": "different", "C": "unread"}
    assert (drifts["b"].value, drifts["b"].readonly) == ("9", True)


async def test_without_a_fitting_template_there_is_no_drift(books: Site, charger: Charger) -> None:
    await books.database.run(templates.add, columns(), NOON)
    assert await books.database.read(templates.drift, "CP1") == []  # it never told its make
    assert await books.database.read(rows.count) == 1
