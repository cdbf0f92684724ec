"""Certificates that the site made for charge points."""

from datetime import datetime

from edge_csms.domain.model import ChargerCertificate
from edge_csms.storage.tables import Certificate as Row
from edge_csms.storage.tables import ChargePoint


def add(charge_point_key: int, certificate: ChargerCertificate, chain: str, now: datetime) -> None:
    """Store a certificate that was signed."""
    Row.insert(
        charge_point=charge_point_key,
        serial_number=certificate.serial_number,
        fingerprint=certificate.fingerprint,
        chain=chain,
        state=certificate.state,
        not_after=certificate.not_after,
        created_at=now,
    ).execute()


def delete_oldest(charge_point_key: int, keep: int, but: str) -> None:
    """Forget all but the `keep` newest certificates of a charge point, and those in the state `but`."""
    mine = Row.charge_point == charge_point_key
    newest = Row.select(Row.key).where(mine).order_by(Row.key.desc()).limit(keep)
    Row.delete().where(mine & (Row.state != but) & Row.key.not_in(newest)).execute()


def update_state(fingerprint: str, state: str) -> None:
    """Change the state of a certificate."""
    Row.update(state=state).where(Row.fingerprint == fingerprint).execute()


def get_state(fingerprint: str, charge_point_key: int | None = None) -> str | None:
    """Give the state of a certificate, None where there is none of this fingerprint, or the charge point has none."""
    row = Row.get_or_none(Row.fingerprint == fingerprint)
    return None if row is None or charge_point_key not in (None, row.charge_point_id) else row.state


def list_(charge_point_key: int) -> list[ChargerCertificate]:
    """List the certificates of a charge point, the newest first."""
    query = Row.select().where(Row.charge_point == charge_point_key).order_by(Row.key.desc())
    return [_from_row(row) for row in query]


def list_accepted() -> list[tuple[str, ChargerCertificate]]:
    """List the certificates that charge points in use took, with their identities, the newest last."""
    query = Row.select(Row, ChargePoint).join(ChargePoint)
    query = query.where((Row.state == "accepted") & ChargePoint.retired_at.is_null()).order_by(Row.key)
    return [(row.charge_point.charge_point_id, _from_row(row)) for row in query]


def _from_row(row: Row) -> ChargerCertificate:
    return ChargerCertificate(row.serial_number, row.fingerprint, row.state, row.not_after, row.created_at)
