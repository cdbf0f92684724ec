"""The Core profile: booting, authorizing, charging, and basic control (OCPP 1.6 §4.1-4.10, §5.2-5.18)."""

from typing import Annotated, Literal

from msgspec import Meta

from edge_csms.ocpp.operation import Operation, Request, Response, Sender, WireStruct
from edge_csms.ocpp.v16.types import (
    AcceptedOrRejected,
    ChargingProfile,
    DateTime,
    IdTagInfo,
    IdToken,
    Integer,
    MeterValue,
    Text20,
    Text25,
    Text50,
    Text255,
    Text500,
)


class AuthorizeResponse(Response):
    """Whether the idTag may charge."""

    id_tag_info: IdTagInfo


class Authorize(Request[AuthorizeResponse]):
    """May this idTag charge?"""

    id_tag: IdToken


class BootNotificationResponse(Response):
    """Whether the charge point is accepted, the time, and the seconds to its next heartbeat or attempt."""

    current_time: DateTime
    interval: Integer
    status: Literal["Accepted", "Pending", "Rejected"]


class BootNotification(Request[BootNotificationResponse]):
    """The charge point has started."""

    charge_box_serial_number: Text25 | None = None
    charge_point_model: Text20
    charge_point_serial_number: Text25 | None = None
    charge_point_vendor: Text20
    firmware_version: Text50 | None = None
    iccid: Text20 | None = None
    imsi: Text20 | None = None
    meter_serial_number: Text25 | None = None
    meter_type: Text25 | None = None


class ChangeAvailabilityResponse(Response):
    """Scheduled: as soon as the running transaction has ended."""

    status: Literal["Accepted", "Rejected", "Scheduled"]


class ChangeAvailability(Request[ChangeAvailabilityResponse]):
    """Take a connector, or with 0 all, out of use or back."""

    connector_id: Integer
    type: Literal["Inoperative", "Operative"]


class ChangeConfigurationResponse(Response):
    """Whether the setting was changed."""

    status: Literal["Accepted", "Rejected", "RebootRequired", "NotSupported"]


class ChangeConfiguration(Request[ChangeConfigurationResponse]):
    """Change a setting of the charge point."""

    key: Text50
    value: Text500


class ClearCacheResponse(Response):
    """Whether the authorization cache was cleared."""

    status: AcceptedOrRejected


class ClearCache(Request[ClearCacheResponse]):
    """Clear the authorization cache."""


class DataTransferResponse(Response):
    """What came of a vendor's own message."""

    status: Literal["Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"]
    data: str | None = None


class DataTransfer(Request[DataTransferResponse]):
    """A vendor's own message."""

    vendor_id: Text255
    message_id: Text50 | None = None
    data: str | None = None


class KeyValue(WireStruct):
    """A setting of a charge point (§7.29)."""

    key: Text50
    readonly: bool
    value: Text500 | None = None


class GetConfigurationResponse(Response):
    """The settings, and the keys that it doesn't have."""

    configuration_key: list[KeyValue] | None = None
    unknown_key: list[Text50] | None = None


class GetConfiguration(Request[GetConfigurationResponse]):
    """Read these settings, or all."""

    key: list[Text50] | None = None


class HeartbeatResponse(Response):
    """The time."""

    current_time: DateTime


class Heartbeat(Request[HeartbeatResponse]):
    """The charge point lives."""


class MeterValuesResponse(Response):
    """Received."""


class MeterValues(Request[MeterValuesResponse]):
    """Readings of a connector's meter, or with 0 of the main one."""

    connector_id: Integer
    transaction_id: Integer | None = None
    meter_value: Annotated[list[MeterValue], Meta(min_length=1)]


class RemoteStartTransactionResponse(Response):
    """Whether the charge point will try; the transaction comes by StartTransaction."""

    status: AcceptedOrRejected


class RemoteStartTransaction(Request[RemoteStartTransactionResponse]):
    """Start charging for this idTag."""

    connector_id: Integer | None = None
    id_tag: IdToken
    charging_profile: ChargingProfile | None = None


class RemoteStopTransactionResponse(Response):
    """Whether the charge point will try; the end comes by StopTransaction."""

    status: AcceptedOrRejected


class RemoteStopTransaction(Request[RemoteStopTransactionResponse]):
    """End this transaction."""

    transaction_id: Integer


class ResetResponse(Response):
    """Whether the charge point will restart."""

    status: AcceptedOrRejected


class Reset(Request[ResetResponse]):
    """Restart: Soft ends transactions first, Hard does not."""

    type: Literal["Hard", "Soft"]


class StartTransactionResponse(Response):
    """The transaction's id, and whether its idTag may charge."""

    id_tag_info: IdTagInfo
    transaction_id: Integer


class StartTransaction(Request[StartTransactionResponse]):
    """A transaction has begun, maybe long ago."""

    connector_id: Integer
    id_tag: IdToken
    meter_start: Integer
    reservation_id: Integer | None = None
    timestamp: DateTime


class StatusNotificationResponse(Response):
    """Received."""


class StatusNotification(Request[StatusNotificationResponse]):
    """The state of a connector, or with 0 of the charge point, has changed."""

    connector_id: Integer
    error_code: Literal[
        "ConnectorLockFailure",
        "EVCommunicationError",
        "GroundFailure",
        "HighTemperature",
        "InternalError",
        "LocalListConflict",
        "NoError",
        "OtherError",
        "OverCurrentFailure",
        "OverVoltage",
        "PowerMeterFailure",
        "PowerSwitchFailure",
        "ReaderFailure",
        "ResetFailure",
        "UnderVoltage",
        "WeakSignal",
    ]
    info: Text50 | None = None
    status: Literal[
        "Available",
        "Preparing",
        "Charging",
        "SuspendedEVSE",
        "SuspendedEV",
        "Finishing",
        "Reserved",
        "Unavailable",
        "Faulted",
    ]
    timestamp: DateTime | None = None
    vendor_id: Text255 | None = None
    vendor_error_code: Text50 | None = None


class StopTransactionResponse(Response):
    """Received; what is known of the idTag that stopped it."""

    id_tag_info: IdTagInfo | None = None


class StopTransaction(Request[StopTransactionResponse]):
    """A transaction has ended, maybe long ago."""

    id_tag: IdToken | None = None
    meter_stop: Integer
    timestamp: DateTime
    transaction_id: Integer
    reason: (
        Literal[
            "DeAuthorized",
            "EmergencyStop",
            "EVDisconnected",
            "HardReset",
            "Local",
            "Other",
            "PowerLoss",
            "Reboot",
            "Remote",
            "SoftReset",
            "UnlockCommand",
        ]
        | None
    ) = None
    transaction_data: list[MeterValue] | None = None


class UnlockConnectorResponse(Response):
    """Whether the plug is free."""

    status: Literal["Unlocked", "UnlockFailed", "NotSupported"]


class UnlockConnector(Request[UnlockConnectorResponse]):
    """Release the plug."""

    connector_id: Integer


OPERATIONS = (
    Operation(Authorize, AuthorizeResponse, Sender.CHARGE_POINT, essential=("id_tag",)),
    Operation(BootNotification, BootNotificationResponse, Sender.CHARGE_POINT),
    Operation(ChangeAvailability, ChangeAvailabilityResponse, Sender.CENTRAL_SYSTEM),
    Operation(ChangeConfiguration, ChangeConfigurationResponse, Sender.CENTRAL_SYSTEM),
    Operation(ClearCache, ClearCacheResponse, Sender.CENTRAL_SYSTEM),
    Operation(DataTransfer, DataTransferResponse, Sender.EITHER),
    Operation(GetConfiguration, GetConfigurationResponse, Sender.CENTRAL_SYSTEM),
    Operation(Heartbeat, HeartbeatResponse, Sender.CHARGE_POINT),
    Operation(MeterValues, MeterValuesResponse, Sender.CHARGE_POINT),
    Operation(RemoteStartTransaction, RemoteStartTransactionResponse, Sender.CENTRAL_SYSTEM),
    Operation(RemoteStopTransaction, RemoteStopTransactionResponse, Sender.CENTRAL_SYSTEM),
    Operation(Reset, ResetResponse, Sender.CENTRAL_SYSTEM),
    Operation(StartTransaction, StartTransactionResponse, Sender.CHARGE_POINT, essential=("connector_id", "id_tag")),
    Operation(StatusNotification, StatusNotificationResponse, Sender.CHARGE_POINT),
    Operation(StopTransaction, StopTransactionResponse, Sender.CHARGE_POINT),
    Operation(UnlockConnector, UnlockConnectorResponse, Sender.CENTRAL_SYSTEM),
)
