"""What happens with charging profiles on charge points: checked, given, replaced, and gone with their transactions."""

from dataclasses import replace
from datetime import datetime

from edge_csms.domain.charging_profile import (
    Capabilities,
    ChargingProfile,
    Purpose,
    RateUnit,
    Which,
    check,
    convert,
    find_faults,
    find_faults_of_place,
)
from edge_csms.domain.composite_schedule import CLOCK_SKEW, InstalledProfile, OpenTransaction
from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import fold
from edge_csms.storage import charge_points, configuration, connectors, installed_profiles, sequences, transactions

MAX_STACK_LEVEL = "ChargeProfileMaxStackLevel"
UNITS = "ChargingScheduleAllowedChargingRateUnit"
MAX_PERIODS = "ChargingScheduleMaxPeriods"
SETTINGS = (MAX_STACK_LEVEL, UNITS, MAX_PERIODS)  # that say what a charge point takes
UNIT_WORDS = {"current": RateUnit.AMPS, "a": RateUnit.AMPS, "power": RateUnit.WATTS, "w": RateUnit.WATTS}


def get_key(charge_point_id: str) -> int:
    """Give the key of a charge point; raises NotFound."""
    found = charge_points.get(charge_point_id)
    if found is None:
        raise NotFound(f"there is no charge point {charge_point_id}")
    return found.key


def get_capabilities(charge_point_key: int) -> Capabilities:
    """Say what a charge point takes, as far as its settings were read."""
    words = (configuration.get_value(charge_point_key, UNITS) or "").split(",")
    units = {UNIT_WORDS[fold(word)] for word in words if fold(word) in UNIT_WORDS}
    return Capabilities(
        max_stack_level=_number(charge_point_key, MAX_STACK_LEVEL),
        max_periods=_number(charge_point_key, MAX_PERIODS),
        units=frozenset(units),
    )


def list_unknown_settings(charge_point_key: int) -> list[str]:
    """List the settings which say what a charge point takes, and were never asked for."""
    return [name for name in SETTINGS if configuration.get(charge_point_key, name) is None]


def get_open(charge_point_key: int, connector_id: int) -> OpenTransaction | None:
    """Say what charges on a connector."""
    found = transactions.find_open_on_connector(charge_point_key, connector_id)
    if not found or found[0].started_at is None:
        return None
    return OpenTransaction(str(found[0].transaction_id), found[0].started_at, found[0].id_tag)


def list_open(charge_point_key: int) -> dict[int, OpenTransaction]:
    """Say what charges on each connector."""
    found = {one.connector_id for one in transactions.find_open(charge_point_key) if one.connector_id}
    opened = {connector_id: get_open(charge_point_key, connector_id) for connector_id in sorted(found)}
    return {connector_id: one for connector_id, one in opened.items() if one is not None}


def count_connectors(charge_point_key: int) -> int:
    """Say how many connectors a charge point has, at least one."""
    known = connectors.list_by_charge_point([charge_point_key]).get(charge_point_key, ())
    told = _number(charge_point_key, "NumberOfConnectors") or 0
    return max([1, told, *(one.connector_id for one in known)])


def prepare(
    charge_point_key: int, connector_id: int, profile: ChargingProfile, capabilities: Capabilities
) -> ChargingProfile:
    """Make a profile one for this connector: in a unit that it takes, with an id, a TxProfile with its transaction.

    Raises Invalid for one that the charge point could not take.
    """
    if capabilities.units and profile.unit not in capabilities.units:
        profile = convert(profile, next(iter(capabilities.units)))
    faults = find_faults_of_place(profile, connector_id) | find_faults(profile, capabilities)
    if profile.purpose is Purpose.TX and not faults:
        transaction = get_open(charge_point_key, connector_id)
        if transaction is None:
            faults = {"connector_id": "A TxProfile needs a transaction, and there is none on this connector."}
        elif profile.wire_id not in (None, transaction.wire_id):
            faults = {"transaction_id": "There is another transaction on this connector."}
        else:
            profile = replace(profile, wire_id=transaction.wire_id)
    check(faults)
    return replace(profile, charging_profile_id=_id_for(charge_point_key, connector_id, profile))


def prepare_for_start(
    charge_point_key: int, connector_id: int, profile: ChargingProfile, capabilities: Capabilities
) -> ChargingProfile:
    """Make a profile one that a remote start can bring: a TxProfile that names no transaction (§5.11)."""
    if capabilities.units and profile.unit not in capabilities.units:
        profile = convert(profile, next(iter(capabilities.units)))
    check(find_faults_for_start(profile) | find_faults(profile, capabilities))
    return replace(profile, charging_profile_id=_id_for(charge_point_key, connector_id, profile))


def find_faults_for_start(profile: ChargingProfile) -> dict[str, str]:
    """Say why a remote start can't bring a profile (§5.11)."""
    if profile.purpose is not Purpose.TX:
        return {"purpose": "A remote start brings a TxProfile."}
    if profile.wire_id is not None:
        return {"transaction_id": "A remote start brings a profile without a transaction: it isn't there yet."}
    return {}


def note_taken(charge_point_key: int, installed: InstalledProfile) -> None:
    """Keep that a charge point has a profile; a TxProfile without a transaction belongs to the one that is open."""
    profile = installed.profile
    if profile.purpose is Purpose.TX:
        _forget_ended(charge_point_key, installed.connector_id)
        transaction = get_open(charge_point_key, installed.connector_id)
        if profile.wire_id is None and installed.id_tag is None and transaction is not None:
            installed = replace(installed, profile=replace(profile, wire_id=transaction.wire_id))
    installed_profiles.put(charge_point_key, installed)


def note_cleared(charge_point_key: int, which: Which) -> None:
    """Keep that a charge point has no such profiles, because it cleared them or never had them."""
    installed_profiles.delete(charge_point_key, which)


def note_origin(charge_point_key: int, charging_profile_id: int, origin: str) -> None:
    """Keep whence a profile came."""
    installed_profiles.update_origin(charge_point_key, charging_profile_id, origin)


def get(charge_point_key: int, charging_profile_id: int) -> InstalledProfile:
    """Find a profile of a charge point; raises NotFound."""
    found = installed_profiles.get(charge_point_key, charging_profile_id)
    if found is None:
        raise NotFound(f"the charge point was given no charging profile {charging_profile_id}")
    return found


def list_(charge_point_key: int, now: datetime) -> list[InstalledProfile]:
    """List the profiles that a charge point has, without those whose transactions are over."""
    opened = list_open(charge_point_key)
    return [one for one in installed_profiles.list_(charge_point_key) if _may_apply(one, opened, now)]


def list_charge_points() -> list[str]:
    """List the charge points that have any profile."""
    return installed_profiles.list_charge_points()


def _may_apply(installed: InstalledProfile, opened: dict[int, OpenTransaction], now: datetime) -> bool:
    transaction = opened.get(installed.connector_id)
    waits = transaction is None and installed.id_tag is not None and installed.installed_at > now - CLOCK_SKEW
    return waits or installed.applies_to(transaction)


def _forget_ended(charge_point_key: int, connector_id: int) -> None:
    transaction = get_open(charge_point_key, connector_id)
    for one in installed_profiles.list_(charge_point_key):
        if one.connector_id == connector_id and not one.applies_to(transaction):
            installed_profiles.delete(charge_point_key, Which(one.profile.charging_profile_id))


def _id_for(charge_point_key: int, connector_id: int, profile: ChargingProfile) -> int:
    """Give the id of what it will replace, so that charge points which go by ids replace it too; else a new one."""
    known = installed_profiles.get_id_at(charge_point_key, connector_id, profile.purpose, profile.stack_level)
    if known is not None:
        return known
    while True:
        charging_profile_id = sequences.take(sequences.CHARGING_PROFILE)
        if installed_profiles.get(charge_point_key, charging_profile_id) is None:
            return charging_profile_id


def _number(charge_point_key: int, name: str) -> int | None:
    value = (configuration.get_value(charge_point_key, name) or "").strip()
    return int(value) if value.isdecimal() else None
