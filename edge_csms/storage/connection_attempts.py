"""Refused connection attempts, counted by kind."""

from edge_csms.domain.model import RefusedAttempts
from edge_csms.storage.tables import RefusedAttempt as Row


def add(refused: RefusedAttempts) -> None:
    """Count refusals in."""
    Row.insert(
        address=refused.address,
        identity=refused.identity,
        stage=refused.stage,
        cause=refused.cause,
        fix=refused.fix,
        count=refused.count,
        first_at=refused.first_at,
        last_at=refused.last_at,
    ).on_conflict(
        conflict_target=[Row.address, Row.identity, Row.stage, Row.cause],
        update={Row.count: Row.count + refused.count, Row.fix: refused.fix, Row.last_at: refused.last_at},
    ).execute()


def list_(limit: int) -> list[RefusedAttempts]:
    """List the kinds of refusal, the latest first."""
    return [_from_row(row) for row in Row.select().order_by(Row.last_at.desc()).limit(limit)]


def delete_oldest(keep: int) -> None:
    """Forget all but the `keep` latest kinds of refusal."""
    kept = Row.select(Row.key).order_by(Row.last_at.desc()).limit(keep)
    Row.delete().where(Row.key.not_in(kept)).execute()


def _from_row(row: Row) -> RefusedAttempts:
    return RefusedAttempts(
        row.address, row.identity, row.stage, row.cause, row.fix, row.count, row.first_at, row.last_at
    )
