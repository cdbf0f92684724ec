"""The WebSocket that the admin page lives on: a snapshot, then every change."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from edge_csms.central.inspector import Message
from edge_csms.domain import events
from edge_csms.domain.errors import Refusal, TokenRefused
from edge_csms.domain.model import fold
from edge_csms.services import commissioning, file_jobs, firmware_rollouts, transactions
from edge_csms.web import charge_points as charge_points_page
from edge_csms.web import commissioning as commissioning_page
from edge_csms.web import file_jobs as file_jobs_page
from edge_csms.web import firmware_rollouts as rollouts_page
from edge_csms.web import transactions as transactions_page
from edge_csms.web.calls import message_item
from edge_csms.web.hosts import Hosts
from edge_csms.web.parts import Parts
from edge_csms.web.strangers import connection_of
from edge_csms.web.tokens import authenticate

log = logging.getLogger(__name__)

TOKEN_SECONDS = 5.0  # within which the first message, the token, must come
TICK_SECONDS = 5.0
GATHER_SECONDS = 0.25  # changes of one charge point within it are told together
MAX_MESSAGE_BYTES = 16 * 1024  # of what a page says
MOST_UNSENT = 2000  # messages that a page has not read yet; one that hangs must not fill our memory
PAGE = 500
GOING_AWAY, TRY_LATER = 1001, 1013

# What a page may want to fetch anew, by the events that say so.
CHANGED: dict[type[events.Event], str] = {
    events.ChargingProfilesChanged: "charging_profiles",
    events.LocalAuthListChanged: "local_list",
    events.ReservationChanged: "reservations",
    events.SecurityEventReceived: "security_events",
}


class FromPage(msgspec.Struct, forbid_unknown_fields=True):
    """What a page says: its token, or which charge point's frames it wants to see; null = all."""

    token: str | None = None
    subscribe: str | None = None
    charge_point_id: str | None = None


class EventsSocket(WebSocketHandler):
    """One open page. Tokens come in messages, never in the URL, because URLs are logged."""

    def initialize(self, parts: Parts) -> None:
        """Take over the parts."""
        self.parts = parts
        self.expires_at = 0.0
        self.watched: str | None = None
        self._changed: set[str] = set()
        self._endings: list[Any] = []
        self._stop_watching: Any = None
        self._teller: asyncio.TimerHandle | None = None
        self._unsent = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def max_message_size(self) -> int:
        """The most bytes that a message of a page may have."""
        return MAX_MESSAGE_BYTES

    def prepare(self) -> None:
        """Refuse foreign names of ours; who sends no Origin is asked for none."""
        hosts: Hosts = self.settings["hosts"]
        if not hosts.answers_to(self.request.host):
            raise HTTPError(421)

    def check_origin(self, origin: str) -> bool:
        """Let in our own pages only."""
        hosts: Hosts = self.settings["hosts"]
        return hosts.trusts_origin(origin, self.request.host)

    def open(self, *args: str, **kwargs: str) -> None:
        """Wait for the token, not for long."""
        self.parts.pages.add(self)
        self._endings.append(asyncio.get_running_loop().call_later(TOKEN_SECONDS, self._close_without_token).cancel)

    async def on_message(self, message: str | bytes) -> None:
        """Take a token, or a wish to see frames."""
        try:
            said = msgspec.json.decode(message, type=FromPage)
        except msgspec.DecodeError:
            self.close(4400, "not understood")
            return
        if said.token is not None:
            await self._take_token(said.token)
        elif not self.expires_at:
            self.close(4401, "the first message must be the token")
        elif said.subscribe == "messages":
            self._watch(said.charge_point_id)
        else:
            self._stop_seeing()

    def leave(self) -> None:
        """Say goodbye because the server stops; nothing more is read or told from here on."""
        self.on_close()
        self.close(GOING_AWAY, "the server stops")

    def on_close(self) -> None:
        """Let go of everything."""
        self.parts.pages.discard(self)
        self.parts.strangers.release(connection_of(self.request))
        self._stop_seeing()
        while self._endings:
            self._endings.pop()()
        for task in tuple(self._tasks):
            task.cancel()
        if self._teller is not None:
            self._teller.cancel()

    async def _take_token(self, token: str) -> None:
        try:
            session = await authenticate(self.parts, token)
        except TokenRefused as refused:
            self.close(4401, refused.detail)
            return
        except Refusal as refusal:  # nobody can be known while the storage is out of order
            self.close(TRY_LATER, refusal.detail)
            return
        if self not in self.parts.pages:
            return  # it went while its token was looked at
        self.parts.strangers.release(connection_of(self.request))
        is_first = not self.expires_at
        self.expires_at = float(session.claims.exp or 0)
        self._token = token
        if is_first:
            self._endings.append(self.parts.central.bus.subscribe(self._on_event))
            self._begin(self._follow)

    def _begin(self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
        """Do something that waits for the database, as long as the page is open."""
        task = asyncio.get_running_loop().create_task(self._finish(work, *arguments))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
        try:
            await work(*arguments)
        except Refusal as refusal:  # gone meanwhile, or the storage is out of order, which the tick tells
            log.info("events: %s", refusal.detail)

    def _close_without_token(self) -> None:
        if not self.expires_at:
            self.close(4401, "no token came")

    async def _follow(self) -> None:
        await self._tell_all()
        await self._tick()

    async def _tell_all(self) -> None:
        items: list[Any] = []
        after = ""
        await self.parts.central.flush()
        while True:
            found, opened = await self.parts.database.read(charge_points_page.read_items, after, PAGE)
            items += [charge_points_page.item(shown, self.parts.central, opened) for shown in found]
            if len(found) < PAGE:
                break
            after = fold(found[-1].charge_point.charge_point_id)
        self._tell({"type": "snapshot", "charge_points": items})

    async def _tick(self) -> None:
        """Show that the connection lives, and end it when its token holds no more."""
        ticked_at = time.monotonic()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = self.parts.now()
            try:
                await authenticate(self.parts, self._token)
            except TokenRefused as refused:
                self.close(4401, refused.detail)
                return
            except Refusal as refusal:  # the storage is out of order; the page shall see that
                log.info("events: %s", refusal.detail)
            version = self.parts.settings.version
            heard, ticked_at = self._heard_since(ticked_at), time.monotonic()
            state = self.parts.database.state
            self._tell({"type": "tick", "time": now, "storage": state, "version": version, "heard": heard})

    def _heard_since(self, moment: float) -> list[str]:
        """List who has said anything: that a charge point was heard is no event, or each of its messages would be."""
        connected = [(one.charge_point_id, one.session) for one in self.parts.central.connected()]
        return [identity for identity, session in connected if session and session.last_heard >= moment]

    def _on_event(self, event: events.Event) -> None:
        match event:
            case events.ChargePointRetired(charge_point_id):
                self._changed.discard(charge_point_id)
                self._tell({"type": "charge_point_removed", "charge_point_id": charge_point_id})
                return
            case events.UnknownIdTagSeen(charge_point_id, id_tag, at):
                self._tell({"type": "unknown_id_tag", "charge_point_id": charge_point_id, "id_tag": id_tag, "at": at})
                return
            case events.IdTagChanged():
                return
            case events.FileJobChanged(job_id=job_id):
                self._begin(self._tell_file_job, job_id)
                return
            case events.CommissioningRunChanged(run_id=run_id):
                self._begin(self._tell_commissioning_run, run_id)
                return
            case events.FirmwareRolloutChanged(rollout_id=rollout_id):
                self._begin(self._tell_rollout, rollout_id)
                return
            case (
                events.TransactionStarted(transaction_id=transaction_id)
                | events.TransactionEnded(transaction_id=transaction_id)
            ):
                self._begin(self._tell_transaction, transaction_id)
            case _ if (what := CHANGED.get(type(event))) is not None:
                self._tell({"type": "changed", "what": what, "charge_point_id": event.charge_point_id})
                return
        self._changed.add(event.charge_point_id)
        if self._teller is None:
            self._teller = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._tell_changed)

    def _tell_changed(self) -> None:
        self._teller = None
        changed, self._changed = self._changed, set()
        for charge_point_id in changed:
            self._begin(self._tell_charge_point, charge_point_id)

    async def _tell_charge_point(self, charge_point_id: str) -> None:
        await self.parts.central.flush()  # what was found of it just now shall be seen
        shown, opened = await self.parts.database.read(charge_points_page.read_item, charge_point_id)
        self._tell({"type": "charge_point", "item": charge_points_page.item(shown, self.parts.central, opened)})

    async def _tell_transaction(self, transaction_id: int) -> None:
        found = await self.parts.database.read(transactions.get, transaction_id)
        self._tell({"type": "transaction", "item": transactions_page.item(found)})

    async def _tell_file_job(self, job_id: int) -> None:
        found = await self.parts.database.read(file_jobs.get, job_id)
        self._tell({"type": "file_job", "item": file_jobs_page.item(found)})

    async def _tell_commissioning_run(self, run_id: int) -> None:
        found = await self.parts.database.read(commissioning.get, run_id)
        self._tell({"type": "commissioning_run", "item": commissioning_page.item(found)})

    async def _tell_rollout(self, rollout_id: int) -> None:
        found = await self.parts.database.read(firmware_rollouts.get, rollout_id)
        self._tell({"type": "firmware_rollout", "item": rollouts_page.item(found)})

    def _watch(self, charge_point_id: str | None) -> None:
        self._stop_seeing()
        self.watched = None if charge_point_id is None else fold(charge_point_id)
        self._stop_watching = self.parts.central.inspector.watch(self._on_frame)

    def _stop_seeing(self) -> None:
        if self._stop_watching is not None:
            self._stop_watching()
            self._stop_watching = None

    def _on_frame(self, message: Message) -> None:
        if self.watched is None or fold(message.charge_point_id) == self.watched:
            self._tell({"type": "message", "item": message_item(message)})

    def _tell(self, said: dict[str, Any]) -> None:
        if self._unsent >= MOST_UNSENT:
            self.close(TRY_LATER, "too slow")
            self.on_close()
            return
        try:
            written = self.write_message(msgspec.json.encode(said))
        except WebSocketClosedError:
            log.debug("an event came too late for its page")
            return
        self._unsent += 1
        written.add_done_callback(self._note_sent)

    def _note_sent(self, written: asyncio.Future[None]) -> None:
        self._unsent -= 1
        written.exception()  # the end of the connection is told by on_close
