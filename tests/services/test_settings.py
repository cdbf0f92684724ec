"""What may be changed while the site runs."""

from edge_csms.services import settings
from edge_csms.storage.database import Database


async def test_what_is_put_is_got(database: Database) -> None:
    assert await database.run(settings.get, "site.colour") is None
    await database.run(settings.put, "site.colour", "green")
    assert await database.run(settings.get, "site.colour") == "green"
