"""Smart charging over REST: the charging profiles that a charge point has, its limit, and what they come to."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from edge_csms.central import smart_charging
from edge_csms.domain.charging_profile import ChargingProfile, Purpose, RateUnit, Which
from edge_csms.domain.composite_schedule import Composite, InstalledProfile
from edge_csms.domain.errors import Invalid
from edge_csms.domain.roles import Role
from edge_csms.services import charging_profiles, installed_profiles
from edge_csms.web.charging_profiles import ProfileFields, profile_fields, read_profile
from edge_csms.web.paging import Page
from edge_csms.web.request import Request
from edge_csms.web.route import Route

CHARGE_POINT = "/api/v1/charge-points/{charge_point_id}"
PROFILES = CHARGE_POINT + "/charging-profiles"
MAX_DURATION_SECONDS = 7 * 86400

ConnectorId = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Amps = Annotated[float, Meta(ge=0, le=10000)]
Phases = Annotated[int, Meta(ge=1, le=3)]


class InstalledProfileItem(ProfileFields, kw_only=True):
    """A profile that the charge point was given; it did not confirm that it has it where `confirmed` is false.

    `origin` is the name under which the site keeps it, "limit" for one that a limit made, or empty. One that waits came
    with a remote start, and its transaction is not there yet.
    """

    charging_profile_id: int
    connector_id: int
    transaction_id: int | None
    origin: str
    confirmed: bool
    waits_for_start: bool
    installed_at: datetime


class Installation(msgspec.Struct, forbid_unknown_fields=True):
    """A profile for a connector, or with 0 for the whole charge point: one of the site by its `name`, or a `profile`.

    A TxProfile is for the transaction that is open on the connector.
    """

    connector_id: ConnectorId
    name: str | None = None
    profile: ProfileFields | None = None


class Cleared(msgspec.Struct):
    """The charge point's word: Accepted, or Unknown where it had no such profile."""

    status: str
    detail: str


class ClearQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which profiles: all that have what is given."""

    connector_id: ConnectorId | None = None
    purpose: Purpose | None = None
    stack_level: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None


class NewLimit(msgspec.Struct, forbid_unknown_fields=True):
    """So many amperes on each phase; null takes the limit away. `phases` is how many the charger has, 3 if not said."""

    limit_amps: Amps | None
    connector_id: ConnectorId = 0
    phases: Phases | None = None


class LimitResult(msgspec.Struct):
    """The profiles that hold the limit. A TxProfile among them ends with its transaction."""

    detail: str
    profiles: list[InstalledProfileItem]


class CompositeQuery(msgspec.Struct, forbid_unknown_fields=True):
    """For which connector, for how long, in which unit; without one in that which the charge point takes."""

    connector_id: ConnectorId
    duration_seconds: Annotated[int, Meta(ge=1, le=MAX_DURATION_SECONDS)] = 86400
    unit: RateUnit | None = None


class CompositePeriodItem(msgspec.Struct):
    """What holds from a second on; `limit` null means that nothing limits."""

    start_seconds: int
    limit: float | None
    phases: int | None


class CompositeItem(msgspec.Struct):
    """Limits over time."""

    unit: RateUnit
    starts_at: datetime
    duration_seconds: int
    periods: list[CompositePeriodItem]


class DifferenceItem(msgspec.Struct):
    """A span of `meant` in which the charge point reports something else."""

    start_seconds: int
    end_seconds: int
    meant: float
    reported: float | None
    allows_more: bool


class ComparisonItem(msgspec.Struct):
    """What we meant, what the charge point reports, where they differ, and whether the meter keeps within it."""

    connector_id: int
    meant: CompositeItem
    reported: CompositeItem | None
    detail: str
    differences: list[DifferenceItem]
    metered_power_w: float | None
    meter_agrees: bool | None


def _item(installed: InstalledProfile) -> InstalledProfileItem:
    profile = installed.profile
    return InstalledProfileItem(
        charging_profile_id=profile.charging_profile_id,
        connector_id=installed.connector_id,
        transaction_id=None if profile.wire_id is None else int(profile.wire_id),
        origin=installed.origin,
        confirmed=installed.confirmed,
        waits_for_start=installed.id_tag is not None and profile.wire_id is None,
        installed_at=installed.installed_at,
        **profile_fields(profile),
    )


def _composite(composite: Composite) -> CompositeItem:
    return msgspec.convert(composite, CompositeItem, from_attributes=True)


def _read_installed(charge_point_id: str, now: datetime) -> list[InstalledProfile]:
    return installed_profiles.list_(installed_profiles.get_key(charge_point_id), now)


async def list_installed_profiles(request: Request, charge_point_id: str) -> Page[InstalledProfileItem]:
    """List the profiles that a charge point was given, without those whose transactions are over."""
    found = await request.database.run(_read_installed, charge_point_id, request.now)
    return Page([_item(one) for one in found], None)


async def install_profile(request: Request, charge_point_id: str, body: Installation) -> InstalledProfileItem:
    """Give a profile to a charge point: 201 where it takes it, 409 with its word where it doesn't."""
    request.audit.subject = f"{charge_point_id} connector {body.connector_id}"
    name, profile = await _wanted(request, body)
    request.audit.details = name or str(profile)
    installed = await smart_charging.install(
        request.parts.central, request.database, charge_point_id, body.connector_id, profile, name
    )
    request.audit.result = f"Accepted as {installed.profile.charging_profile_id}"
    return _item(installed)


async def _wanted(request: Request, body: Installation) -> tuple[str, ChargingProfile]:
    if body.name is not None and body.profile is None:
        named = await request.database.run(charging_profiles.get, body.name)
        return named.name, named.profile
    if body.profile is not None and body.name is None:
        return "", read_profile(body.profile)
    raise Invalid("either name or profile must be given", {"profile": ["Either this or name must be given."]})


async def clear_profile(request: Request, charge_point_id: str, charging_profile_id: int) -> Cleared:
    """Have a charge point forget one profile."""
    return await _clear(request, charge_point_id, Which(charging_profile_id))


async def clear_profiles(request: Request, charge_point_id: str, query: ClearQuery) -> Cleared:
    """Have a charge point forget profiles; all of them where nothing is given."""
    which = Which(connector_id=query.connector_id, purpose=query.purpose, stack_level=query.stack_level)
    return await _clear(request, charge_point_id, which)


async def _clear(request: Request, charge_point_id: str, which: Which) -> Cleared:
    request.audit.subject = charge_point_id
    request.audit.details = str(which)
    status = await smart_charging.clear(request.parts.central, charge_point_id, which)
    request.audit.result = status
    words = {"Accepted": "The charge point has forgotten it.", "Unknown": "The charge point has no such profile."}
    return Cleared(status, words.get(status, status))


async def put_limit(request: Request, charge_point_id: str, body: NewLimit) -> LimitResult:
    """Limit a connector or a whole charge point, by whatever kind of profile it takes; 0 A lets it pause."""
    request.audit.details = f"connector_id={body.connector_id} limit_amps={body.limit_amps} phases={body.phases}"
    made = await request.parts.central.set_limit(charge_point_id, body.connector_id, body.limit_amps, body.phases)
    if body.limit_amps is None:
        return LimitResult("The limit is taken away.", [])
    until = "until the transaction ends" if made[0].profile.purpose is Purpose.TX else "until it is changed"
    detail = f"The charge point took the limit as a {made[0].profile.purpose}; it holds {until}."
    request.audit.result = made[0].profile.purpose.value
    return LimitResult(detail, [_item(one) for one in made])


async def get_composite_schedule(request: Request, charge_point_id: str, query: CompositeQuery) -> ComparisonItem:
    """Compare what a charge point reports with what its profiles should come to; it is asked where it is connected."""
    compared = await smart_charging.compare_composite(
        request.parts.central,
        request.database,
        charge_point_id,
        query.connector_id,
        query.duration_seconds,
        query.unit,
    )
    return ComparisonItem(
        connector_id=query.connector_id,
        meant=_composite(compared.meant),
        reported=None if compared.reported is None else _composite(compared.reported),
        detail=compared.detail,
        differences=[msgspec.convert(one, DifferenceItem, from_attributes=True) for one in compared.differences],
        metered_power_w=compared.metered_power_w,
        meter_agrees=compared.meter_agrees,
    )


_COMMAND: dict[str, Any] = {"role": Role.TECHNICIAN, "errors": (404, 409, 502, 504)}

ROUTES = [
    Route(
        method="GET",
        path=PROFILES,
        function=list_installed_profiles,
        role=Role.VIEWER,
        returns=Page[InstalledProfileItem],
        errors=(404,),
        summary="List the charging profiles of a charge point",
    ),
    Route(
        method="POST",
        path=PROFILES,
        function=install_profile,
        body=Installation,
        returns=InstalledProfileItem,
        status=201,
        audit="charging_profile.install",
        summary="Give a charging profile to a charge point",
        **_COMMAND,
    ),
    Route(
        method="DELETE",
        path=PROFILES,
        function=clear_profiles,
        query=ClearQuery,
        returns=Cleared,
        audit="charging_profile.clear",
        summary="Clear charging profiles of a charge point",
        **_COMMAND,
    ),
    Route(
        method="DELETE",
        path=PROFILES + "/{charging_profile_id:int}",
        function=clear_profile,
        returns=Cleared,
        audit="charging_profile.clear",
        summary="Clear a charging profile of a charge point",
        **_COMMAND,
    ),
    Route(
        method="PUT",
        path=CHARGE_POINT + "/limit",
        function=put_limit,
        body=NewLimit,
        returns=LimitResult,
        audit="charge_point.limit",
        summary="Limit a connector or a charge point",
        **_COMMAND,
    ),
    Route(
        method="GET",
        path=CHARGE_POINT + "/composite-schedule",
        function=get_composite_schedule,
        role=Role.VIEWER,
        query=CompositeQuery,
        returns=ComparisonItem,
        errors=(404,),
        summary="Compare the limits of a charge point with what was meant",
    ),
]
