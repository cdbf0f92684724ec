"""The Local Auth List profile's messages on one side, the site's lists on the other (OCPP 1.6 §5.10, §5.15)."""

from typing import Any

from edge_csms.central.context import Context, Follower
from edge_csms.central.live import LiveChargePoint
from edge_csms.domain import events
from edge_csms.domain.errors import CallRefused, Invalid, Refusal
from edge_csms.domain.local_auth_list import Entry, Update
from edge_csms.domain.model import AuthorizationStatus
from edge_csms.ocpp import times
from edge_csms.ocpp.operation import Request
from edge_csms.ocpp.v16.local_auth_list import (
    AuthorizationData,
    GetLocalListVersion,
    GetLocalListVersionResponse,
    SendLocalList,
    SendLocalListResponse,
)
from edge_csms.ocpp.v16.types import IdTagInfo
from edge_csms.services import local_auth_list

UNSUPPORTED_CODES = ("NotImplemented", "NotSupported")
OUTCOMES = {
    "Failed": "It failed to take the list.",
    "NotSupported": "It can have no list.",
    "VersionMismatch": "It has another version of the list than we thought.",
}


class LocalAuthListProfile:
    """Words the wishes about local lists, and remembers what became of them, whoever sends them."""

    def __init__(self, context: Context) -> None:
        self._database = context.database
        self._clock = context.clock
        self._bus = context.bus
        self.followers = {
            "SendLocalList": Follower(before=self._before_send, after=self._after_send),
            "GetLocalListVersion": Follower(after=self._after_version),
        }

    def send(self, update: Update) -> Request[Any]:
        """Ask to take a list or changes to it (§5.15)."""
        removed = [AuthorizationData(id_tag=id_tag) for id_tag in update.removed]
        return SendLocalList(
            list_version=update.version,
            local_authorization_list=[*removed, *(_to_wire(entry) for entry in update.entries)] or None,
            update_type="Full" if update.is_full else "Differential",
        )

    def ask_version(self) -> Request[Any]:
        """Ask which version of the list is there (§5.10)."""
        return GetLocalListVersion()

    async def _before_send(self, live: LiveChargePoint, request: SendLocalList) -> None:
        if request.list_version < 1:  # 0 says that a list is empty, -1 that there can't be one (errata 3.52)
            text = "The version of a list is 1 or more."
            raise Invalid(f"listVersion: {text}", {"listVersion": [text]})

    async def _after_send(
        self, live: LiveChargePoint, request: SendLocalList, outcome: SendLocalListResponse | Refusal
    ) -> None:
        key = live.charge_point.key
        if isinstance(outcome, CallRefused):
            supported = False if outcome.code in UNSUPPORTED_CODES else None
            await self._database.run(local_auth_list.note_refused, key, outcome.detail, supported)
        elif isinstance(outcome, Refusal):
            await self._database.run(local_auth_list.note_silence, key)
        elif outcome.status == "Accepted":
            await self._database.run(local_auth_list.note_taken, key, _update(request), self._clock.now())
        else:
            words = OUTCOMES.get(outcome.status, f"It answered {outcome.status}.")
            supported = outcome.status != "NotSupported"
            await self._database.run(local_auth_list.note_refused, key, words, supported)
        self._bus.publish(events.LocalAuthListChanged(live.charge_point_id))

    async def _after_version(
        self, live: LiveChargePoint, request: GetLocalListVersion, outcome: GetLocalListVersionResponse | Refusal
    ) -> None:
        if isinstance(outcome, Refusal) or outcome.list_version is None:
            return
        now = self._clock.now()
        await self._database.run(local_auth_list.note_version, live.charge_point.key, outcome.list_version, now)
        self._bus.publish(events.LocalAuthListChanged(live.charge_point_id))


def _to_wire(entry: Entry) -> AuthorizationData:
    return AuthorizationData(
        id_tag=entry.id_tag,
        id_tag_info=IdTagInfo(
            expiry_date=None if entry.expires_at is None else times.format(entry.expires_at),
            parent_id_tag=entry.parent_id_tag,
            status=entry.status.value,
        ),
    )


def _update(request: SendLocalList) -> Update:
    sent = request.local_authorization_list or []
    return Update(
        version=request.list_version,
        is_full=request.update_type == "Full",
        entries=tuple(
            Entry(
                one.id_tag,
                AuthorizationStatus(one.id_tag_info.status),
                times.parse(one.id_tag_info.expiry_date),
                one.id_tag_info.parent_id_tag,
            )
            for one in sent
            if one.id_tag_info is not None
        ),
        removed=tuple(one.id_tag for one in sent if one.id_tag_info is None),
    )
