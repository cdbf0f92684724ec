"""What happens with findings: the ways in which charge points deviate from the standard are counted, and told."""

from datetime import datetime

from edge_csms.domain.model import ChargePoint, Finding
from edge_csms.services import charge_points
from edge_csms.storage import findings

# Of one charge point. Names of fields come from the charger, so one that makes them up must not fill the disk.
MAX_KINDS = 100
MORE = Finding("many_more", "", f"It deviates in more than {MAX_KINDS} ways; what is new is only counted here.", "")


def note(found: dict[int, list[Finding]], now: datetime) -> None:
    """Count in findings, by the keys of their charge points."""
    for charge_point_key, ones in found.items():
        room = MAX_KINDS - findings.count(charge_point_key)
        for finding in ones:
            if findings.increase(charge_point_key, finding, now):
                continue
            if room > 0:
                room -= 1
                findings.add(charge_point_key, finding, now)
            elif not findings.increase(charge_point_key, MORE, now):
                findings.add(charge_point_key, MORE, now)


def list_(charge_point_id: str) -> tuple[ChargePoint, list[Finding]]:
    """Give a charge point and how it deviates from the standard, the newest first; raises NotFound."""
    charge_point = charge_points.get(charge_point_id)
    return charge_point, findings.list_by_charge_point([charge_point.key]).get(charge_point.key, [])
