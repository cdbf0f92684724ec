"""What the security extension's messages bring about ("Improved security for OCPP 1.6-J", edition 3)."""

import asyncio
import logging
import re
from typing import Any

from edge_csms.central.context import Context, Follower, Handler
from edge_csms.central.live import LiveChargePoint
from edge_csms.domain import events
from edge_csms.domain.errors import Conflict, Invalid
from edge_csms.domain.model import SecurityEvent, fold
from edge_csms.ocpp import times
from edge_csms.ocpp.v16 import core, security
from edge_csms.services import certificates, charge_points, charger_keys, passwords, security_events, trusted_roots

log = logging.getLogger(__name__)

OF_MANUFACTURER = "ManufacturerRootCertificate"
INTEGER = re.compile(r"[+-]?\d+")


class Security:
    """Answers the CALLs of the security extension, and words our own."""

    def __init__(self, context: Context) -> None:
        self._database = context.database
        self._clock = context.clock
        self._bus = context.bus
        self._authority = context.authority
        self.handlers: dict[str, Handler] = {
            "SecurityEventNotification": self.security_event_notification,
            "SignCertificate": self.sign_certificate,
        }
        self.followers = {
            "DeleteCertificate": Follower(after=self._after_delete),
            "GetInstalledCertificateIds": Follower(after=self._after_list),
            "InstallCertificate": Follower(after=self._after_install),
        }

    async def security_event_notification(
        self, live: LiveChargePoint, call: security.SecurityEventNotification, payload: bytes
    ) -> security.SecurityEventNotificationResponse:
        """Keep a security event; it is always confirmed (WP A04)."""
        at, _ = self._clock.believe(times.parse(call.timestamp))
        event = SecurityEvent(call.type or "", at, self._clock.now(), call.tech_info)
        await self._database.run(security_events.note, live.charge_point.key, event)
        self._bus.publish(events.SecurityEventReceived(live.charge_point_id, event.kind))
        return security.SecurityEventNotificationResponse()

    async def sign_certificate(
        self, live: LiveChargePoint, call: security.SignCertificate, payload: bytes
    ) -> security.SignCertificateResponse:
        """Say whether a request will be signed; the certificate follows in a CALL of ours (WP A02, A03)."""
        names = (live.charge_point_id, live.charge_point.serial_number or "")
        now, loop = self._clock.now(), asyncio.get_running_loop()
        try:
            issued = await loop.run_in_executor(None, self._authority.sign, call.csr or "", names, now)
        except Invalid as invalid:
            log.warning("%s: certificate request refused: %s", live.charge_point_id, invalid.detail)
            words = f"Its certificate request was refused: {invalid.detail}."
            live.note_finding("bad_certificate_request", "SignCertificate.csr", words, call.csr or "")
            return security.SignCertificateResponse(status="Rejected")
        await self._database.run(certificates.note_issued, live.charge_point_id, issued, now)
        self._bus.publish(events.CertificateIssued(live.charge_point_id, issued.fingerprint, issued.chain_pem))
        return security.SignCertificateResponse(status="Accepted")

    async def _after_install(self, live: LiveChargePoint, request: security.InstallCertificate, outcome: Any) -> None:
        """Remember which root a charge point trusts, so that its end can be told in time."""
        if getattr(outcome, "status", None) == "Accepted":
            of_manufacturer = request.certificate_type == OF_MANUFACTURER
            key, pem = live.charge_point.key, request.certificate
            await self._database.run(trusted_roots.note_installed, key, pem, of_manufacturer=of_manufacturer)

    async def _after_delete(self, live: LiveChargePoint, request: security.DeleteCertificate, outcome: Any) -> None:
        if getattr(outcome, "status", None) in ("Accepted", "NotFound"):
            serial_number = request.certificate_hash_data.serial_number
            await self._database.run(trusted_roots.note_deleted, live.charge_point.key, serial_number)

    async def _after_list(
        self, live: LiveChargePoint, request: security.GetInstalledCertificateIds, outcome: Any
    ) -> None:
        if getattr(outcome, "status", None) in ("Accepted", "NotFound"):
            named = [one.serial_number for one in outcome.certificate_hash_data or () if one.serial_number]
            of_manufacturer = request.certificate_type == OF_MANUFACTURER
            key = live.charge_point.key
            await self._database.run(trusted_roots.note_listed, key, named, of_manufacturer=of_manufacturer)


class SecuritySettings:
    """Watches our ChangeConfiguration CALLs for those that could lock a charge point out.

    A new AuthorizationKey holds from before the CALL leaves, because the answer may get lost after the charge point
    took it. Only a clear no ends it again: a CALLERROR may have come too late. A SecurityProfile only rises
    (WP A00.FR.005).
    """

    def __init__(self, context: Context) -> None:
        self._database = context.database
        self._clock = context.clock
        self._passwords = passwords.ChargerPasswords()

    async def before(self, live: LiveChargePoint, request: core.ChangeConfiguration) -> None:
        """Refuse a lower profile, and let a new key hold; raises Conflict."""
        match fold(request.key):
            case "securityprofile":
                charge_point = await self._database.run(charge_points.get, live.charge_point_id)
                wanted = request.value.strip()
                if INTEGER.fullmatch(wanted) and int(wanted) < charge_point.security_profile:
                    raise Conflict(
                        f"{live.charge_point_id} is on security profile {charge_point.security_profile}; "
                        "over the wire it can only be raised"
                    )
            case "authorizationkey":
                identity, loop = live.charge_point_id, asyncio.get_running_loop()
                credential = await loop.run_in_executor(None, passwords.hash_sent_key, request.value, identity)
                await self._database.run(charger_keys.prepare, identity, credential)

    async def after(self, live: LiveChargePoint, request: core.ChangeConfiguration, outcome: Any) -> None:
        """Let a key that was refused for certain hold no more."""
        refused = getattr(outcome, "status", None) in ("Rejected", "NotSupported")
        if refused and fold(request.key) == "authorizationkey":
            await self._drop_key(live.charge_point_id, request.value)

    async def _drop_key(self, charge_point_id: str, key: str) -> None:
        secrets, loop = await self._database.run(charger_keys.get, charge_point_id), asyncio.get_running_loop()
        for credential in secrets.next_credentials:
            if await loop.run_in_executor(None, self._passwords.verify, credential, charge_point_id, key.encode()):
                await self._database.run(charger_keys.drop, charge_point_id, credential)
