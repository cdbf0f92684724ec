"""The WebSocket that charge points connect to: which path, who, which version; then frames to and from the session."""

import asyncio
import logging
import math
import time
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import RequestHandler
from tornado.websocket import WebSocketProtocol13

from edge_csms.central.admission import Admission, Admitted, ClientCertificate, Proof, Turned, WrongPassword
from edge_csms.central.attempts import Attempt, Attempts, Stage
from edge_csms.central.session import Session
from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import StorageUnavailable, TokenRefused, TooManyAttempts
from edge_csms.domain.model import fold
from edge_csms.domain.roles import Role
from edge_csms.services import certificate_making
from edge_csms.web.carrier import carry, take_buffer
from edge_csms.web.charger_path import identity_of, is_bare, is_usual, without_secrets
from edge_csms.web.hosts import reached_at
from edge_csms.web.parts import Parts
from edge_csms.web.strangers import connection_of
from edge_csms.web.tokens import authenticate
from edge_csms.web.websocket import FEW_BYTES, MAX_MESSAGE_BYTES, PROTOCOL_ERROR, Nobody, User, WebSocket

log = logging.getLogger(__name__)

MAX_SHOWN = 100  # characters of what an attempt tells of a handshake


class CallsForCharger(Matcher):
    """Matches what asks for a WebSocket outside of the API: a charger, whatever its path looks like."""

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Give the handler's arguments, none, or None where it is no charger."""
        is_upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
        return {} if is_upgrade and not request.path.startswith("/api/") else None


class OcppSocket(RequestHandler):
    """A handshake of a charge point."""

    def initialize(self, admission: Admission, parts: Parts) -> None:
        """Take over the parts."""
        self.central = parts.central
        self.admission = admission
        self.parts = parts
        self.offered: list[str] = []

    async def get(self, *args: str) -> None:
        """Check a handshake and let it through, or say in the status why not."""
        self.path_shown = without_secrets(self.request.path)
        self.attempt = self.parts.attempts.begin(self.request.remote_ip or "", self.path_shown, Stage.PATH)
        try:
            accept_value = self._check_request()
            self.admitted = await self._admit()
        except Turned as turned:
            await self._turn_away(turned)
        except StorageUnavailable as error:
            fix = "See what the admin page says about the storage."
            await self._turn_away(Turned(503, Stage.IDENTITY, error.detail, fix))
        else:
            await self._switch_protocols(accept_value)

    def begin(self, websocket: WebSocket) -> User:
        """Begin the session, or close where there is no common version (OCPP-J 1.6 §3.2)."""
        attempts, attempt = self.parts.attempts, self.attempt
        if self.offered and self.subprotocol is None:
            cause = f"it offers only {', '.join(self.offered)[:MAX_SHOWN]}"
            fix = f"Set the charger to OCPP in its JSON form ({self.central.assumed_subprotocol})."
            attempts.refuse(attempt, Stage.SUBPROTOCOL, cause, fix)
            websocket.close(PROTOCOL_ERROR, "no common subprotocol")
            return Nobody()
        subprotocol = self.subprotocol or self.central.assumed_subprotocol
        session = self.central.connect(self.admitted.charge_point, subprotocol, websocket)
        session.on_first_frame = partial(attempts.first_frame, attempt)
        session.live.reached_at = self.reached_at
        session.live.certificate_until = self.admitted.certificate_until
        attempts.connected(attempt, session.live.charge_point_id)
        self._note_findings(session)
        return ChargerConnection(session, self.central, attempts, attempt)

    def _check_request(self) -> str:
        """Check what RFC 6455 §4.2.1 asks for and give the accept value; raises Turned.

        A missing `Connection: Upgrade` does no harm: Autel MaxiCharger 1.22 and 1.38 leave it out.
        """
        headers, fix = self.request.headers, "The charger's firmware is at fault: look for a newer one."
        if headers.get("User-Agent", "").startswith(
            "Mozilla/"
        ):  # chargers send the oddest Origins, but no browser's name
            raise Turned(403, Stage.PATH, "it is a browser, whose pages could be anybody's", "Connect a charger.")
        if headers.get("Sec-WebSocket-Version", "") != "13":
            self.set_header("Sec-WebSocket-Version", "13")
            raise Turned(426, Stage.PATH, "it speaks another version of WebSocket than 13", fix)
        if not (key := headers.get("Sec-WebSocket-Key", "").strip()):
            raise Turned(400, Stage.PATH, "its handshake has no Sec-WebSocket-Key", fix)
        return WebSocketProtocol13.compute_accept_value(key)

    async def _switch_protocols(self, accept_value: str) -> None:
        """Answer the handshake and hand the connection over. Compression is never negotiated: OCPP-J 1.6 knows none."""
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        self.offered = [one.strip() for one in offered if one.strip()]
        self.subprotocol = self.central.choose_subprotocol(self.offered)
        self.set_status(101)
        self.clear_header("Content-Type")
        self.set_header("Upgrade", "websocket")
        self.set_header("Connection", "Upgrade")
        self.set_header("Sec-WebSocket-Accept", accept_value)
        if self.subprotocol is not None:
            self.set_header("Sec-WebSocket-Protocol", self.subprotocol)
        self.finish()
        self.parts.strangers.release(connection_of(self.request))
        stream = self.detach()
        if stream.socket is not None:  # not gone already
            self.reached_at = reached_at(self.request.protocol, self.request.host, stream.socket.getsockname())
            await carry(stream, WebSocket(self.begin, take_buffer(stream)))

    async def _admit(self) -> Admitted:
        identity = identity_of(self.request.path)
        if identity is None and is_bare(self.request.path):
            identity = await self.admission.identity_of_anonymous()
        elif identity is None:
            fix = "Let the charger's URL end with its identity, special characters percent-encoded as UTF-8."
            raise Turned(404, Stage.PATH, "the identity in its path can't be read", fix)
        self.attempt.identity, self.attempt.stage = without_secrets(identity)[:MAX_SHOWN], Stage.IDENTITY
        if (why := self.central.why_kept_off(identity)) is not None:
            raise Turned(503, Stage.IDENTITY, *why)
        admitted = await self._identify(identity, await self._proof(identity))
        if not await self.central.make_room(admitted.charge_point, admitted.authenticated):
            cause = "this identity is connected already, and nothing proves which of the two is the right one"
            fix = "Give each charger an identity of its own, or set a password for this one."
            raise Turned(409, Stage.IDENTITY, cause, fix)
        return admitted

    async def _identify(self, identity: str, proof: Proof) -> Admitted:
        """Let the admission decide, and who guesses passwords wait; from elsewhere the right one is taken at once."""
        if proof.authorization is None:
            return await self.admission.admit(identity, proof)
        throttle, key = self.parts.charger_logins, (self.request.remote_ip, fold(identity))
        try:
            throttle.attempt(key, time.monotonic())  # counts before it is judged, since many may come at once
        except TooManyAttempts as error:
            fix = "Put the right key into it, or make a new one on the admin page; it is let in within a minute."
            raise _busy(429, "it sent a wrong password too often", fix, error) from error
        try:
            admitted = await self.admission.admit(identity, proof)
        except WrongPassword:
            raise
        except TooManyAttempts as error:
            throttle.take_back(key)
            raise _busy(503, "too many passwords are being checked just now", "Wait a little.", error) from error
        except Exception:
            throttle.take_back(key)
            raise
        throttle.succeeded(key)
        return admitted

    async def _proof(self, identity: str) -> Proof:
        """Read what proves the identity. A token that doesn't hold is refused even where none is needed."""
        authorization, sent = self.request.headers.get("Authorization"), self.request.query_arguments.get("token")
        proof = Proof(authorization, encrypted=self._encrypted, certificate=self._client_certificate())
        if sent is None:
            return proof
        token = sent[-1].decode(errors="replace")
        fix = "Log in anew, or make a charger token on the admin page."
        try:
            claims = self.parts.tokens.read(token, self.parts.now())
            if claims.token_type == "charger":
                if fold(claims.charge_point_id or "") != fold(identity):
                    raise Turned(401, Stage.CREDENTIAL, "its token belongs to another charge point", fix)
                return replace(proof, charger_token_id=claims.jti)
            account = (await authenticate(self.parts, token)).account
        except TokenRefused as error:
            raise Turned(401, Stage.CREDENTIAL, f"its token doesn't hold: {error.detail}", fix) from error
        if not account.role.allows(Role.TECHNICIAN):
            raise Turned(401, Stage.CREDENTIAL, "its token is that of a viewer, who may not connect chargers", fix)
        return replace(proof, person=True)

    @property
    def _encrypted(self) -> bool:
        return self.request.protocol == "https"

    def _client_certificate(self) -> ClientCertificate | None:
        der = self.request.get_ssl_certificate(binary_form=True) if self._encrypted else None
        return ClientCertificate(*certificate_making.subject_of(der)) if isinstance(der, bytes) else None

    async def _turn_away(self, turned: Turned) -> None:
        """Refuse; who is refused again and again waits longer, so that it keeps nobody else from our attention."""
        await asyncio.sleep(self.parts.refusals.delay_seconds(self.request.remote_ip, time.monotonic()))
        self.parts.attempts.refuse(self.attempt, turned.stage, turned.cause, turned.fix)
        self.set_status(turned.status)
        if turned.retry_after_seconds is not None:
            self.set_header("Retry-After", str(math.ceil(turned.retry_after_seconds)))
        if turned.status == 401:
            self.set_header("WWW-Authenticate", 'Basic realm="edge-csms"')
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{turned.cause}. {turned.fix}\n")

    def _log(self) -> None:
        """Log no request: the attempts tell, each kind once, and without the token that a query may hold."""

    def log_exception(self, typ: Any, value: BaseException | None, tb: TracebackType | None) -> None:
        """Log bugs, for the same reason without the request."""
        log.error("a handshake failed: %s", self.path_shown, exc_info=value)

    def _note_findings(self, session: Session) -> None:
        live = session.live
        if not self.offered:
            words = f"It names no subprotocol; {self.central.assumed_subprotocol} was assumed."
            live.note_finding("no_subprotocol", "", words, f"GET {self.path_shown}")
        if is_bare(self.request.path):
            words = "Its URL names no identity; a technician has made this charge point the one that it is taken for."
            live.note_finding("no_identity", "", words, self.path_shown)
        elif not is_usual(self.request.path):
            words = "The path of its URL is unusual; its last part was taken for the identity."
            live.note_finding("unusual_path", "", words, self.path_shown)
        if self.admitted.sent_key_as_hex:
            words = "It sent its key as hex text instead of as bytes: fine, noted."
            live.note_finding("key_as_hex", "", words, "Authorization: Basic ...")


class ChargerConnection:
    """A charge point's connection: what comes goes to the session. The handshake, which is larger, is forgotten."""

    def __init__(self, session: Session, central: CentralSystem, attempts: Attempts, attempt: Attempt) -> None:
        self.on_message = session.receive
        self.on_sign_of_life = session.heard
        self._session = session
        self._central = central
        self._attempts = attempts
        self._attempt = attempt

    @property
    def most_bytes(self) -> int:
        """Say how large a message may be: who was never accepted could fill our memory with half of one."""
        return MAX_MESSAGE_BYTES if self._session.live.charge_point.was_accepted else FEW_BYTES

    def on_fault(self, reason: str) -> None:
        """Note that the charger breaks the WebSocket protocol."""
        words = f"It broke the WebSocket protocol, and its connection was closed: {reason}."
        self._session.live.note_finding("websocket_fault", reason, words, "")

    def on_end(self) -> None:
        """End the session."""
        self._central.disconnect(self._session)
        self._attempts.ended(self._attempt)


class NoSocket(RequestHandler):
    """What a browser sees at a charger's URL."""

    def get(self, *args: str) -> None:
        """Say what belongs here."""
        self.set_status(426)
        self.set_header("Upgrade", "websocket")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("This is the address for a charger: put it into the charger's settings, with ws:// in front.\n")


def _busy(status: int, cause: str, fix: str, error: TooManyAttempts) -> Turned:
    return Turned(status, Stage.CREDENTIAL, cause, fix, retry_after_seconds=error.retry_after_seconds)


def rules(admission: Admission, parts: Parts) -> list[Rule]:
    """Make the rules that lead chargers here; they stand before all others."""
    return [Rule(CallsForCharger(), OcppSocket, {"admission": admission, "parts": parts})]
