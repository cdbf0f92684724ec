"""Which certificates a site lives by, and how long before the end of each somebody must act."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class CertificateUse(StrEnum):
    """What a certificate is there for."""

    ROOT = "root"  # of the site's own authority
    SERVER = "server"  # that the encrypted port shows
    SERVER_CA = "server_ca"  # that signed it, where the operator brings both along
    CLIENT_CA = "client_ca"  # by which the encrypted port knows chargers, brought along too
    CHARGE_POINT = "charge_point"  # by which a charger proves who it is
    CHARGE_POINT_ROOT = "charge_point_root"  # that a charger was told to trust


# A root may have to be carried to every charger, and those that pinned one can't be told over the wire once it ended.
ACT_WITHIN = {
    CertificateUse.ROOT: timedelta(days=365),
    CertificateUse.SERVER: timedelta(days=30),  # the authority's own are made anew long before
    CertificateUse.SERVER_CA: timedelta(days=180),
    CertificateUse.CLIENT_CA: timedelta(days=180),
    CertificateUse.CHARGE_POINT: timedelta(days=60),
    CertificateUse.CHARGE_POINT_ROOT: timedelta(days=180),
}


@dataclass(frozen=True, slots=True)
class KnownCertificate:
    """A certificate that the site lives by."""

    use: CertificateUse
    subject: str
    not_after: datetime
    charge_point_id: str | None = None

    def ends_soon(self, now: datetime) -> bool:
        """Say whether somebody must act, or should have."""
        return self.not_after - now < ACT_WITHIN[self.use]


def warning(certificates: list[KnownCertificate], now: datetime) -> str:
    """Say which of these end soon, the first of them by name; empty where none does."""
    ending = sorted((one for one in certificates if one.ends_soon(now)), key=lambda one: one.not_after)
    if not ending:
        return ""
    first = ending[0]
    verb = "ended" if first.not_after <= now else "ends"
    more = f", and {len(ending) - 1} more end soon" if len(ending) > 1 else ""
    return f"the {first.use.replace('_', ' ')} certificate {first.subject} {verb} on {first.not_after:%Y-%m-%d}{more}"
