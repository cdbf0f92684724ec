"""Tokens that were logged out before their time."""

from datetime import datetime

from edge_csms.storage.tables import RevokedToken as Row


def get(token_id: str) -> datetime | None:
    """Say when a revoked token would have expired; None where it is not revoked."""
    row = Row.get_or_none(Row.token_id == token_id)
    return None if row is None else row.expires_at


def add(token_id: str, expires_at: datetime) -> None:
    """Revoke a token, if it isn't already."""
    Row.insert(token_id=token_id, expires_at=expires_at).on_conflict_ignore().execute()


def delete_before(time: datetime) -> int:
    """Forget the tokens that expired before `time` and say how many they were."""
    return int(Row.delete().where(Row.expires_at < time).execute())
