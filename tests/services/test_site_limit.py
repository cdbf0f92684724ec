"""How much the site may draw."""

import pytest

from edge_csms.services import site_limit
from edge_csms.services.site_limit import SiteLimit
from edge_csms.storage.database import Database


@pytest.mark.parametrize(
    ("amps", "kilowatts", "power_w"),
    [(None, None, None), (63.0, None, 43_470), (None, 30.0, 30_000), (63.0, 30.0, 30_000), (32.0, 30.0, 22_080)],
)
def test_the_lesser_limit_counts(amps: float | None, kilowatts: float | None, power_w: float | None) -> None:
    assert SiteLimit(amps=amps, kilowatts=kilowatts).power_w == power_w


async def test_a_limit_is_kept_until_it_is_lifted(database: Database) -> None:
    assert await database.read(site_limit.get) == SiteLimit()
    await database.run(site_limit.put, SiteLimit(amps=63.0, kilowatts=30.0))
    assert await database.read(site_limit.get) == SiteLimit(amps=63.0, kilowatts=30.0)
    await database.run(site_limit.put, SiteLimit())
    assert await database.read(site_limit.get) == SiteLimit()
