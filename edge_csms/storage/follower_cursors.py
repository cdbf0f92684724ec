"""Up to where followers have read: nothing that comes later may be thinned or changed."""

from typing import Any

from peewee import fn

from edge_csms.storage.tables import FollowerCursor as Row


def put(follower: str, charge_point_key: int, arrival: int) -> None:
    """Note that a follower has read all that came of a charge point up to an arrival; 0 where it begins to follow."""
    Row.insert(follower=follower, charge_point_key=charge_point_key, arrival=arrival).on_conflict(
        conflict_target=[Row.follower, Row.charge_point_key], update={Row.arrival: arrival}
    ).execute()


def delete(follower: str) -> None:
    """Forget a follower that is no more."""
    Row.delete().where(Row.follower == follower).execute()


def list_read_by_all() -> dict[int, int]:
    """Give by charge point the arrival up to which every follower has read; whom nobody follows is not in it."""
    rows: Any = Row.select(Row.charge_point_key, fn.MIN(Row.arrival)).group_by(Row.charge_point_key).tuples()
    return dict(rows)
