"""Remote start with all that it can bring: a charging profile, a limit, or the reservation that it is for."""

from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.central.remote_start import remote_start
from edge_csms.domain.charging_profile import ChargingProfile, Period, Purpose, round_down
from edge_csms.domain.errors import Conflict, Invalid
from edge_csms.domain.model import fold
from edge_csms.domain.reservations import ANY_CONNECTOR
from edge_csms.domain.roles import Role
from edge_csms.services import charging_profiles, reservations
from edge_csms.web.request import Request
from edge_csms.web.route import Route
from edge_csms.web.smart_charging import Amps, Phases

IdTagText = Annotated[str, Meta(min_length=1, max_length=20)]


class NewRemoteStart(msgspec.Struct, forbid_unknown_fields=True):
    """For whom and where: an `id_tag`, or the reservation whose idTag and connector are meant.

    A connector that isn't named is chosen: one with a car at it, else a free one. The transaction is limited by the
    site's charging profile of this name, which must be a TxProfile, or to so many amperes on each phase.
    """

    id_tag: IdTagText | None = None
    connector_id: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    reservation_id: int | None = None
    charging_profile: str | None = None
    limit_amps: Amps | None = None
    phases: Phases | None = None


class RemoteStartResult(msgspec.Struct):
    """The charge point's word; Accepted means that it will try."""

    status: str
    detail: str


async def start_remotely(request: Request, charge_point_id: str, body: NewRemoteStart) -> RemoteStartResult:
    """Ask a charge point to start a transaction."""
    id_tag, connector_id = await _for_whom(request, charge_point_id, body)
    profile = await _profile(request, body)
    limits = f" charging_profile={body.charging_profile} limit_amps={body.limit_amps}" if profile is not None else ""
    request.audit.details = f"id_tag={id_tag} connector_id={connector_id}{limits}"
    asked = (charge_point_id, id_tag, connector_id, profile)
    status, words = await remote_start(request.parts.central, request.database, *asked)
    request.audit.result = status
    return RemoteStartResult(status, words)


async def _for_whom(request: Request, charge_point_id: str, body: NewRemoteStart) -> tuple[str, int | None]:
    if body.reservation_id is None:
        if body.id_tag is None:
            raise Invalid("id_tag: it is needed without a reservation", {"id_tag": ["This field is required."]})
        return body.id_tag, body.connector_id
    reservation = await request.database.run(reservations.get, body.reservation_id, request.now)
    if fold(reservation.charge_point_id) != fold(charge_point_id) or not reservation.is_open:
        raise Conflict(f"reservation {body.reservation_id} does not hold on {charge_point_id}")
    reserved = None if reservation.connector_id == ANY_CONNECTOR else reservation.connector_id
    return body.id_tag or reservation.id_tag, body.connector_id or reserved


async def _profile(request: Request, body: NewRemoteStart) -> ChargingProfile | None:
    if body.charging_profile is not None and body.limit_amps is not None:
        text = "Either this or charging_profile may be given."
        raise Invalid(f"limit_amps: {text}", {"limit_amps": [text]})
    if body.charging_profile is not None:
        return (await request.database.run(charging_profiles.get, body.charging_profile)).profile
    if body.limit_amps is not None:
        return ChargingProfile(purpose=Purpose.TX, periods=(Period(0, round_down(body.limit_amps), body.phases),))
    return None


ROUTES = [
    Route(
        method="POST",
        path="/api/v1/charge-points/{charge_point_id}/remote-start",
        function=start_remotely,
        role=Role.TECHNICIAN,
        body=NewRemoteStart,
        returns=RemoteStartResult,
        errors=(404, 409, 502, 504),
        audit="transaction.remote_start",
        summary="Start a transaction remotely, with a limit or for a reservation",
    ),
]
