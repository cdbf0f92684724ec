"""Sets a standing limit on a charge point, by whatever kind of charging profile it takes.

Charge points differ: some reject a ChargePointMaxProfile, some any stack level but 0, some amperes. So there is a chain
of ways, and the way that worked is tried first the next time.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from edge_csms.central import smart_charging
from edge_csms.domain.charging_profile import (
    ALL_PHASES,
    WHOLE_CHARGE_POINT,
    Capabilities,
    ChargingProfile,
    Kind,
    Period,
    Purpose,
    RateUnit,
    Which,
    convert,
    round_down,
)
from edge_csms.domain.composite_schedule import InstalledProfile
from edge_csms.domain.errors import CallRefused, Declined, Refusal
from edge_csms.services import installed_profiles
from edge_csms.storage.database import Database

if TYPE_CHECKING:
    from edge_csms.central.system import CentralSystem

log = logging.getLogger(__name__)

LIMIT = "limit"  # origin of the profiles that are made here
BEGUN_BEFORE = timedelta(minutes=1)  # a charge point whose clock is behind must not take our "now" for its future
UNSUPPORTED = ("NotImplemented", "NotSupported")  # CALLERRORs after which no other way can work


@dataclass(frozen=True, slots=True)
class Way:
    """One way to say a limit: which kind of profile, for which connectors, how many amperes on each."""

    purpose: Purpose
    connector_ids: tuple[int, ...]
    limit_amps: float
    unit: RateUnit = RateUnit.AMPS
    stack_level: int = 0

    def made(self, one: InstalledProfile) -> bool:
        """Say whether a profile was given in this way."""
        profile = one.profile
        return one.connector_id in self.connector_ids and (profile.purpose, profile.unit, profile.stack_level) == (
            self.purpose,
            self.unit,
            self.stack_level,
        )


async def set_limit(
    central: "CentralSystem",
    database: Database,
    charge_point_id: str,
    connector_id: int,
    limit_amps: float | None,
    phases: int | None = None,
) -> list[InstalledProfile]:
    """Limit a connector, or with 0 the whole charge point, to so much current per phase; None takes the limit away.

    Returns the profiles that hold it. A TxProfile among them ends with its transaction. Raises Declined where no way
    works, and what commands raise.
    """
    await central.dialect(charge_point_id)  # raises NotFound or Offline
    key, capabilities = await smart_charging.learn(central, database, charge_point_id)
    places = await database.run(_places, key, connector_id, limit_amps or 0.0)
    standing = [one for one in await database.run(installed_profiles.list_, key, central.now()) if one.origin == LIMIT]
    standing = [one for one in standing if any(_is_at(one, place) for place in places)]
    made: list[InstalledProfile] = []
    if limit_amps is not None:
        ways = sorted(_ways(places, capabilities), key=lambda way: not any(way.made(one) for one in standing))
        made = await _find_way(central, database, charge_point_id, key, ways, phases)
    kept = {one.profile.charging_profile_id for one in made}
    for one in standing:
        if one.profile.charging_profile_id not in kept:
            await _take_away(central, charge_point_id, one, must_work=limit_amps is None)
    return made


def _places(charge_point_key: int, connector_id: int, limit_amps: float) -> list[Way]:
    """List the kinds of profiles that can limit a place, the most fitting first; the sum never exceeds the limit."""
    count = installed_profiles.count_connectors(charge_point_key)
    charging = tuple(installed_profiles.list_open(charge_point_key))
    places = []
    if connector_id == WHOLE_CHARGE_POINT or count == 1:
        places.append(Way(Purpose.CHARGE_POINT_MAX, (WHOLE_CHARGE_POINT,), limit_amps))
    each = limit_amps / count if connector_id == WHOLE_CHARGE_POINT else limit_amps
    places.append(Way(Purpose.TX_DEFAULT, (connector_id,), each))
    if connector_id != WHOLE_CHARGE_POINT:
        charging = (connector_id,) if connector_id in charging else ()
    if charging:
        places.append(Way(Purpose.TX, charging, each))
    return places


def _ways(places: list[Way], capabilities: Capabilities) -> Iterator[Way]:
    """Multiply the places with the units and stack levels that the charge point may take."""
    units = [one for one in RateUnit if one in capabilities.units][:1] or list(RateUnit)
    levels = dict.fromkeys((capabilities.max_stack_level or 0, 0))
    for place in places:
        for unit in units:
            for level in levels:
                yield Way(place.purpose, place.connector_ids, place.limit_amps, unit, level)


async def _find_way(
    central: "CentralSystem",
    database: Database,
    charge_point_id: str,
    key: int,
    ways: list[Way],
    phases: int | None,
) -> list[InstalledProfile]:
    tried: list[str] = []
    relative = smart_charging.switches_of(central, charge_point_id).relative_profiles
    for way in ways:
        wanted = _profile(way, phases, None if relative else central.now())
        words = []
        made = []
        for connector_id in way.connector_ids:
            prepared = await database.run(installed_profiles.prepare, key, connector_id, wanted, Capabilities())
            words.append(await _send(central, charge_point_id, connector_id, prepared))
            if words[-1] != "Accepted":
                break
            await database.run(installed_profiles.note_origin, key, prepared.charging_profile_id, LIMIT)
            made.append(await database.run(installed_profiles.get, key, prepared.charging_profile_id))
        if len(made) == len(way.connector_ids):
            return made
        tried.append(f"{way.purpose} in {way.unit} on stack level {way.stack_level}: {words[-1]}")
    raise Declined("Rejected", f"{charge_point_id} takes no limit. Tried were {'; '.join(tried)}.")


async def _send(central: "CentralSystem", charge_point_id: str, connector_id: int, profile: ChargingProfile) -> str:
    """Send a profile and give the charge point's word; a CALLERROR is one too, unless it means that none will work."""
    try:
        return await smart_charging.send(central, charge_point_id, connector_id, profile)
    except CallRefused as refused:
        if refused.code in UNSUPPORTED:
            raise
        return refused.code


async def _take_away(
    central: "CentralSystem", charge_point_id: str, installed: InstalledProfile, must_work: bool
) -> None:
    try:
        await smart_charging.clear(central, charge_point_id, Which(installed.profile.charging_profile_id))
    except Refusal as refusal:
        if must_work:
            raise
        log.warning("%s keeps an earlier limit as well: %s", charge_point_id, refusal.detail)


def _profile(way: Way, phases: int | None, now: datetime | None) -> ChargingProfile:
    """Make the profile of a limit that holds from now on, or without a time from the beginning of each transaction."""
    said_phases = phases if phases is not None and phases < ALL_PHASES else None
    profile = ChargingProfile(
        purpose=way.purpose,
        kind=Kind.RELATIVE if now is None else Kind.ABSOLUTE,
        stack_level=way.stack_level,
        periods=(Period(0, round_down(way.limit_amps), said_phases),),
        starts_at=None if now is None else (now - BEGUN_BEFORE).replace(microsecond=0),
    )
    return convert(profile, way.unit)


def _is_at(one: InstalledProfile, place: Way) -> bool:
    return one.profile.purpose is place.purpose and one.connector_id in place.connector_ids
