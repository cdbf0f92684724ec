"""What followers have read."""

from edge_csms.storage import follower_cursors
from edge_csms.storage.database import Database


async def test_of_each_charge_point_it_is_known_what_all_followers_have_read(database: Database) -> None:
    for follower, charge_point_key, arrival in (
        ("cloud", 1, 50),
        ("export", 1, 20),
        ("cloud", 2, 70),
        ("cloud", 1, 60),
    ):
        await database.run(follower_cursors.put, follower, charge_point_key, arrival)
    assert await database.read(follower_cursors.list_read_by_all) == {1: 20, 2: 70}
    await database.run(follower_cursors.delete, "export")
    assert await database.read(follower_cursors.list_read_by_all) == {1: 60, 2: 70}
