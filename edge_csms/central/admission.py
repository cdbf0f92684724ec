"""Who may open a session: the checks of a handshake, in the order in which a technician would look for the fault."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from edge_csms.central.attempts import Stage
from edge_csms.central.context import Context
from edge_csms.central.quirks import ANONYMOUS_SLOT
from edge_csms.domain.errors import Conflict
from edge_csms.domain.model import ChargePoint, fold
from edge_csms.services import certificates, charge_points, charger_keys


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate that TLS has verified."""

    common_name: str | None
    organization: str | None
    fingerprint: str
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a handshake brought along to prove who it is."""

    authorization: str | None = None
    person: bool = False  # an access token of a technician or administrator
    charger_token_id: str | None = None  # of a token that was made for this identity
    encrypted: bool = False
    certificate: ClientCertificate | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A charge point that may open a session, and the security profile on which it came."""

    charge_point: ChargePoint
    authenticated: bool
    profile: int = 0
    sent_key_as_hex: bool = False
    certificate_until: datetime | None = None  # when the certificate ends by which it proved its identity


class Turned(Exception):
    """A handshake is turned away: its HTTP status, the stage that it reached, why, and what to do."""

    def __init__(
        self, status: int, stage: Stage, cause: str, fix: str, *, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(cause)
        self.status = status
        self.stage = stage
        self.cause = cause
        self.fix = fix
        self.retry_after_seconds = retry_after_seconds


class WrongPassword(Turned):
    """What only guessing, or a wrong setting, brings about."""


# Checks a presented key against a stored credential; the result names the form in which it came: "raw", "hex", or None.
CheckKey = Callable[[str, str, bytes], Awaitable[str | None]]


class Admission:
    """Decides over handshakes."""

    def __init__(self, context: Context, check_key: CheckKey) -> None:
        self._context = context
        self._database = context.database
        self._check_key = check_key

    async def identity_of_anonymous(self) -> str:
        """Give the identity of the charge point for which a charger is taken that names none; raises Turned."""
        slot = await self._database.look_up(charge_points.find_only_with_switch, ANONYMOUS_SLOT)
        if slot is None:
            fix = (
                "Let the charger's URL end with its identity. "
                f"Where it can't, set the switch {ANONYMOUS_SLOT} (Diagnosis, Special treatment) "
                "of the one charger that it is."
            )
            raise Turned(404, Stage.PATH, "the path names no charge point", fix)
        return slot.charge_point_id

    async def admit(self, identity: str, proof: Proof) -> Admitted:
        """Let a charge point in; raises Turned."""
        if not charge_points.is_identity(identity):
            fix = "Give the charger an identity of 1 to 48 printable characters."
            raise Turned(404, Stage.IDENTITY, "the identity can't be used", fix)
        found = await self._database.look_up(charge_points.find, identity)
        if proof.charger_token_id is not None and (found is None or proof.charger_token_id != found[1].token_id):
            fix = "Make a new charger token and put its URL into the charger."
            raise Turned(401, Stage.CREDENTIAL, "its token was ended", fix)
        if found is None:
            return await self._take_in(identity, proof)
        return await self._admit_known(*found, proof)

    async def _admit_known(
        self, charge_point: ChargePoint, secrets: charger_keys.Secrets, told_profile: int, proof: Proof
    ) -> Admitted:
        admitted = await self._identify(charge_point, secrets, proof)
        if admitted.profile < charge_point.security_profile:
            raise _below(charge_point.security_profile, admitted.profile)
        if charge_point.security_profile < told_profile <= admitted.profile:
            identity = charge_point.charge_point_id
            await self._database.run(charge_points.raise_profile_as_wanted, identity, admitted.profile)
        return admitted

    async def _take_in(self, identity: str, proof: Proof) -> Admitted:
        policy = self._context.settings.new_charge_points
        if policy == "reject":
            fix = "Add the charger on the admin page, or correct its identity."
            raise Turned(404, Stage.IDENTITY, "no charge point has this identity", fix)
        now = self._context.clock.now()
        try:
            taken_in = await self._database.run(charge_points.register, identity, now, policy == "accept")
        except Conflict as error:
            fix = "Accept or delete chargers that wait on the admin page."
            raise Turned(503, Stage.IDENTITY, error.detail, fix) from error
        if taken_in.has_credential:  # somebody has added it, with a password, since it was looked for
            return await self.admit(identity, proof)
        return Admitted(taken_in, authenticated=proof.person)

    async def _identify(self, charge_point: ChargePoint, secrets: charger_keys.Secrets, proof: Proof) -> Admitted:
        """Find out what proves the identity: a certificate, a password, a token, or nothing where nothing is needed."""
        if proof.certificate is not None:
            await self._check_certificate(charge_point, proof.certificate)
            until = proof.certificate.not_after
            return Admitted(charge_point, authenticated=True, profile=3, certificate_until=until)
        password = basic_password(proof.authorization, charge_point.charge_point_id)
        if secrets.credential is not None or (secrets.next_credentials and password is not None):
            return await self._check_password(charge_point, secrets, password, proof)
        return Admitted(charge_point, authenticated=proof.person or proof.charger_token_id is not None)

    async def _check_password(
        self, charge_point: ChargePoint, secrets: charger_keys.Secrets, password: bytes | None, proof: Proof
    ) -> Admitted:
        identity = charge_point.charge_point_id
        if password is None:
            fix = "Put the charger's key into its settings (AuthorizationKey)."
            raise Turned(401, Stage.CREDENTIAL, "it sent no password", fix)
        profile = 2 if proof.encrypted else 1
        present = () if secrets.credential is None else (secrets.credential,)
        for credential in (*present, *secrets.next_credentials):
            if (form := await self._check_key(credential, identity, password)) is not None:
                if credential != secrets.credential:
                    await self._database.run(charger_keys.promote, identity, credential)
                return Admitted(charge_point, authenticated=True, profile=profile, sent_key_as_hex=form == "hex")
        if secrets.credential is None:  # a new key that it has not taken yet
            return Admitted(charge_point, authenticated=False)
        fix = "Make a new key on the admin page and put it into the charger."
        raise WrongPassword(401, Stage.CREDENTIAL, "its password is wrong", fix)

    async def _check_certificate(self, charge_point: ChargePoint, certificate: ClientCertificate) -> None:
        """Check whose certificate it is (WP A00.FR.404, 405), and that it was not revoked."""
        names = {fold(name) for name in (charge_point.charge_point_id, charge_point.serial_number) if name}
        fix = "Have a new certificate signed for this charger on the admin page."
        if fold(certificate.common_name or "") not in names:
            cause = f"its certificate is for {certificate.common_name!r}: neither its identity nor its serial number"
            raise Turned(401, Stage.CREDENTIAL, cause, fix)
        authority = self._context.authority
        if not authority.is_ours(certificate.organization):
            cause = f"its certificate is of {certificate.organization!r}, not of {authority.organization!r}"
            raise Turned(401, Stage.CREDENTIAL, cause, fix)
        if await self._database.look_up(certificates.is_revoked, certificate.fingerprint):
            raise Turned(401, Stage.CREDENTIAL, "its certificate was revoked", fix)


def _below(wanted: int, came: int) -> Turned:
    fixes = {
        1: "Let it send its password (Basic authentication).",
        2: "Let it connect with wss:// and its password.",
        3: "Let it connect with wss:// and its client certificate.",
    }
    cause = f"it came on security profile {came}, below its recorded profile {wanted}"
    return Turned(401, Stage.CREDENTIAL, cause, f"{fixes[wanted]} A technician may also set a lower profile.")


def basic_password(authorization: str | None, identity: str) -> bytes | None:
    """Read the password of a Basic header whose user name is `identity`.

    It is bytes: a key need not be text. Identity and key may both hold a colon, so the name is matched as a prefix.
    """
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    name = identity.encode()
    head, colon, password = decoded[: len(name)], decoded[len(name) : len(name) + 1], decoded[len(name) + 1 :]
    if colon != b":" or fold(head.decode(errors="replace")) != fold(identity):
        return None
    return password
