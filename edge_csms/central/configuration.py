"""Reads and writes the settings of charge points; what they answer is kept by the dialect, whoever asks."""

import contextlib

from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import CallRefused, NoAnswer
from edge_csms.domain.model import fold
from edge_csms.services import configuration
from edge_csms.storage.database import Database

MAX_KEYS = "GetConfigurationMaxKeys"
FIRST_KEYS = 4  # asked at once where a charge point doesn't say how many it takes; one make takes no more
# What the standard names (OCPP 1.6 §9): asked for by name where "all" gets no answer.
STANDARD_KEYS = (
    "AuthorizeRemoteTxRequests",
    "ClockAlignedDataInterval",
    "ConnectionTimeOut",
    "ConnectorPhaseRotation",
    "GetConfigurationMaxKeys",
    "HeartbeatInterval",
    "LocalAuthorizeOffline",
    "LocalPreAuthorize",
    "MeterValuesAlignedData",
    "MeterValuesSampledData",
    "MeterValueSampleInterval",
    "NumberOfConnectors",
    "ResetRetries",
    "StopTransactionOnEVSideDisconnect",
    "StopTransactionOnInvalidId",
    "StopTxnAlignedData",
    "StopTxnSampledData",
    "SupportedFeatureProfiles",
    "TransactionMessageAttempts",
    "TransactionMessageRetryInterval",
    "UnlockConnectorOnEVSideDisconnect",
    # what not every charge point has
    "AdditionalRootCertificateCheck",
    "AllowOfflineTxForUnknownId",
    "AuthorizationCacheEnabled",
    "CertificateSignedMaxChainSize",
    "CertificateStoreMaxLength",
    "ChargeProfileMaxStackLevel",
    "ChargingScheduleAllowedChargingRateUnit",
    "ChargingScheduleMaxPeriods",
    "ConnectorSwitch3to1PhaseSupported",
    "CpoName",
    "LocalAuthListEnabled",
    "LocalAuthListMaxLength",
    "MaxChargingProfilesInstalled",
    "MaxEnergyOnInvalidId",
    "MinimumStatusDuration",
    "ReserveConnectorZeroSupported",
    "SecurityProfile",
    "SendLocalListMaxLength",
    "WebSocketPingInterval",
)


async def read(
    central: CentralSystem, database: Database, charge_point_id: str, names: list[str] | None = None
) -> None:
    """Ask a charge point for settings, without names for all. Raises domain.errors."""
    if names is None:
        try:
            await central.read_configuration(charge_point_id, None)
        except (NoAnswer, CallRefused):  # all at once is too much for some, or their answer breaks off
            await _read_in_pieces(central, database, charge_point_id, await _names(database, charge_point_id))
    elif len(names) > 1:
        await _read_in_pieces(central, database, charge_point_id, names)
    else:
        await central.read_configuration(charge_point_id, names)


async def write(central: CentralSystem, database: Database, charge_point_id: str, name: str, value: str) -> str:
    """Ask a charge point to change a setting and return its word."""
    return await central.write_configuration(charge_point_id, name, value)


async def _read_in_pieces(central: CentralSystem, database: Database, charge_point_id: str, names: list[str]) -> None:
    """Ask for a few at a time: as many as the charge point takes."""
    size = await _most_keys(database, charge_point_id)
    if size is None:
        await central.read_configuration(charge_point_id, [MAX_KEYS])
        size = await _most_keys(database, charge_point_id) or FIRST_KEYS
    for start in range(0, len(names), size):
        await _read_few(central, charge_point_id, names[start : start + size])


async def _read_few(central: CentralSystem, charge_point_id: str, names: list[str]) -> None:
    try:
        await central.read_configuration(charge_point_id, names)
    except CallRefused:  # some refuse all for the sake of one that they don't know
        for name in names if len(names) > 1 else ():
            with contextlib.suppress(CallRefused):
                await central.read_configuration(charge_point_id, [name])


async def _most_keys(database: Database, charge_point_id: str) -> int | None:
    """Give how many keys a charge point takes at once, as far as it was read."""
    known = await database.run(configuration.find, charge_point_id, MAX_KEYS)
    told = "" if known is None or known.value is None else known.value
    return max(1, int(told)) if told.isascii() and told.isdecimal() and len(told) < 6 else None


async def _names(database: Database, charge_point_id: str) -> list[str]:
    """Give the names to ask for: the standard's, and those that are known of this charge point."""
    names = {fold(name): name for name in STANDARD_KEYS}
    for entry in await database.run(configuration.list_, charge_point_id):
        names.setdefault(fold(entry.name), entry.name)
    return list(names.values())
