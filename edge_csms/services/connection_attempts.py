"""What is remembered of refused connection attempts: how often each kind came, bounded in number."""

from datetime import datetime

from edge_csms.domain.model import RefusedAttempts
from edge_csms.storage import connection_attempts

KEPT = 1000  # kinds of refusal; the oldest go first


def note(counts: dict[tuple[str, str, str, str, str], int], now: datetime) -> None:
    """Count refusals in, by address, identity, stage, cause and fix."""
    for (address, identity, stage, cause, fix), count in counts.items():
        connection_attempts.add(RefusedAttempts(address, identity, stage, cause, fix, count, now, now))
    connection_attempts.delete_oldest(KEPT)


def list_(limit: int) -> list[RefusedAttempts]:
    """List the kinds of refusal, the latest first."""
    return connection_attempts.list_(limit)
