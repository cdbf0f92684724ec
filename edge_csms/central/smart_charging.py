"""Gives charging profiles to charge points, and compares what they make of them with what was meant."""

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edge_csms.central.quirks import Switches
from edge_csms.domain.charging_profile import NOMINAL_VOLTS, Capabilities, ChargingProfile, RateUnit, Which
from edge_csms.domain.composite_comparison import Difference, compare, overlap
from edge_csms.domain.composite_schedule import Composite, InstalledProfile, compose
from edge_csms.domain.errors import Declined, Offline, Refusal
from edge_csms.services import installed_profiles
from edge_csms.storage.database import Database

if TYPE_CHECKING:
    from edge_csms.central.system import CentralSystem

log = logging.getLogger(__name__)

REFUSALS = {
    "Rejected": "It can't take this profile, or not now.",
    "NotSupported": "It does not do smart charging.",
}
METER_TOLERANCE = 1.1  # meters and cars are not exact
STANDBY_W = 100.0  # that a charger draws while it lets no car charge


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was meant for a connector, what the charge point reports, and what its meter shows."""

    meant: Composite
    reported: Composite | None
    detail: str
    differences: list[Difference]
    metered_power_w: float | None
    meter_agrees: bool | None


async def install(
    central: "CentralSystem",
    database: Database,
    charge_point_id: str,
    connector_id: int,
    profile: ChargingProfile,
    origin: str = "",
) -> InstalledProfile:
    """Give a profile to a charge point.

    Raises Invalid for one that it could not take, Declined where it won't, and what commands raise.
    """
    await central.dialect(charge_point_id)  # raises NotFound or Offline
    key, capabilities = await learn(central, database, charge_point_id)
    prepared = await database.run(installed_profiles.prepare, key, connector_id, profile, capabilities)
    status = await send(central, charge_point_id, connector_id, prepared)
    if status != "Accepted":
        words = REFUSALS.get(status, "It did not take the profile.")
        raise Declined(status, f"{charge_point_id} answered {status}. {words}")
    await database.run(installed_profiles.note_origin, key, prepared.charging_profile_id, origin)
    return await database.run(installed_profiles.get, key, prepared.charging_profile_id)


async def send(central: "CentralSystem", charge_point_id: str, connector_id: int, profile: ChargingProfile) -> str:
    """Send a profile that is ready for this connector, and return the charge point's word."""
    dialect = await central.dialect(charge_point_id)
    return str((await central.call(charge_point_id, dialect.smart_charging.install(connector_id, profile))).status)


async def clear(central: "CentralSystem", charge_point_id: str, which: Which) -> str:
    """Have profiles forgotten and return the charge point's word: Accepted, or Unknown where it has none of them."""
    dialect = await central.dialect(charge_point_id)
    return str((await central.call(charge_point_id, dialect.smart_charging.clear(which))).status)


async def prepare_for_start(
    central: "CentralSystem", database: Database, charge_point_id: str, connector_id: int, profile: ChargingProfile
) -> ChargingProfile:
    """Make a profile one that a remote start can bring to this connector; raises Invalid."""
    key, capabilities = await learn(central, database, charge_point_id)
    return await database.run(installed_profiles.prepare_for_start, key, connector_id, profile, capabilities)


async def learn(central: "CentralSystem", database: Database, charge_point_id: str) -> tuple[int, Capabilities]:
    """Give a charge point's key and what it takes; what it was never asked about is asked now. Raises NotFound."""
    key = await database.run(installed_profiles.get_key, charge_point_id)
    unknown = await database.run(installed_profiles.list_unknown_settings, key)
    switches, live = switches_of(central, charge_point_id), central.live(charge_point_id)
    if unknown and live is not None and not live.leave_alone:
        try:
            await central.read_configuration(charge_point_id, unknown)
        except Refusal as refusal:
            log.info("%s does not say what charging profiles it takes: %s", charge_point_id, refusal.detail)
    capabilities = await database.run(installed_profiles.get_capabilities, key)
    levels = [level for level in (capabilities.max_stack_level, switches.max_stack_level) if level is not None]
    units = capabilities.units if switches.limit_unit is None else frozenset({RateUnit(switches.limit_unit)})
    return key, replace(capabilities, max_stack_level=min(levels, default=None), units=units)


def switches_of(central: "CentralSystem", charge_point_id: str) -> Switches:
    """Say what is different for a charge point, as far as it was ever here."""
    live = central.live(charge_point_id)
    return Switches() if live is None else live.quirks.switches


async def compare_composite(
    central: "CentralSystem",
    database: Database,
    charge_point_id: str,
    connector_id: int,
    duration_seconds: int,
    unit: RateUnit | None = None,
) -> Comparison:
    """Compute what holds on a connector from now on, and ask the charge point the same. Raises NotFound."""
    key, now = await database.run(installed_profiles.get_key, charge_point_id), central.now()
    if unit is None:
        units = (await database.run(installed_profiles.get_capabilities, key)).units
        unit = RateUnit.WATTS if units == {RateUnit.WATTS} else RateUnit.AMPS
    transaction = await database.run(installed_profiles.get_open, key, connector_id)
    meant = compose(
        await database.run(installed_profiles.list_, key, now),
        connector_id=connector_id,
        starts_at=now,
        duration_seconds=duration_seconds,
        unit=unit,
        transaction=transaction,
    )
    reported, detail = await _ask_composite(central, charge_point_id, connector_id, duration_seconds, unit)
    live = central.live(charge_point_id)
    power_w = None if live is None or transaction is None else live.power_w(connector_id)
    differences = [] if reported is None else compare(meant, reported)
    if reported is not None and not overlap(meant, reported):
        detail = "The charge point reports a schedule for another time: its clock may be wrong."
    return Comparison(meant, reported, detail, differences, power_w, _meter_agrees(meant, power_w))


async def find_above_limit(central: "CentralSystem", database: Database, charge_point_id: str) -> list[int]:
    """List the connectors whose meters show more than the charging profiles of the charge point allow."""
    live = central.live(charge_point_id)
    if live is None:
        return []
    metered = {connector_id: live.power_w(connector_id) for connector_id in live.last_values}
    now = central.now()
    installed = await database.read(installed_profiles.list_, live.charge_point.key, now)
    opened = await database.read(installed_profiles.list_open, live.charge_point.key)
    return [
        connector_id
        for connector_id, transaction in opened.items()
        if _meter_agrees(
            compose(
                installed,
                connector_id=connector_id,
                starts_at=now,
                duration_seconds=1,
                unit=RateUnit.WATTS,
                transaction=transaction,
            ),
            metered.get(connector_id),
        )
        is False
    ]


async def _ask_composite(
    central: "CentralSystem", charge_point_id: str, connector_id: int, duration_seconds: int, unit: RateUnit
) -> tuple[Composite | None, str]:
    """Ask a charge point what its profiles come to; the text says why it gives nothing."""
    try:
        dialect = await central.dialect(charge_point_id)
        wishes = dialect.smart_charging
        answer = await central.call(charge_point_id, wishes.compose(connector_id, duration_seconds, unit))
    except Offline:
        return None, "The charge point is not connected."
    except Refusal as refusal:
        return None, f"The charge point does not report: {refusal.detail}."
    reported = wishes.read_composite(answer, duration_seconds, central.now())
    return reported, "" if reported is not None else f"The charge point does not report: it answered {answer.status}."


def _meter_agrees(meant: Composite, power_w: float | None) -> bool | None:
    """Say whether the meter shows no more than was meant; some charge points take a profile and ignore it."""
    now = meant.periods[0]
    if power_w is None or now.limit is None or now.phases is None:
        return None
    limit_w = now.limit if meant.unit is RateUnit.WATTS else now.limit * NOMINAL_VOLTS * now.phases
    return power_w <= limit_w * METER_TOLERANCE + STANDBY_W
