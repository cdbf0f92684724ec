"""The data types of OCPP 1.6 that its messages share (OCPP 1.6 §7), each with the limits of its JSON schema."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from edge_csms.ocpp.numerals import INT64_MAX, INT64_MIN
from edge_csms.ocpp.operation import WireStruct
from edge_csms.ocpp.times import STANDARD_PATTERN

# The schemas set no bounds, but nobody can store more than 64 bits.
Integer: TypeAlias = Annotated[int, Meta(ge=INT64_MIN, le=INT64_MAX)]
Decimal: TypeAlias = Annotated[float, Meta(extra_json_schema={"multipleOf": 0.1})]

# Times stay text, because one that can't be read must be kept as it was sent.
DateTime: TypeAlias = Annotated[str, Meta(pattern=STANDARD_PATTERN, extra_json_schema={"format": "date-time"})]
AnyUri: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$(?!\n)",
        extra_json_schema={"format": "uri"},
    ),
]

# Identifiers are printable on paper, but one charger appends control characters to those that it echoes.
IdToken: TypeAlias = Annotated[str, Meta(max_length=20, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]

Text20: TypeAlias = Annotated[str, Meta(max_length=20)]
Text25: TypeAlias = Annotated[str, Meta(max_length=25)]
Text50: TypeAlias = Annotated[str, Meta(max_length=50)]
Text255: TypeAlias = Annotated[str, Meta(max_length=255)]
Text500: TypeAlias = Annotated[str, Meta(max_length=500)]

AcceptedOrRejected: TypeAlias = Literal["Accepted", "Rejected"]
AuthorizationStatus: TypeAlias = Literal["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"]
ChargingProfilePurpose: TypeAlias = Literal["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]
ChargingProfileKind: TypeAlias = Literal["Absolute", "Recurring", "Relative"]
ChargingRateUnit: TypeAlias = Literal["A", "W"]
RecurrencyKind: TypeAlias = Literal["Daily", "Weekly"]
TriggerStatus: TypeAlias = Literal["Accepted", "Rejected", "NotImplemented"]

ReadingContext: TypeAlias = Literal[
    "Interruption.Begin",
    "Interruption.End",
    "Sample.Clock",
    "Sample.Periodic",
    "Transaction.Begin",
    "Transaction.End",
    "Trigger",
    "Other",
]
ValueFormat: TypeAlias = Literal["Raw", "SignedData"]
Measurand: TypeAlias = Literal[
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Register",
    "Energy.Reactive.Export.Register",
    "Energy.Reactive.Import.Register",
    "Energy.Active.Export.Interval",
    "Energy.Active.Import.Interval",
    "Energy.Reactive.Export.Interval",
    "Energy.Reactive.Import.Interval",
    "Power.Active.Export",
    "Power.Active.Import",
    "Power.Offered",
    "Power.Reactive.Export",
    "Power.Reactive.Import",
    "Power.Factor",
    "Current.Import",
    "Current.Export",
    "Current.Offered",
    "Voltage",
    "Frequency",
    "Temperature",
    "SoC",
    "RPM",
]
Phase: TypeAlias = Literal["L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1"]
Location: TypeAlias = Literal["Cable", "EV", "Inlet", "Outlet", "Body"]
# Both spellings of Celsius are valid (errata-J 2.1).
UnitOfMeasure: TypeAlias = Literal[
    "Wh", "kWh", "varh", "kvarh", "W", "kW", "VA", "kVA", "var", "kvar", "A", "V", "K",
    "Celcius", "Celsius", "Fahrenheit", "Percent", "Hertz",
]  # fmt: skip


class IdTagInfo(WireStruct):
    """What the central system knows of an idTag (§7.27)."""

    expiry_date: DateTime | None = None
    parent_id_tag: IdToken | None = None
    status: AuthorizationStatus


class SampledValue(WireStruct):
    """One reading of a meter (§7.43)."""

    value: str
    context: ReadingContext | None = None
    format: ValueFormat | None = None
    measurand: Measurand | None = None
    phase: Phase | None = None
    location: Location | None = None
    unit: UnitOfMeasure | None = None


class MeterValue(WireStruct):
    """Readings that were taken at one time (§7.33)."""

    timestamp: DateTime
    sampled_value: Annotated[list[SampledValue], Meta(min_length=1)]


class ChargingSchedulePeriod(WireStruct):
    """A limit that holds from a second of the schedule on (§7.14)."""

    start_period: Integer
    limit: Decimal
    number_phases: Integer | None = None


class ChargingSchedule(WireStruct):
    """Limits over time (§7.13)."""

    duration: Integer | None = None
    start_schedule: DateTime | None = None
    charging_rate_unit: ChargingRateUnit
    charging_schedule_period: list[ChargingSchedulePeriod]
    min_charging_rate: Decimal | None = None


class ChargingProfile(WireStruct):
    """A schedule, and what it is good for (§7.8)."""

    charging_profile_id: Integer
    transaction_id: Integer | None = None
    stack_level: Integer
    charging_profile_purpose: ChargingProfilePurpose
    charging_profile_kind: ChargingProfileKind
    recurrency_kind: RecurrencyKind | None = None
    valid_from: DateTime | None = None
    valid_to: DateTime | None = None
    charging_schedule: ChargingSchedule
