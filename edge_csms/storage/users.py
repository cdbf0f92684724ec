"""Users: people and programs that may log in. A retired one keeps its row, so that its id is never anybody else's."""

from datetime import datetime
from typing import Any

from edge_csms.domain.accounts import Account
from edge_csms.domain.model import fold
from edge_csms.domain.roles import Role
from edge_csms.storage.tables import User as Row


def get(user_id: int) -> Account | None:
    """Find a user that is not retired."""
    return _account(Row.get_or_none((Row.key == user_id) & Row.retired_at.is_null()))


def find_by_username(username: str) -> Account | None:
    """Find a user that is not retired by its name, without regard to case."""
    return _account(Row.get_or_none((Row.folded == fold(username)) & Row.retired_at.is_null()))


def list_(*, after: str = "", limit: int | None = None, active: bool | None = None) -> list[Account]:
    """List users in the order of their folded names, from behind `after`."""
    query = Row.select().where(Row.retired_at.is_null() & (Row.folded > fold(after)))
    if active is not None:
        query = query.where(Row.active == active)
    return [_from_row(row) for row in query.order_by(Row.folded).limit(limit)]


def add(now: datetime, username: str, email: str, role: Role, active: bool, password_hash: str) -> Account | None:
    """Store a new user; None when the name is taken."""
    rows = list(
        Row.insert(
            username=username,
            folded=fold(username),
            email=email,
            role=role,
            active=active,
            password_hash=password_hash,
            created_at=now,
        )
        .on_conflict_ignore()
        .returning(Row)
        .execute()
    )
    return _account(rows[0] if rows else None)


def update(user_id: int, changes: dict[str, Any]) -> None:
    """Change columns of a user."""
    Row.update(changes).where(Row.key == user_id).execute()


def delete(user_id: int, now: datetime) -> None:
    """Retire a user and forget what only a login needs."""
    update(user_id, {"retired_at": now, "tokens_after": now, "active": False, "password_hash": "", "email": ""})


def count_ever() -> int:
    """Count all users that there ever were."""
    return int(Row.select().count())


def count_active_admins() -> int:
    """Count the users who can let others in."""
    return int(Row.select().where(Row.retired_at.is_null() & Row.active & (Row.role == Role.ADMIN)).count())


def lock() -> None:
    """Hold all users until the end of the database transaction, so that a count stays true until it is acted on.

    SQLite has one writer and needs nothing; an engine with many locks the table here.
    """


def _account(row: Row | None) -> Account | None:
    return None if row is None else _from_row(row)


def _from_row(row: Row) -> Account:
    return Account(
        user_id=row.key,
        username=row.username,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        role=Role(row.role),
        active=row.active,
        password_hash=row.password_hash,
        tokens_after=row.tokens_after,
        created_at=row.created_at,
        last_login=row.last_login,
    )
