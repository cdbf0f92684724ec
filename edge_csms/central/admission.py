"""Who may open a session: the checks of a handshake, in the order in which a technician would look for the fault."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from edge_csms.central.context import Context
from edge_csms.domain.errors import Conflict
from edge_csms.domain.model import ChargePoint, fold
from edge_csms.services import charge_points


@dataclass(frozen=True, slots=True)
class Proof:
    """What a handshake brought along: the Authorization header, and what its token turned out to be."""

    authorization: str | None = None
    person: bool = False  # an access token of a technician or administrator
    charger_token_id: str | None = None  # of a token that was made for this identity


@dataclass(frozen=True, slots=True)
class Admitted:
    """A charge point that may open a session."""

    charge_point: ChargePoint
    authenticated: bool
    sent_key_as_hex: bool = False


class Turned(Exception):
    """A handshake is turned away: its HTTP status, the stage that it reached, why, and what to do."""

    def __init__(self, status: int, stage: str, cause: str, fix: str) -> None:
        super().__init__(cause)
        self.status = status
        self.stage = stage
        self.cause = cause
        self.fix = fix


# Checks a presented key against a stored credential; the result names the form in which it came: "raw", "hex", or None.
CheckKey = Callable[[str, str, bytes], Awaitable[str | None]]


class Admission:
    """Decides over handshakes."""

    def __init__(self, context: Context, check_key: CheckKey) -> None:
        self._database = context.database
        self._clock = context.clock
        self._settings = context.settings
        self._check_key = check_key

    async def admit(self, identity: str, proof: Proof) -> Admitted:
        """Let a charge point in; raises Turned."""
        if not charge_points.is_identity(identity):
            raise Turned(
                404,
                "identity",
                "the identity can't be used",
                "Give the charger an identity of 1 to 48 printable characters.",
            )
        found = await self._database.run(charge_points.find, identity)
        if found is None:
            return Admitted(await self._take_in(identity), authenticated=False)
        charge_point, secrets = found
        if secrets.credential is not None:
            return await self._check_password(charge_point, secrets, proof)
        if proof.charger_token_id is not None and proof.charger_token_id != secrets.token_id:
            raise Turned(
                401, "credential", "its token was ended", "Make a new charger token and put its URL into the charger."
            )
        return Admitted(charge_point, authenticated=proof.person or proof.charger_token_id is not None)

    async def _take_in(self, identity: str) -> ChargePoint:
        policy = self._settings.new_charge_points
        if policy == "reject":
            raise Turned(
                404,
                "identity",
                "no charge point has this identity",
                "Add the charger on the admin page, or correct its identity.",
            )
        try:
            return await self._database.run(charge_points.register, identity, self._clock.now(), policy == "accept")
        except Conflict as error:
            raise Turned(
                503, "identity", error.detail, "Accept or delete chargers that wait on the admin page."
            ) from error

    async def _check_password(
        self, charge_point: ChargePoint, secrets: charge_points.Secrets, proof: Proof
    ) -> Admitted:
        password = basic_password(proof.authorization, charge_point.charge_point_id)
        if password is None:
            raise Turned(
                401, "credential", "it sent no password", "Put the charger's key into its settings (AuthorizationKey)."
            )
        for credential in (secrets.credential, secrets.next_credential):
            form = await self._check_key(credential, charge_point.charge_point_id, password) if credential else None
            if form is not None:
                if credential == secrets.next_credential and credential != secrets.credential:
                    await self._database.run(charge_points.promote_credential, charge_point.charge_point_id)
                return Admitted(charge_point, authenticated=True, sent_key_as_hex=form == "hex")
        raise Turned(
            401, "credential", "its password is wrong", "Make a new key on the admin page and put it into the charger."
        )


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
