"""What may be changed while the site runs."""

from datetime import UTC, datetime

from edge_csms.domain.accounts import Actor
from edge_csms.services import audit, settings
from edge_csms.storage.database import Database

ADMIN = Actor("admin", "192.0.2.1")
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


async def test_what_is_put_is_got(database: Database) -> None:
    assert await database.run(settings.get, "site.colour") is None
    await database.run(settings.put, "site.colour", "green")
    assert await database.run(settings.get, "site.colour") == "green"


async def test_what_the_page_changes_is_kept_by_its_key_and_given_back(database: Database) -> None:
    await database.run(settings.put, "storage.tried_at", "of another kind")
    values = {"site.name": "Depot Süd", "server.allowed_hosts": ["a"], "tls.enabled": True}
    await database.run(settings.change_configuration, AT, ADMIN, values)
    assert await database.run(settings.list_configuration) == values
    await database.run(settings.change_configuration, AT, ADMIN, {"site.name": None, "tls.enabled": False})
    assert await database.run(settings.list_configuration) == {"server.allowed_hosts": ["a"], "tls.enabled": False}
    entries = await database.run(audit.list_, 10, None)
    assert [(one.action, one.username, one.subject) for one in entries] == [
        ("change settings", "admin", "site.name, tls.enabled"),
        ("change settings", "admin", "site.name, server.allowed_hosts, tls.enabled"),
    ]


async def test_what_is_on_trial_is_in_force_only_when_it_was_confirmed(database: Database) -> None:
    values = {"server.port": 8080}
    await database.run(settings.note_trial, AT, ADMIN, values)
    assert await database.run(settings.find_trial) == (AT, values)
    assert await database.run(settings.list_configuration) == {}
    await database.run(settings.end_trial, AT, ADMIN, "kept", values)
    assert await database.run(settings.find_trial) is None
    assert await database.run(settings.list_configuration) == values
