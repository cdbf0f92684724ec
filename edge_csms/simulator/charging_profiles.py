"""The charging profiles that are installed, and what they come to together (OCPP 1.6 §3.13, §5.16)."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from edge_csms.ocpp import times
from edge_csms.ocpp.v16.smart_charging import ClearChargingProfile
from edge_csms.ocpp.v16.types import (
    ChargingProfile,
    ChargingProfilePurpose,
    ChargingRateUnit,
    ChargingSchedule,
    ChargingSchedulePeriod,
)
from edge_csms.simulator import schedules
from edge_csms.simulator.configuration import Configuration
from edge_csms.simulator.meter import NOMINAL_VOLTS
from edge_csms.simulator.schedules import Limit
from edge_csms.simulator.transaction import Transaction

_RATE_UNITS = {"A": "Current", "W": "Power"}


class Installed(msgspec.Struct, frozen=True):
    """A profile, where it holds, and since when."""

    connector_id: int
    profile: ChargingProfile
    since: datetime


class ChargingProfiles:
    """TxProfile stands over TxDefaultProfile, higher stack levels over lower ones, ChargePointMaxProfile caps all."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._installed: list[Installed] = []

    def __len__(self) -> int:
        return len(self._installed)

    def install(
        self, connector_id: int, profile: ChargingProfile, now: datetime, transaction: Transaction | None
    ) -> bool:
        """Take a profile, in place of one of the same id, or of the same purpose and level there. False if it can't."""
        if not self._is_possible(connector_id, profile, transaction):
            return False
        kept = [each for each in self._installed if not _is_replaced(each, connector_id, profile)]
        if len(kept) >= self._configuration.number("MaxChargingProfilesInstalled"):
            return False
        self._installed = [*kept, Installed(connector_id, profile, now)]
        return True

    def clear(self, which: ClearChargingProfile) -> bool:
        """Remove the profiles that match; False if none does."""
        kept = [each for each in self._installed if not _matches(each, which)]
        found = len(kept) < len(self._installed)
        self._installed = kept
        return found

    def end_transaction(self, connector_id: int) -> None:
        """Forget the TxProfiles of a connector: they die with their transaction."""
        self._installed = [
            each
            for each in self._installed
            if each.connector_id != connector_id or each.profile.charging_profile_purpose != "TxProfile"
        ]

    def limit(self, connector_id: int, moment: datetime, transaction: Transaction | None) -> Limit | None:
        """Return what the profiles allow a transaction of this connector, without regard to the cap."""
        own = self._of("TxProfile", connector_id) if transaction is not None else []
        for group in (own, self._of("TxDefaultProfile", connector_id), self._of("TxDefaultProfile", 0)):
            if (limit := _highest(group, moment, transaction)) is not None:
                return limit
        return None

    def cap(self, moment: datetime) -> Limit | None:
        """Return what all connectors together may draw."""
        return _highest(self._of("ChargePointMaxProfile", 0), moment, None)

    def compose(
        self,
        limit_at: Callable[[datetime], Limit],
        unit: ChargingRateUnit,
        first: datetime,
        seconds: int,
        transaction: Transaction | None,
    ) -> ChargingSchedule:
        """Make the schedule of a limit over time. The schedule begins now."""
        last = first + timedelta(seconds=seconds)
        moments = {first}
        for each in self._installed:
            moments.update(schedules.changes(each.profile, _begin(each, transaction), first, last))
        return ChargingSchedule(
            duration=seconds,
            start_schedule=times.format(first),
            charging_rate_unit=unit,
            charging_schedule_period=_periods(((moment, limit_at(moment)) for moment in sorted(moments)), first, unit),
        )

    def _of(self, purpose: ChargingProfilePurpose, connector_id: int) -> list[Installed]:
        """Return the profiles of a purpose at a connector, highest stack level first."""
        found = [
            each
            for each in self._installed
            if each.connector_id == connector_id and each.profile.charging_profile_purpose == purpose
        ]
        return sorted(found, key=lambda each: each.profile.stack_level, reverse=True)

    def _is_possible(self, connector_id: int, profile: ChargingProfile, transaction: Transaction | None) -> bool:
        schedule = profile.charging_schedule
        periods = schedule.charging_schedule_period
        units = self._configuration.words("ChargingScheduleAllowedChargingRateUnit")
        return (
            0 <= profile.stack_level <= self._configuration.number("ChargeProfileMaxStackLevel")
            and _RATE_UNITS[schedule.charging_rate_unit] in units
            and 0 < len(periods) <= self._configuration.number("ChargingScheduleMaxPeriods")
            and periods[0].start_period == 0
            and all(period.limit >= 0 for period in periods)
            and (profile.charging_profile_kind != "Recurring" or profile.recurrency_kind is not None)
            and _fits_purpose(connector_id, profile, transaction)
        )


def _fits_purpose(connector_id: int, profile: ChargingProfile, transaction: Transaction | None) -> bool:
    match profile.charging_profile_purpose:
        case "ChargePointMaxProfile":
            return connector_id == 0
        case "TxProfile":
            wanted = profile.transaction_id
            return transaction is not None and wanted in (None, transaction.transaction_id)
        case _:
            return profile.transaction_id is None


def _is_replaced(old: Installed, connector_id: int, new: ChargingProfile) -> bool:
    same_place = (
        old.connector_id == connector_id
        and old.profile.charging_profile_purpose == new.charging_profile_purpose
        and old.profile.stack_level == new.stack_level
    )
    return same_place or old.profile.charging_profile_id == new.charging_profile_id


def _matches(each: Installed, which: ClearChargingProfile) -> bool:
    if which.charging_profile_id is not None:
        return each.profile.charging_profile_id == which.charging_profile_id
    return (
        which.connector_id in (None, each.connector_id)
        and which.charging_profile_purpose in (None, each.profile.charging_profile_purpose)
        and which.stack_level in (None, each.profile.stack_level)
    )


def _begin(each: Installed, transaction: Transaction | None) -> datetime:
    return each.since if transaction is None else transaction.started_at


def _highest(group: list[Installed], moment: datetime, transaction: Transaction | None) -> Limit | None:
    for each in group:
        if (limit := schedules.limit_at(each.profile, moment, _begin(each, transaction))) is not None:
            return limit
    return None


def _periods(
    limits: Iterable[tuple[datetime, Limit]], first: datetime, unit: ChargingRateUnit
) -> list[ChargingSchedulePeriod]:
    periods: list[ChargingSchedulePeriod] = []
    before: Limit | None = None
    for moment, limit in limits:
        if limit == before:
            continue
        before = limit
        watts = limit.amps * limit.phases * NOMINAL_VOLTS
        periods.append(
            ChargingSchedulePeriod(
                start_period=round((moment - first).total_seconds()),
                limit=round(limit.amps if unit == "A" else watts, 1),
                number_phases=limit.phases,
            )
        )
    return periods
