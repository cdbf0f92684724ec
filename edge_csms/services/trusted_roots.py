"""What happens with the root certificates that charge points are told to trust: their ends are remembered."""

from datetime import datetime

from cryptography import x509

from edge_csms.storage import trusted_roots

MAX_SUBJECT = 500


def note_installed(charge_point_key: int, pem: str, *, of_manufacturer: bool) -> None:
    """Keep that a charge point trusts a root; what it took though it is none can't be kept."""
    try:
        root = x509.load_pem_x509_certificate(pem.encode())
        serial_number, subject, not_after = root.serial_number, root.subject.rfc4514_string(), root.not_valid_after_utc
    except ValueError:
        return
    trusted_roots.put(charge_point_key, of_manufacturer, f"{serial_number:x}", subject[:MAX_SUBJECT], not_after)


def note_deleted(charge_point_key: int, serial_number: str) -> None:
    """Keep that a charge point trusts a root no more."""
    trusted_roots.delete(charge_point_key, _normal(serial_number))


def note_listed(charge_point_key: int, serial_numbers: list[str], *, of_manufacturer: bool) -> None:
    """Keep that these are all roots of one kind that a charge point trusts."""
    trusted_roots.delete_but(charge_point_key, of_manufacturer, [_normal(one) for one in serial_numbers])


def list_() -> list[tuple[str, str, datetime]]:
    """List the identities of charge points, with subject and end of the roots that they trust."""
    return trusted_roots.list_()


def _normal(serial_number: str) -> str:
    """Write a serial number as we do: chargers write zeros in front, colons between, or capitals."""
    return serial_number.replace(":", "").strip().lower().lstrip("0")
