"""All certificates that the site lives by, and which of them end soon: what ends unseen keeps chargers out."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from edge_csms.central.system import CentralSystem
from edge_csms.domain.certificates import CertificateUse, KnownCertificate, warning
from edge_csms.services import certificate_making, certificates, trusted_roots
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

Files = list[tuple[CertificateUse, Path]]


class KnownCertificates:
    """Finds them where they are: in files, in the database, and with chargers that are connected."""

    def __init__(self, central: CentralSystem, database: Database, files: Callable[[], Files]) -> None:
        self._central = central
        self._database = database
        self._files = files
        self.words = ""  # what must be done about them, as of the last look

    async def list_(self) -> list[KnownCertificate]:
        """List them, those that end soonest first."""
        of_files = await asyncio.get_running_loop().run_in_executor(None, _read_files, self._files())
        issued, trusted = await self._database.read(_list_issued), await self._database.read(_list_trusted)
        have_one = {one.charge_point_id for one in issued}
        presented = [one for one in self._list_presented() if one.charge_point_id not in have_one]
        own = {(one.subject, one.not_after) for one in of_files}
        foreign = [one for one in trusted if (one.subject, one.not_after) not in own]
        return sorted([*of_files, *issued, *presented, *foreign], key=lambda one: one.not_after)

    async def look(self, now: datetime) -> None:
        """Find out whether any ends soon, and say so when that is new."""
        words = warning(await self.list_(), now)
        if words and words != self.words:
            log.warning("%s", words)
        self.words = words

    def _list_presented(self) -> list[KnownCertificate]:
        """List what chargers have connected with: of those that another authority signed nothing else is known."""
        return [
            KnownCertificate(CertificateUse.CHARGE_POINT, live.charge_point_id, until, live.charge_point_id)
            for live in self._central.connected()
            if (until := live.certificate_until) is not None
        ]


def _list_issued() -> list[KnownCertificate]:
    found = certificates.list_in_use()
    return [KnownCertificate(CertificateUse.CHARGE_POINT, name, one.not_after, name) for name, one in found]


def _list_trusted() -> list[KnownCertificate]:
    found = trusted_roots.list_()
    return [KnownCertificate(CertificateUse.CHARGE_POINT_ROOT, subject, until, name) for name, subject, until in found]


def _read_files(files: Files) -> list[KnownCertificate]:
    """Read what is in the files; a root that comes in two of them is told once."""
    found: dict[bytes, KnownCertificate] = {}
    for use, path in files:
        try:
            chain = certificate_making.lifetimes_of(path.read_bytes())
        except (OSError, ValueError):
            continue  # gone or damaged: whoever loads it says so
        for number, (fingerprint, lifetime) in enumerate(chain.items()):
            its_use = CertificateUse.SERVER_CA if use is CertificateUse.SERVER and number > 0 else use
            found.setdefault(fingerprint, KnownCertificate(its_use, *lifetime))
    return list(found.values())
