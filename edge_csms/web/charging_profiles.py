"""Charging profiles that the site keeps under names, over REST."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from edge_csms.domain.charging_profile import (
    ChargingProfile,
    Kind,
    NamedProfile,
    Period,
    Purpose,
    RateUnit,
    Recurrency,
)
from edge_csms.domain.model import fold
from edge_csms.domain.roles import Role
from edge_csms.services import charging_profiles
from edge_csms.web.paging import Page, PageQuery, Time, page
from edge_csms.web.request import Request
from edge_csms.web.route import Route

CHARGING_PROFILES = "/api/v1/charging-profiles"
MAX_PERIODS = 1000
WRITTEN_IN = ("purpose", "kind", "stack_level", "unit", "recurrency", "starts_at", "duration_seconds", "min_rate")

Note = Annotated[str, Meta(max_length=500)]


class PeriodItem(msgspec.Struct, forbid_unknown_fields=True):
    """A limit that holds from a second of the schedule on: A on each phase, W on all together; phases null means 3."""

    start_seconds: int
    limit: float
    phases: int | None = None


class ProfileFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What limits, when, and by how much.

    A TxProfile is for one transaction, a TxDefaultProfile for every one, a ChargePointMaxProfile for all connectors
    together. An Absolute schedule without `starts_at` starts with the transaction, like a Relative one.
    """

    purpose: Purpose
    kind: Kind = Kind.ABSOLUTE
    stack_level: int = 0
    unit: RateUnit = RateUnit.AMPS
    periods: Annotated[list[PeriodItem], Meta(max_length=MAX_PERIODS)]
    recurrency: Recurrency | None = None
    starts_at: Time | None = None
    duration_seconds: int | None = None
    min_rate: float | None = None
    valid_from: Time | None = None
    valid_to: Time | None = None


class NewChargingProfile(ProfileFields, kw_only=True, forbid_unknown_fields=True):
    """A profile to keep under a name."""

    name: str
    note: Note = ""


class OtherChargingProfile(ProfileFields, kw_only=True, forbid_unknown_fields=True):
    """A profile to keep in place of the one of this name."""

    note: Note = ""


class ChargingProfileItem(NewChargingProfile, kw_only=True):
    """One profile of the site."""

    updated_at: datetime | None


def read_profile(fields: ProfileFields) -> ChargingProfile:
    """Take a profile from a body."""
    values = {name: getattr(fields, name) for name in ProfileFields.__struct_fields__}
    values["periods"] = tuple(Period(one.start_seconds, one.limit, one.phases) for one in fields.periods)
    return ChargingProfile(**values)


def profile_fields(profile: ChargingProfile) -> dict[str, Any]:
    """Give the fields of a profile for an answer."""
    values = {name: getattr(profile, name) for name in ProfileFields.__struct_fields__}
    values["periods"] = [PeriodItem(one.start_seconds, one.limit, one.phases) for one in profile.periods]
    return values


def _item(named: NamedProfile) -> ChargingProfileItem:
    fields = profile_fields(named.profile)
    return ChargingProfileItem(name=named.name, note=named.note, updated_at=named.updated_at, **fields)


async def list_charging_profiles(request: Request, query: PageQuery) -> Page[ChargingProfileItem]:
    """List profiles in the order of their names."""
    found = await request.database.read(charging_profiles.list_, fold(query.cursor or ""), query.limit + 1)
    return page([_item(named) for named in found], query.limit, lambda one: one.name)


async def get_charging_profile(request: Request, name: str) -> ChargingProfileItem:
    """Show a profile."""
    return _item(await request.database.run(charging_profiles.get, name))


async def create_charging_profile(request: Request, body: NewChargingProfile) -> ChargingProfileItem:
    """Keep a profile under a name."""
    request.audit.subject, request.audit.details = body.name, _words(body)
    named = NamedProfile(body.name, read_profile(body), body.note)
    return _item(await request.database.run(charging_profiles.add, named, request.now))


async def replace_charging_profile(request: Request, name: str, body: OtherChargingProfile) -> ChargingProfileItem:
    """Keep another profile under this name; charge points that have the old one keep it."""
    request.audit.details = _words(body)
    named = NamedProfile(name, read_profile(body), body.note)
    return _item(await request.database.run(charging_profiles.update, named, request.now))


async def delete_charging_profile(request: Request, name: str) -> None:
    """Forget a profile; charge points that have it keep it."""
    await request.database.run(charging_profiles.delete, name)


def _words(fields: ProfileFields) -> str:
    """Say a profile in a line, for the audit trail."""
    said = [f"{name}={value}" for name in WRITTEN_IN if (value := getattr(fields, name)) is not None]
    periods = " ".join(f"{one.start_seconds}:{one.limit:g}" for one in fields.periods[:10])
    return f"{' '.join(said)} periods={periods}"


_ONE: dict[str, Any] = {"path": CHARGING_PROFILES + "/{name}", "errors": (404,)}

ROUTES = [
    Route(
        method="GET",
        path=CHARGING_PROFILES,
        function=list_charging_profiles,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[ChargingProfileItem],
        summary="List the charging profiles of the site",
    ),
    Route(
        method="POST",
        path=CHARGING_PROFILES,
        function=create_charging_profile,
        role=Role.TECHNICIAN,
        body=NewChargingProfile,
        returns=ChargingProfileItem,
        status=201,
        errors=(409,),
        audit="charging_profile.add",
        summary="Keep a charging profile",
    ),
    Route(
        method="GET",
        function=get_charging_profile,
        role=Role.VIEWER,
        returns=ChargingProfileItem,
        summary="Show a charging profile",
        **_ONE,
    ),
    Route(
        method="PUT",
        function=replace_charging_profile,
        role=Role.TECHNICIAN,
        body=OtherChargingProfile,
        returns=ChargingProfileItem,
        audit="charging_profile.edit",
        summary="Replace a charging profile",
        **_ONE,
    ),
    Route(
        method="DELETE",
        function=delete_charging_profile,
        role=Role.TECHNICIAN,
        status=204,
        audit="charging_profile.delete",
        summary="Forget a charging profile",
        **_ONE,
    ),
]
