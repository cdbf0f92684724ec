"""The Smart Charging profile's messages on one side, the site's charging profiles on the other.

OCPP 1.6 §5.5, §5.7, §5.16, and §5.11 where a remote start brings a profile.
"""

from datetime import datetime
from typing import Any

from edge_csms.central.context import Context, Follower
from edge_csms.central.live import LiveChargePoint
from edge_csms.domain import events
from edge_csms.domain.charging_profile import (
    Capabilities,
    ChargingProfile,
    Kind,
    Period,
    Purpose,
    RateUnit,
    Recurrency,
    Which,
    check,
    find_errors,
    find_faults_of_place,
)
from edge_csms.domain.composite_schedule import Composite, CompositePeriod, InstalledProfile
from edge_csms.domain.errors import CallRefused, Refusal
from edge_csms.ocpp import times
from edge_csms.ocpp.operation import Request
from edge_csms.ocpp.v16 import core, smart_charging, types
from edge_csms.services import installed_profiles


class SmartChargingProfile:
    """Words the wishes about charging profiles, and judges and remembers what goes out, whoever sends it."""

    def __init__(self, context: Context) -> None:
        self._database = context.database
        self._clock = context.clock
        self._bus = context.bus
        self.followers = {
            "SetChargingProfile": Follower(before=self._before_set, after=self._after_set),
            "ClearChargingProfile": Follower(after=self._after_clear),
            "RemoteStartTransaction": Follower(before=self._before_start, after=self._after_start),
        }

    def install(self, connector_id: int, profile: ChargingProfile) -> Request[Any]:
        """Ask to take a profile (§5.16)."""
        return smart_charging.SetChargingProfile(connector_id=connector_id, cs_charging_profiles=to_wire(profile))

    def clear(self, which: Which) -> Request[Any]:
        """Ask to forget profiles (§5.5)."""
        return smart_charging.ClearChargingProfile(
            charging_profile_id=which.charging_profile_id,
            connector_id=which.connector_id,
            charging_profile_purpose=None if which.purpose is None else which.purpose.value,
            stack_level=which.stack_level,
        )

    def compose(self, connector_id: int, duration_seconds: int, unit: RateUnit) -> Request[Any]:
        """Ask what all profiles come to (§5.7)."""
        return smart_charging.GetCompositeSchedule(
            connector_id=connector_id, duration=duration_seconds, charging_rate_unit=unit.value
        )

    def read_composite(
        self, answer: smart_charging.GetCompositeScheduleResponse, duration_seconds: int, now: datetime
    ) -> Composite | None:
        """Read the answer to `compose`; None where the charge point gives no schedule."""
        schedule = answer.charging_schedule
        if answer.status != "Accepted" or schedule is None or not schedule.charging_schedule_period:
            return None
        return Composite(
            unit=RateUnit.WATTS if schedule.charging_rate_unit == "W" else RateUnit.AMPS,
            starts_at=times.parse(schedule.start_schedule) or times.parse(answer.schedule_start) or now,
            duration_seconds=schedule.duration or duration_seconds,
            periods=tuple(
                CompositePeriod(one.start_period or 0, one.limit, one.number_phases)
                for one in sorted(schedule.charging_schedule_period, key=lambda one: one.start_period or 0)
            ),
        )

    async def _before_set(self, live: LiveChargePoint, request: smart_charging.SetChargingProfile) -> None:
        profile = from_wire(request.cs_charging_profiles)
        check(find_faults_of_place(profile, request.connector_id) | find_errors(profile, await self._highest(live)))

    async def _after_set(
        self,
        live: LiveChargePoint,
        request: smart_charging.SetChargingProfile,
        outcome: smart_charging.SetChargingProfileResponse | Refusal,
    ) -> None:
        await self._note(live, request.connector_id, request.cs_charging_profiles, outcome)

    async def _after_clear(
        self,
        live: LiveChargePoint,
        request: smart_charging.ClearChargingProfile,
        outcome: smart_charging.ClearChargingProfileResponse | Refusal,
    ) -> None:
        """Forget what was cleared, and what the charge point says it doesn't have."""
        if isinstance(outcome, Refusal) or outcome.status not in ("Accepted", "Unknown"):
            return
        purpose = request.charging_profile_purpose
        which = Which(
            request.charging_profile_id,
            request.connector_id,
            None if purpose is None else Purpose(purpose),
            request.stack_level,
        )
        await self._database.run(installed_profiles.note_cleared, live.charge_point.key, which)
        self._tell(live)

    async def _before_start(self, live: LiveChargePoint, request: core.RemoteStartTransaction) -> None:
        if request.charging_profile is not None:
            profile = from_wire(request.charging_profile)
            faults = installed_profiles.find_faults_for_start(profile)
            check(faults | find_errors(profile, await self._highest(live)))

    async def _after_start(
        self,
        live: LiveChargePoint,
        request: core.RemoteStartTransaction,
        outcome: core.RemoteStartTransactionResponse | Refusal,
    ) -> None:
        if request.charging_profile is not None and request.connector_id is not None:
            await self._note(live, request.connector_id, request.charging_profile, outcome, request.id_tag)

    async def _note(
        self,
        live: LiveChargePoint,
        connector_id: int,
        profile: types.ChargingProfile,
        outcome: Any,
        id_tag: str | None = None,
    ) -> None:
        """Keep a profile that the charge point took, or after silence may have taken."""
        silent = isinstance(outcome, Refusal) and not isinstance(outcome, CallRefused)
        if not silent and (isinstance(outcome, Refusal) or outcome.status != "Accepted"):
            return
        now = self._clock.now()
        taken = InstalledProfile(connector_id, from_wire(profile), now, confirmed=not silent, id_tag=id_tag)
        await self._database.run(installed_profiles.note_taken, live.charge_point.key, taken)
        self._tell(live)

    async def _highest(self, live: LiveChargePoint) -> Capabilities:
        """Give the stack level above which a charge point refuses; what else it may refuse is its own to say."""
        known = await self._database.run(installed_profiles.get_capabilities, live.charge_point.key)
        return Capabilities(max_stack_level=known.max_stack_level)

    def _tell(self, live: LiveChargePoint) -> None:
        self._bus.publish(events.ChargingProfilesChanged(live.charge_point_id))


def to_wire(profile: ChargingProfile) -> types.ChargingProfile:
    """Word a profile as the charge point reads it (§7.8)."""
    return types.ChargingProfile(
        charging_profile_id=profile.charging_profile_id,
        transaction_id=None if profile.wire_id is None else int(profile.wire_id),
        stack_level=profile.stack_level,
        charging_profile_purpose=profile.purpose.value,
        charging_profile_kind=profile.kind.value,
        recurrency_kind=None if profile.recurrency is None else profile.recurrency.value,
        valid_from=_text(profile.valid_from),
        valid_to=_text(profile.valid_to),
        charging_schedule=types.ChargingSchedule(
            duration=profile.duration_seconds,
            start_schedule=_text(profile.starts_at),
            charging_rate_unit=profile.unit.value,
            charging_schedule_period=[
                types.ChargingSchedulePeriod(
                    start_period=one.start_seconds, limit=round(one.limit, 1), number_phases=one.phases
                )
                for one in profile.periods
            ],
            min_charging_rate=profile.min_rate,
        ),
    )


def from_wire(profile: types.ChargingProfile) -> ChargingProfile:
    """Read a profile that is about to be sent, or was."""
    schedule = profile.charging_schedule
    return ChargingProfile(
        purpose=Purpose(profile.charging_profile_purpose),
        kind=Kind(profile.charging_profile_kind),
        stack_level=profile.stack_level,
        unit=RateUnit(schedule.charging_rate_unit),
        periods=tuple(
            Period(one.start_period, one.limit, one.number_phases) for one in schedule.charging_schedule_period
        ),
        recurrency=None if profile.recurrency_kind is None else Recurrency(profile.recurrency_kind),
        starts_at=times.parse(schedule.start_schedule),
        duration_seconds=schedule.duration,
        min_rate=schedule.min_charging_rate,
        valid_from=times.parse(profile.valid_from),
        valid_to=times.parse(profile.valid_to),
        charging_profile_id=profile.charging_profile_id,
        wire_id=None if profile.transaction_id is None else str(profile.transaction_id),
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else times.format(moment)
