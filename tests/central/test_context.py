"""A follower that judges and remembers nothing does no harm."""

from edge_csms.central.context import Follower
from tests.house import House


async def test_a_follower_does_nothing_unless_told_what(house: House) -> None:
    live = (await house.connect()).live
    follower = Follower()
    await follower.before(live, object())
    await follower.after(live, object(), object())
