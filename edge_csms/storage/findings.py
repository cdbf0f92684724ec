"""Findings: how each charge point deviates from the standard."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from edge_csms.domain.model import Finding
from edge_csms.storage.tables import Finding as Row


def count(charge_point_key: int) -> int:
    """Count the kinds of findings of a charge point."""
    return int(Row.select().where(Row.charge_point == charge_point_key).count())


def increase(charge_point_key: int, finding: Finding, now: datetime) -> bool:
    """Count a finding in with those of its kind, which keep their first example; False where there are none."""
    query = Row.update({Row.count: Row.count + finding.count, Row.last_seen: now}).where(
        (Row.charge_point == charge_point_key) & (Row.code == finding.code) & (Row.field == finding.field)
    )
    return bool(query.execute())


def add(charge_point_key: int, finding: Finding, now: datetime) -> None:
    """Store a finding of a new kind."""
    Row.insert(
        charge_point=charge_point_key,
        code=finding.code,
        field=finding.field,
        explanation=finding.explanation,
        example=finding.example,
        count=finding.count,
        first_seen=now,
        last_seen=now,
    ).execute()


def list_by_charge_point(charge_point_keys: Iterable[int]) -> dict[int, list[Finding]]:
    """Give the findings of the charge points, the newest first."""
    found: dict[int, list[Finding]] = defaultdict(list)
    for row in Row.select().where(Row.charge_point.in_(list(charge_point_keys))).order_by(Row.last_seen.desc()):
        finding = Finding(row.code, row.field, row.explanation, row.example, row.count, row.first_seen, row.last_seen)
        found[row.charge_point_id].append(finding)
    return dict(found)
