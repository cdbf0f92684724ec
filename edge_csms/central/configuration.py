"""Reads and writes the settings of charge points, and keeps what they answered."""

from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import NoAnswer
from edge_csms.services import configuration
from edge_csms.storage.database import Database

MAX_KEYS = "GetConfigurationMaxKeys"
FIRST_KEYS = 4  # asked at once where a charge point doesn't say how many it takes; one make takes no more
# What every charge point with the Core profile has (OCPP 1.6 §9.1): asked for by name where "all" gets no answer.
CORE_KEYS = (
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
)


async def read(
    central: CentralSystem, database: Database, charge_point_id: str, names: list[str] | None = None
) -> None:
    """Ask a charge point for settings and keep them; without names for all. Raises domain.errors."""
    try:
        await _read(central, database, charge_point_id, names)
    except NoAnswer:
        if names is not None:
            raise
        await _read_in_pieces(central, database, charge_point_id)  # all at once is too much for some


async def write(central: CentralSystem, database: Database, charge_point_id: str, name: str, value: str) -> str:
    """Ask a charge point to change a setting, keep what came of it, and return the charge point's word."""
    status = await central.write_configuration(charge_point_id, name, value)
    await database.run(configuration.note_written, charge_point_id, name, value, status, central.now())
    return status


async def _read_in_pieces(central: CentralSystem, database: Database, charge_point_id: str) -> None:
    await _read(central, database, charge_point_id, [MAX_KEYS])
    known = await database.run(configuration.find, charge_point_id, MAX_KEYS)
    told = known.value if known is not None else None
    size = max(1, int(told)) if told is not None and told.isdecimal() else FIRST_KEYS
    for start in range(0, len(CORE_KEYS), size):
        await _read(central, database, charge_point_id, list(CORE_KEYS[start : start + size]))


async def _read(central: CentralSystem, database: Database, charge_point_id: str, names: list[str] | None) -> None:
    read = await central.read_configuration(charge_point_id, names)
    await database.run(configuration.note_read, charge_point_id, read, names is None, central.now())
