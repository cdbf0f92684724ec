"""What happens with the certificates of charge points: they are signed, used, and revoked."""

from datetime import datetime

from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import ChargerCertificate
from edge_csms.services import charge_points
from edge_csms.services.certificate_authority import Issued
from edge_csms.storage import certificates

REVOKED = "revoked"
KEPT = 100  # of one charge point; what was revoked is never forgotten


def note_issued(charge_point_id: str, issued: Issued, now: datetime) -> None:
    """Keep a certificate that was signed for a charge point."""
    certificate = ChargerCertificate(issued.serial_number, issued.fingerprint, "signed", issued.not_after, now)
    key = charge_points.get(charge_point_id).key
    certificates.add(key, certificate, issued.chain_pem, now)
    certificates.delete_oldest(key, KEPT, but=REVOKED)  # of a charge point that asks again and again


def note_answer(fingerprint: str, status: str) -> None:
    """Keep what the charge point said of its new certificate, unless that was revoked meanwhile."""
    if not is_revoked(fingerprint):
        certificates.update_state(fingerprint, status.lower())


def revoke(charge_point_id: str, fingerprint: str) -> None:
    """Let a certificate prove nothing any more; raises NotFound."""
    key = charge_points.get(charge_point_id).key
    if certificates.get_state(fingerprint, key) is None:
        raise NotFound(f"{charge_point_id} has no certificate {fingerprint}")
    certificates.update_state(fingerprint, REVOKED)


def is_revoked(fingerprint: str) -> bool:
    """Say whether a certificate proves nothing any more."""
    return certificates.get_state(fingerprint) == REVOKED


def list_in_use() -> list[tuple[str, ChargerCertificate]]:
    """List the newest certificate that each charge point took, with the identity; those that expire soonest first."""
    newest = dict(certificates.list_accepted())
    return sorted(newest.items(), key=lambda pair: pair[1].not_after)


def list_(charge_point_id: str) -> list[ChargerCertificate]:
    """List the certificates that were made for a charge point, the newest first; raises NotFound."""
    return certificates.list_(charge_points.get(charge_point_id).key)
